"""The only way to the server: one transport, one client, the catalog of its operations, models and errors."""

"""The sandbox: a local server with the API of Dynamic on SQLite, sample data and faults, for demos and tests."""

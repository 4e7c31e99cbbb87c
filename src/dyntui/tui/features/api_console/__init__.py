"""The API console: search an operation, edit its fields, send it and read the response."""

"""A local Dynamic: the admin API on SQLite with sample data and faults, for demos, tests and rehearsals."""

"""SQLite files: the journal of each job, and the cache of rows that lists have shown."""

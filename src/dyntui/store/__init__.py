"""What is kept in SQLite: the journal of a job, and the rows that lists have shown."""

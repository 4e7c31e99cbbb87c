-- The log of a review. Journals in which a review was begun before have its tables already.
ALTER TABLE job ADD COLUMN is_reviewed INTEGER NOT NULL DEFAULT 0;
UPDATE job SET is_reviewed = EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'review_file_problems');
CREATE TABLE IF NOT EXISTS review_steps (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS review_changes (
    step INTEGER NOT NULL,
    row INTEGER NOT NULL,
    before BLOB NOT NULL,
    after BLOB NOT NULL,
    was_out INTEGER NOT NULL,
    is_out INTEGER NOT NULL,
    PRIMARY KEY (step, row)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS review_by_row ON review_changes (row, step);
CREATE TABLE IF NOT EXISTS review_file_problems (
    row INTEGER,
    level TEXT,
    code TEXT,
    field TEXT,
    message TEXT,
    suggestion TEXT
);
CREATE INDEX IF NOT EXISTS review_file_problems_by_row ON review_file_problems (row);

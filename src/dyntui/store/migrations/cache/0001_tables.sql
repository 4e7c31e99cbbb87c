PRAGMA application_id = 1685679715; -- "dync"
CREATE TABLE items (
    list TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, words TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (list, id)
) WITHOUT ROWID;
CREATE TABLE places (
    list TEXT NOT NULL, query TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (list, query, position)
) WITHOUT ROWID;
CREATE TABLE totals (
    list TEXT NOT NULL, query TEXT NOT NULL, total INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (list, query)
) WITHOUT ROWID;

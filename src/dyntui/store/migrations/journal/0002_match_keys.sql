-- The keys by which a user of the server matched a row.
ALTER TABLE matches ADD COLUMN keys TEXT NOT NULL DEFAULT '';

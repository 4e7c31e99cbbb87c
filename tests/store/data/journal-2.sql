PRAGMA application_id = 1685679732;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    operation TEXT NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    answered_at INTEGER,
    outcome TEXT NOT NULL DEFAULT '',
    status INTEGER,
    request_id TEXT NOT NULL DEFAULT ''
);
CREATE TABLE job (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    first_send INTEGER,
    finished_at INTEGER,
    total INTEGER NOT NULL DEFAULT 0,
    facts TEXT NOT NULL DEFAULT '{}'
);
INSERT INTO "job" VALUES(1,'one','users','draft','',1790000000000,1790000000000,NULL,NULL,3,'{"environment":"e"}');
CREATE TABLE keys (key TEXT NOT NULL, row INTEGER NOT NULL);
INSERT INTO "keys" VALUES('email:1@x.example',1);
INSERT INTO "keys" VALUES('email:2@x.example',2);
INSERT INTO "keys" VALUES('email:3@x.example',3);
CREATE TABLE matches (
    row INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    keys TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (row, user_id)
) WITHOUT ROWID;
INSERT INTO "matches" VALUES(1,'u-1',1,'email:1@x.example');
CREATE TABLE problem_counts (
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (level, code)
) WITHOUT ROWID;
CREATE TABLE problems (
    row INTEGER NOT NULL,
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    message TEXT NOT NULL,
    suggestion TEXT
);
CREATE TABLE requests (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, asked TEXT NOT NULL);
CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    lane INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    first_sent INTEGER,
    changed INTEGER NOT NULL DEFAULT 0,
    precheck TEXT,
    user_id TEXT NOT NULL DEFAULT '',
    stamp TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT ''
);
INSERT INTO "rows" VALUES(1,'pending',0,0,NULL,NULL,0,NULL,'','','','','');
INSERT INTO "rows" VALUES(2,'pending',0,0,NULL,NULL,0,NULL,'','','','','');
INSERT INTO "rows" VALUES(3,'pending',0,0,NULL,NULL,0,NULL,'','','','','');
CREATE TABLE source (
    number INTEGER PRIMARY KEY,
    raw BLOB NOT NULL,
    body BLOB,
    keys TEXT NOT NULL DEFAULT '',
    chosen_id TEXT NOT NULL DEFAULT ''
);
INSERT INTO "source" VALUES(1,X'5B2263656C6C2031225D',X'7B226E223A317D','email:1@x.example','');
INSERT INTO "source" VALUES(2,X'5B2263656C6C2032225D',X'7B226E223A327D','email:2@x.example','');
INSERT INTO "source" VALUES(3,X'5B2263656C6C2033225D',X'7B226E223A337D','email:3@x.example','');
CREATE TABLE undo (
    row INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    changed INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX unknown_rows ON rows (changed, number) WHERE state = 'unknown';
CREATE TRIGGER job_moves BEFORE UPDATE OF state ON job
WHEN OLD.state <> NEW.state AND instr('|draft>cancelled|draft>ready|paused>cancelled|paused>done|paused>running|ready>cancelled|ready>draft|ready>running|running>cancelled|running>done|running>paused|', '|' || OLD.state || '>' || NEW.state || '|') = 0
BEGIN SELECT RAISE(ABORT, 'job: no such move'); END;
CREATE TRIGGER row_moves BEFORE UPDATE OF state ON rows
WHEN OLD.state <> NEW.state AND instr('|invalid>pending|invalid>skipped|pending>exists|pending>invalid|pending>review|pending>sending|pending>skipped|sending>created|sending>exists|sending>failed|sending>pending|sending>unknown|sending>updated|skipped>invalid|skipped>pending|unknown>created|unknown>exists|unknown>pending|unknown>review|unknown>updated|', '|' || OLD.state || '>' || NEW.state || '|') = 0
BEGIN SELECT RAISE(ABORT, 'rows: no such move'); END;
CREATE INDEX keys_by_key ON keys (key, row);
CREATE INDEX problems_by_code ON problems (code, row);
CREATE INDEX problems_by_row ON problems (row);
COMMIT;

PRAGMA application_id = 1685679732;
PRAGMA user_version = 3;
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
, is_reviewed INTEGER NOT NULL DEFAULT 0);
INSERT INTO "job" VALUES(1,'20261129-155442-7148','users','ready','',1795967682788,1795967682879,NULL,NULL,1,'{"where":{"profile":"acme","base_url":"http://127.0.0.1:8765/api/v0","environment_id":"7a544a98-50fb-4218-9618-d11429e5fe9e","environment_kind":"sandbox","organization":""},"source":{"name":"more.csv","format":"csv","encoding":"utf-8","delimiter":",","quoting":"double","header_row":1,"columns":["email","firstName","plan"],"fingerprint":"e7c12a4c68f2a113","preset":null,"notes":[],"sheets":[],"sheet":null,"records":"","other_records":[],"non_ascii":[],"size":47},"mapping":{"dyntui":"mapping","version":1,"kind":"users","fingerprint":"e7c12a4c68f2a113","preset":null,"source_columns":["email","firstName","plan"],"columns":[{"column":"email","field":"email","transforms":["trim"],"reason":"name"},{"column":"firstName","field":"firstName","transforms":["trim"],"reason":"name"},{"column":"plan","field":"metadata.plan","transforms":[],"reason":"by hand"}],"constants":{"emailVerifiedAt":"unverified"},"nulls":["NULL","null","(null)","<null>","[NULL]","[null]","N/A","n/a","#N/A","<NA>","NaN","nan","None","0000-00-00","0000-00-00 00:00:00","\\N","undefined","(none)","<none>","-NaN","NaT"],"included":[],"on_invalid":{},"lacking_wallet_parts":[]},"region":"","options":{"settle":30.0,"upsert":false},"report":null,"custom_fields":[{"id":"ff40ea11-47e5-4522-b20f-8d7b0ddcc9cd","key":"plan","name":"Plan","enabled":true,"required":false,"fieldType":"select","validationRules":{"validOptions":[{"label":"Free","key":"free"},{"label":"Pro","key":"pro"},{"label":"Team","key":"team"}]},"position":0},{"id":"40091d4c-1685-404f-9967-259663fa7c03","key":"referrer","name":"How did you hear of us?","enabled":true,"required":false,"fieldType":"text","validationRules":{"unique":false},"position":1},{"id":"5c454589-f973-4846-9771-11e7e8af1517","key":"newsletter","name":"Newsletter","enabled":true,"required":false,"fieldType":"checkbox","validationRules":{"checkboxText":"Send me the newsletter"},"position":2}],"precheck":{"at":1795967682916,"new":1,"exists":0,"conflict":0,"taken":0,"unchanged":0,"changes":{},"collisions":[],"samples":[]}}',0);
CREATE TABLE keys (key TEXT NOT NULL, row INTEGER NOT NULL);
INSERT INTO "keys" VALUES('email:three@example.com',1);
CREATE TABLE matches (
    row INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    is_primary INTEGER NOT NULL, keys TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (row, user_id)
) WITHOUT ROWID;
CREATE TABLE problem_counts (
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (level, code)
) WITHOUT ROWID;
INSERT INTO "problem_counts" VALUES('warning','custom_field_option',1);
CREATE TABLE problems (
    row INTEGER NOT NULL,
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    message TEXT NOT NULL,
    suggestion TEXT
);
INSERT INTO "problems" VALUES(1,'warning','custom_field_option','metadata.plan','“pro” is not one of Free, Pro, Team.','Pro');
CREATE TABLE requests (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, asked TEXT NOT NULL);
CREATE TABLE review_changes (
    step INTEGER NOT NULL,
    row INTEGER NOT NULL,
    before BLOB NOT NULL,
    after BLOB NOT NULL,
    was_out INTEGER NOT NULL,
    is_out INTEGER NOT NULL,
    PRIMARY KEY (step, row)
) WITHOUT ROWID;
CREATE TABLE review_file_problems (
    row INTEGER,
    level TEXT,
    code TEXT,
    field TEXT,
    message TEXT,
    suggestion TEXT
);
CREATE TABLE review_steps (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
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
CREATE TABLE source (
    number INTEGER PRIMARY KEY,
    raw BLOB NOT NULL,
    body BLOB,
    keys TEXT NOT NULL DEFAULT '',
    chosen_id TEXT NOT NULL DEFAULT ''
);
INSERT INTO "source" VALUES(1,X'5B5B227468726565406578616D706C652E636F6D222C22416461222C2270726F225D5D',X'7B22656D61696C223A227468726565406578616D706C652E636F6D222C2266697273744E616D65223A22416461222C226D65746164617461223A7B22706C616E223A2270726F227D7D','email:three@example.com','');
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
CREATE INDEX review_by_row ON review_changes (row, step);
CREATE INDEX review_file_problems_by_row ON review_file_problems (row);
CREATE INDEX keys_by_key ON keys (key, row);
CREATE INDEX problems_by_code ON problems (code, row);
CREATE INDEX problems_by_row ON problems (row);
COMMIT;

-- A store as the first release of the schema left it (PRAGMA user_version 1): one job that is under
-- way, one that is completed. Never to be changed: test_migration opens it.
PRAGMA journal_mode = WAL;
CREATE TABLE jobs ( job_no INTEGER PRIMARY KEY, phase INTEGER NOT NULL, owner TEXT, job_id TEXT, state INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, processed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL DEFAULT 0, started_at INTEGER NOT NULL DEFAULT 0, finished_at INTEGER NOT NULL DEFAULT 0, error TEXT);
CREATE UNIQUE INDEX jobs_by_name ON jobs (owner, job_id) WHERE phase = 1;
CREATE INDEX jobs_open ON jobs (job_no) WHERE phase = 1 AND state < 3;
CREATE INDEX jobs_other ON jobs (phase, job_no) WHERE phase <> 1;
CREATE TABLE requests ( job_no INTEGER PRIMARY KEY, digest BLOB NOT NULL, columns TEXT, mapping TEXT, model_name TEXT, page_limit INTEGER NOT NULL, tag_limit INTEGER NOT NULL, language TEXT, priority INTEGER NOT NULL, max_attempts INTEGER NOT NULL, callback_url TEXT, exclusions TEXT);
CREATE TABLE documents ( key INTEGER PRIMARY KEY, source INTEGER NOT NULL, path TEXT, title TEXT, description TEXT, publishing_date TEXT, file_size TEXT, columns TEXT);
CREATE TABLE results ( key INTEGER PRIMARY KEY, attempts INTEGER NOT NULL, error_type INTEGER NOT NULL, error TEXT, tags TEXT, model_name TEXT, metadata TEXT);
CREATE INDEX results_failed ON results (key) WHERE error_type <> 0;
CREATE TABLE attempts ( key INTEGER PRIMARY KEY, attempts INTEGER NOT NULL, losses INTEGER NOT NULL);
CREATE TABLE numbers ( name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO numbers VALUES ('job_no', 0);
UPDATE numbers SET value = 7 WHERE name = 'job_no';
INSERT INTO jobs VALUES (3, 1, 'ann', 'open', 1, 3, 1, 1, 9, 1000, 2000, 0, NULL);
INSERT INTO requests VALUES (3, x'0102', '["file_path"]', '{}', 'offline', 3, 8, 'de', -2, 4, NULL, 'a');
INSERT INTO documents VALUES (12884901888, 2, 'a.txt', 'A', NULL, NULL, NULL, NULL);
INSERT INTO documents VALUES (12884901889, 2, 'b.txt', 'B', NULL, NULL, NULL, '{"shelf":"7"}');
INSERT INTO documents VALUES (12884901890, 2, 'c.txt', 'C', NULL, NULL, NULL, NULL);
INSERT INTO results VALUES (12884901888, 1, 0, NULL, '["x"]', 'offline', '{}');
INSERT INTO results VALUES (12884901889, 2, 1, 'gone', '[]', 'offline', '{}');
INSERT INTO attempts VALUES (12884901889, 1, 0);
INSERT INTO jobs VALUES (5, 1, 'ann', 'done', 3, 1, 1, 0, 4, 1000, 2000, 3000, NULL);
INSERT INTO requests VALUES (5, x'03', '[]', '{}', 'noop', 3, 8, NULL, 0, 4, NULL, NULL);
INSERT INTO documents VALUES (21474836480, 0, 'noop:', 'N', NULL, NULL, NULL, NULL);
INSERT INTO results VALUES (21474836480, 1, 0, NULL, '[]', 'noop', '{}');
PRAGMA user_version = 1;

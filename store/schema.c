#include "store/schema.h"

#include <stdio.h>

enum { ROW_BITS = 32, PRAGMA_SIZE = 64 };

/* What changes with every result (jobs) is kept apart from what never changes and may be long
 * (requests), so that counting does not write the long part again. */
static const char s_first[] =
    "CREATE TABLE jobs ("
    "  job_no INTEGER PRIMARY KEY,"
    "  phase INTEGER NOT NULL," /* 0 staged, 1 job, 2 garbage */
    "  owner TEXT,"
    "  job_id TEXT,"
    "  state INTEGER NOT NULL DEFAULT 0,"
    "  total INTEGER NOT NULL DEFAULT 0,"
    "  processed INTEGER NOT NULL DEFAULT 0,"
    "  failed INTEGER NOT NULL DEFAULT 0,"
    "  version INTEGER NOT NULL DEFAULT 0,"
    "  created_at INTEGER NOT NULL DEFAULT 0,"
    "  started_at INTEGER NOT NULL DEFAULT 0,"
    "  finished_at INTEGER NOT NULL DEFAULT 0,"
    "  error TEXT);"
    "CREATE UNIQUE INDEX jobs_by_name ON jobs (owner, job_id) WHERE phase = 1;"
    "CREATE INDEX jobs_open ON jobs (job_no) WHERE phase = 1 AND state < 3;"
    "CREATE INDEX jobs_other ON jobs (phase, job_no) WHERE phase <> 1;"
    "CREATE TABLE requests ("
    "  job_no INTEGER PRIMARY KEY,"
    "  digest BLOB NOT NULL,"
    "  columns TEXT,"
    "  mapping TEXT,"
    "  model_name TEXT,"
    "  page_limit INTEGER NOT NULL,"
    "  tag_limit INTEGER NOT NULL,"
    "  language TEXT,"
    "  priority INTEGER NOT NULL,"
    "  max_attempts INTEGER NOT NULL,"
    "  callback_url TEXT,"
    "  exclusions TEXT);"
    "CREATE TABLE documents ("
    "  key INTEGER PRIMARY KEY," /* schema_key(job_no, row), here and below */
    "  source INTEGER NOT NULL,"
    "  path TEXT,"
    "  title TEXT,"
    "  description TEXT,"
    "  publishing_date TEXT,"
    "  file_size TEXT,"
    "  columns TEXT);"
    "CREATE TABLE results ("
    "  key INTEGER PRIMARY KEY,"
    "  attempts INTEGER NOT NULL,"
    "  error_type INTEGER NOT NULL,"
    "  error TEXT,"
    "  tags TEXT,"
    "  model_name TEXT,"
    "  metadata TEXT);"
    /* Costs nothing for a result that is tagged, and finds the failed ones among a million. */
    "CREATE INDEX results_failed ON results (key) WHERE error_type <> 0;"
    "CREATE TABLE attempts ("
    "  key INTEGER PRIMARY KEY,"
    "  attempts INTEGER NOT NULL,"
    "  losses INTEGER NOT NULL);"
    "CREATE TABLE numbers ("
    "  name TEXT PRIMARY KEY,"
    "  value INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO numbers VALUES ('job_no', 0);";

/* Models: what they took, and the sealed keys of jobs that are not final. */
static const char s_models[] =
    "ALTER TABLE jobs ADD COLUMN tokens_in INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN tokens_out INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN cost_nano INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE requests ADD COLUMN may_fall_back INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE secrets ("
    "  job_no INTEGER PRIMARY KEY,"
    "  sealed BLOB NOT NULL);";

static const char *const s_migrations[] = {s_first, s_models};

enum { SCHEMA_VERSION = sizeof s_migrations / sizeof s_migrations[0] };

static status_t
s_migrate_one(connection_t *connection, int version, fault_t *fault)
{
    char pragma[PRAGMA_SIZE];
    snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", version + 1);
    status_t status = connection_execute(connection, "BEGIN IMMEDIATE", fault);
    if (status == STATUS_OK)
        status = connection_execute(connection, s_migrations[version], fault);
    if (status == STATUS_OK)
        status = connection_execute(connection, pragma, fault);
    if (status == STATUS_OK)
        status = connection_execute(connection, "COMMIT", fault);
    if (status != STATUS_OK && !sqlite3_get_autocommit(connection->handle))
        connection_execute(connection, "ROLLBACK", NULL);
    return status;
}

status_t
schema_migrate(connection_t *connection, fault_t *fault)
{
    int64_t version = 0, tables = 0;
    status_t status = connection_ask(connection, "PRAGMA user_version", &version, fault);
    if (status == STATUS_OK)
        status = connection_ask(connection, "SELECT count(*) FROM sqlite_schema", &tables, fault);
    if (status != STATUS_OK)
        return status;
    if (version > SCHEMA_VERSION)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "the store was written by a newer program (its schema is %lld, this "
                         "program's %d): run that program, or give another store/url",
                         (long long) version, SCHEMA_VERSION);
    if (version == 0 && tables != 0)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "the file of store/url is another program's database");
    for (; version < SCHEMA_VERSION && status == STATUS_OK; version++)
        status = s_migrate_one(connection, (int) version, fault);
    return status;
}

status_t
schema_check(connection_t *connection, fault_t *fault)
{
    int64_t version = 0;
    status_t status = connection_ask(connection, "PRAGMA user_version", &version, fault);
    if (status == STATUS_OK && version != SCHEMA_VERSION)
        status = fault_set(fault, STATUS_IO_ERROR,
                           "the store's schema is %lld and this program's %d: the writer has to "
                           "open it first",
                           (long long) version, SCHEMA_VERSION);
    return status;
}

int64_t
schema_key(uint64_t job_no, uint32_t row)
{
    return (int64_t) (job_no << ROW_BITS | row);
}

uint32_t
schema_row(int64_t key)
{
    return (uint32_t) key;
}

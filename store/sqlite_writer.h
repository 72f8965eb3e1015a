/* The one connection that writes: what the files that implement it share. Private to this folder.
 */
#ifndef TAGMILL_STORE_SQLITE_WRITER_H
#define TAGMILL_STORE_SQLITE_WRITER_H

#include "store/connection.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/tally.h"

struct store {
    connection_t connection;
    int lock;                /* descriptor of the lock file; -1: not held */
    tally_t tally;           /* of the open transaction */
    uint64_t staged_job_no;  /* known as staged in the open transaction; 0: none */
    int wal_frames;          /* in the write-ahead log after the last commit */
    bool checkpoint_failing; /* and it has been logged */
};

/* STATEMENT(symbol, SQL) */
#define WRITER_STATEMENTS(STATEMENT)                                                               \
    STATEMENT(BEGIN, "BEGIN IMMEDIATE")                                                            \
    STATEMENT(COMMIT, "COMMIT")                                                                    \
    STATEMENT(COUNT, "UPDATE jobs SET processed = processed + ?2, failed = failed + ?3, "          \
                     "version = max(version, ?4), tokens_in = tokens_in + ?5, "                    \
                     "tokens_out = tokens_out + ?6, cost_nano = cost_nano + ?7 WHERE job_no = ?1") \
    STATEMENT(PHASE, "SELECT phase FROM jobs WHERE job_no = ?1")                                   \
    STATEMENT(STAGE_JOB, "INSERT INTO jobs (job_no, phase) VALUES (?1, 0)")                        \
    STATEMENT(TAKE_NUMBER, "UPDATE numbers SET value = max(value, ?1) WHERE name = 'job_no'")      \
    STATEMENT(NEXT_NUMBER, "SELECT value + 1 FROM numbers WHERE name = 'job_no'")                  \
    STATEMENT(STAGE, "INSERT OR IGNORE INTO documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")    \
    STATEMENT(RESULT, "INSERT OR IGNORE INTO results SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 "           \
                      "WHERE EXISTS (SELECT 1 FROM documents WHERE key = ?1)")                     \
    STATEMENT(ATTEMPTS, "INSERT INTO attempts VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE "    \
                        "SET attempts = excluded.attempts, losses = excluded.losses")              \
    STATEMENT(STATE, "UPDATE jobs SET state = ?2, version = max(version, ?3), started_at = ?4, "   \
                     "finished_at = ?5, error = ?6 WHERE job_no = ?1 AND phase = 1")               \
    STATEMENT(DISCARD, "UPDATE jobs SET phase = 2 WHERE job_no = ?1 AND phase = 0")                \
    STATEMENT(DISCARD_ALL, "UPDATE jobs SET phase = 2 WHERE phase = 0")                            \
    STATEMENT(FIND, JOB_ROW_SELECT "WHERE owner = ?1 AND job_id = ?2 AND phase = 1")               \
    STATEMENT(DIGEST, "SELECT digest FROM requests WHERE job_no = ?1")                             \
    STATEMENT(LAST_DOCUMENT, "SELECT max(key) FROM documents WHERE key BETWEEN ?1 AND ?2")         \
    STATEMENT(CREATE_JOB, "UPDATE jobs SET phase = 1, owner = ?2, job_id = ?3, state = 0, "        \
                          "total = ?4, version = ?5, created_at = ?6 WHERE job_no = ?1")           \
    STATEMENT(CREATE_REQUEST, "INSERT INTO requests VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "  \
                              "?10, ?11, ?12, ?13)")                                               \
    STATEMENT(KEEP_SECRET, "INSERT OR REPLACE INTO secrets VALUES (?1, ?2)")                       \
    STATEMENT(READ_SECRET, "SELECT sealed FROM secrets WHERE job_no = ?1")                         \
    STATEMENT(WIPE_SECRET, "DELETE FROM secrets WHERE job_no = ?1")                                \
    STATEMENT(DROP_FAILED, "DELETE FROM results WHERE key BETWEEN ?1 AND ?2 AND error_type <> 0")  \
    STATEMENT(DROP_ATTEMPTS, "DELETE FROM attempts WHERE key BETWEEN ?1 AND ?2")                   \
    STATEMENT(REVIVE, "UPDATE jobs SET state = 1, failed = 0, finished_at = 0, error = NULL, "     \
                      "version = version + 1 WHERE job_no = ?1")                                   \
    STATEMENT(GARBAGE, "SELECT job_no FROM jobs WHERE phase = 2 LIMIT 1")                          \
    STATEMENT(FIRST_DOCUMENT, "SELECT min(key) FROM documents WHERE key BETWEEN ?1 AND ?2")        \
    STATEMENT(FIRST_RESULT, "SELECT min(key) FROM results WHERE key BETWEEN ?1 AND ?2")            \
    STATEMENT(FIRST_ATTEMPT, "SELECT min(key) FROM attempts WHERE key BETWEEN ?1 AND ?2")          \
    STATEMENT(PURGE_DOCUMENTS, "DELETE FROM documents WHERE key BETWEEN ?1 AND ?2")                \
    STATEMENT(PURGE_RESULTS, "DELETE FROM results WHERE key BETWEEN ?1 AND ?2")                    \
    STATEMENT(PURGE_ATTEMPTS, "DELETE FROM attempts WHERE key BETWEEN ?1 AND ?2")                  \
    STATEMENT(PURGE_REQUEST, "DELETE FROM requests WHERE job_no = ?1")                             \
    STATEMENT(PURGE_JOB, "DELETE FROM jobs WHERE job_no = ?1")                                     \
    STATEMENT(OPEN_JOBS, JOB_ROW_SELECT "WHERE phase = 1 AND state < 3 ORDER BY job_no")

typedef enum {
#define STATEMENT(symbol, sql) WRITE_##symbol,
    WRITER_STATEMENTS(STATEMENT)
#undef STATEMENT
        WRITE_COUNT_OF_ALL
} writer_statement_t;

/* Prepares a statement and binds up to three whole numbers, in order. NULL: `fault` is set. */
sqlite3_stmt *writer_statement(store_t *self, writer_statement_t number, int count,
                               const int64_t *values, fault_t *fault);

/* Runs a statement that gives no rows with up to three whole numbers bound. */
status_t writer_run(store_t *self, writer_statement_t number, int count, const int64_t *values,
                    fault_t *fault);

/* Reads the one number that a statement gives; `*found` tells whether it gave one that is not
 * NULL. */
status_t writer_ask(store_t *self, writer_statement_t number, int count, const int64_t *values,
                    int64_t *answer, bool *found, fault_t *fault);

/* The whole numbers for a statement: WRITER_VALUES(job_no, row) gives their count and the list. */
#define WRITER_VALUES(...)                                                                         \
    (int) (sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[])                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Writes the tally into the jobs' rows and clears it. */
status_t writer_count(store_t *self, fault_t *fault);

#endif

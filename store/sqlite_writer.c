/* The writer's life, its transactions, and what is written once a document. What is written once a
 * job stands in sqlite_jobs.c. */
#include "store/sqlite_writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/job_row.h"

/* The write-ahead log goes back into the database from `CHECKPOINT_FRAMES` pages up. When readers
 * have kept it from starting anew until `RESTART_FRAMES`, the writer waits for them. */
enum { CHECKPOINT_FRAMES = 4000, RESTART_FRAMES = 16000, LOCK_PATH_SIZE = 4096 };

static const char *const s_texts[] = {
#define STATEMENT(symbol, sql) sql,
    WRITER_STATEMENTS(STATEMENT)
#undef STATEMENT
};

/* ---- open and close ---- */

/* Two processes that write would wait for each other's locks now and then and corrupt nothing, but
 * each would hold for true what the other has changed. The lock is the kernel's, so it ends with
 * the process however that ends. */
static status_t
s_lock(store_t *self, const char *path, fault_t *fault)
{
    char lock_path[LOCK_PATH_SIZE];
    int size = snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    if (size < 0 || (size_t) size >= sizeof lock_path)
        return fault_set(fault, STATUS_IO_ERROR, "the store's path is too long");
    self->lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (self->lock < 0)
        return fault_set(fault, STATUS_IO_ERROR, "%s: %s", lock_path, strerrordesc_np(errno));
    if (flock(self->lock, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    if (errno == EWOULDBLOCK)
        return fault_set(fault, STATUS_UNAVAILABLE, "another process writes to the store %s", path);
    return fault_set(fault, STATUS_IO_ERROR, "%s: %s", lock_path, strerrordesc_np(errno));
}

/* SQLite would make the file readable by all; what users' documents are called is theirs. */
static status_t
s_make_private(const char *path, fault_t *fault)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(fault, STATUS_IO_ERROR, "%s: %s", path, strerrordesc_np(errno));
    close(file);
    return STATUS_OK;
}

static int
s_on_wal(void *context, sqlite3 *handle, const char *name, int frames)
{
    (void) handle, (void) name;
    ((store_t *) context)->wal_frames = frames;
    return SQLITE_OK;
}

static status_t
s_configure(store_t *self, fault_t *fault)
{
    connection_t *connection = &self->connection;
    sqlite3_stmt *statement = NULL;
    bool is_wal = sqlite3_prepare_v2(connection->handle, "PRAGMA journal_mode = WAL", -1,
                                     &statement, NULL) == SQLITE_OK &&
                  sqlite3_step(statement) == SQLITE_ROW &&
                  slice_is(statement_slice(statement, 0), "wal");
    status_t status = is_wal ? STATUS_OK : connection_fail(connection, fault);
    sqlite3_finalize(statement);
    if (status == STATUS_OK)
        status = connection_execute(connection,
                                    "PRAGMA synchronous = FULL;"
                                    "PRAGMA cache_size = -16000;" /* KiB, less than 16 MB */
                                    "PRAGMA secure_delete = ON;"  /* see store_set_state */
                                    "PRAGMA mmap_size = 0;"       /* mapped pages count as ours */
                                    "PRAGMA journal_size_limit = 67108864;"
                                    "PRAGMA wal_autocheckpoint = 0;", /* see store_begin */
                                    fault);
    if (status == STATUS_OK)
        sqlite3_wal_hook(connection->handle, s_on_wal, self);
    return status;
}

static status_t
s_open(store_t *self, const char *url, fault_t *fault)
{
    const char *path = NULL;
    status_t status = connection_path(url, &path, fault);
    if (status == STATUS_OK)
        status = s_lock(self, path, fault);
    if (status == STATUS_OK)
        status = s_make_private(path, fault);
    if (status == STATUS_OK)
        status = connection_open(&self->connection, path, SQLITE_OPEN_READWRITE, s_texts,
                                 WRITE_COUNT_OF_ALL, fault);
    if (status == STATUS_OK)
        status = s_configure(self, fault);
    if (status == STATUS_OK)
        status = schema_migrate(&self->connection, fault);
    return status;
}

status_t
store_open(store_t **self_p, const char *url, fault_t *fault)
{
    store_t *self = memory_new(sizeof *self);
    self->lock = -1;
    status_t status = s_open(self, url, fault);
    if (status != STATUS_OK)
        store_close(&self);
    *self_p = self;
    return status;
}

void
store_close(store_t **self_p)
{
    store_t *self = *self_p;
    if (self == NULL)
        return;
    connection_close(&self->connection);
    if (self->lock >= 0)
        close(self->lock);
    tally_free(&self->tally);
    free(self);
    *self_p = NULL;
}

/* ---- statements ---- */

sqlite3_stmt *
writer_statement(store_t *self, writer_statement_t number, int count, const int64_t *values,
                 fault_t *fault)
{
    sqlite3_stmt *statement = connection_statement(&self->connection, number, fault);
    for (int i = 0; statement && i < count; i++)
        sqlite3_bind_int64(statement, i + 1, values[i]);
    return statement;
}

status_t
writer_run(store_t *self, writer_statement_t number, int count, const int64_t *values,
           fault_t *fault)
{
    sqlite3_stmt *statement = writer_statement(self, number, count, values, fault);
    return statement ? connection_run(&self->connection, statement, fault) : STATUS_IO_ERROR;
}

status_t
writer_ask(store_t *self, writer_statement_t number, int count, const int64_t *values,
           int64_t *answer, bool *found, fault_t *fault)
{
    *found = false;
    sqlite3_stmt *statement = writer_statement(self, number, count, values, fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    bool row = false;
    status_t status = connection_step(&self->connection, statement, &row, fault);
    if (row) {
        *found = sqlite3_column_type(statement, 0) != SQLITE_NULL;
        *answer = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
    }
    return status;
}

/* ---- transactions ---- */

/* Here and not in commit, so that the answers to the last commit are on their way already. Nothing
 * is lost when it fails: the write-ahead log is kept and read as long as it takes. */
static void
s_checkpoint(store_t *self)
{
    int mode =
        self->wal_frames < RESTART_FRAMES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    int result = sqlite3_wal_checkpoint_v2(self->connection.handle, NULL, mode, NULL, NULL);
    bool fails = result != SQLITE_OK && result != SQLITE_BUSY;
    if (fails && !self->checkpoint_failing)
        log_error("store", "the write-ahead log cannot be checkpointed and grows",
                  LOG_S("error", sqlite3_errmsg(self->connection.handle)),
                  LOG_N("frames", self->wal_frames));
    self->checkpoint_failing = fails;
}

status_t
store_begin(store_t *self, fault_t *fault)
{
    assert(sqlite3_get_autocommit(self->connection.handle));
    if (self->wal_frames >= CHECKPOINT_FRAMES)
        s_checkpoint(self);
    tally_clear(&self->tally);
    self->staged_job_no = 0;
    return writer_run(self, WRITE_BEGIN, 0, NULL, fault);
}

static bool
s_is_spent(const store_spent_t *spent)
{
    return spent->tokens_in || spent->tokens_out || spent->cost_nano;
}

static void
s_spend(tally_job_t *job, const store_spent_t *spent)
{
    job->spent.tokens_in += spent->tokens_in;
    job->spent.tokens_out += spent->tokens_out;
    job->spent.cost_nano += spent->cost_nano;
}

status_t
writer_count(store_t *self, fault_t *fault)
{
    status_t status = STATUS_OK;
    for (size_t i = 0; i < self->tally.count && status == STATUS_OK; i++) {
        const tally_job_t *job = &self->tally.jobs[i];
        if (job->processed == 0 && job->failed == 0 && !s_is_spent(&job->spent))
            continue;
        sqlite3_stmt *statement = writer_statement(
            self, WRITE_COUNT, WRITER_VALUES((int64_t) job->job_no, job->processed, job->failed),
            fault);
        if (statement == NULL)
            return STATUS_IO_ERROR;
        sqlite3_bind_int64(statement, 4, (int64_t) job->version);
        sqlite3_bind_int64(statement, 5, (int64_t) job->spent.tokens_in);
        sqlite3_bind_int64(statement, 6, (int64_t) job->spent.tokens_out);
        sqlite3_bind_int64(statement, 7, (int64_t) job->spent.cost_nano);
        status = connection_run(&self->connection, statement, fault);
    }
    tally_clear(&self->tally);
    return status;
}

status_t
store_commit(store_t *self, fault_t *fault)
{
    status_t status = writer_count(self, fault);
    return status == STATUS_OK ? writer_run(self, WRITE_COMMIT, 0, NULL, fault) : status;
}

void
store_rollback(store_t *self)
{
    tally_clear(&self->tally);
    self->staged_job_no = 0;
    /* After some errors SQLite has rolled back by itself. */
    if (!sqlite3_get_autocommit(self->connection.handle))
        connection_execute(&self->connection, "ROLLBACK", NULL);
}

/* ---- documents ---- */

/* Makes sure that `job_no` is staged. */
static status_t
s_require_staged(store_t *self, uint64_t job_no, fault_t *fault)
{
    int64_t phase = 0;
    bool found = false;
    if (job_no == 0 || job_no > SCHEMA_JOB_NO_MAX)
        return fault_set(fault, STATUS_BAD_REQUEST, "%llu is not a job number",
                         (unsigned long long) job_no);
    int64_t number = (int64_t) job_no;
    status_t status = writer_ask(self, WRITE_PHASE, WRITER_VALUES(number), &phase, &found, fault);
    if (status == STATUS_OK && found && phase != PHASE_STAGED)
        status = fault_set(fault, STATUS_BAD_REQUEST, "job %lld is not staged any more",
                           (long long) number);
    if (status == STATUS_OK && !found)
        status = writer_run(self, WRITE_STAGE_JOB, WRITER_VALUES(number), fault);
    if (status == STATUS_OK && !found)
        status = writer_run(self, WRITE_TAKE_NUMBER, WRITER_VALUES(number), fault);
    if (status == STATUS_OK)
        self->staged_job_no = job_no;
    return status;
}

status_t
store_stage(store_t *self, uint64_t job_no, const store_document_t *document, fault_t *fault)
{
    if (self->staged_job_no != job_no) {
        status_t status = s_require_staged(self, job_no, fault);
        if (status != STATUS_OK)
            return status;
    }
    sqlite3_stmt *statement =
        writer_statement(self, WRITE_STAGE,
                         WRITER_VALUES(schema_key(job_no, document->row), document->source), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    statement_bind_text(statement, 3, document->path);
    statement_bind_text(statement, 4, document->title);
    statement_bind_text(statement, 5, document->description);
    statement_bind_text(statement, 6, document->publishing_date);
    statement_bind_text(statement, 7, document->file_size);
    statement_bind_text(statement, 8, document->columns);
    return connection_run(&self->connection, statement, fault);
}

/* ---- results ---- */

/* Sets `job->known`: whether `job->job_no` is a job, not staged and not garbage. */
static status_t
s_ask_job(store_t *self, tally_job_t *job, fault_t *fault)
{
    int64_t phase = 0;
    bool found = false;
    status_t status =
        writer_ask(self, WRITE_PHASE, WRITER_VALUES((int64_t) job->job_no), &phase, &found, fault);
    job->asked = status == STATUS_OK;
    job->known = found && phase == PHASE_JOB;
    return status;
}

static status_t
s_insert_result(store_t *self, uint64_t job_no, const store_result_t *result, fault_t *fault)
{
    sqlite3_stmt *statement = writer_statement(
        self, WRITE_RESULT,
        WRITER_VALUES(schema_key(job_no, result->row), result->attempts, result->error_type),
        fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    statement_bind_text(statement, 4, result->error);
    statement_bind_text(statement, 5, result->tags);
    statement_bind_text(statement, 6, result->model_name);
    statement_bind_text(statement, 7, result->metadata);
    return connection_run(&self->connection, statement, fault);
}

status_t
store_add_result(store_t *self, uint64_t job_no, uint64_t version, const store_result_t *result,
                 bool *added, fault_t *fault)
{
    *added = false;
    tally_job_t *job = tally_require(&self->tally, job_no);
    if (!job->asked) {
        status_t status = s_ask_job(self, job, fault);
        if (status != STATUS_OK)
            return status;
    }
    if (!job->known)
        return STATUS_OK;
    status_t status = s_insert_result(self, job_no, result, fault);
    if (status != STATUS_OK || sqlite3_changes(self->connection.handle) == 0)
        return status;
    *added = true;
    s_spend(job, &result->spent);
    job->processed += result->error_type == ERROR_NONE;
    job->failed += result->error_type != ERROR_NONE;
    if (version > job->version)
        job->version = version;
    return STATUS_OK;
}

status_t
store_set_attempts(store_t *self, uint64_t job_no, uint32_t row, uint8_t attempts, uint8_t losses,
                   const store_spent_t *spent, fault_t *fault)
{
    if (spent && s_is_spent(spent))
        s_spend(tally_require(&self->tally, job_no), spent);
    return writer_run(self, WRITE_ATTEMPTS,
                      WRITER_VALUES(schema_key(job_no, row), attempts, losses), fault);
}

/* What is written once a job: its making, its states, its second life, its end. */
#include "store/job_row.h"
#include "store/sqlite_writer.h"

/* ---- staging and making ---- */

status_t
store_discard(store_t *self, uint64_t job_no, fault_t *fault)
{
    self->staged_job_no = 0;
    return writer_run(self, WRITE_DISCARD, WRITER_VALUES((int64_t) job_no), fault);
}

/* Finds the owner's job: `*statement` stands on its row when `*found`, and is the caller's to
 * reset. Its counters are up to date with the transaction. */
static status_t
s_find(store_t *self, slice_t owner, slice_t job_id, sqlite3_stmt **statement, bool *found,
       store_job_t *job, fault_t *fault)
{
    *found = false;
    status_t status = writer_count(self, fault);
    if (status != STATUS_OK)
        return status;
    *statement = writer_statement(self, WRITE_FIND, 0, NULL, fault);
    if (*statement == NULL)
        return STATUS_IO_ERROR;
    statement_bind_text(*statement, 1, owner);
    statement_bind_text(*statement, 2, job_id);
    status = connection_step(&self->connection, *statement, found, fault);
    if (*found)
        job_row_read(*statement, job);
    return status;
}

static status_t
s_same_digest(store_t *self, uint64_t job_no, slice_t digest, bool *same, fault_t *fault)
{
    sqlite3_stmt *statement =
        writer_statement(self, WRITE_DIGEST, WRITER_VALUES((int64_t) job_no), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    bool row = false;
    status_t status = connection_step(&self->connection, statement, &row, fault);
    *same = row && slice_equal(statement_slice(statement, 0), digest);
    sqlite3_reset(statement);
    return status;
}

/* A job of this name is there: is it the same? The one that was staged is not needed. */
static status_t
s_repeat(store_t *self, uint64_t staged_job_no, const store_job_t *there, slice_t digest,
         store_created_t *created, fault_t *fault)
{
    bool same = false;
    status_t status = s_same_digest(self, there->job_no, digest, &same, fault);
    *created = same ? STORE_REPEATED : STORE_ID_TAKEN;
    if (status == STATUS_OK && staged_job_no != there->job_no)
        status = store_discard(self, staged_job_no, fault);
    return status;
}

/* The rows are staged in order from 0, so the last one tells how many there are. */
static status_t
s_check_staged(store_t *self, const store_job_t *job, fault_t *fault)
{
    int64_t phase = 0, last = 0;
    bool found = false;
    int64_t number = (int64_t) job->job_no;
    status_t status = writer_ask(self, WRITE_PHASE, WRITER_VALUES(number), &phase, &found, fault);
    if (status != STATUS_OK)
        return status;
    if (!found || phase != PHASE_STAGED)
        return fault_set(fault, STATUS_BAD_REQUEST, "job %lld is not staged", (long long) number);
    status =
        writer_ask(self, WRITE_LAST_DOCUMENT,
                   WRITER_VALUES(schema_key(job->job_no, 0), schema_key(job->job_no, UINT32_MAX)),
                   &last, &found, fault);
    uint64_t count = found ? (uint64_t) schema_row(last) + 1 : 0;
    if (status == STATUS_OK && count != job->total)
        status = fault_set(fault, STATUS_BAD_REQUEST,
                           "job %lld is to have %u documents and %llu are staged",
                           (long long) number, job->total, (unsigned long long) count);
    return status;
}

static status_t
s_write_request(store_t *self, const store_job_t *job, const store_request_t *request,
                fault_t *fault)
{
    sqlite3_stmt *statement =
        writer_statement(self, WRITE_CREATE_REQUEST, WRITER_VALUES((int64_t) job->job_no), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    const store_config_t *config = &job->config;
    sqlite3_bind_blob(statement, 2, request->digest.data ? request->digest.data : "",
                      (int) request->digest.size, SQLITE_STATIC);
    statement_bind_text(statement, 3, request->columns);
    statement_bind_text(statement, 4, request->mapping);
    statement_bind_text(statement, 5, config->model_name);
    sqlite3_bind_int(statement, 6, config->page_limit);
    sqlite3_bind_int(statement, 7, config->tag_limit);
    statement_bind_text(statement, 8, config->language);
    sqlite3_bind_int(statement, 9, config->priority);
    sqlite3_bind_int(statement, 10, config->max_attempts);
    statement_bind_text(statement, 11, config->callback_url);
    statement_bind_text(statement, 12, config->exclusions);
    sqlite3_bind_int(statement, 13, config->may_fall_back);
    return connection_run(&self->connection, statement, fault);
}

static status_t
s_write_job(store_t *self, const store_job_t *job, fault_t *fault)
{
    sqlite3_stmt *statement =
        writer_statement(self, WRITE_CREATE_JOB, WRITER_VALUES((int64_t) job->job_no), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    statement_bind_text(statement, 2, job->owner);
    statement_bind_text(statement, 3, job->job_id);
    sqlite3_bind_int64(statement, 4, job->total);
    sqlite3_bind_int64(statement, 5, (int64_t) job->version);
    sqlite3_bind_int64(statement, 6, job->created_at);
    return connection_run(&self->connection, statement, fault);
}

static status_t
s_make(store_t *self, const store_job_t *job, const store_request_t *request, fault_t *fault)
{
    status_t status = s_check_staged(self, job, fault);
    if (status == STATUS_OK)
        status = s_write_job(self, job, fault);
    if (status == STATUS_OK)
        status = s_write_request(self, job, request, fault);
    self->staged_job_no = 0;
    return status;
}

status_t
store_create(store_t *self, const store_job_t *job, const store_request_t *request,
             store_created_t *created, store_job_fn *existing, void *context, fault_t *fault)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    store_job_t there;
    status_t status = s_find(self, job->owner, job->job_id, &statement, &found, &there, fault);
    if (status != STATUS_OK)
        return status;
    if (found) {
        status = s_repeat(self, job->job_no, &there, request->digest, created, fault);
        if (status == STATUS_OK && existing)
            existing(context, &there);
        sqlite3_reset(statement);
        return status;
    }
    *created = STORE_CREATED;
    return s_make(self, job, request, fault);
}

status_t
store_find_job(store_t *self, slice_t owner, slice_t job_id, store_job_fn *found, void *context,
               fault_t *fault)
{
    sqlite3_stmt *statement = NULL;
    bool is_there = false;
    store_job_t job;
    status_t status = s_find(self, owner, job_id, &statement, &is_there, &job, fault);
    if (status != STATUS_OK)
        return status;
    if (is_there)
        found(context, &job);
    sqlite3_reset(statement);
    return is_there ? STATUS_OK : fault_set(fault, STATUS_NOT_FOUND, "no job of this id");
}

/* ---- secrets ---- */

status_t
store_keep_secret(store_t *self, uint64_t job_no, slice_t sealed, fault_t *fault)
{
    sqlite3_stmt *statement =
        writer_statement(self, WRITE_KEEP_SECRET, WRITER_VALUES((int64_t) job_no), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    sqlite3_bind_blob(statement, 2, sealed.data, (int) sealed.size, SQLITE_STATIC);
    return connection_run(&self->connection, statement, fault);
}

status_t
store_read_secret(store_t *self, uint64_t job_no, buffer_t *out, fault_t *fault)
{
    sqlite3_stmt *statement =
        writer_statement(self, WRITE_READ_SECRET, WRITER_VALUES((int64_t) job_no), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    bool row = false;
    status_t status = connection_step(&self->connection, statement, &row, fault);
    if (row)
        buffer_append_slice(out, statement_slice(statement, 0));
    sqlite3_reset(statement);
    return status;
}

/* ---- states ---- */

status_t
store_set_state(store_t *self, uint64_t job_no, job_state_t state, uint64_t version,
                int64_t started_at, int64_t finished_at, slice_t error, fault_t *fault)
{
    sqlite3_stmt *statement = writer_statement(
        self, WRITE_STATE, WRITER_VALUES((int64_t) job_no, state, (int64_t) version), fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    sqlite3_bind_int64(statement, 4, started_at);
    sqlite3_bind_int64(statement, 5, finished_at);
    statement_bind_text(statement, 6, error);
    status_t status = connection_run(&self->connection, statement, fault);
    if (status == STATUS_OK && job_state_is_final(state))
        status = writer_run(self, WRITE_WIPE_SECRET, WRITER_VALUES((int64_t) job_no), fault);
    return status;
}

static store_revived_t
s_may_revive(const store_job_t *job)
{
    if (job->state != JOB_COMPLETED && job->state != JOB_FAILED)
        return STORE_WRONG_STATE;
    bool undone = job->state == JOB_FAILED && job->processed < job->total;
    return job->failed || undone ? STORE_REVIVED : STORE_NOTHING_FAILED;
}

static status_t
s_put_back(store_t *self, uint64_t job_no, fault_t *fault)
{
    int64_t first = schema_key(job_no, 0), last = schema_key(job_no, UINT32_MAX);
    status_t status = writer_run(self, WRITE_DROP_FAILED, WRITER_VALUES(first, last), fault);
    if (status == STATUS_OK)
        status = writer_run(self, WRITE_DROP_ATTEMPTS, WRITER_VALUES(first, last), fault);
    if (status == STATUS_OK)
        status = writer_run(self, WRITE_REVIVE, WRITER_VALUES((int64_t) job_no), fault);
    return status;
}

status_t
store_revive(store_t *self, slice_t owner, slice_t job_id, store_revived_t *revived,
             uint32_t *retried, store_job_fn *found, void *context, fault_t *fault)
{
    sqlite3_stmt *statement = NULL;
    bool is_there = false;
    store_job_t job;
    *revived = STORE_NOT_FOUND;
    *retried = 0;
    status_t status = s_find(self, owner, job_id, &statement, &is_there, &job, fault);
    if (status != STATUS_OK || !is_there)
        return status;
    *revived = s_may_revive(&job);
    if (*revived == STORE_REVIVED) {
        uint64_t job_no = job.job_no;
        *retried = job.total - job.processed;
        sqlite3_reset(statement);
        status = s_put_back(self, job_no, fault);
        if (status == STATUS_OK)
            status = s_find(self, owner, job_id, &statement, &is_there, &job, fault);
    }
    if (status == STATUS_OK && is_there && found)
        found(context, &job);
    sqlite3_reset(statement);
    return status;
}

/* ---- garbage ---- */

static const struct {
    writer_statement_t first;
    writer_statement_t purge;
} s_garbage[] = {
    {WRITE_FIRST_DOCUMENT, WRITE_PURGE_DOCUMENTS},
    {WRITE_FIRST_RESULT, WRITE_PURGE_RESULTS},
    {WRITE_FIRST_ATTEMPT, WRITE_PURGE_ATTEMPTS},
};

/* Removes up to `*limit` rows of a job from one table and takes them off `*limit`. */
static status_t
s_purge_table(store_t *self, size_t table, uint64_t job_no, uint32_t *limit, fault_t *fault)
{
    int64_t last = schema_key(job_no, UINT32_MAX), first = 0;
    while (*limit) {
        bool found = false;
        status_t status =
            writer_ask(self, s_garbage[table].first, WRITER_VALUES(schema_key(job_no, 0), last),
                       &first, &found, fault);
        if (status != STATUS_OK || !found)
            return status;
        int64_t until = last - first < *limit ? last : first + *limit - 1;
        status = writer_run(self, s_garbage[table].purge, WRITER_VALUES(first, until), fault);
        if (status != STATUS_OK)
            return status;
        *limit -= (uint32_t) sqlite3_changes(self->connection.handle);
    }
    return STATUS_OK;
}

/* Removes up to `*limit` rows of a job, the job itself last. */
static status_t
s_purge_job(store_t *self, uint64_t job_no, uint32_t *limit, fault_t *fault)
{
    status_t status = STATUS_OK;
    for (size_t i = 0; i < sizeof s_garbage / sizeof s_garbage[0] && status == STATUS_OK; i++)
        status = s_purge_table(self, i, job_no, limit, fault);
    if (status != STATUS_OK || *limit == 0)
        return status;
    *limit -= 1;
    status = writer_run(self, WRITE_PURGE_REQUEST, WRITER_VALUES((int64_t) job_no), fault);
    if (status == STATUS_OK)
        status = writer_run(self, WRITE_WIPE_SECRET, WRITER_VALUES((int64_t) job_no), fault);
    if (status == STATUS_OK)
        status = writer_run(self, WRITE_PURGE_JOB, WRITER_VALUES((int64_t) job_no), fault);
    return status;
}

status_t
store_purge(store_t *self, uint32_t limit, bool *left, fault_t *fault)
{
    for (;;) {
        int64_t job_no = 0;
        status_t status = writer_ask(self, WRITE_GARBAGE, 0, NULL, &job_no, left, fault);
        if (status != STATUS_OK || !*left || limit == 0)
            return status;
        status = s_purge_job(self, (uint64_t) job_no, &limit, fault);
        if (status != STATUS_OK)
            return status;
    }
}

/* ---- at start ---- */

status_t
store_open_jobs(store_t *self, store_job_fn *found, void *context, fault_t *fault)
{
    status_t status = writer_run(self, WRITE_DISCARD_ALL, 0, NULL, fault);
    sqlite3_stmt *statement =
        status == STATUS_OK ? writer_statement(self, WRITE_OPEN_JOBS, 0, NULL, fault) : NULL;
    if (statement == NULL)
        return STATUS_IO_ERROR;
    bool row = false;
    while ((status = connection_step(&self->connection, statement, &row, fault)) == STATUS_OK &&
           row) {
        store_job_t job;
        job_row_read(statement, &job);
        found(context, &job);
    }
    return status;
}

status_t
store_next_job_no(store_t *self, uint64_t *job_no, fault_t *fault)
{
    int64_t next = 0;
    bool found = false;
    status_t status = writer_ask(self, WRITE_NEXT_NUMBER, 0, NULL, &next, &found, fault);
    if (status == STATUS_OK && !found)
        status = fault_set(fault, STATUS_IO_ERROR, "the store has lost its job numbers");
    *job_no = (uint64_t) next;
    return status;
}

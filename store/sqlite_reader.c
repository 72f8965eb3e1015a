/* A connection that only reads. Every call is one short read transaction: a reader that stayed in
 * one would keep the write-ahead log from being used anew. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/connection.h"
#include "store/job_row.h"
#include "store/schema.h"
#include "store/store.h"

/* Rows that one window call looks at, so that a job of a million with its first half done is found
 * in many short steps and not in one long one. */
enum { WINDOW_SPAN = 16384 };

struct store_reader {
    connection_t connection;
};

#define DOCUMENT_COLUMNS                                                                           \
    "d.key, d.source, d.path, d.title, d.description, d.publishing_date, d.file_size, d.columns, " \
    "a.attempts, a.losses"
#define RESULT_COLUMNS "r.attempts, r.error_type, r.error, r.tags, r.model_name, r.metadata"
enum { RESULT_COLUMN = 10 }; /* the first of RESULT_COLUMNS after DOCUMENT_COLUMNS */

/* CROSS JOIN and LEFT JOIN keep the order of the loops: the first table's rows, then a look-up by
 * key in each of the others. */
#define RESULTS(condition)                                                                         \
    "SELECT " DOCUMENT_COLUMNS ", " RESULT_COLUMNS " FROM results r "                              \
    "CROSS JOIN documents d ON d.key = r.key LEFT JOIN attempts a ON a.key = r.key "               \
    "WHERE r.key BETWEEN ?1 AND ?2 " condition "ORDER BY r.key LIMIT ?3"

#define READER_STATEMENTS(STATEMENT)                                                               \
    STATEMENT(BEGIN, "BEGIN")                                                                      \
    STATEMENT(END, "COMMIT")                                                                       \
    STATEMENT(JOB, JOB_ROW_SELECT "WHERE owner = ?1 AND job_id = ?2 AND phase = 1")                \
    STATEMENT(JOB_NO, "SELECT job_no FROM jobs WHERE owner = ?1 AND job_id = ?2 AND phase = 1")    \
    STATEMENT(KNOWN, "SELECT 1 FROM jobs WHERE job_no = ?1 AND phase = 1")                         \
    STATEMENT(COLUMNS, "SELECT columns, mapping FROM requests WHERE job_no = ?1")                  \
    STATEMENT(WINDOW, "SELECT " DOCUMENT_COLUMNS                                                   \
                      " FROM documents d LEFT JOIN attempts a ON a.key = d.key "                   \
                      "WHERE d.key BETWEEN ?1 AND ?2 "                                             \
                      "AND NOT EXISTS (SELECT 1 FROM results r WHERE r.key = d.key) "              \
                      "ORDER BY d.key LIMIT ?3")                                                   \
    STATEMENT(FURTHER, "SELECT 1 FROM documents WHERE key BETWEEN ?1 AND ?2 LIMIT 1")              \
    STATEMENT(RESULTS_ALL, RESULTS(""))                                                            \
    STATEMENT(RESULTS_TAGGED, RESULTS("AND r.error_type = 0 "))                                    \
    STATEMENT(RESULTS_FAILED, RESULTS("AND r.error_type <> 0 "))

typedef enum {
#define STATEMENT(symbol, sql) READ_##symbol,
    READER_STATEMENTS(STATEMENT)
#undef STATEMENT
        READ_COUNT_OF_ALL
} reader_statement_t;

static const char *const s_texts[] = {
#define STATEMENT(symbol, sql) sql,
    READER_STATEMENTS(STATEMENT)
#undef STATEMENT
};

/* ---- open and close ---- */

static status_t
s_open(store_reader_t *self, const char *url, fault_t *fault)
{
    const char *path = NULL;
    status_t status = connection_path(url, &path, fault);
    /* Not SQLITE_OPEN_READONLY: whoever opens a write-ahead log first has to make its index. */
    if (status == STATUS_OK)
        status = connection_open(&self->connection, path, SQLITE_OPEN_READWRITE, s_texts,
                                 READ_COUNT_OF_ALL, fault);
    if (status != STATUS_OK)
        return STATUS_IO_ERROR;
    /* Only the writer checkpoints, also when a reader is the last to close. */
    sqlite3_db_config(self->connection.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *) NULL);
    status = connection_execute(&self->connection,
                                "PRAGMA query_only = 1;"
                                "PRAGMA wal_autocheckpoint = 0;"
                                "PRAGMA cache_size = -4000;" /* KiB */
                                "PRAGMA mmap_size = 0;",
                                fault);
    return status == STATUS_OK ? schema_check(&self->connection, fault) : status;
}

status_t
store_reader_open(store_reader_t **self_p, const char *url, fault_t *fault)
{
    store_reader_t *self = memory_new(sizeof *self);
    status_t status = s_open(self, url, fault);
    if (status != STATUS_OK)
        store_reader_close(&self);
    *self_p = self;
    return status;
}

void
store_reader_close(store_reader_t **self_p)
{
    store_reader_t *self = *self_p;
    if (self == NULL)
        return;
    connection_close(&self->connection);
    free(self);
    *self_p = NULL;
}

/* ---- steps ---- */

static status_t
s_begin(store_reader_t *self, fault_t *fault)
{
    sqlite3_stmt *statement = connection_statement(&self->connection, READ_BEGIN, fault);
    return statement ? connection_run(&self->connection, statement, fault) : STATUS_IO_ERROR;
}

/* Ends the read transaction. Returns `status`, or the end's own when that was OK. */
static status_t
s_end(store_reader_t *self, status_t status, fault_t *fault)
{
    if (sqlite3_get_autocommit(self->connection.handle))
        return status;
    sqlite3_stmt *statement =
        connection_statement(&self->connection, READ_END, status == STATUS_OK ? fault : NULL);
    status_t end =
        statement ? connection_run(&self->connection, statement, status == STATUS_OK ? fault : NULL)
                  : STATUS_IO_ERROR;
    return status == STATUS_OK ? end : status;
}

/* Makes `statement` stand on the row of the owner's job. NOT_FOUND, IO_ERROR: it is reset. */
static status_t
s_find(store_reader_t *self, reader_statement_t number, slice_t owner, slice_t job_id,
       sqlite3_stmt **statement, fault_t *fault)
{
    *statement = connection_statement(&self->connection, number, fault);
    if (*statement == NULL)
        return STATUS_IO_ERROR;
    statement_bind_text(*statement, 1, owner);
    statement_bind_text(*statement, 2, job_id);
    bool row = false;
    status_t status = connection_step(&self->connection, *statement, &row, fault);
    if (status == STATUS_OK && !row)
        status = fault_set(fault, STATUS_NOT_FOUND, "no job of this id");
    return status;
}

static status_t
s_find_number(store_reader_t *self, slice_t owner, slice_t job_id, uint64_t *job_no, fault_t *fault)
{
    sqlite3_stmt *statement = NULL;
    status_t status = s_find(self, READ_JOB_NO, owner, job_id, &statement, fault);
    if (status != STATUS_OK)
        return status;
    *job_no = (uint64_t) sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return STATUS_OK;
}

/* Returns a statement with up to three whole numbers bound. NULL: `fault` is set. */
static sqlite3_stmt *
s_statement(store_reader_t *self, reader_statement_t number, int64_t first, int64_t second,
            int64_t third, fault_t *fault)
{
    sqlite3_stmt *statement = connection_statement(&self->connection, number, fault);
    const int64_t values[] = {first, second, third};
    for (int i = 0; statement && i < 3 && i < sqlite3_bind_parameter_count(statement); i++)
        sqlite3_bind_int64(statement, i + 1, values[i]);
    return statement;
}

/* `*yes` tells whether a statement with two numbers gives a row. */
static status_t
s_gives_row(store_reader_t *self, reader_statement_t number, int64_t first, int64_t second,
            bool *yes, fault_t *fault)
{
    sqlite3_stmt *statement = s_statement(self, number, first, second, 0, fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    status_t status = connection_step(&self->connection, statement, yes, fault);
    sqlite3_reset(statement);
    return status;
}

static void
s_read_document(sqlite3_stmt *statement, store_document_t *document)
{
    *document = (store_document_t){
        .row = schema_row(sqlite3_column_int64(statement, 0)),
        .source = (source_type_t) sqlite3_column_int(statement, 1),
        .path = statement_slice(statement, 2),
        .title = statement_slice(statement, 3),
        .description = statement_slice(statement, 4),
        .publishing_date = statement_slice(statement, 5),
        .file_size = statement_slice(statement, 6),
        .columns = statement_slice(statement, 7),
        .attempts = (uint8_t) sqlite3_column_int(statement, 8),
        .losses = (uint8_t) sqlite3_column_int(statement, 9),
    };
}

static void
s_read_result(sqlite3_stmt *statement, store_result_t *result)
{
    *result = (store_result_t){
        .row = schema_row(sqlite3_column_int64(statement, 0)),
        .attempts = (uint8_t) sqlite3_column_int(statement, RESULT_COLUMN),
        .error_type = (error_type_t) sqlite3_column_int(statement, RESULT_COLUMN + 1),
        .error = statement_slice(statement, RESULT_COLUMN + 2),
        .tags = statement_slice(statement, RESULT_COLUMN + 3),
        .model_name = statement_slice(statement, RESULT_COLUMN + 4),
        .metadata = statement_slice(statement, RESULT_COLUMN + 5),
    };
}

/* What a run over rows came to. */
typedef struct {
    uint32_t count; /* rows that were taken */
    uint32_t next;  /* the row after the last of them, or the one that was not taken */
    bool stopped;   /* the callback wanted no more */
} run_t;

/* Gives the callback at most `limit` rows of `statement`; `*row` tells whether one was left over,
 * by the limit or by the callback. The statement is reset. */
static status_t
s_run(store_reader_t *self, sqlite3_stmt *statement, bool has_results, uint32_t limit,
      store_row_fn *found, void *context, run_t *run, bool *row, fault_t *fault)
{
    status_t status;
    while ((status = connection_step(&self->connection, statement, row, fault)) == STATUS_OK &&
           *row) {
        store_document_t document;
        store_result_t result;
        s_read_document(statement, &document);
        if (has_results)
            s_read_result(statement, &result);
        if (run->count == limit)
            break;
        if (!found(context, &document, has_results ? &result : NULL)) {
            run->stopped = true;
            run->next = document.row;
            break;
        }
        run->count++;
        run->next = document.row + 1;
    }
    sqlite3_reset(statement);
    return status;
}

/* ---- questions ---- */

status_t
store_reader_job(store_reader_t *self, slice_t owner, slice_t job_id, store_job_fn *found,
                 void *context, fault_t *fault)
{
    sqlite3_stmt *statement = NULL;
    status_t status = s_find(self, READ_JOB, owner, job_id, &statement, fault);
    if (status != STATUS_OK)
        return status;
    store_job_t job;
    job_row_read(statement, &job);
    found(context, &job);
    sqlite3_reset(statement);
    return STATUS_OK;
}

static status_t
s_window(store_reader_t *self, uint64_t job_no, uint32_t from_row, uint32_t limit,
         store_row_fn *found, void *context, uint32_t *next_row, bool *last, fault_t *fault)
{
    bool known = false, row = false;
    status_t status = s_gives_row(self, READ_KNOWN, (int64_t) job_no, 0, &known, fault);
    if (status == STATUS_OK && !known)
        status = fault_set(fault, STATUS_NOT_FOUND, "no job of number %llu",
                           (unsigned long long) job_no);
    if (status != STATUS_OK)
        return status;
    int64_t end = schema_key(job_no, UINT32_MAX);
    int64_t first = schema_key(job_no, from_row);
    int64_t until = end - first < WINDOW_SPAN ? end : first + WINDOW_SPAN - 1;
    sqlite3_stmt *statement = s_statement(self, READ_WINDOW, first, until, limit, fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    run_t run = {.next = from_row};
    status = s_run(self, statement, false, limit, found, context, &run, &row, fault);
    if (status != STATUS_OK)
        return status;
    bool is_full = run.stopped || run.count == limit;
    *next_row = is_full || until == end ? run.next : schema_row(until) + 1;
    *last = false;
    if (run.stopped)
        return STATUS_OK;
    status = s_gives_row(self, READ_FURTHER, is_full ? schema_key(job_no, run.next) : until + 1,
                         end, &row, fault);
    *last = !row;
    return status;
}

status_t
store_reader_window(store_reader_t *self, uint64_t job_no, uint32_t from_row, uint32_t limit,
                    store_row_fn *found, void *context, uint32_t *next_row, bool *last,
                    fault_t *fault)
{
    *next_row = from_row;
    *last = false;
    status_t status = s_begin(self, fault);
    if (status == STATUS_OK)
        status = s_window(self, job_no, from_row, limit, found, context, next_row, last, fault);
    return s_end(self, status, fault);
}

static status_t
s_results(store_reader_t *self, slice_t owner, slice_t job_id, int64_t after, uint32_t limit,
          int filter, store_row_fn *found, void *context, bool *more, fault_t *fault)
{
    static const reader_statement_t by_filter[] = {READ_RESULTS_ALL, READ_RESULTS_TAGGED,
                                                   READ_RESULTS_FAILED};
    uint64_t job_no = 0;
    status_t status = s_find_number(self, owner, job_id, &job_no, fault);
    if (status != STATUS_OK || after >= UINT32_MAX)
        return status;
    uint32_t from_row = after < 0 ? 0 : (uint32_t) after + 1;
    sqlite3_stmt *statement =
        s_statement(self, by_filter[filter], schema_key(job_no, from_row),
                    schema_key(job_no, UINT32_MAX), (int64_t) limit + 1, fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    run_t run = {0};
    return s_run(self, statement, true, limit, found, context, &run, more, fault);
}

status_t
store_reader_results(store_reader_t *self, slice_t owner, slice_t job_id, int64_t after,
                     uint32_t limit, int filter, store_row_fn *found, void *context, bool *more,
                     fault_t *fault)
{
    *more = false;
    if (filter < 0 || filter > 2)
        return fault_set(fault, STATUS_BAD_REQUEST, "%d is not a filter of results", filter);
    status_t status = s_begin(self, fault);
    if (status == STATUS_OK)
        status = s_results(self, owner, job_id, after, limit, filter, found, context, more, fault);
    return s_end(self, status, fault);
}

status_t
store_reader_columns(store_reader_t *self, slice_t owner, slice_t job_id,
                     void (*found)(void *context, slice_t columns, slice_t mapping), void *context,
                     fault_t *fault)
{
    uint64_t job_no = 0;
    bool row = false;
    status_t status = s_find_number(self, owner, job_id, &job_no, fault);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *statement = s_statement(self, READ_COLUMNS, (int64_t) job_no, 0, 0, fault);
    if (statement == NULL)
        return STATUS_IO_ERROR;
    status = connection_step(&self->connection, statement, &row, fault);
    if (status == STATUS_OK && !row)
        status = fault_set(fault, STATUS_NOT_FOUND, "no job of this id");
    if (status == STATUS_OK)
        found(context, statement_slice(statement, 0), statement_slice(statement, 1));
    sqlite3_reset(statement);
    return status;
}

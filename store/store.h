/* The store: jobs, documents and results on disk, behind one interface.
 *
 * One writer in the whole deployment (the journal actor) and any number of readers, each with a
 * connection and a thread of its own. SQLite stands behind it now; nothing in this header says so
 * but the URL.
 *
 * Invariants that the store itself keeps: (owner, job_id) is unique among jobs; a (job, row) has at
 * most one result; a job that is staged is seen by no reader until it is created; a result exists
 * only of a document that exists. Text is UTF-8. Times are milliseconds since 1970 UTC, 0 where not
 * known.
 */
#ifndef TAGMILL_STORE_STORE_H
#define TAGMILL_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"
#include "base/vocabulary.h"

/* Slices in these structs are borrowed: from the caller in calls that write, from the store until
 * the callback returns in calls that read. */

typedef struct {
    slice_t model_name;
    uint8_t page_limit;
    uint8_t tag_limit;
    slice_t language;
    int32_t priority;
    uint8_t max_attempts;
    slice_t callback_url;
    slice_t exclusions; /* one a line */
    bool may_fall_back;
} store_config_t;

/* What a model took: tokens sent and received, and billionths of the currency unit. */
typedef struct {
    uint64_t tokens_in;
    uint64_t tokens_out;
    uint64_t cost_nano;
} store_spent_t;

typedef struct {
    uint64_t job_no;
    slice_t owner;
    slice_t job_id;
    job_state_t state;
    uint32_t total;
    uint32_t processed;
    uint32_t failed;
    uint64_t version;
    int64_t created_at;
    int64_t started_at;
    int64_t finished_at;
    slice_t error;
    store_spent_t spent; /* by all attempts at all documents */
    store_config_t config;
} store_job_t;

/* What store_create keeps besides the job. */
typedef struct {
    slice_t digest;  /* 32 bytes */
    slice_t columns; /* JSON array */
    slice_t mapping; /* JSON object */
} store_request_t;

typedef struct {
    uint32_t row;
    uint8_t attempts; /* failed so far; read from what store_set_attempts kept */
    uint8_t losses;
    source_type_t source;
    slice_t path;
    slice_t title;
    slice_t description;
    slice_t publishing_date;
    slice_t file_size;
    slice_t columns; /* JSON object, may be empty */
} store_document_t;

typedef struct {
    uint32_t row;
    uint8_t attempts;
    error_type_t error_type; /* ERROR_NONE: tagged */
    slice_t error;
    slice_t tags; /* JSON array */
    slice_t model_name;
    slice_t metadata;    /* JSON object */
    store_spent_t spent; /* by the attempt that made it; added to the job's, not read back */
} store_result_t;

typedef enum { STORE_CREATED, STORE_REPEATED, STORE_ID_TAKEN } store_created_t;
typedef enum {
    STORE_REVIVED,
    STORE_NOT_FOUND,
    STORE_WRONG_STATE,
    STORE_NOTHING_FAILED
} store_revived_t;

typedef void(store_job_fn)(void *context, const store_job_t *job);

/* ---- the writer: one thread, one at a time in the deployment ---- */

typedef struct store store_t;

/* Opens the store at `url` ("sqlite:PATH"), makes or migrates its schema, and takes the writer's
 * lock. Returns owned in `*self_p`.
 * BAD_REQUEST: not a URL of a known kind, or the store was written by a newer program;
 * UNAVAILABLE: another process is its writer; IO_ERROR: anything else. */
status_t store_open(store_t **self_p, const char *url, fault_t *fault);

/* Closes the store and nulls the caller's pointer. An open transaction is rolled back. Null-safe.
 */
void store_close(store_t **self_p);

/* A transaction: every call below but store_open_jobs and store_next_job_no stands between begin
 * and commit. After a commit that returned OK everything in it survives a crash of process and
 * host. IO_ERROR: nothing of the transaction is kept (the caller rolls back and may try again). */
status_t store_begin(store_t *self, fault_t *fault);
status_t store_commit(store_t *self, fault_t *fault);
void store_rollback(store_t *self);

/* Adds documents of a job to be, in rising rows. The first call for `job_no` makes it known as
 * staged. A row that is there already is left as it is (the same chunk again does no harm). */
status_t store_stage(store_t *self, uint64_t job_no, const store_document_t *document,
                     fault_t *fault);

/* Marks a staged job as garbage; store_purge removes it. Nothing happens when it is not staged. */
status_t store_discard(store_t *self, uint64_t job_no, fault_t *fault);

/* Makes the staged `job->job_no` a job, pending. When the owner has a job of this id: REPEATED
 * (same digest) or ID_TAKEN, the staged one becomes garbage, and `existing` (if not NULL) is called
 * with that job. */
status_t store_create(store_t *self, const store_job_t *job, const store_request_t *request,
                      store_created_t *created, store_job_fn *existing, void *context,
                      fault_t *fault);

/* Keeps a result and counts it in the job (processed or failed, version raised to `version`), once:
 * `*added` tells whether this call did it. A result of an unknown job or row is not added. */
status_t store_add_result(store_t *self, uint64_t job_no, uint64_t version,
                          const store_result_t *result, bool *added, fault_t *fault);

/* Keeps how often a document was tried and lost, and adds what that took (NULL: nothing) to the
 * job's. */
status_t store_set_attempts(store_t *self, uint64_t job_no, uint32_t row, uint8_t attempts,
                            uint8_t losses, const store_spent_t *spent, fault_t *fault);

/* Keeps a job's secret, sealed by the caller, in the place of an earlier one. It goes with the
 * job's end. */
status_t store_keep_secret(store_t *self, uint64_t job_no, slice_t sealed, fault_t *fault);

/* Appends a job's secret to `out`; nothing when there is none. Also outside a transaction. */
status_t store_read_secret(store_t *self, uint64_t job_no, buffer_t *out, fault_t *fault);

/* Keeps a job's state, times, error and version (never lowered). A final state wipes the job's
 * secret: its row goes, and SQLite overwrites the place (secure_delete). */
status_t store_set_state(store_t *self, uint64_t job_no, job_state_t state, uint64_t version,
                         int64_t started_at, int64_t finished_at, slice_t error, fault_t *fault);

/* Calls `found` with the owner's job as the transaction has it. NOT_FOUND: there is none. */
status_t store_find_job(store_t *self, slice_t owner, slice_t job_id, store_job_fn *found,
                        void *context, fault_t *fault);

/* Removes the failed results and the attempts of a completed or failed job, sets it to processing,
 * takes its failed count and finish time back, and calls `found` (if not NULL) with the job as it
 * is then; also for WRONG_STATE and NOTHING_FAILED, with the job untouched. A failed job that has
 * documents without a result is revived even when none failed. `*retried`: documents put back. */
status_t store_revive(store_t *self, slice_t owner, slice_t job_id, store_revived_t *revived,
                      uint32_t *retried, store_job_fn *found, void *context, fault_t *fault);

/* Removes at most `limit` rows of garbage; `*left` tells whether there is more. */
status_t store_purge(store_t *self, uint32_t limit, bool *left, fault_t *fault);

/* At start: marks what was staged and never created as garbage, then calls `found` for every job
 * that is not final, oldest first. */
status_t store_open_jobs(store_t *self, store_job_fn *found, void *context, fault_t *fault);

/* The first number that no job, staged or not, has had. */
status_t store_next_job_no(store_t *self, uint64_t *job_no, fault_t *fault);

/* ---- readers: each belongs to one thread ---- */

typedef struct store_reader store_reader_t;

/* Called with a document and, where it has one, its result (else NULL). Returns false to stop: the
 * document is then not counted as read. */
typedef bool(store_row_fn)(void *context, const store_document_t *document,
                           const store_result_t *result);

/* Opens a read-only view of the store at `url`. Returns owned in `*self_p`. IO_ERROR: there is none
 * (the writer makes it). */
status_t store_reader_open(store_reader_t **self_p, const char *url, fault_t *fault);
void store_reader_close(store_reader_t **self_p);

/* Calls `found` with the owner's job. NOT_FOUND: this owner has no such job. */
status_t store_reader_job(store_reader_t *self, slice_t owner, slice_t job_id, store_job_fn *found,
                          void *context, fault_t *fault);

/* Calls `found` for at most `limit` documents of a job without a result, rows from `from_row` up.
 * `*next_row` is where the next call goes on; `*last` tells that nothing without a result stands
 * at or after it. A call looks at a bounded number of rows and so may find fewer than `limit`. */
status_t store_reader_window(store_reader_t *self, uint64_t job_no, uint32_t from_row,
                             uint32_t limit, store_row_fn *found, void *context, uint32_t *next_row,
                             bool *last, fault_t *fault);

/* Calls `found` for at most `limit` results with rows above `after` (-1: from the first), by row.
 * `filter`: 0 all, 1 tagged, 2 failed. `*more` tells whether further ones follow the last that was
 * read. NOT_FOUND: this owner has no such job. */
status_t store_reader_results(store_reader_t *self, slice_t owner, slice_t job_id, int64_t after,
                              uint32_t limit, int filter, store_row_fn *found, void *context,
                              bool *more, fault_t *fault);

/* Calls `found` with the JSON of a job's columns and mapping. NOT_FOUND as above. */
status_t store_reader_columns(store_reader_t *self, slice_t owner, slice_t job_id,
                              void (*found)(void *context, slice_t columns, slice_t mapping),
                              void *context, fault_t *fault);

#endif

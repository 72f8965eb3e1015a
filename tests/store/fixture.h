/* A store in a directory of its own, and short words for what every test of it does. */
#ifndef TAGMILL_TESTS_STORE_FIXTURE_H
#define TAGMILL_TESTS_STORE_FIXTURE_H

#include "store/store.h"
#include "tests/support/cmocka_all.h"

enum { FIXTURE_PATH_SIZE = 256, FIXTURE_ROWS_MAX = 4096 };

typedef struct {
    char directory[FIXTURE_PATH_SIZE];
    char url[FIXTURE_PATH_SIZE + 32];
    store_t *store;
    store_reader_t *reader; /* NULL until fixture_reader */
} fixture_t;

/* cmocka's setup and teardown: *state becomes a fixture with an open, empty store. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Returns the fixture's reader, opened when it is not yet. */
store_reader_t *fixture_reader(fixture_t *self);

/* Closes the writer, runs SQL on the file, leaves the writer closed. */
void fixture_tamper(fixture_t *self, const char *sql);

/* Returns the whole number that a query gives. */
int64_t fixture_ask(fixture_t *self, const char *sql);

/* Stages rows `from` to `from + count - 1`, inside a transaction that is open. */
void fixture_stage(fixture_t *self, uint64_t job_no, uint32_t from, uint32_t count);

/* Creates `job_id` of `owner` from what is staged, inside a transaction. The digest is one text. */
store_created_t fixture_create(fixture_t *self, uint64_t job_no, const char *owner,
                               const char *job_id, uint32_t total, const char *digest);

/* All in one transaction: a job "j" of "ann" with `total` documents, processing. */
void fixture_job(fixture_t *self, uint64_t job_no, uint32_t total);

/* As fixture_job, of another name. */
void fixture_job_named(fixture_t *self, uint64_t job_no, const char *job_id, uint32_t total);

/* Adds a result inside a transaction. Returns whether it was added. */
bool fixture_result(fixture_t *self, uint64_t job_no, uint32_t row, uint64_t version,
                    error_type_t error_type);

void fixture_begin(fixture_t *self);
void fixture_commit(fixture_t *self);

/* The owner's job as a reader sees it, without its texts. Fails the test when there is none. */
store_job_t fixture_see(fixture_t *self, const char *owner, const char *job_id);

/* Fails the test when a job's counters are not what the results table says. */
void fixture_check_counters(fixture_t *self);

#endif

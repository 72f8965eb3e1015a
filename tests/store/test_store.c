/* The writer: opening, transactions, staging, making, results. */
#include <stdio.h>
#include <sys/stat.h>

#include "tests/store/fixture.h"

/* ---- opening ---- */

static void
an_unknown_url_is_refused(void **state)
{
    (void) state;
    static const char *const urls[] = {"", "sqlite:", "postgres://host/db", "/tmp/x.db"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        store_t *store = NULL;
        fault_t fault = {0};
        assert_int_equal(store_open(&store, urls[i], &fault), STATUS_BAD_REQUEST);
        assert_null(store);
        assert_non_null(strstr(fault.detail, "sqlite:PATH"));
    }
}

static void
a_second_writer_is_refused_until_the_first_closes(void **state)
{
    fixture_t *self = *state;
    store_t *second = NULL;
    fault_t fault = {0};
    assert_int_equal(store_open(&second, self->url, &fault), STATUS_UNAVAILABLE);
    assert_null(second);
    store_close(&self->store);
    assert_int_equal(store_open(&self->store, self->url, &fault), STATUS_OK);
}

static void
a_store_of_a_newer_program_is_refused_and_left_alone(void **state)
{
    fixture_t *self = *state;
    fixture_tamper(self, "PRAGMA user_version = 99");
    fault_t fault = {0};
    assert_int_equal(store_open(&self->store, self->url, &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "newer program"));
    assert_int_equal(fixture_ask(self, "PRAGMA user_version"), 99);
}

static void
another_programs_database_is_refused(void **state)
{
    fixture_t *self = *state;
    fixture_tamper(self, "PRAGMA user_version = 0");
    fault_t fault = {0};
    assert_int_equal(store_open(&self->store, self->url, &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "another program"));
}

static void
opening_again_keeps_what_is_there(void **state)
{
    fixture_t *self = *state;
    assert_true(fixture_ask(self, "PRAGMA user_version") >= 1);
    fixture_job(self, 1, 3);
    store_close(&self->store);
    fault_t fault = {0};
    assert_int_equal(store_open(&self->store, self->url, &fault), STATUS_OK);
    assert_int_equal(fixture_see(self, "ann", "j").total, 3);
}

static void
only_the_owner_of_the_process_can_read_the_file(void **state)
{
    fixture_t *self = *state;
    struct stat stat_;
    assert_int_equal(stat(strchr(self->url, ':') + 1, &stat_), 0);
    assert_int_equal(stat_.st_mode & 0777, 0600);
}

/* ---- transactions ---- */

static void
what_was_not_committed_is_gone_after_a_restart(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 3);
    fixture_begin(self);
    assert_true(fixture_result(self, 1, 0, 3, ERROR_NONE));
    store_close(&self->store);
    fault_t fault = {0};
    assert_int_equal(store_open(&self->store, self->url, &fault), STATUS_OK);
    assert_int_equal(fixture_see(self, "ann", "j").processed, 0);
    fixture_check_counters(self);
}

static void
a_rolled_back_transaction_leaves_nothing_and_can_be_made_again(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 3);
    fixture_begin(self);
    assert_true(fixture_result(self, 1, 0, 3, ERROR_NONE));
    store_rollback(self->store);
    fixture_begin(self);
    assert_true(fixture_result(self, 1, 0, 3, ERROR_NONE));
    fixture_commit(self);
    assert_int_equal(fixture_see(self, "ann", "j").processed, 1);
    fixture_check_counters(self);
}

/* ---- staging and making ---- */

static void
a_staged_job_is_seen_by_no_reader(void **state)
{
    fixture_t *self = *state;
    fixture_begin(self);
    fixture_stage(self, 1, 0, 2);
    fixture_commit(self);
    fault_t fault = {0};
    assert_int_equal(
        store_reader_job(fixture_reader(self), SLICE("ann"), SLICE("j"), NULL, NULL, &fault),
        STATUS_NOT_FOUND);
    uint32_t next = 0;
    bool last = false;
    assert_int_equal(store_reader_window(self->reader, 1, 0, 10, NULL, NULL, &next, &last, &fault),
                     STATUS_NOT_FOUND);
}

static void
the_same_chunk_again_does_no_harm(void **state)
{
    fixture_t *self = *state;
    fixture_begin(self);
    fixture_stage(self, 1, 0, 5);
    fixture_stage(self, 1, 0, 5);
    assert_int_equal(fixture_create(self, 1, "ann", "j", 5, "d"), STORE_CREATED);
    fixture_commit(self);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM documents"), 5);
}

static void
the_same_start_again_is_a_repeat_and_another_body_is_not(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 2);
    fixture_begin(self);
    fixture_stage(self, 2, 0, 2);
    assert_int_equal(fixture_create(self, 2, "ann", "j", 2, "digest"), STORE_REPEATED);
    fixture_stage(self, 3, 0, 1);
    assert_int_equal(fixture_create(self, 3, "ann", "j", 1, "other"), STORE_ID_TAKEN);
    fixture_stage(self, 4, 0, 1);
    assert_int_equal(fixture_create(self, 4, "bob", "j", 1, "other"), STORE_CREATED);
    fixture_commit(self);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM jobs WHERE phase = 2"), 2);
    assert_int_equal(fixture_see(self, "ann", "j").job_no, 1);
    assert_int_equal(fixture_see(self, "bob", "j").job_no, 4);
}

static void
a_job_whose_documents_are_not_all_there_is_not_made(void **state)
{
    fixture_t *self = *state;
    fixture_begin(self);
    fixture_stage(self, 1, 0, 2);
    store_job_t job = {.job_no = 1, .owner = SLICE("ann"), .job_id = SLICE("j"), .total = 3};
    store_request_t request = {.digest = SLICE("d")};
    store_created_t created;
    fault_t fault = {0};
    assert_int_equal(store_create(self->store, &job, &request, &created, NULL, NULL, &fault),
                     STATUS_BAD_REQUEST);
    job.job_no = 7;
    assert_int_equal(store_create(self->store, &job, &request, &created, NULL, NULL, &fault),
                     STATUS_BAD_REQUEST);
    fixture_commit(self);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM jobs WHERE phase = 1"), 0);
}

static void
a_created_job_takes_no_more_documents(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 2);
    fixture_begin(self);
    store_document_t document = {.row = 2, .path = SLICE("noop:2")};
    fault_t fault = {0};
    assert_int_equal(store_stage(self->store, 1, &document, &fault), STATUS_BAD_REQUEST);
    fixture_commit(self);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM documents"), 2);
}

static void
a_job_number_is_never_given_twice(void **state)
{
    fixture_t *self = *state;
    uint64_t next = 0;
    fault_t fault = {0};
    assert_int_equal(store_next_job_no(self->store, &next, &fault), STATUS_OK);
    assert_int_equal(next, 1);
    fixture_begin(self);
    fixture_stage(self, 9, 0, 1);
    assert_int_equal(store_discard(self->store, 9, &fault), STATUS_OK);
    bool left = true;
    assert_int_equal(store_purge(self->store, 100, &left, &fault), STATUS_OK);
    fixture_commit(self);
    assert_false(left);
    assert_int_equal(store_next_job_no(self->store, &next, &fault), STATUS_OK);
    assert_int_equal(next, 10);
    assert_int_equal(store_stage(self->store, UINT64_MAX, &(store_document_t){0}, &fault),
                     STATUS_BAD_REQUEST);
}

/* ---- results ---- */

static void
a_result_counts_once(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 3);
    fixture_begin(self);
    assert_true(fixture_result(self, 1, 0, 5, ERROR_NONE));
    assert_false(fixture_result(self, 1, 0, 9, ERROR_NONE));
    assert_false(fixture_result(self, 1, 0, 9, ERROR_CORRUPT));
    assert_true(fixture_result(self, 1, 2, 4, ERROR_CORRUPT));
    fixture_commit(self);
    fixture_begin(self);
    assert_false(fixture_result(self, 1, 2, 9, ERROR_NONE));
    fixture_commit(self);
    store_job_t job = fixture_see(self, "ann", "j");
    assert_int_equal(job.processed, 1);
    assert_int_equal(job.failed, 1);
    assert_int_equal(job.version, 5);
    fixture_check_counters(self);
}

static void
a_result_of_nothing_is_not_added(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 3);
    fixture_begin(self);
    fixture_stage(self, 2, 0, 1);
    assert_false(fixture_result(self, 1, 3, 5, ERROR_NONE)); /* no such row */
    assert_false(fixture_result(self, 2, 0, 5, ERROR_NONE)); /* only staged */
    assert_false(fixture_result(self, 7, 0, 5, ERROR_NONE)); /* no such job */
    fixture_commit(self);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM results"), 0);
}

static void
counters_of_many_jobs_in_one_transaction_equal_the_results(void **state)
{
    enum { JOBS = 300 };
    fixture_t *self = *state;
    fixture_begin(self);
    for (uint64_t job_no = 1; job_no <= JOBS; job_no++) {
        char job_id[32];
        snprintf(job_id, sizeof job_id, "j%d", (int) job_no);
        fixture_stage(self, job_no, 0, 4);
        assert_int_equal(fixture_create(self, job_no, "ann", job_id, 4, "d"), STORE_CREATED);
    }
    fixture_commit(self);
    fixture_begin(self);
    for (uint32_t row = 0; row < 4; row++)
        for (uint64_t job_no = 1; job_no <= JOBS; job_no++)
            fixture_result(self, job_no, row, 3, (job_no + row) % 3 ? ERROR_NONE : ERROR_NETWORK);
    fixture_commit(self);
    assert_int_equal(fixture_ask(self, "SELECT sum(processed + failed) FROM jobs"), JOBS * 4);
    fixture_check_counters(self);
}

static void
a_version_is_never_lowered(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, 3);
    fault_t fault = {0};
    fixture_begin(self);
    assert_int_equal(store_set_state(self->store, 1, JOB_PAUSED, 50, 7, 0, (slice_t){0}, &fault),
                     STATUS_OK);
    fixture_commit(self);
    fixture_begin(self);
    fixture_result(self, 1, 0, 20, ERROR_NONE);
    assert_int_equal(
        store_set_state(self->store, 1, JOB_FAILED, 30, 7, 8, SLICE("refused"), &fault), STATUS_OK);
    fixture_commit(self);
    store_job_t job = fixture_see(self, "ann", "j");
    assert_int_equal(job.version, 50);
    assert_int_equal(job.state, JOB_FAILED);
    assert_int_equal(job.started_at, 7);
    assert_int_equal(job.finished_at, 8);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_url_is_refused),
        TEST(a_second_writer_is_refused_until_the_first_closes),
        TEST(a_store_of_a_newer_program_is_refused_and_left_alone),
        TEST(another_programs_database_is_refused),
        TEST(opening_again_keeps_what_is_there),
        TEST(only_the_owner_of_the_process_can_read_the_file),
        TEST(what_was_not_committed_is_gone_after_a_restart),
        TEST(a_rolled_back_transaction_leaves_nothing_and_can_be_made_again),
        TEST(a_staged_job_is_seen_by_no_reader),
        TEST(the_same_chunk_again_does_no_harm),
        TEST(the_same_start_again_is_a_repeat_and_another_body_is_not),
        TEST(a_job_whose_documents_are_not_all_there_is_not_made),
        TEST(a_created_job_takes_no_more_documents),
        TEST(a_job_number_is_never_given_twice),
        TEST(a_result_counts_once),
        TEST(a_result_of_nothing_is_not_added),
        TEST(counters_of_many_jobs_in_one_transaction_equal_the_results),
        TEST(a_version_is_never_lowered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

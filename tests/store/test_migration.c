/* A store of an earlier program becomes one of this program, and nothing of it is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/store/fixture.h"

/* Puts the store of version 1 into the fixture's place and opens it. */
static void
s_open_first(fixture_t *self)
{
    char path[FIXTURE_PATH_SIZE + 32];
    buffer_t sql = {0};
    fault_t fault = {0};
    snprintf(path, sizeof path, "%s/tests/store/version-1.sql", getenv("TAGMILL_TEST_SOURCE"));
    assert_int_equal(file_read(path, 65536, &sql, &fault), STATUS_OK);
    store_close(&self->store);
    assert_int_equal(unlink(strchr(self->url, ':') + 1), 0);
    fixture_tamper(self, sql.data);
    buffer_free(&sql);
    assert_int_equal(fixture_ask(self, "PRAGMA user_version"), 1);
    if (store_open(&self->store, self->url, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
}

static void
s_count_open(void *context, const store_job_t *job)
{
    int *count = context;
    ++*count;
    assert_int_equal(job->job_no, 3);
    assert_true(slice_is(job->config.language, "de"));
    assert_int_equal(job->config.priority, -2);
    assert_false(job->config.may_fall_back);
    assert_int_equal(job->spent.tokens_in + job->spent.tokens_out + job->spent.cost_nano, 0);
}

static void
a_store_of_the_first_version_is_taken_over(void **state)
{
    fixture_t *self = *state;
    fault_t fault = {0};
    s_open_first(self);
    assert_int_equal(fixture_ask(self, "PRAGMA user_version"), 2);
    int open_jobs = 0;
    assert_int_equal(store_open_jobs(self->store, s_count_open, &open_jobs, &fault), STATUS_OK);
    assert_int_equal(open_jobs, 1);
    uint64_t next = 0;
    assert_int_equal(store_next_job_no(self->store, &next, &fault), STATUS_OK);
    assert_int_equal(next, 8);
    assert_int_equal(fixture_see(self, "ann", "done").processed, 1);
    assert_int_equal(fixture_see(self, "ann", "open").failed, 1);
    fixture_check_counters(self);
}

static void
a_store_that_was_taken_over_is_gone_on_with(void **state)
{
    fixture_t *self = *state;
    fault_t fault = {0};
    s_open_first(self);
    fixture_begin(self);
    bool added = false;
    store_result_t result = {.row = 2, .tags = SLICE("[]"), .spent = {100, 20, 5}};
    assert_int_equal(store_add_result(self->store, 3, 10, &result, &added, &fault), STATUS_OK);
    assert_true(added);
    assert_int_equal(store_keep_secret(self->store, 3, SLICE("sealed"), &fault), STATUS_OK);
    fixture_commit(self);
    assert_int_equal(fixture_see(self, "ann", "open").spent.tokens_in, 100);
    fixture_check_counters(self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_store_of_the_first_version_is_taken_over),
        TEST(a_store_that_was_taken_over_is_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

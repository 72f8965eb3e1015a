/* The readers: windows, pages of results, columns, jobs; and what a revived or purged job shows. */
#include "tests/store/fixture.h"

/* What a call gave: the rows in order, and what the last one held. */
typedef struct {
    uint32_t rows[FIXTURE_ROWS_MAX];
    uint32_t count;
    uint32_t stop_at; /* rows that are taken before the callback says no; 0: no limit */
    uint8_t attempts, losses;
    bool has_result;
    error_type_t error_type;
    char path[64], tags[64], error[64];
} seen_t;

static void
s_keep(char *out, size_t room, slice_t text)
{
    assert_true(text.size < room);
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = '\0';
}

static bool
s_see(void *context, const store_document_t *document, const store_result_t *result)
{
    seen_t *self = context;
    if (self->stop_at && self->count == self->stop_at)
        return false;
    assert_true(self->count < FIXTURE_ROWS_MAX);
    self->rows[self->count++] = document->row;
    self->attempts = document->attempts;
    self->losses = document->losses;
    self->has_result = result != NULL;
    s_keep(self->path, sizeof self->path, document->path);
    if (result) {
        assert_int_equal(result->row, document->row);
        self->error_type = result->error_type;
        s_keep(self->tags, sizeof self->tags, result->tags);
        s_keep(self->error, sizeof self->error, result->error);
    }
    return true;
}

static uint32_t
s_window(fixture_t *self, uint64_t job_no, uint32_t from_row, uint32_t limit, seen_t *seen,
         bool *last)
{
    uint32_t next_row = 0;
    fault_t fault = {0};
    seen->count = 0;
    assert_int_equal(store_reader_window(fixture_reader(self), job_no, from_row, limit, s_see, seen,
                                         &next_row, last, &fault),
                     STATUS_OK);
    return next_row;
}

static bool
s_results(fixture_t *self, int64_t after, uint32_t limit, int filter, seen_t *seen)
{
    bool more = false;
    fault_t fault = {0};
    seen->count = 0;
    assert_int_equal(store_reader_results(fixture_reader(self), SLICE("ann"), SLICE("j"), after,
                                          limit, filter, s_see, seen, &more, &fault),
                     STATUS_OK);
    return more;
}

/* ---- windows ---- */

static void
a_window_holds_what_has_no_result(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {0};
    bool last = true;
    fixture_job(self, 1, 6);
    fixture_begin(self);
    fixture_result(self, 1, 0, 3, ERROR_NONE);
    fixture_result(self, 1, 2, 3, ERROR_CORRUPT);
    fixture_commit(self);
    assert_int_equal(s_window(self, 1, 0, 2, &seen, &last), 4);
    assert_false(last);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.rows[0], 1);
    assert_int_equal(seen.rows[1], 3);
    assert_false(seen.has_result);
    assert_string_equal(seen.path, "noop:3");
    s_window(self, 1, 4, 10, &seen, &last);
    assert_true(last);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.rows[1], 5);
}

static void
a_window_that_ends_with_the_job_says_so_at_its_limit(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {0};
    bool last = false;
    fixture_job(self, 1, 4);
    fixture_job_named(self, 2, "k", 4); /* the next job's rows are none of this one's */
    assert_int_equal(s_window(self, 1, 0, 4, &seen, &last), 4);
    assert_true(last);
    assert_int_equal(seen.count, 4);
    s_window(self, 1, 4, 4, &seen, &last);
    assert_true(last);
    assert_int_equal(seen.count, 0);
}

static void
a_document_that_is_not_taken_comes_again(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {.stop_at = 2};
    bool last = true;
    fixture_job(self, 1, 4);
    assert_int_equal(s_window(self, 1, 0, 4, &seen, &last), 2);
    assert_false(last);
}

static void
a_window_tells_how_often_a_document_was_tried(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {0};
    bool last = false;
    fault_t fault = {0};
    fixture_job(self, 1, 1);
    fixture_begin(self);
    assert_int_equal(store_set_attempts(self->store, 1, 0, 1, 0, NULL, &fault), STATUS_OK);
    assert_int_equal(store_set_attempts(self->store, 1, 0, 2, 1, NULL, &fault), STATUS_OK);
    fixture_commit(self);
    s_window(self, 1, 0, 1, &seen, &last);
    assert_int_equal(seen.attempts, 2);
    assert_int_equal(seen.losses, 1);
}

static void
a_long_finished_stretch_is_passed_in_bounded_steps(void **state)
{
    enum { TOTAL = 40000, DONE = 39990 };
    fixture_t *self = *state;
    fixture_job(self, 1, TOTAL);
    fixture_begin(self);
    for (uint32_t row = 0; row < DONE; row++)
        fixture_result(self, 1, row, 3, ERROR_NONE);
    fixture_commit(self);
    seen_t seen = {0};
    bool last = false;
    uint32_t next = 0, found = 0, calls = 0;
    for (; !last; calls++) {
        uint32_t from = next;
        next = s_window(self, 1, from, 100, &seen, &last);
        assert_true(next > from);
        found += seen.count;
    }
    assert_int_equal(found, TOTAL - DONE);
    assert_int_equal(seen.rows[0], DONE);
    assert_true(calls > 1); /* it did not look at all of them in one */
}

/* ---- results ---- */

static void
results_come_in_pages_and_by_outcome(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {0};
    fixture_job(self, 1, 8);
    fixture_begin(self);
    for (uint32_t row = 0; row < 7; row++)
        fixture_result(self, 1, row, 3, row % 3 ? ERROR_NONE : ERROR_CORRUPT);
    fixture_commit(self);
    assert_true(s_results(self, -1, 4, 0, &seen));
    assert_int_equal(seen.count, 4);
    assert_int_equal(seen.rows[3], 3);
    assert_string_equal(seen.error, "gone");
    assert_int_equal(seen.error_type, ERROR_CORRUPT);
    assert_false(s_results(self, 3, 3, 0, &seen));
    assert_int_equal(seen.count, 3);
    assert_false(s_results(self, -1, 100, 1, &seen));
    assert_int_equal(seen.count, 4);
    assert_string_equal(seen.tags, "[\"a\",\"b\"]");
    assert_true(s_results(self, -1, 2, 2, &seen));
    assert_int_equal(seen.rows[1], 3);
    assert_false(s_results(self, 3, 2, 2, &seen));
    assert_int_equal(seen.rows[0], 6);
    assert_false(s_results(self, UINT32_MAX, 2, 0, &seen));
    assert_int_equal(seen.count, 0);
}

static void
a_page_that_is_full_before_its_limit_says_that_there_is_more(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {.stop_at = 1};
    fixture_job(self, 1, 2);
    fixture_begin(self);
    fixture_result(self, 1, 0, 3, ERROR_NONE);
    fixture_result(self, 1, 1, 3, ERROR_NONE);
    fixture_commit(self);
    assert_true(s_results(self, -1, 100, 0, &seen));
    assert_int_equal(seen.count, 1);
}

static void
another_users_job_is_not_found(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {0};
    bool more = false;
    fault_t fault = {0};
    fixture_job(self, 1, 1);
    assert_int_equal(store_reader_results(fixture_reader(self), SLICE("bob"), SLICE("j"), -1, 10, 0,
                                          s_see, &seen, &more, &fault),
                     STATUS_NOT_FOUND);
    assert_int_equal(
        store_reader_columns(self->reader, SLICE("bob"), SLICE("j"), NULL, NULL, &fault),
        STATUS_NOT_FOUND);
    assert_int_equal(store_reader_job(self->reader, SLICE("bob"), SLICE("j"), NULL, NULL, &fault),
                     STATUS_NOT_FOUND);
}

static void
s_see_columns(void *context, slice_t columns, slice_t mapping)
{
    assert_true(slice_is(columns, "[\"file_path\",\"title\"]"));
    assert_true(slice_is(mapping, "{\"url\":\"file_path\"}"));
    *(bool *) context = true;
}

static void
the_columns_come_back_as_they_were_given(void **state)
{
    fixture_t *self = *state;
    bool seen = false;
    fault_t fault = {0};
    fixture_job(self, 1, 1);
    assert_int_equal(store_reader_columns(fixture_reader(self), SLICE("ann"), SLICE("j"),
                                          s_see_columns, &seen, &fault),
                     STATUS_OK);
    assert_true(seen);
}

static void
a_reader_of_no_store_is_refused(void **state)
{
    (void) state;
    store_reader_t *reader = NULL;
    fault_t fault = {0};
    assert_int_equal(store_reader_open(&reader, "sqlite:/nowhere/at/all.db", &fault),
                     STATUS_IO_ERROR);
    assert_null(reader);
    assert_true(fault.detail[0] != '\0');
}

/* ---- a second life, and the end ---- */

static store_revived_t
s_revive(fixture_t *self, uint32_t *retried)
{
    store_revived_t revived = STORE_NOT_FOUND;
    fault_t fault = {0};
    fixture_begin(self);
    assert_int_equal(
        store_revive(self->store, SLICE("ann"), SLICE("j"), &revived, retried, NULL, NULL, &fault),
        STATUS_OK);
    fixture_commit(self);
    return revived;
}

static void
s_end(fixture_t *self, job_state_t end)
{
    fault_t fault = {0};
    fixture_begin(self);
    assert_int_equal(store_set_state(self->store, 1, end, 10, 1, 2, (slice_t){0}, &fault),
                     STATUS_OK);
    fixture_commit(self);
}

static void
a_revived_job_has_its_failed_documents_before_it_again(void **state)
{
    fixture_t *self = *state;
    seen_t seen = {0};
    uint32_t retried = 0;
    bool last = false;
    fault_t fault = {0};
    assert_int_equal(s_revive(self, &retried), STORE_NOT_FOUND);
    fixture_job(self, 1, 3);
    assert_int_equal(s_revive(self, &retried), STORE_WRONG_STATE);
    fixture_begin(self);
    store_set_attempts(self->store, 1, 1, 3, 1, NULL, &fault);
    fixture_result(self, 1, 0, 3, ERROR_NONE);
    fixture_result(self, 1, 1, 3, ERROR_NETWORK);
    fixture_result(self, 1, 2, 3, ERROR_NONE);
    fixture_commit(self);
    s_end(self, JOB_COMPLETED);
    assert_int_equal(s_revive(self, &retried), STORE_REVIVED);
    assert_int_equal(retried, 1);
    store_job_t job = fixture_see(self, "ann", "j");
    assert_int_equal(job.state, JOB_PROCESSING);
    assert_int_equal(job.failed, 0);
    assert_int_equal(job.processed, 2);
    assert_int_equal(job.finished_at, 0);
    assert_true(job.version > 10);
    fixture_check_counters(self);
    s_window(self, 1, 0, 10, &seen, &last);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.rows[0], 1);
    assert_int_equal(seen.attempts, 0);
}

static void
a_job_with_nothing_failed_is_revived_only_when_it_was_cut_short(void **state)
{
    fixture_t *self = *state;
    uint32_t retried = 0;
    fixture_job(self, 1, 2);
    fixture_begin(self);
    fixture_result(self, 1, 0, 3, ERROR_NONE);
    fixture_commit(self);
    s_end(self, JOB_CANCELLED);
    assert_int_equal(s_revive(self, &retried), STORE_WRONG_STATE);
    s_end(self, JOB_COMPLETED);
    assert_int_equal(s_revive(self, &retried), STORE_NOTHING_FAILED);
    s_end(self, JOB_FAILED);
    assert_int_equal(s_revive(self, &retried), STORE_REVIVED);
    assert_int_equal(retried, 1);
}

static void
a_revival_counts_what_its_own_transaction_added(void **state)
{
    fixture_t *self = *state;
    store_revived_t revived = STORE_NOT_FOUND;
    uint32_t retried = 0;
    fault_t fault = {0};
    fixture_job(self, 1, 2);
    fixture_begin(self);
    fixture_result(self, 1, 0, 3, ERROR_NONE);
    fixture_result(self, 1, 1, 3, ERROR_CORRUPT);
    store_set_state(self->store, 1, JOB_COMPLETED, 4, 1, 2, (slice_t){0}, &fault);
    assert_int_equal(
        store_revive(self->store, SLICE("ann"), SLICE("j"), &revived, &retried, NULL, NULL, &fault),
        STATUS_OK);
    assert_int_equal(revived, STORE_REVIVED);
    assert_true(fixture_result(self, 1, 1, 5, ERROR_NONE));
    fixture_commit(self);
    assert_int_equal(fixture_see(self, "ann", "j").processed, 2);
    fixture_check_counters(self);
}

static void
garbage_goes_in_slices_and_nothing_else_goes(void **state)
{
    fixture_t *self = *state;
    fault_t fault = {0};
    fixture_job(self, 1, 10);
    fixture_begin(self);
    fixture_stage(self, 2, 0, 25);
    assert_int_equal(store_discard(self->store, 2, &fault), STATUS_OK);
    assert_int_equal(store_discard(self->store, 1, &fault), STATUS_OK); /* is not staged: stays */
    fixture_commit(self);
    bool left = true;
    int slices = 0;
    for (int64_t before = 35; left; slices++) {
        fixture_begin(self);
        assert_int_equal(store_purge(self->store, 10, &left, &fault), STATUS_OK);
        fixture_commit(self);
        int64_t now = fixture_ask(self, "SELECT count(*) FROM documents");
        assert_true(before - now <= 10);
        before = now;
    }
    assert_int_equal(slices, 3);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM documents"), 10);
    assert_int_equal(fixture_ask(self, "SELECT count(*) FROM jobs"), 1);
}

static void
s_count_job(void *context, const store_job_t *job)
{
    assert_int_equal(job->config.tag_limit, 8);
    assert_true(slice_is(job->config.exclusions, "a\nb"));
    *(uint64_t *) context = *(uint64_t *) context * 10 + job->job_no;
}

static void
a_start_finds_open_jobs_and_gives_up_staged_ones(void **state)
{
    fixture_t *self = *state;
    fault_t fault = {0};
    fixture_job_named(self, 3, "c", 1);
    fixture_job(self, 1, 1);
    fixture_job_named(self, 2, "b", 1);
    fixture_begin(self);
    fixture_stage(self, 4, 0, 1);
    store_set_state(self->store, 2, JOB_PAUSED, 3, 1, 0, (slice_t){0}, &fault);
    fixture_commit(self);
    s_end(self, JOB_COMPLETED);
    uint64_t numbers = 0;
    assert_int_equal(store_open_jobs(self->store, s_count_job, &numbers, &fault), STATUS_OK);
    assert_int_equal(numbers, 23);
    assert_int_equal(fixture_ask(self, "SELECT phase FROM jobs WHERE job_no = 4"), 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_window_holds_what_has_no_result),
        TEST(a_window_that_ends_with_the_job_says_so_at_its_limit),
        TEST(a_document_that_is_not_taken_comes_again),
        TEST(a_window_tells_how_often_a_document_was_tried),
        TEST(a_long_finished_stretch_is_passed_in_bounded_steps),
        TEST(results_come_in_pages_and_by_outcome),
        TEST(a_page_that_is_full_before_its_limit_says_that_there_is_more),
        TEST(another_users_job_is_not_found),
        TEST(the_columns_come_back_as_they_were_given),
        cmocka_unit_test(a_reader_of_no_store_is_refused),
        TEST(a_revived_job_has_its_failed_documents_before_it_again),
        TEST(a_job_with_nothing_failed_is_revived_only_when_it_was_cut_short),
        TEST(a_revival_counts_what_its_own_transaction_added),
        TEST(garbage_goes_in_slices_and_nothing_else_goes),
        TEST(a_start_finds_open_jobs_and_gives_up_staged_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

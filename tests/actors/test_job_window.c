/* The job actor's documents: its window, further attempts, losses. */
#include "tests/actors/job_fixture.h"

/* ---- the window ---- */

static uint32_t
s_load_asked(uint32_t *from_row, uint32_t *limit)
{
    message_load_window_t load;
    assert_int_equal(message_load_window_decode(job_fixture_last(MESSAGE_LOAD_WINDOW), &load),
                     STATUS_OK);
    *from_row = load.from_row;
    *limit = load.limit;
    effects_clear(&the_effects);
    return load.load;
}

static void
loads_double_and_stop_at_the_most(void **state)
{
    (void) state;
    uint32_t from = 0, limit = 0, expected = WINDOW_FIRST;
    job_fixture_new_job(100000, JOB_PENDING);
    for (int i = 0; i < 10; i++) {
        uint32_t load = s_load_asked(&from, &limit);
        assert_int_equal(limit, expected);
        expected = expected * 2 > WINDOW_MOST ? WINDOW_MOST : expected * 2;
        job_fixture_give_window(load, true, from, from + limit, false);
        while (job_fixture_last(MESSAGE_LOAD_WINDOW).size == 0)
            job_fixture_begin();
    }
}

static void
no_more_is_kept_in_memory_than_two_loads(void **state)
{
    (void) state;
    uint32_t from = 0, limit = 0;
    job_fixture_new_job(100000, JOB_PENDING);
    while (the_effects.count) {
        uint32_t load = s_load_asked(&from, &limit);
        job_fixture_give_window(load, true, from, from + limit, false);
    }
    assert_true(the_job->ready_count <= 2 * WINDOW_MOST);
}

static void
an_answer_to_an_earlier_load_is_dropped(void **state)
{
    (void) state;
    job_fixture_new_job(FIXTURE_TOTAL, JOB_PENDING);
    job_fixture_command(JOB_COMMAND_PAUSE);
    job_fixture_command(JOB_COMMAND_RESUME);
    job_fixture_give_window(1, true, 0, FIXTURE_TOTAL, true);
    assert_int_equal(the_job->ready_count, 0);
    job_fixture_give_window(2, true, 0, FIXTURE_TOTAL, true);
    assert_int_equal(the_job->ready_count, FIXTURE_TOTAL);
}

static void
a_load_that_failed_is_asked_for_again(void **state)
{
    (void) state;
    uint32_t from = 0, limit = 0;
    job_fixture_new_job(FIXTURE_TOTAL, JOB_PENDING);
    job_fixture_give_window(s_load_asked(&from, &limit), false, 0, 0, false);
    assert_int_equal(the_effects.count, 0);
    assert_int_equal(heap_top(&the_timers)->key, LOAD_AGAIN_MS);
    deadline_stop(&the_timers, &the_job->load_timer); /* as control_tick does */
    job_load_again(the_job, job_fixture_turn());
    job_fixture_give_window(s_load_asked(&from, &limit), true, 0, FIXTURE_TOTAL, true);
    assert_int_equal(the_job->ready_count, FIXTURE_TOTAL);
}

static void
a_paused_job_keeps_only_what_was_out_before_and_reads_the_rest_again(void **state)
{
    (void) state;
    uint32_t from = 0, limit = 0;
    job_fixture_bring(JOB_PROCESSING);
    job_fixture_lose(); /* row 0 stands in the window and was out */
    job_fixture_command(JOB_COMMAND_PAUSE);
    assert_int_equal(the_job->ready_count, 1);
    assert_int_equal(the_job->ready->row, 0);
    job_fixture_command(JOB_COMMAND_RESUME);
    uint32_t load = s_load_asked(&from, &limit);
    assert_int_equal(from, 1);
    job_fixture_give_window(load, true, 1, FIXTURE_TOTAL, true);
    for (uint32_t row = 0; row < FIXTURE_TOTAL; row++) {
        job_fixture_begin();
        assert_int_equal(the_out->row, row);
    }
}

/* ---- another attempt ---- */

static void
a_failed_attempt_waits_and_goes_out_again_first(void **state)
{
    (void) state;
    job_fixture_bring(JOB_PROCESSING);
    job_fixture_finish(ERROR_NETWORK);
    assert_int_equal(the_job->retries.size, 1);
    int64_t due = heap_top(&the_timers)->key;
    the_now_ms = due;
    job_retry_due(the_job, job_fixture_turn());
    job_fixture_begin();
    assert_int_equal(the_out->row, 0);
    assert_int_equal(the_out->attempts, 1);
}

static void
a_document_that_goes_on_failing_is_given_up_after_its_attempts(void **state)
{
    (void) state;
    message_entry_result_t entry;
    job_fixture_bring(JOB_PROCESSING);
    for (int attempt = 1; attempt < FIXTURE_ATTEMPTS; attempt++) {
        job_fixture_finish(ERROR_NETWORK);
        the_now_ms += BACKOFF_CAP_MS;
        job_retry_due(the_job, job_fixture_turn());
        job_fixture_begin();
    }
    assert_int_equal(job_fixture_last(MESSAGE_ENTRY_RESULT).size, 0);
    job_fixture_finish(ERROR_NETWORK);
    assert_int_equal(message_entry_result_decode(job_fixture_last(MESSAGE_ENTRY_RESULT), &entry),
                     STATUS_OK);
    assert_int_equal(entry.attempts, FIXTURE_ATTEMPTS);
    assert_int_equal(entry.error_type, ERROR_NETWORK);
}

static void
retries_wait_while_the_job_is_paused_and_go_on_with_it(void **state)
{
    (void) state;
    job_fixture_bring(JOB_PROCESSING);
    job_fixture_finish(ERROR_NETWORK);
    job_fixture_command(JOB_COMMAND_PAUSE);
    the_now_ms += BACKOFF_CAP_MS;
    job_retry_due(the_job, job_fixture_turn());
    assert_false(job_is_runnable(the_job));
    job_fixture_command(JOB_COMMAND_RESUME);
    assert_int_equal(the_job->retries.size, 0);
    assert_int_equal(the_job->ready->row, 0);
}

static void
with_many_retries_waiting_nothing_new_is_begun(void **state)
{
    (void) state;
    job_fixture_new_job(RETRIES_MOST + 10, JOB_PENDING);
    job_fixture_give_window(1, true, 0, RETRIES_MOST + 10, true);
    for (int i = 0; i < RETRIES_MOST; i++) {
        assert_true(job_is_runnable(the_job));
        job_fixture_begin();
        job_fixture_finish(ERROR_NETWORK);
    }
    assert_false(job_is_runnable(the_job));
    the_now_ms += BACKOFF_CAP_MS;
    job_retry_due(the_job, job_fixture_turn());
    assert_true(job_is_runnable(the_job));
}

static void
a_returned_document_is_unharmed_and_uncounted(void **state)
{
    (void) state;
    job_fixture_bring(JOB_PROCESSING);
    job_return_document(the_job, the_out, (spent_t){0});
    the_out = NULL;
    assert_int_equal(the_job->in_flight, 0);
    job_fixture_begin();
    assert_int_equal(the_out->row, 0);
    assert_int_equal(the_out->attempts + the_out->losses, 0);
}

static void
a_document_that_loses_worker_after_worker_is_given_up(void **state)
{
    (void) state;
    message_entry_result_t entry;
    job_fixture_bring(JOB_PROCESSING);
    for (int loss = 1; loss < LOSSES_MOST; loss++) {
        job_fixture_lose();
        job_fixture_begin();
        assert_int_equal(the_out->row, 0);
    }
    job_fixture_lose();
    assert_int_equal(message_entry_result_decode(job_fixture_last(MESSAGE_ENTRY_RESULT), &entry),
                     STATUS_OK);
    assert_int_equal(entry.error_type, ERROR_CRASHED);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, job_fixture_setup, job_fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(loads_double_and_stop_at_the_most),
        TEST(no_more_is_kept_in_memory_than_two_loads),
        TEST(an_answer_to_an_earlier_load_is_dropped),
        TEST(a_load_that_failed_is_asked_for_again),
        TEST(a_paused_job_keeps_only_what_was_out_before_and_reads_the_rest_again),
        TEST(a_failed_attempt_waits_and_goes_out_again_first),
        TEST(a_document_that_goes_on_failing_is_given_up_after_its_attempts),
        TEST(retries_wait_while_the_job_is_paused_and_go_on_with_it),
        TEST(with_many_retries_waiting_nothing_new_is_begun),
        TEST(a_returned_document_is_unharmed_and_uncounted),
        TEST(a_document_that_loses_worker_after_worker_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

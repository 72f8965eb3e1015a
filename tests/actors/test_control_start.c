/* Starts, and the control plane's own: chunks, create, ids, recovery, a store that is down. */
#include "tests/actors/control_fixture.h"

/* ---- from start to end ---- */

static void
a_batch_goes_from_start_to_completed(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 2);
    for (int i = 0; i < 2; i++) {
        message_work_t work = control_fixture_work();
        control_fixture_clear();
        control_fixture_done(worker, &work, ERROR_NONE);
        control_fixture_commit();
    }
    message_progress_t progress;
    LAST(progress, PROGRESS, &progress);
    assert_int_equal(progress.kind, PROGRESS_COMPLETED);
    assert_int_equal(progress.processed, 2);
    control_fixture_ask("x", 0, 0);
    assert_int_equal(control_fixture_refusal(), STATUS_NOT_FOUND); /* the librarian knows it now */
}

static void
a_chunk_is_answered_when_it_is_on_disk(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_chunk(&the_client, 1, 5, 2);
    assert_int_equal(control_fixture_count(MESSAGE_CHUNK_STORED), 0);
    control_fixture_commit();
    message_chunk_stored_t stored;
    LAST(chunk_stored, CHUNK_STORED, &stored);
    assert_int_equal(control_fixture_count(MESSAGE_CHUNK_STORED), 2);
    assert_int_equal(stored.rows, 7);
}

static void
a_start_is_answered_when_it_is_on_disk(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_close(&the_client, 1, 5);
    assert_int_equal(control_fixture_count(MESSAGE_STARTED), 0);
    control_fixture_outcome(OUTCOME_CREATED, JOB_PENDING, 1, 5, 0);
    message_started_t started;
    LAST(started, STARTED, &started);
    assert_int_equal(started.total, 5);
    assert_int_equal(started.repeated, 0);
    assert_int_equal(control_fixture_count(MESSAGE_LOAD_WINDOW), 1);
}

static void
the_same_start_again_gets_the_same_answer_and_starts_nothing(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_close(&the_client, 1, 5);
    control_fixture_outcome(OUTCOME_REPEATED, JOB_COMPLETED, 9, 5, 5);
    message_started_t started;
    LAST(started, STARTED, &started);
    assert_int_equal(started.repeated, 1);
    assert_int_equal(control_fixture_count(MESSAGE_LOAD_WINDOW), 0);
}

static void
an_id_with_another_body_is_refused(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_close(&the_client, 1, 5);
    control_fixture_outcome(OUTCOME_ID_TAKEN, JOB_PROCESSING, 9, 5, 0);
    assert_int_equal(control_fixture_refusal(), STATUS_ID_TAKEN);
}

/* ---- starts that go wrong ---- */

static void
two_askers_with_the_same_number_have_two_starts(void **state)
{
    (void) state;
    message_entry_stage_t first, second;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_open(&the_other, 1, "y");
    control_fixture_chunk(&the_client, 1, 0, 5);
    LAST(entry_stage, ENTRY_STAGE, &first);
    uint64_t job_no = first.job_no;
    control_fixture_chunk(&the_other, 1, 0, 3);
    LAST(entry_stage, ENTRY_STAGE, &second);
    assert_int_not_equal(second.job_no, job_no);
    assert_int_equal(second.first_row, 0);
}

static void
a_chunk_that_is_missing_gives_the_start_up(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_chunk(&the_client, 1, 6, 5);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_DISCARD), 1);
}

static void
a_total_that_is_not_what_came_gives_the_start_up(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_close(&the_client, 1, 6);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_DISCARD), 1);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_CREATE), 0);
}

static void
a_start_without_documents_is_refused(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_close(&the_client, 1, 0);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_CREATE), 0);
}

static void
an_aborted_start_is_discarded(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    HAND(ORIGIN_CONTROL, &the_client, start_abort, .intake = 1);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_DISCARD), 1);
    control_fixture_close(&the_client, 1, 5);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
}

static void
a_start_that_is_silent_for_ten_minutes_is_discarded(void **state)
{
    (void) state;
    control_fixture_open(&the_client, 1, "x");
    control_fixture_chunk(&the_client, 1, 0, 5);
    control_fixture_wait(599000);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_DISCARD), 0);
    control_fixture_wait(2000);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_DISCARD), 1);
}

static void
a_chunk_or_close_of_no_start_is_refused(void **state)
{
    (void) state;
    control_fixture_chunk(&the_client, 1, 0, 5);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    control_fixture_clear();
    control_fixture_close(&the_client, 1, 5);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
}

static void
no_more_jobs_are_active_than_allowed(void **state)
{
    (void) state;
    static const char *const ids[FIXTURE_JOBS_MOST] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < FIXTURE_JOBS_MOST; i++)
        control_fixture_start("ann", ids[i], "offline", 1);
    assert_int_equal(control_fixture_refusal(), STATUS_COUNT);
    control_fixture_open(&the_client, 1, "x");
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
}

/* ---- a store that is down ---- */

static void
while_the_store_is_down_nothing_is_accepted_and_nothing_begun(void **state)
{
    (void) state;
    control_fixture_start("ann", "x", "offline", 2);
    HAND(ORIGIN_JOURNAL, NULL, store_state, .ok = 0);
    control_fixture_clear();
    control_fixture_open(&the_client, 1, "y");
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    control_fixture_clear();
    control_fixture_command("x", JOB_COMMAND_PAUSE);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    control_fixture_worker("w", 1);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0);
    HAND(ORIGIN_JOURNAL, NULL, store_state, .ok = 1);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
}

static void
while_the_store_is_down_results_wait_and_nothing_is_told(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    message_work_t work = control_fixture_work();
    control_fixture_done(worker, &work, ERROR_NONE);
    HAND(ORIGIN_JOURNAL, NULL, store_state, .ok = 0);
    control_fixture_ask("x", 0, 0);
    assert_int_equal(control_fixture_view().processed, 0);
    HAND(ORIGIN_JOURNAL, NULL, store_state, .ok = 1);
    control_fixture_commit();
    message_progress_t progress;
    LAST(progress, PROGRESS, &progress);
    assert_int_equal(progress.kind, PROGRESS_COMPLETED);
}

/* ---- recovery ---- */

static void
s_recover(job_state_t state)
{
    buffer_t record = {0};
    record_stored_job_append(&(record_stored_job_t){.job_no = 5,
                                                    .owner = SLICE("ann"),
                                                    .job_id = SLICE("x"),
                                                    .state = (uint8_t) state,
                                                    .total = 4,
                                                    .version = 9,
                                                    .model_name = SLICE("offline"),
                                                    .max_attempts = 3},
                             &record);
    HAND(ORIGIN_JOURNAL, NULL, recovered, .job = buffer_slice(&record));
    buffer_free(&record);
}

static void
before_the_recovery_is_done_everybody_is_refused(void **state)
{
    (void) state;
    control_fixture_restart();
    control_fixture_ask("x", 0, 0);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    control_fixture_clear();
    control_fixture_command("x", JOB_COMMAND_PAUSE);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    control_fixture_clear();
    control_fixture_open(&the_client, 1, "x");
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    control_fixture_clear();
    HAND(ORIGIN_CONTROL, &the_client, active_list, .request = 1, .owner = SLICE("ann"), .limit = 1);
    assert_int_equal(control_fixture_refusal(), STATUS_UNAVAILABLE);
    HAND(ORIGIN_CONTROL, &the_other, hello, .worker = SLICE("w"), .slots = 1);
    assert_int_equal(control_fixture_count(MESSAGE_WELCOME), 0);
}

static void
the_recovery_is_done_when_the_new_versions_are_on_disk(void **state)
{
    (void) state;
    control_figures_t figures;
    control_fixture_restart();
    s_recover(JOB_PROCESSING);
    HAND(ORIGIN_JOURNAL, NULL, recovery_done, .next_job_no = 6);
    control_figures(the_control, &figures);
    assert_false(figures.recovered);
    control_fixture_commit();
    control_figures(the_control, &figures);
    assert_true(figures.recovered);
    control_fixture_ask("x", 0, 0);
    assert_true(control_fixture_view().version > 9 + UINT64_C(0xffffffff));
}

static void
a_window_that_comes_before_the_recovery_is_done_is_used(void **state)
{
    (void) state;
    control_fixture_restart();
    s_recover(JOB_PROCESSING);
    control_fixture_load(4);
    HAND(ORIGIN_JOURNAL, NULL, recovery_done, .next_job_no = 6);
    control_fixture_commit();
    control_fixture_worker("w", 1);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
}

static void
a_paused_job_stays_paused(void **state)
{
    (void) state;
    control_fixture_restart();
    s_recover(JOB_PAUSED);
    HAND(ORIGIN_JOURNAL, NULL, recovery_done, .next_job_no = 6);
    control_fixture_commit();
    control_fixture_worker("w", 1);
    assert_int_equal(control_fixture_count(MESSAGE_LOAD_WINDOW), 0);
    control_fixture_command("x", JOB_COMMAND_RESUME);
    assert_int_equal(control_fixture_count(MESSAGE_LOAD_WINDOW), 1);
}

/* ---- frames ---- */

static void
a_frame_that_is_no_message_of_its_origin_is_malformed(void **state)
{
    (void) state;
    buffer_t frame = {0};
    buffer_append_text(&frame, "nonsense");
    assert_int_equal(control_fixture_hand(ORIGIN_CONTROL, &the_client, &frame), STATUS_MALFORMED);
    message_done_encode(&(message_done_t){.lease = 1}, &frame);
    assert_int_equal(control_fixture_hand(ORIGIN_CONTROL, &the_client, &frame), STATUS_MALFORMED);
    message_done_encode(&(message_done_t){.error_type = ERROR_TYPE_COUNT}, &frame);
    assert_int_equal(control_fixture_hand(ORIGIN_SINK, NULL, &frame), STATUS_MALFORMED);
}

int
main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, control_fixture_setup, control_fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_batch_goes_from_start_to_completed),
        TEST(a_chunk_is_answered_when_it_is_on_disk),
        TEST(a_start_is_answered_when_it_is_on_disk),
        TEST(the_same_start_again_gets_the_same_answer_and_starts_nothing),
        TEST(an_id_with_another_body_is_refused),
        TEST(two_askers_with_the_same_number_have_two_starts),
        TEST(a_chunk_that_is_missing_gives_the_start_up),
        TEST(a_total_that_is_not_what_came_gives_the_start_up),
        TEST(a_start_without_documents_is_refused),
        TEST(an_aborted_start_is_discarded),
        TEST(a_start_that_is_silent_for_ten_minutes_is_discarded),
        TEST(a_chunk_or_close_of_no_start_is_refused),
        TEST(no_more_jobs_are_active_than_allowed),
        TEST(while_the_store_is_down_nothing_is_accepted_and_nothing_begun),
        TEST(while_the_store_is_down_results_wait_and_nothing_is_told),
        TEST(before_the_recovery_is_done_everybody_is_refused),
        TEST(the_recovery_is_done_when_the_new_versions_are_on_disk),
        TEST(a_window_that_comes_before_the_recovery_is_done_is_used),
        TEST(a_paused_job_stays_paused),
        TEST(a_frame_that_is_no_message_of_its_origin_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

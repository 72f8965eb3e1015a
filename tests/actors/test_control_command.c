/* What clients ask of jobs: commands, status, long polls, lists. */
#include "tests/actors/control_fixture.h"

/* ---- commands ---- */

static void
a_pause_begins_nothing_more_and_counts_what_is_out(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 3);
    message_work_t work = control_fixture_work();
    control_fixture_command("x", JOB_COMMAND_PAUSE);
    control_fixture_clear();
    control_fixture_done(worker, &work, ERROR_NONE);
    control_fixture_commit();
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0);
    control_fixture_ask("x", 0, 0);
    assert_int_equal(control_fixture_view().state, JOB_PAUSED);
    assert_int_equal(control_fixture_view().processed, 1);
}

static void
a_command_is_answered_after_its_commit_and_never_before(void **state)
{
    (void) state;
    static const job_command_t commands[] = {JOB_COMMAND_PAUSE, JOB_COMMAND_RESUME,
                                             JOB_COMMAND_CANCEL};
    static const job_state_t states[] = {JOB_PAUSED, JOB_PROCESSING, JOB_CANCELLED};
    control_fixture_start("ann", "x", "offline", 3);
    for (size_t i = 0; i < 3; i++) {
        message_command_done_t done;
        control_fixture_clear();
        control_fixture_command("x", commands[i]);
        assert_int_equal(control_fixture_count(MESSAGE_COMMAND_DONE), 0);
        assert_int_equal(control_fixture_count(MESSAGE_PROGRESS), 0);
        control_fixture_commit();
        LAST(command_done, COMMAND_DONE, &done);
        assert_int_equal(done.command, commands[i]);
        assert_int_equal(done.state, states[i]);
    }
}

static void
a_resumed_job_goes_on(void **state)
{
    (void) state;
    control_fixture_worker("w", 1);
    control_fixture_start("ann", "y", "offline", 1); /* takes the slot */
    control_fixture_start("ann", "x", "offline", 3);
    control_fixture_command("x", JOB_COMMAND_PAUSE);
    control_fixture_command("x", JOB_COMMAND_RESUME);
    control_fixture_load(3);
    control_fixture_clear();
    control_fixture_worker("v", 1);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
}

static void
what_the_state_does_not_allow_is_refused_with_its_name(void **state)
{
    (void) state;
    message_refused_t refused;
    control_fixture_start("ann", "x", "offline", 3);
    control_fixture_command("x", JOB_COMMAND_RESUME);
    LAST(refused, REFUSED, &refused);
    assert_int_equal(refused.status, STATUS_WRONG_STATE);
    assert_true(slice_is(refused.detail, "the job is pending and cannot be resumed"));
    control_fixture_command("x", JOB_COMMAND_RETRY);
    LAST(refused, REFUSED, &refused);
    assert_int_equal(refused.status, STATUS_WRONG_STATE);
}

static void
another_users_job_is_not_found(void **state)
{
    (void) state;
    control_fixture_start("bob", "x", "offline", 3);
    control_fixture_command("x", JOB_COMMAND_CANCEL);
    assert_int_equal(control_fixture_refusal(), STATUS_NOT_FOUND);
    control_fixture_ask("x", 0, 0);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 0);
}

static void
cancel_tells_the_workers_and_drops_what_comes_back(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 3);
    message_work_t work = control_fixture_work();
    control_fixture_command("x", JOB_COMMAND_CANCEL);
    assert_int_equal(control_fixture_count(MESSAGE_DROP), 1);
    control_fixture_commit();
    control_fixture_start("ann", "y", "offline", 1);
    control_fixture_clear(); /* the slot is taken until the worker lets go */
    control_fixture_done(worker, &work, ERROR_NONE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 0);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
}

/* ---- retry ---- */

static void
a_retry_brings_the_job_back_with_its_next_version(void **state)
{
    (void) state;
    control_fixture_command("x", JOB_COMMAND_RETRY);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_REVIVE), 1);
    assert_int_equal(control_fixture_count(MESSAGE_COMMAND_DONE), 0);
    control_fixture_outcome(OUTCOME_REVIVED, JOB_PROCESSING, 3, 5, 2);
    message_command_done_t done;
    message_progress_t progress;
    LAST(command_done, COMMAND_DONE, &done);
    LAST(progress, PROGRESS, &progress);
    assert_int_equal(done.retried, 3);
    assert_int_equal(progress.kind, PROGRESS_RESUMED);
    assert_int_equal(progress.seq, CONTROL_FIXTURE_VERSION); /* the store has raised it */
    assert_int_equal(control_fixture_count(MESSAGE_LOAD_WINDOW), 1);
}

static void
a_retry_hands_its_key_on_to_the_journal(void **state)
{
    (void) state;
    HAND(ORIGIN_CONTROL, &the_client, job_command, .request = 77, .owner = SLICE("ann"),
         .job_id = SLICE("x"), .command = JOB_COMMAND_RETRY, .api_key = SLICE("sk-1"));
    message_entry_revive_t revive;
    LAST(entry_revive, ENTRY_REVIVE, &revive);
    assert_true(slice_is(revive.api_key, "sk-1"));
    assert_true(the_effects.has_secret);
}

static void
a_retry_of_what_cannot_be_retried_is_refused(void **state)
{
    (void) state;
    static const struct {
        outcome_kind_t outcome;
        status_t status;
    } rows[] = {{OUTCOME_NOT_FOUND, STATUS_NOT_FOUND},
                {OUTCOME_WRONG_STATE, STATUS_WRONG_STATE},
                {OUTCOME_NOTHING, STATUS_WRONG_STATE},
                {OUTCOME_KEY_NEEDED, STATUS_WRONG_STATE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        control_fixture_clear();
        control_fixture_command("x", JOB_COMMAND_RETRY);
        control_fixture_outcome(rows[i].outcome, JOB_CANCELLED, 3, 5, 2);
        assert_int_equal(control_fixture_refusal(), rows[i].status);
    }
}

/* ---- status ---- */

static void
a_long_poll_is_answered_when_the_version_rises(void **state)
{
    (void) state;
    control_fixture_start("ann", "x", "offline", 3);
    control_fixture_ask("x", 0, 0);
    uint64_t version = control_fixture_view().version;
    control_fixture_clear();
    control_fixture_ask("x", 30000, version);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 0);
    control_fixture_worker("w", 1);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 1);
    assert_true(control_fixture_view().version > version);
}

static void
a_long_poll_is_answered_when_its_time_is_over(void **state)
{
    (void) state;
    control_fixture_start("ann", "x", "offline", 3);
    control_fixture_ask("x", 30000, 1000);
    control_fixture_wait(29999);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 0);
    control_fixture_wait(1);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 1);
    control_fixture_wait(60000);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 1);
}

static void
a_long_poll_of_an_earlier_version_is_answered_at_once(void **state)
{
    (void) state;
    control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 3);
    control_fixture_ask("x", 30000, 0);
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 1);
}

static void
long_polls_are_answered_when_the_job_ends(void **state)
{
    (void) state;
    control_fixture_start("ann", "x", "offline", 3);
    control_fixture_ask("x", 30000, 1000);
    control_fixture_command("x", JOB_COMMAND_CANCEL);
    control_fixture_commit();
    assert_int_equal(control_fixture_count(MESSAGE_JOB_VIEW), 1);
    assert_int_equal(control_fixture_view().state, JOB_CANCELLED);
}

/* ---- lists ---- */

static uint64_t
s_list(uint64_t before, uint16_t limit, const char *expected)
{
    message_active_page_t page;
    record_job_t job;
    char ids[64] = "";
    HAND(ORIGIN_CONTROL, &the_client, active_list, .request = 1, .owner = SLICE("ann"),
         .before = before, .limit = limit);
    LAST(active_page, ACTIVE_PAGE, &page);
    while (page.jobs.size) {
        assert_int_equal(record_job_take(&page.jobs, &job), STATUS_OK);
        strncat(ids, job.job_id.data, job.job_id.size);
    }
    assert_string_equal(ids, expected);
    return page.next;
}

static void
the_active_list_goes_page_by_page_newest_first(void **state)
{
    (void) state;
    s_list(0, 10, "");
    control_fixture_start("ann", "a", "offline", 1);
    control_fixture_start("bob", "z", "offline", 1);
    control_fixture_start("ann", "b", "offline", 1);
    control_fixture_start("ann", "c", "offline", 1);
    uint64_t next = s_list(0, 2, "cb");
    assert_int_equal(s_list(next, 2, "a"), 0);
    assert_int_equal(s_list(0, 3, "cba"), 0);
}

static void
a_list_of_none_is_a_list_of_one(void **state)
{
    (void) state;
    control_fixture_start("ann", "a", "offline", 1);
    assert_int_equal(s_list(0, 0, "a"), 0);
}

static void
a_ping_tells_how_the_service_is(void **state)
{
    (void) state;
    message_pong_t pong;
    control_fixture_worker("w", 3);
    control_fixture_start("ann", "a", "offline", 1);
    HAND(ORIGIN_CONTROL, &the_client, ping, .request = 8);
    LAST(pong, PONG, &pong);
    assert_int_equal(pong.request, 8);
    assert_int_equal(pong.store_ok, 1);
    assert_int_equal(pong.workers, 1);
    assert_int_equal(pong.slots, 3);
    assert_int_equal(pong.active_jobs, 1);
}

int
main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, control_fixture_setup, control_fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_pause_begins_nothing_more_and_counts_what_is_out),
        TEST(a_command_is_answered_after_its_commit_and_never_before),
        TEST(a_resumed_job_goes_on),
        TEST(what_the_state_does_not_allow_is_refused_with_its_name),
        TEST(another_users_job_is_not_found),
        TEST(cancel_tells_the_workers_and_drops_what_comes_back),
        TEST(a_retry_brings_the_job_back_with_its_next_version),
        TEST(a_retry_hands_its_key_on_to_the_journal),
        TEST(a_retry_of_what_cannot_be_retried_is_refused),
        TEST(a_long_poll_is_answered_when_the_version_rises),
        TEST(a_long_poll_is_answered_when_its_time_is_over),
        TEST(a_long_poll_of_an_earlier_version_is_answered_at_once),
        TEST(long_polls_are_answered_when_the_job_ends),
        TEST(the_active_list_goes_page_by_page_newest_first),
        TEST(a_list_of_none_is_a_list_of_one),
        TEST(a_ping_tells_how_the_service_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

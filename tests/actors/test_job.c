#include <stdio.h>

#include "tests/actors/job_fixture.h"

/* ---- every state with everything ---- */

typedef enum {
    PAUSE,
    RESUME,
    CANCEL,
    WINDOW, /* that was not asked for */
    BEGIN,
    TAGGED,
    PERMANENT,
    PASSING,
    PASSING_LAST, /* the attempts are used up */
    AUTH,
    LOST,
    LOST_LAST,
    RETURNED,
    RETRY_DUE,
    COMMITTED,
    HAPPENINGS
} happening_t;

/* The state that follows, then the entries that are journalled. "-": it cannot happen there, since
 * nothing is out or nothing may be begun. */
static const char *const s_expected[JOB_STATE_COUNT][HAPPENINGS] = {
    [JOB_PENDING] = {"paused STATE", "pending refused", "cancelled STATE", "pending",
                     "processing STATE", "-", "-", "-", "-", "-", "-", "-", "-", "pending",
                     "pending"},
    [JOB_PROCESSING] = {"paused STATE", "processing refused", "cancelled STATE", "processing",
                        "processing", "processing RESULT", "processing RESULT",
                        "processing ATTEMPT", "processing RESULT", "failed STATE",
                        "processing ATTEMPT", "processing RESULT", "processing", "processing",
                        "processing"},
    [JOB_PAUSED] = {"paused refused", "processing STATE", "cancelled STATE", "paused", "-",
                    "paused RESULT", "paused RESULT", "paused ATTEMPT", "paused RESULT",
                    "failed STATE", "paused ATTEMPT", "paused RESULT", "paused", "paused",
                    "paused"},
    [JOB_COMPLETED] = {"completed refused", "completed refused", "completed refused", "completed",
                       "-", "-", "-", "-", "-", "-", "-", "-", "-", "completed", "completed"},
    [JOB_FAILED] = {"failed refused", "failed refused", "failed refused", "failed", "-", "-", "-",
                    "-", "-", "-", "-", "-", "-", "failed", "failed"},
    [JOB_CANCELLED] = {"cancelled refused", "cancelled refused", "cancelled refused", "cancelled",
                       "-", "-", "-", "-", "-", "-", "-", "-", "-", "cancelled", "cancelled"},
};

/* Returns false when a client was refused. */
static bool
s_happen(happening_t what)
{
    switch (what) {
    case PAUSE: return job_fixture_command(JOB_COMMAND_PAUSE);
    case RESUME: return job_fixture_command(JOB_COMMAND_RESUME);
    case CANCEL: return job_fixture_command(JOB_COMMAND_CANCEL);
    case WINDOW: job_fixture_give_window(9, true, 0, FIXTURE_TOTAL, false); break;
    case BEGIN: job_fixture_begin(); break;
    case TAGGED: job_fixture_finish(ERROR_NONE); break;
    case PERMANENT: job_fixture_finish(ERROR_CORRUPT); break;
    case PASSING_LAST: the_out->attempts = FIXTURE_ATTEMPTS - 1; /* fall through */
    case PASSING: job_fixture_finish(ERROR_NETWORK); break;
    case AUTH: assert_true(job_fixture_finish(ERROR_AUTH)); break;
    case LOST_LAST: the_out->losses = LOSSES_MOST - 1; /* fall through */
    case LOST: job_fixture_lose(); break;
    case RETURNED:
        job_return_document(the_job, the_out, (spent_t){0});
        the_out = NULL;
        job_check(the_job);
        break;
    case RETRY_DUE: job_retry_due(the_job, job_fixture_turn()); break;
    case COMMITTED: job_fixture_commit(); break;
    case HAPPENINGS: break;
    }
    return true;
}

static void
s_describe(bool done, char *text, size_t size)
{
    int length =
        snprintf(text, size, "%s%s", job_state_word(the_job->state), done ? "" : " refused");
    for (size_t i = 0; i < the_effects.count; i++)
        if (the_effects.items[i].kind == EFFECT_JOURNAL)
            length += snprintf(
                text + length, size - (size_t) length, " %s",
                message_name(message_number(effects_frame(&the_effects, &the_effects.items[i]))) +
                    6);
}

static void
every_state_with_everything_that_can_happen_does_what_the_table_says(void **state)
{
    for (int from = 0; from < JOB_STATE_COUNT; from++) {
        for (int what = 0; what < HAPPENINGS; what++) {
            const char *expected = s_expected[from][what];
            job_fixture_bring((job_state_t) from);
            effects_clear(&the_effects);
            char text[128] = "-";
            bool possible = what == BEGIN ? job_is_runnable(the_job)
                                          : the_out || what < BEGIN || what > RETURNED;
            if (possible)
                s_describe(s_happen((happening_t) what), text, sizeof text);
            assert_string_equal(text, expected);
            job_fixture_teardown(state);
            job_fixture_setup(state);
        }
    }
}

/* ---- the end ---- */

static void
the_last_result_completes_the_job(void **state)
{
    (void) state;
    job_fixture_new_job(1, JOB_PENDING);
    job_fixture_give_window(1, true, 0, 1, true);
    job_fixture_begin();
    job_fixture_finish(ERROR_CORRUPT);
    assert_int_equal(the_job->state, JOB_COMPLETED);
    assert_false(job_is_over(the_job));
    job_fixture_commit();
    assert_true(job_is_over(the_job));
    assert_int_equal(the_job->failed, 1);
}

static void
a_paused_job_whose_last_result_came_is_completed_when_it_is_resumed(void **state)
{
    (void) state;
    job_fixture_new_job(1, JOB_PENDING);
    job_fixture_give_window(1, true, 0, 1, true);
    job_fixture_begin();
    job_fixture_command(JOB_COMMAND_PAUSE);
    job_fixture_finish(ERROR_NONE);
    assert_int_equal(the_job->state, JOB_PAUSED);
    job_fixture_command(JOB_COMMAND_RESUME);
    assert_int_equal(the_job->state, JOB_COMPLETED);
    job_fixture_commit();
    assert_true(job_is_over(the_job));
}

static void
a_recovered_job_with_all_results_is_completed(void **state)
{
    (void) state;
    record_stored_job_t stored = {.job_no = 7,
                                  .state = JOB_PROCESSING,
                                  .total = 2,
                                  .processed = 1,
                                  .failed = 1,
                                  .max_attempts = 1};
    the_job = job_new(&stored, &the_user, NULL);
    job_wake(the_job, job_fixture_turn());
    assert_int_equal(the_job->state, JOB_COMPLETED);
}

/* ---- what a model took ---- */

static verdict_t
s_verdict(error_type_t type, uint64_t tokens)
{
    return (verdict_t){.done = {.row = the_out->row,
                                .error_type = (uint8_t) type,
                                .tags = SLICE("[]"),
                                .tokens_in = tokens,
                                .tokens_out = 1,
                                .cost_nano = 2 * tokens}};
}

static void
every_attempt_counts_for_the_job_and_is_shown_when_it_is_on_disk(void **state)
{
    (void) state;
    record_job_t view;
    message_entry_result_t entry;
    job_fixture_bring(JOB_PROCESSING);
    doc_t *doc = the_out;
    /* Throttled after it had used some; then a failed attempt; then tagged. */
    job_return_document(the_job, doc, (spent_t){7, 1, 14});
    the_out = NULL;
    job_fixture_begin();
    verdict_t verdict = s_verdict(ERROR_MODEL_ERROR, 100);
    doc = the_out;
    the_out = NULL;
    job_finish_document(the_job, job_fixture_turn(), doc, &verdict);
    the_now_ms += 60000;
    job_retry_due(the_job, job_fixture_turn());
    job_fixture_begin();
    verdict = s_verdict(ERROR_NONE, 50);
    doc = the_out;
    the_out = NULL;
    job_finish_document(the_job, job_fixture_turn(), doc, &verdict);
    job_view(the_job, job_fixture_turn()->now, &view);
    assert_int_equal(view.tokens_in, 0);
    assert_int_equal(message_entry_result_decode(job_fixture_last(MESSAGE_ENTRY_RESULT), &entry),
                     STATUS_OK);
    assert_int_equal(entry.tokens_in, 50);
    job_fixture_commit();
    job_view(the_job, job_fixture_turn()->now, &view);
    assert_int_equal(view.tokens_in, 157);
    assert_int_equal(view.tokens_out, 3);
    assert_int_equal(view.cost_nano, 314);
}

/* ---- what is shown follows the disk ---- */

static void
what_is_decided_is_shown_only_when_it_is_on_disk(void **state)
{
    (void) state;
    record_job_t view;
    job_fixture_bring(JOB_PROCESSING);
    job_fixture_finish(ERROR_NONE);
    job_view(the_job, job_fixture_turn()->now, &view);
    assert_int_equal(view.state, JOB_PENDING);
    assert_int_equal(view.processed, 0);
    job_fixture_commit();
    job_view(the_job, job_fixture_turn()->now, &view);
    assert_int_equal(view.state, JOB_PROCESSING);
    assert_int_equal(view.processed, 1);
}

static void
a_command_is_answered_when_it_is_on_disk(void **state)
{
    (void) state;
    job_fixture_bring(JOB_PROCESSING);
    job_fixture_command(JOB_COMMAND_PAUSE);
    assert_int_equal(job_fixture_last(MESSAGE_COMMAND_DONE).size, 0);
    job_fixture_commit();
    assert_int_not_equal(job_fixture_last(MESSAGE_COMMAND_DONE).size, 0);
}

static void
the_version_that_is_journalled_with_the_end_is_the_last_that_is_told(void **state)
{
    (void) state;
    message_entry_state_t entry;
    job_fixture_bring(JOB_COMPLETED);
    assert_int_equal(message_entry_state_decode(job_fixture_last(MESSAGE_ENTRY_STATE), &entry),
                     STATUS_OK);
    job_fixture_commit();
    assert_int_equal(entry.version, the_job->version);
}

static void
a_recovered_job_journals_the_version_that_it_goes_on_with(void **state)
{
    (void) state;
    message_entry_state_t entry;
    job_fixture_new_job(FIXTURE_TOTAL, JOB_PAUSED);
    the_job->version = 41;
    job_skip_versions(the_job, job_fixture_turn());
    assert_true(the_job->version > 41 + UINT64_C(0xffffffff));
    assert_int_equal(message_entry_state_decode(job_fixture_last(MESSAGE_ENTRY_STATE), &entry),
                     STATUS_OK);
    assert_int_equal(entry.version, the_job->version);
    assert_int_equal(entry.state, JOB_PAUSED);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, job_fixture_setup, job_fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_state_with_everything_that_can_happen_does_what_the_table_says),
        TEST(the_last_result_completes_the_job),
        TEST(a_paused_job_whose_last_result_came_is_completed_when_it_is_resumed),
        TEST(a_recovered_job_with_all_results_is_completed),
        TEST(every_attempt_counts_for_the_job_and_is_shown_when_it_is_on_disk),
        TEST(what_is_decided_is_shown_only_when_it_is_on_disk),
        TEST(a_command_is_answered_when_it_is_on_disk),
        TEST(the_version_that_is_journalled_with_the_end_is_the_last_that_is_told),
        TEST(a_recovered_job_journals_the_version_that_it_goes_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

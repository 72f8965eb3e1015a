/* Workers, leases, and the limits of models. */
#include "actors/limiter.h"
#include "tests/actors/control_fixture.h"

static uint32_t
s_free_credits(void)
{
    control_figures_t figures;
    control_figures(the_control, &figures);
    return figures.free_credits;
}

/* ---- workers ---- */

static void
a_worker_that_says_hello_again_is_the_same_worker(void **state)
{
    (void) state;
    for (int i = 0; i < 2; i++)
        HAND(ORIGIN_CONTROL, &the_other, hello, .worker = SLICE("w"), .slots = 2);
    assert_int_equal(control_fixture_count(MESSAGE_WELCOME), 1);
    assert_int_equal(s_free_credits(), 2);
}

static void
a_worker_that_came_again_by_another_way_has_lost_what_it_had(void **state)
{
    (void) state;
    uint32_t first = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    message_work_t old = control_fixture_work();
    control_fixture_clear();
    uint32_t second = control_fixture_worker("w", 1);
    message_work_t work = control_fixture_work();
    assert_int_not_equal(second, first);
    assert_int_not_equal(work.lease, old.lease);
    control_fixture_done(first, &old, ERROR_NONE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 0);
    control_fixture_done(second, &work, ERROR_NONE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 1);
}

static void
a_silent_worker_is_lost_and_its_documents_go_out_again(void **state)
{
    (void) state;
    uint32_t silent = control_fixture_worker("silent", 2);
    control_fixture_start("ann", "x", "offline", 2);
    uint32_t other = control_fixture_worker("other", 2);
    control_fixture_clear();
    for (int passed = 0; passed < FIXTURE_SILENCE_MS; passed += FIXTURE_HEARTBEAT_MS) {
        control_fixture_beat(other, 0, 0);
        control_fixture_wait(FIXTURE_HEARTBEAT_MS);
    }
    (void) silent;
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 2);
    assert_int_equal(s_free_credits(), 0);
    message_system_t event;
    LAST(system, SYSTEM, &event);
    assert_true(slice_is(event.event, "worker-lost"));
}

static void
a_worker_that_says_goodbye_is_gone_at_once(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    HAND(ORIGIN_SINK, NULL, goodbye, .worker_no = worker, .epoch = FIXTURE_EPOCH);
    assert_int_equal(the_effects.items[the_effects.count - 1].kind, EFFECT_LANE_CLOSE);
    control_fixture_clear();
    control_fixture_worker("v", 1);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
}

static void
a_retiring_worker_is_sent_nothing_more(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 2);
    HAND(ORIGIN_SINK, NULL, heartbeat, .worker_no = worker, .epoch = FIXTURE_EPOCH, .retiring = 1);
    control_fixture_start("ann", "x", "offline", 1);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0);
}

static void
a_lane_that_failed_loses_its_worker(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 2);
    control_lane_failed(the_control, worker, (instant_t){0}, &the_effects);
    assert_int_equal(s_free_credits(), 0);
    control_lane_failed(the_control, worker, (instant_t){0}, &the_effects);
}

static void
every_lane_is_pinged_each_heartbeat(void **state)
{
    (void) state;
    control_fixture_worker("a", 1);
    control_fixture_worker("b", 1);
    control_fixture_clear();
    control_fixture_wait(3 * FIXTURE_HEARTBEAT_MS);
    assert_int_equal(control_fixture_count(MESSAGE_LANE_PING), 6);
}

/* ---- leases ---- */

static void
a_heartbeat_reveals_work_that_never_came(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    uint64_t lane_seq = control_fixture_work().lane_seq;
    control_fixture_clear();
    control_fixture_beat(worker, lane_seq - 1, 0);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0); /* it may be on its way */
    control_fixture_wait(FIXTURE_SILENCE_MS - 1);
    control_fixture_beat(worker, lane_seq - 1, 0);
    control_fixture_wait(2);
    control_fixture_beat(worker, lane_seq - 1, 0);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
    assert_int_equal(control_fixture_count(MESSAGE_BRIEF), 1); /* that may be lost, too */
}

static void
a_heartbeat_reveals_a_done_that_never_came(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    message_work_t work = control_fixture_work();
    control_fixture_clear();
    control_fixture_beat(worker, work.lane_seq, work.lease);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0);
    control_fixture_beat(worker, work.lane_seq, 0);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
}

static void
a_lease_that_is_over_counts_an_attempt_and_keeps_the_slot(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    message_work_t work = control_fixture_work();
    for (int passed = 0; passed < FIXTURE_WORK_MS; passed += FIXTURE_HEARTBEAT_MS) {
        control_fixture_beat(worker, work.lane_seq, work.lease);
        control_fixture_wait(FIXTURE_HEARTBEAT_MS);
    }
    message_entry_attempt_t attempt;
    LAST(entry_attempt, ENTRY_ATTEMPT, &attempt);
    assert_int_equal(attempt.attempts, 1);
    assert_int_equal(s_free_credits(), 0);
    control_fixture_done(worker, &work, ERROR_NONE);
    assert_int_equal(s_free_credits(), 1);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 0);
}

static void
a_done_counts_once_and_only_under_its_own_lease(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    message_work_t work = control_fixture_work(), wrong = work;
    wrong.row++;
    control_fixture_done(worker, &wrong, ERROR_NONE);
    control_fixture_done(worker + 1, &work, ERROR_NONE);
    HAND(ORIGIN_SINK, NULL, done, .worker_no = worker, .epoch = FIXTURE_EPOCH + 1,
         .lease = work.lease, .job_no = work.job_no, .row = work.row);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 0);
    control_fixture_done(worker, &work, ERROR_NONE);
    control_fixture_done(worker, &work, ERROR_NONE);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 1);
}

static void
a_slot_is_free_again_before_the_result_is_on_disk(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 2);
    message_work_t work = control_fixture_work();
    control_fixture_clear();
    control_fixture_done(worker, &work, ERROR_NONE);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
    assert_int_equal(control_fixture_count(MESSAGE_BRIEF), 0); /* once a job and worker */
}

static void
results_are_published_after_their_commit(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    message_work_t work = control_fixture_work();
    control_fixture_commit();
    control_fixture_clear();
    control_fixture_done(worker, &work, ERROR_CORRUPT);
    assert_int_equal(control_fixture_count(MESSAGE_PROGRESS), 0);
    control_fixture_commit();
    assert_int_equal(control_fixture_count(MESSAGE_PROGRESS), 2); /* the failure, the end */
}

static void
after_max_attempts_a_document_is_given_up(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "offline", 1);
    for (int attempt = 1; attempt <= 3; attempt++) {
        message_work_t work = control_fixture_work();
        assert_int_equal(work.attempt, attempt);
        assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 0);
        control_fixture_done(worker, &work, ERROR_NETWORK);
        for (int passed = 0; passed < 60000; passed += FIXTURE_HEARTBEAT_MS) {
            control_fixture_beat(worker, 0, 0);
            control_fixture_wait(FIXTURE_HEARTBEAT_MS);
            if (control_fixture_work().attempt > attempt)
                break;
        }
    }
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_RESULT), 1);
}

static void
a_refused_key_fails_the_job_and_stops_its_documents(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 2);
    control_fixture_start("ann", "x", "m", 3);
    message_work_t work = control_fixture_work();
    control_fixture_wait(1 + 1000 / LIMIT_PACE_START); /* until another is out */
    control_fixture_done(worker, &work, ERROR_AUTH);
    assert_int_equal(control_fixture_count(MESSAGE_DROP), 1);
    control_fixture_commit();
    message_progress_t progress;
    LAST(progress, PROGRESS, &progress);
    assert_int_equal(progress.kind, PROGRESS_FAILED);
    assert_true(slice_is(progress.error, "why"));
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 2);
}

/* ---- keys ---- */

static void
a_jobs_key_goes_to_its_worker_and_nowhere_else(void **state)
{
    (void) state;
    record_stored_job_t stored = {.job_no = 9,
                                  .owner = SLICE("ann"),
                                  .job_id = SLICE("keyed"),
                                  .state = JOB_PENDING,
                                  .total = 1,
                                  .model_name = SLICE("m"),
                                  .limit_name = SLICE("p:1"),
                                  .max_attempts = 3,
                                  .may_fall_back = 1,
                                  .api_key = SLICE("sk-planted")};
    control_fixture_worker("w", 1);
    HAND(ORIGIN_PUBLISHER, NULL, audience, .listening = 1);
    buffer_t record = {0};
    record_stored_job_append(&stored, &record);
    HAND(ORIGIN_JOURNAL, NULL, recovered, .job = buffer_slice(&record));
    buffer_free(&record);
    control_fixture_load(1);
    control_fixture_ask("keyed", 0, 0);
    message_brief_t brief;
    LAST(brief, BRIEF, &brief);
    assert_true(slice_is(brief.api_key, "sk-planted"));
    assert_int_equal(brief.may_fall_back, 1);
    assert_true(the_effects.has_secret);
    for (size_t i = 0; i < the_effects.count; i++) {
        slice_t frame = effects_frame(&the_effects, &the_effects.items[i]);
        bool found = memmem(frame.data, frame.size, "planted", 7) != NULL;
        assert_int_equal(found, message_number(frame) == MESSAGE_BRIEF);
    }
    size_t size = the_effects.bytes.size;
    effects_clear(&the_effects);
    assert_null(memmem(the_effects.bytes.data, size, "planted", 7));
}

/* ---- limits ---- */

static void
a_rate_limit_returns_the_document_unharmed_and_waits(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "m", 1);
    message_work_t work = control_fixture_work();
    control_fixture_commit();
    control_fixture_clear();
    control_fixture_done(worker, &work, ERROR_RATE_LIMIT);
    assert_int_equal(control_fixture_count(MESSAGE_ENTRY_ATTEMPT), 0);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0);
    control_fixture_ask("x", 0, 0);
    assert_int_equal(control_fixture_view().throttled_until, 1000000 + 2000);
    control_fixture_wait(1999);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 0);
    control_fixture_wait(1);
    assert_int_equal(control_fixture_work().attempt, 1);
}

static void
jobs_on_one_key_wait_together_and_others_do_not(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "m", 1);
    message_work_t work = control_fixture_work();
    control_fixture_start("ann", "y", "m", 1);
    uint64_t other = control_fixture_start("bob", "z", "other", 1);
    control_fixture_clear();
    control_fixture_done(worker, &work, ERROR_RATE_LIMIT);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
    assert_int_equal(control_fixture_work().job_no, other);
}

static void
a_key_is_sent_documents_at_its_pace_and_others_at_once(void **state)
{
    (void) state;
    control_fixture_worker("w", 20);
    control_fixture_start("ann", "x", "m", 10);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 1);
    control_fixture_wait(1 + 1000 / LIMIT_PACE_START);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 2);
    control_fixture_clear();
    control_fixture_start("ann", "y", "offline", 10);
    assert_int_equal(control_fixture_count(MESSAGE_WORK), 10);
}

/* A batch of many does not keep a later one from their common key. */
static void
jobs_on_one_key_share_its_pace(void **state)
{
    (void) state;
    control_fixture_worker("w", 40);
    uint64_t first = control_fixture_start("ann", "x", "m", 30);
    control_fixture_wait(500);
    uint64_t second = control_fixture_start("bob", "y", "m", 10);
    uint64_t third = control_fixture_start("ann", "z", "m", 10);
    control_fixture_clear();
    control_fixture_wait(1500);
    size_t counts[3] = {0};
    for (size_t i = 0; i < the_effects.count; i++) {
        message_work_t work;
        if (message_work_decode(effects_frame(&the_effects, &the_effects.items[i]), &work) ==
            STATUS_OK)
            counts[work.job_no == second ? 1 : work.job_no == third ? 2 : 0]++;
    }
    assert_int_not_equal(first, second);
    assert_true(counts[0] + counts[1] + counts[2] >= 20);
    assert_in_range(counts[1], counts[0] - 1, counts[0] + 1);
    assert_in_range(counts[2], counts[0] - 1, counts[0] + 1);
}

static void
a_call_that_a_paused_job_does_not_use_goes_to_the_next_in_line(void **state)
{
    (void) state;
    uint32_t worker = control_fixture_worker("w", 1);
    control_fixture_start("ann", "x", "m", 1);
    message_work_t work = control_fixture_work();
    control_fixture_done(worker, &work, ERROR_RATE_LIMIT);
    uint64_t next = control_fixture_start("ann", "y", "m", 1);
    control_fixture_start("eve", "busy", "offline", 1); /* takes the slot */
    control_fixture_wait(2000);                         /* x is called; no slot is free */
    control_fixture_command("x", JOB_COMMAND_PAUSE);
    control_fixture_clear();
    control_fixture_worker("v", 1);
    assert_int_equal(control_fixture_work().job_no, next);
}

int
main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, control_fixture_setup, control_fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_worker_that_says_hello_again_is_the_same_worker),
        TEST(a_worker_that_came_again_by_another_way_has_lost_what_it_had),
        TEST(a_silent_worker_is_lost_and_its_documents_go_out_again),
        TEST(a_worker_that_says_goodbye_is_gone_at_once),
        TEST(a_retiring_worker_is_sent_nothing_more),
        TEST(a_lane_that_failed_loses_its_worker),
        TEST(every_lane_is_pinged_each_heartbeat),
        TEST(a_heartbeat_reveals_work_that_never_came),
        TEST(a_heartbeat_reveals_a_done_that_never_came),
        TEST(a_lease_that_is_over_counts_an_attempt_and_keeps_the_slot),
        TEST(a_done_counts_once_and_only_under_its_own_lease),
        TEST(a_slot_is_free_again_before_the_result_is_on_disk),
        TEST(results_are_published_after_their_commit),
        TEST(after_max_attempts_a_document_is_given_up),
        TEST(a_refused_key_fails_the_job_and_stops_its_documents),
        TEST(a_jobs_key_goes_to_its_worker_and_nowhere_else),
        TEST(a_rate_limit_returns_the_document_unharmed_and_waits),
        TEST(jobs_on_one_key_wait_together_and_others_do_not),
        TEST(a_key_is_sent_documents_at_its_pace_and_others_at_once),
        TEST(jobs_on_one_key_share_its_pace),
        TEST(a_call_that_a_paused_job_does_not_use_goes_to_the_next_in_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "actors/worker.h"

#include <poll.h>

#include "tests/actors/fake_supervisor.h"
#include "tests/support/cmocka_all.h"

enum { BEAT_MS = 50, LONG_MS = 600000, SHORT_MS = 300 };

/* ---- a pipeline that does what a document's path says ---- */

typedef struct {
    atomic_int opened, closed, cancelled, waiting;
    atomic_bool released; /* lets documents of path "wait" end */
    atomic_ullong ended_job;
} mill_t;

static void *
s_mill_open(void *context)
{
    mill_t *mill = context;
    atomic_fetch_add(&mill->opened, 1);
    return mill;
}

static void
s_mill_close(void **pipeline_p)
{
    mill_t *mill = *pipeline_p;
    atomic_fetch_add(&mill->closed, 1);
    *pipeline_p = NULL;
}

/* Looks at its cancel flag every few milliseconds, as a real step does. */
static void
s_mill_wait(mill_t *mill, const atomic_bool *cancel)
{
    atomic_fetch_add(&mill->waiting, 1);
    while (!atomic_load(cancel) && !atomic_load(&mill->released))
        poll(NULL, 0, 2);
    if (atomic_load(cancel))
        atomic_fetch_add(&mill->cancelled, 1);
    atomic_fetch_sub(&mill->waiting, 1);
}

static void
s_mill_run(void *pipeline, const document_t *document, const brief_t *brief,
           const atomic_bool *cancel, outcome_t *outcome)
{
    buffer_clear(&outcome->detail);
    buffer_clear(&outcome->tags);
    buffer_clear(&outcome->model_name);
    buffer_clear(&outcome->language);
    buffer_clear(&outcome->method);
    *outcome = (outcome_t){.detail = outcome->detail,
                           .tags = outcome->tags,
                           .model_name = outcome->model_name,
                           .language = outcome->language,
                           .method = outcome->method};
    buffer_append_slice(&outcome->model_name, brief->model_name);
    if (slice_is(document->path, "wait"))
        s_mill_wait(pipeline, cancel);
    if (slice_is(document->path, "corrupt")) {
        outcome->error = ERROR_CORRUPT;
        buffer_append_text(&outcome->detail, "it is torn");
        buffer_append_text(&outcome->tags, "[]");
        return;
    }
    if (slice_is(document->path, "which"))
        buffer_append_text(&outcome->tags, document->is_last_attempt ? "[\"last\"]" : "[]");
    else
        buffer_printf(&outcome->tags, "[\"%u tags\"]", brief->tag_limit);
    buffer_append_slice(&outcome->language, brief->language);
    buffer_append_text(&outcome->method, "pdf-text");
    outcome->page_count = 7;
    outcome->ocr_confidence = 943;
    outcome->text_length = 1234;
    outcome->processing_ms = 5;
    outcome->tokens_in = 300;
    outcome->tokens_out = 21;
    outcome->cost_nano = 4200000;
}

static void
s_mill_forget(outcome_t *outcome)
{
    buffer_free(&outcome->detail);
    buffer_free(&outcome->tags);
    buffer_free(&outcome->model_name);
    buffer_free(&outcome->language);
    buffer_free(&outcome->method);
}

static void
s_mill_end_job(void *context, uint64_t job_no)
{
    mill_t *mill = context;
    atomic_store(&mill->ended_job, job_no);
}

static const slot_steps_t s_steps = {.open = s_mill_open,
                                     .run = s_mill_run,
                                     .forget = s_mill_forget,
                                     .close = s_mill_close,
                                     .end_job = s_mill_end_job};

/* ---- a worker and its supervisor ---- */

typedef struct {
    fake_supervisor_t boss;
    mill_t mill;
    zactor_t *worker;
} scene_t;

static int
s_set_up(void **state)
{
    *state = calloc(1, sizeof(scene_t));
    return *state ? 0 : -1;
}

static int
s_tear_down(void **state)
{
    scene_t *scene = *state;
    zactor_destroy(&scene->worker);
    fake_close(&scene->boss);
    assert_int_equal(scene->mill.opened, scene->mill.closed);
    free(scene);
    return 0;
}

static void
s_start_worker(scene_t *scene, uint16_t slots)
{
    fault_t fault;
    scene->worker = worker_start(&(worker_options_t){.control = scene->boss.control_endpoint,
                                                     .slots = slots,
                                                     .drain_ms = SHORT_MS,
                                                     .steps = &s_steps,
                                                     .context = &scene->mill},
                                 &fault);
    assert_non_null(scene->worker);
}

/* A worker that has joined and is told of job 1, with the model of `model_name`. */
static fake_supervisor_t *
s_join(scene_t *scene, bus_t bus, uint16_t slots, const char *model_name)
{
    fake_supervisor_t *boss = &scene->boss;
    fake_open(boss, bus);
    s_start_worker(scene, slots);
    fake_hear_hello(boss);
    fake_welcome(boss, BEAT_MS, LONG_MS);
    fake_brief(boss, 1, model_name);
    return boss;
}

/* Waits until `lease` is in the hand that a HEARTBEAT tells of. */
static void
s_await_in_hand(fake_supervisor_t *boss, uint64_t lease)
{
    message_heartbeat_t beat;
    do
        fake_hear_heartbeat(boss, &beat);
    while (!fake_beat_lists(&beat, lease));
}

static void
s_await(const atomic_int *figure, int wanted)
{
    int64_t until = zclock_mono() + DEADLINE_MS;
    while (atomic_load(figure) != wanted) {
        assert_true(zclock_mono() < until);
        poll(NULL, 0, 1);
    }
}

/* ---- tests ---- */

static void
s_check_registration(scene_t *scene, bus_t bus)
{
    fake_supervisor_t *boss = s_join(scene, bus, 3, "offline");
    assert_int_equal(boss->slots, 3);
    message_heartbeat_t beat;
    for (int i = 0; i < 3; i++) {
        fake_hear_heartbeat(boss, &beat);
        assert_int_equal(beat.heard, 0);
        assert_int_equal(beat.retiring, 0);
        assert_int_equal(beat.leases.size, 0);
    }
}

static void
it_joins_and_beats_over_ipc(void **state)
{
    s_check_registration(*state, BUS_IPC);
}

static void
it_joins_and_beats_over_tcp(void **state)
{
    s_check_registration(*state, BUS_TCP);
}

static void
it_waits_for_a_supervisor_that_is_not_there_yet(void **state)
{
    scene_t *scene = *state;
    fake_prepare(&scene->boss, BUS_IPC);
    s_start_worker(scene, 1);
    s_await(&scene->mill.opened, 1);
    fake_rise(&scene->boss);
    fake_hear_hello(&scene->boss);
}

static void
it_says_hello_until_it_is_welcome(void **state)
{
    scene_t *scene = *state;
    fake_open(&scene->boss, BUS_IPC);
    s_start_worker(scene, 1);
    for (int i = 0; i < 3; i++)
        fake_hear_hello(&scene->boss);
}

static void
a_document_comes_back_as_its_slot_made_it(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_TCP, 2, "offline");
    fake_work(boss, 1, 42, "good");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.lease, 1042);
    assert_int_equal(done.job_no, 1);
    assert_int_equal(done.row, 42);
    assert_int_equal(done.error_type, ERROR_NONE);
    assert_true(slice_is(done.tags, "[\"8 tags\"]"));
    assert_true(slice_is(done.model_name, "offline"));
    assert_true(done.tokens_in == 300 && done.tokens_out == 21 && done.cost_nano == 4200000);
    assert_true(
        slice_is(done.metadata,
                 "{\"is_scanned\":false,\"extraction_method\":\"pdf-text\","
                 "\"ocr_confidence\":0.943,\"page_count\":7,\"text_length\":1234,"
                 "\"language\":\"en\",\"tokens_used\":321,\"cost\":0.0042,\"processing_ms\":5}"));
}

static void
a_failure_comes_back_with_its_sentence(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 1, "offline");
    fake_work(boss, 1, 0, "corrupt");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.error_type, ERROR_CORRUPT);
    assert_true(slice_is(done.error, "it is torn"));
    assert_true(slice_is(done.tags, "[]"));
}

static void
the_last_attempt_is_known_as_such(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 1, "offline");
    for (uint8_t attempt = 1; attempt <= 3; attempt++) { /* the brief allows three */
        message_work_t work = {.lane_seq = ++boss->lane_seq,
                               .lease = 1000u + attempt,
                               .job_no = 1,
                               .row = attempt,
                               .attempt = attempt,
                               .source = SOURCE_LOCAL,
                               .path = SLICE("which")};
        buffer_t frame = {0};
        message_work_encode(&work, &frame);
        fake_send_raw(boss, buffer_slice(&frame));
        buffer_free(&frame);
        message_done_t done;
        fake_hear_done(boss, &done);
        assert_true(slice_is(done.tags, attempt == 3 ? "[\"last\"]" : "[]"));
    }
}

static void
slots_serve_several_jobs_each_with_its_brief(void **state)
{
    enum { JOBS = 3, ROWS = 60 };
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 2, "offline");
    fake_brief(boss, 2, "second");
    fake_brief(boss, 3, "third");
    static const char *const models[] = {"offline", "second", "third"};
    message_done_t done;
    for (uint32_t row = 0; row < ROWS; row++) {
        fake_work(boss, 1 + row % JOBS, row, "good");
        fake_hear_done(boss, &done);
        assert_int_equal(done.row, row);
        assert_int_equal(done.error_type, ERROR_NONE);
        assert_true(slice_is(done.model_name, models[row % JOBS]));
    }
}

static void
a_brief_that_comes_again_takes_the_place_of_the_first(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 1, "offline");
    message_done_t done;
    fake_work(boss, 1, 0, "good");
    fake_hear_done(boss, &done);
    assert_true(slice_is(done.model_name, "offline"));
    fake_brief(boss, 1, "other");
    fake_work(boss, 1, 1, "good");
    fake_hear_done(boss, &done);
    assert_true(slice_is(done.model_name, "other"));
}

static void
work_without_a_brief_fails(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 1, "offline");
    fake_work(boss, 9, 5, "good");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.row, 5);
    assert_int_equal(done.error_type, ERROR_INTERNAL);
    assert_true(slice_is(done.error, "brief missing"));
}

static void
heartbeats_list_the_leases_in_hand(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 2, "offline");
    fake_work(boss, 1, 1, "wait");
    fake_work(boss, 1, 2, "wait");
    message_heartbeat_t beat;
    do
        fake_hear_heartbeat(boss, &beat);
    while (beat.heard < 2);
    assert_int_equal(beat.leases.size, 16);
    assert_true(fake_beat_lists(&beat, 1001));
    assert_true(fake_beat_lists(&beat, 1002));
    atomic_store(&scene->mill.released, true);
    message_done_t done;
    fake_hear_done(boss, &done);
    fake_hear_done(boss, &done);
    fake_hear_heartbeat(boss, &beat);
    assert_int_equal(beat.heard, 2);
    assert_int_equal(beat.leases.size, 0);
}

static void
a_drop_cancels_what_runs_and_what_waits(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "offline");
    fake_brief(boss, 2, "offline");
    fake_work(boss, 1, 1, "wait");
    fake_work(boss, 1, 2, "wait"); /* more than there are slots: it waits */
    s_await_in_hand(boss, 1002);
    s_await(&scene->mill.waiting, 1);
    fake_drop(boss, 1);
    message_done_t done;
    bool cancelled[3] = {false};
    for (int i = 0; i < 2; i++) {
        fake_hear_done(boss, &done);
        assert_int_equal(done.error_type, ERROR_INTERNAL);
        assert_true(slice_is(done.error, "cancelled"));
        assert_in_range(done.row, 1, 2);
        assert_false(cancelled[done.row]);
        cancelled[done.row] = true;
    }
    assert_int_equal(scene->mill.cancelled, 1);
    fake_work(boss, 1, 3, "good"); /* its brief is gone */
    fake_hear_done(boss, &done);
    assert_true(slice_is(done.error, "brief missing"));
    assert_int_equal(scene->mill.ended_job, 1);
    fake_work(boss, 2, 4, "good"); /* the slot works again */
    fake_hear_done(boss, &done);
    assert_int_equal(done.row, 4);
    assert_int_equal(done.error_type, ERROR_NONE);
}

static void
a_drop_leaves_other_jobs_alone(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "offline");
    fake_work(boss, 1, 1, "wait");
    s_await_in_hand(boss, 1001);
    fake_drop(boss, 2);
    fake_ping(boss, boss->epoch);
    atomic_store(&scene->mill.released, true);
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.error_type, ERROR_NONE);
}

static void
more_work_than_fits_is_refused(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "offline");
    for (uint32_t row = 0; row < 3; row++)
        fake_work(boss, 1, row, "wait");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.row, 2);
    assert_true(slice_is(done.error, "the worker is full"));
    atomic_store(&scene->mill.released, true);
    for (uint32_t row = 0; row < 2; row++) {
        fake_hear_done(boss, &done);
        assert_int_equal(done.row, row);
        assert_int_equal(done.error_type, ERROR_NONE);
    }
}

static void
frames_that_are_no_messages_are_passed_over(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 1, "offline");
    fake_send_raw(boss, SLICE(""));
    fake_send_raw(boss, SLICE("T\001\111\000"));
    fake_send_raw(boss, SLICE("nonsense"));
    fake_work(boss, 1, 1, "good");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.error_type, ERROR_NONE);
}

/* The worker of a route that is not `old` says HELLO. */
static void
s_await_fresh_hello(fake_supervisor_t *boss, const char *old, size_t old_size)
{
    do
        fake_hear_hello(boss);
    while (boss->route_size == old_size && memcmp(boss->route, old, old_size) == 0);
}

static void
a_ping_of_another_run_makes_it_begin_anew(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "offline");
    fake_work(boss, 1, 1, "wait");
    s_await_in_hand(boss, 1001);
    s_await(&scene->mill.waiting, 1);
    char old[ROUTE_MAX];
    size_t old_size = boss->route_size;
    memcpy(old, boss->route, old_size);
    fake_ping(boss, boss->epoch + 1);
    s_await_fresh_hello(boss, old, old_size);
    s_await(&scene->mill.cancelled, 1);
    boss->epoch++;
    fake_welcome(boss, BEAT_MS, LONG_MS);
    message_heartbeat_t beat;
    fake_hear_heartbeat(boss, &beat);
    assert_int_equal(beat.heard, 0);
    assert_int_equal(beat.leases.size, 0);
    fake_work(boss, 1, 7, "good"); /* what the former one told is forgotten */
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.row, 7);
    assert_true(slice_is(done.error, "brief missing"));
}

static void
a_silent_lane_makes_it_begin_anew(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = &scene->boss;
    fake_open(boss, BUS_IPC);
    s_start_worker(scene, 1);
    fake_hear_hello(boss);
    char old[ROUTE_MAX];
    size_t old_size = boss->route_size;
    memcpy(old, boss->route, old_size);
    fake_welcome(boss, BEAT_MS, SHORT_MS);
    fake_ping(boss, boss->epoch);
    s_await_fresh_hello(boss, old, old_size);
}

static void
s_check_restart(scene_t *scene, bus_t bus)
{
    fake_supervisor_t *boss = &scene->boss;
    fake_open(boss, bus);
    s_start_worker(scene, 1);
    message_done_t done;
    for (uint32_t run = 0; run < 3; run++) {
        fake_hear_hello(boss);
        fake_welcome(boss, BEAT_MS, SHORT_MS);
        fake_brief(boss, 1, "offline");
        fake_work(boss, 1, run, "good");
        fake_hear_done(boss, &done);
        assert_int_equal(done.row, run);
        assert_int_equal(done.error_type, ERROR_NONE);
        fake_work(boss, 1, 100, "wait");
        s_await(&scene->mill.waiting, 1);
        fake_die(boss);
        fake_rise(boss);
    }
    fake_hear_hello(boss);
    s_await(&scene->mill.cancelled, 3);
}

static void
a_supervisor_that_restarts_is_found_again_over_ipc(void **state)
{
    s_check_restart(*state, BUS_IPC);
}

static void
a_supervisor_that_restarts_is_found_again_over_tcp(void **state)
{
    s_check_restart(*state, BUS_TCP);
}

static void
at_term_it_finishes_what_is_in_hand(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = &scene->boss;
    fake_open(boss, BUS_IPC);
    scene->worker = worker_start(&(worker_options_t){.control = boss->control_endpoint,
                                                     .slots = 1,
                                                     .drain_ms = LONG_MS,
                                                     .steps = &s_steps,
                                                     .context = &scene->mill},
                                 NULL);
    fake_hear_hello(boss);
    fake_welcome(boss, LONG_MS, LONG_MS);
    fake_brief(boss, 1, "offline");
    fake_work(boss, 1, 1, "wait");
    s_await(&scene->mill.waiting, 1);
    zstr_send(scene->worker, "$TERM");
    message_heartbeat_t beat;
    do
        fake_hear_heartbeat(boss, &beat);
    while (!beat.retiring);
    assert_true(fake_beat_lists(&beat, 1001));
    atomic_store(&scene->mill.released, true);
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.error_type, ERROR_NONE);
    fake_hear_goodbye(boss);
    zactor_destroy(&scene->worker);
}

static void
at_term_it_does_not_wait_for_ever(void **state)
{
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "offline");
    fake_work(boss, 1, 1, "wait");
    s_await(&scene->mill.waiting, 1);
    zactor_destroy(&scene->worker);
    assert_int_equal(scene->mill.cancelled, 1);
    fake_hear_goodbye(boss);
}

static void
at_term_without_a_supervisor_it_ends_at_once(void **state)
{
    scene_t *scene = *state;
    fake_prepare(&scene->boss, BUS_IPC);
    s_start_worker(scene, 4);
    zactor_destroy(&scene->worker);
    assert_int_equal(scene->mill.closed, 4);
}

/* Counts the next DONE, a noop's, in `seen`. */
static void
s_count_noop(fake_supervisor_t *boss, uint8_t *seen, uint32_t total)
{
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.error_type, ERROR_NONE);
    assert_true(done.row < total);
    assert_int_equal(done.lease, 1000 + done.row);
    assert_int_equal(seen[done.row], 0);
    seen[done.row] = 1;
}

static void
ten_thousand_noop_documents_are_answered_once_each(void **state)
{
    enum { TOTAL = 10000, WINDOW = 64 };
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "noop");
    static uint8_t seen[TOTAL];
    memset(seen, 0, sizeof seen);
    uint32_t sent = 0;
    for (uint32_t answered = 0; answered < TOTAL; answered++) {
        for (; sent < TOTAL && sent < answered + WINDOW; sent++)
            fake_work(boss, 1, sent, "noop:");
        s_count_noop(boss, seen, TOTAL);
    }
    message_heartbeat_t beat;
    fake_hear_heartbeat(boss, &beat);
    assert_int_equal(beat.heard, TOTAL);
}

static void
a_real_document_of_the_noop_model_goes_to_a_slot(void **state)
{
    fake_supervisor_t *boss = s_join(*state, BUS_IPC, 1, "noop");
    fake_work(boss, 1, 1, "good");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_true(slice_is(done.tags, "[\"8 tags\"]"));
}

/* Sends until neither lane nor worker nor sink takes any more, and reads only then. */
static void
a_sink_that_stalls_loses_nothing(void **state)
{
    enum { TOTAL = 30000 };
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_IPC, 1, "noop");
    static uint8_t seen[TOTAL];
    memset(seen, 0, sizeof seen);
    uint32_t sent = 0, answered = 0;
    int64_t quiet_at = zclock_mono() + SHORT_MS;
    while (sent < TOTAL && zclock_mono() < quiet_at) {
        if (fake_try_work(boss, 1, sent, "noop:")) {
            sent++;
            quiet_at = zclock_mono() + SHORT_MS;
        } else {
            poll(NULL, 0, 1);
        }
    }
    assert_true(sent < TOTAL);
    for (; answered < TOTAL; answered++) {
        while (sent < TOTAL && fake_try_work(boss, 1, sent, "noop:"))
            sent++;
        s_count_noop(boss, seen, TOTAL);
    }
}

static void
many_documents_over_many_slots_are_answered_once_each(void **state)
{
    enum { TOTAL = 2000, SLOTS = 16 };
    scene_t *scene = *state;
    fake_supervisor_t *boss = s_join(scene, BUS_TCP, SLOTS, "offline");
    static uint8_t seen[TOTAL];
    memset(seen, 0, sizeof seen);
    uint32_t sent = 0;
    for (uint32_t answered = 0; answered < TOTAL; answered++) {
        for (; sent < TOTAL && sent < answered + SLOTS; sent++)
            fake_work(boss, 1, sent, "good");
        s_count_noop(boss, seen, TOTAL);
    }
    assert_int_equal(scene->mill.opened, SLOTS);
}

static void
an_endpoint_that_is_none_is_refused(void **state)
{
    scene_t *scene = *state;
    fake_prepare(&scene->boss, BUS_IPC);
    fault_t fault;
    zactor_t *worker = worker_start(
        &(worker_options_t){.control = "nowhere", .slots = 1, .steps = &s_steps}, &fault);
    assert_null(worker);
    assert_int_equal(fault.status, STATUS_BAD_REQUEST);
}

static int
s_begin(void **state)
{
    (void) state;
    zsys_init();
    zsys_handler_set(NULL);
    return 0;
}

static int
s_end(void **state)
{
    (void) state;
    zsys_shutdown();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, s_set_up, s_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_joins_and_beats_over_ipc),
        TEST(it_joins_and_beats_over_tcp),
        TEST(it_waits_for_a_supervisor_that_is_not_there_yet),
        TEST(it_says_hello_until_it_is_welcome),
        TEST(a_document_comes_back_as_its_slot_made_it),
        TEST(a_failure_comes_back_with_its_sentence),
        TEST(the_last_attempt_is_known_as_such),
        TEST(slots_serve_several_jobs_each_with_its_brief),
        TEST(a_brief_that_comes_again_takes_the_place_of_the_first),
        TEST(work_without_a_brief_fails),
        TEST(heartbeats_list_the_leases_in_hand),
        TEST(a_drop_cancels_what_runs_and_what_waits),
        TEST(a_drop_leaves_other_jobs_alone),
        TEST(more_work_than_fits_is_refused),
        TEST(frames_that_are_no_messages_are_passed_over),
        TEST(a_ping_of_another_run_makes_it_begin_anew),
        TEST(a_silent_lane_makes_it_begin_anew),
        TEST(a_supervisor_that_restarts_is_found_again_over_ipc),
        TEST(a_supervisor_that_restarts_is_found_again_over_tcp),
        TEST(at_term_it_finishes_what_is_in_hand),
        TEST(at_term_it_does_not_wait_for_ever),
        TEST(at_term_without_a_supervisor_it_ends_at_once),
        TEST(ten_thousand_noop_documents_are_answered_once_each),
        TEST(a_real_document_of_the_noop_model_goes_to_a_slot),
        TEST(a_sink_that_stalls_loses_nothing),
        TEST(many_documents_over_many_slots_are_answered_once_each),
        TEST(an_endpoint_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, s_begin, s_end);
}

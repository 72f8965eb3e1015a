/* The supervisor with its journal, loader and store, a worker in the same process, and the test as
 * the gateway. */
#include "actors/supervisor.h"

#include <czmq.h>

#include "actors/library.h"
#include "actors/worker.h"
#include "base/clock.h"
#include "messages/endpoints.h"
#include "messages/message.h"
#include "tests/support/cmocka_all.h"

enum { WITHIN_MS = 20000 };

typedef struct {
    char directory[64];
    config_t *config;
    supervisor_t *supervisor;
    library_t *library;
    zactor_t *worker;
    zsock_t *gateway;
    uint64_t request;
    zframe_t *reply;
} fixture_t;

static fixture_t s_fixture;

/* ---- a worker whose slots are never used: no-ops are done by its reactor ---- */

static void *
s_open_nothing(void *context)
{
    return context;
}

static void
s_run_nothing(void *pipeline, const document_t *document, const brief_t *brief,
              const atomic_bool *cancel, outcome_t *outcome)
{
    (void) pipeline, (void) document, (void) brief, (void) cancel;
    outcome->error = ERROR_INTERNAL;
}

static void
s_forget_nothing(outcome_t *outcome)
{
    *outcome = (outcome_t){0};
}

static void
s_close_nothing(void **pipeline_p)
{
    *pipeline_p = NULL;
}

static const slot_steps_t s_no_steps = {.open = s_open_nothing,
                                        .run = s_run_nothing,
                                        .forget = s_forget_nothing,
                                        .close = s_close_nothing};

static void
s_start_supervisor(fixture_t *self)
{
    fault_t fault = {0};
    if (supervisor_start(&self->supervisor, self->config, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    if (library_start(&self->library, self->config, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    self->gateway = zsock_new(ZMQ_DEALER);
    zsock_set_rcvtimeo(self->gateway, WITHIN_MS);
    assert_int_equal(zsock_connect(self->gateway, "%s", ENDPOINT_CONTROL), 0);
}

static void
s_stop_supervisor(fixture_t *self)
{
    zsock_destroy(&self->gateway);
    library_stop(&self->library);
    supervisor_stop(&self->supervisor);
}

static void
s_start_worker(fixture_t *self)
{
    fault_t fault = {0};
    worker_options_t options = {.control = config_text(self->config, CONFIG_BUS_CONTROL),
                                .slots = 8,
                                .drain_ms = 1000,
                                .steps = &s_no_steps};
    self->worker = worker_start(&options, &fault);
    if (self->worker == NULL)
        fail_msg("%s", fault.detail);
}

static int
setup(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    *self = (fixture_t){0};
    strcpy(self->directory, "/tmp/tagmill-sup-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    self->config = config_new();
    char setting[128];
    fault_t fault = {0};
    snprintf(setting, sizeof setting, "data_dir=%s", self->directory);
    assert_int_equal(config_set(self->config, setting, &fault), STATUS_OK);
    assert_int_equal(config_set(self->config, "progress/endpoint=", &fault), STATUS_OK);
    assert_int_equal(config_set(self->config, "workers/heartbeat_ms=100", &fault), STATUS_OK);
    assert_int_equal(config_set(self->config, "workers/silence_ms=2000", &fault), STATUS_OK);
    if (config_finish(self->config, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    s_start_supervisor(self);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    zactor_destroy(&self->worker);
    s_stop_supervisor(self);
    zframe_destroy(&self->reply);
    config_destroy(&self->config);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", self->directory);
    return system(command);
}

/* ---- asking ---- */

static void
s_send(fixture_t *self, buffer_t *frame)
{
    assert_int_equal(zmq_send(zsock_resolve(self->gateway), frame->data, frame->size, 0),
                     frame->size);
    buffer_free(frame);
}

/* Receives the next answer, which must be of this kind. */
static slice_t
s_receive(fixture_t *self, message_number_t number)
{
    zframe_destroy(&self->reply);
    self->reply = zframe_recv(self->gateway);
    assert_non_null(self->reply);
    slice_t frame = {(const char *) zframe_data(self->reply), zframe_size(self->reply)};
    if (message_number(frame) != number) {
        message_refused_t refused;
        if (message_refused_decode(frame, &refused) == STATUS_OK)
            fail_msg("refused: %.*s", SLICE_ARG(refused.detail));
        fail_msg("%s came, not %s", message_name(message_number(frame)),
                 message_name((uint16_t) number));
    }
    return frame;
}

static void
s_start_job(fixture_t *self, const char *job_id, uint32_t count)
{
    buffer_t frame = {0}, records = {0};
    uint64_t intake = ++self->request;
    message_start_open_encode(&(message_start_open_t){.request = intake,
                                                      .intake = intake,
                                                      .owner = SLICE("alice"),
                                                      .job_id = slice_from(job_id),
                                                      .model_name = SLICE("noop"),
                                                      .page_limit = 3,
                                                      .tag_limit = 8,
                                                      .max_attempts = 4},
                              &frame);
    s_send(self, &frame);
    for (uint32_t row = 0; row < count; row++)
        record_document_append(
            &(record_document_t){.row = row, .path = SLICE("noop:"), .title = SLICE("a title")},
            &records);
    message_start_chunk_encode(&(message_start_chunk_t){.request = ++self->request,
                                                        .intake = intake,
                                                        .count = count,
                                                        .documents = buffer_slice(&records)},
                               &frame);
    s_send(self, &frame);
    message_start_close_encode(
        &(message_start_close_t){.request = ++self->request,
                                 .intake = intake,
                                 .total = count,
                                 .digest = SLICE("0123456789abcdef0123456789abcdef"),
                                 .columns = SLICE("[\"file_path\"]"),
                                 .mapping = SLICE("{}")},
        &frame);
    s_send(self, &frame);
    s_receive(self, MESSAGE_CHUNK_STORED);
    message_started_t started;
    assert_int_equal(message_started_decode(s_receive(self, MESSAGE_STARTED), &started), STATUS_OK);
    assert_true(slice_is(started.job_id, job_id));
    assert_int_equal(started.total, count);
    buffer_free(&records);
}

/* The state of a job that is in memory; JOB_STATE_COUNT when it is not any more. */
static job_state_t
s_state_of(fixture_t *self, const char *job_id)
{
    buffer_t frame = {0};
    message_job_status_encode(&(message_job_status_t){.request = ++self->request,
                                                      .owner = SLICE("alice"),
                                                      .job_id = slice_from(job_id)},
                              &frame);
    s_send(self, &frame);
    zframe_destroy(&self->reply);
    self->reply = zframe_recv(self->gateway);
    assert_non_null(self->reply);
    slice_t reply = {(const char *) zframe_data(self->reply), zframe_size(self->reply)};
    message_job_view_t view;
    if (message_job_view_decode(reply, &view) != STATUS_OK)
        return JOB_STATE_COUNT;
    record_job_t job;
    assert_int_equal(record_job_take(&view.job, &job), STATUS_OK);
    return (job_state_t) job.state;
}

static void
s_await_end(fixture_t *self, const char *job_id)
{
    int64_t until = clock_monotonic_ms() + WITHIN_MS;
    while (s_state_of(self, job_id) != JOB_STATE_COUNT)
        assert_true(clock_monotonic_ms() < until);
}

/* Asks the library for the job, which must be there. */
static void
s_stored(fixture_t *self, const char *job_id, job_state_t state, uint32_t processed)
{
    zsock_t *desk = zsock_new(ZMQ_DEALER);
    zsock_set_rcvtimeo(desk, WITHIN_MS);
    assert_int_equal(zsock_connect(desk, "%s", ENDPOINT_LIBRARY), 0);
    buffer_t frame = {0};
    message_find_job_encode(&(message_find_job_t){.request = ++self->request,
                                                  .owner = SLICE("alice"),
                                                  .job_id = slice_from(job_id)},
                            &frame);
    zmq_send(zsock_resolve(desk), frame.data, frame.size, 0);
    buffer_free(&frame);
    zframe_t *reply = zframe_recv(desk);
    assert_non_null(reply);
    slice_t answer = {(const char *) zframe_data(reply), zframe_size(reply)};
    message_job_view_t view;
    assert_int_equal(message_job_view_decode(answer, &view), STATUS_OK);
    record_job_t job;
    assert_int_equal(record_job_take(&view.job, &job), STATUS_OK);
    assert_int_equal(job.state, state);
    assert_int_equal(job.processed, processed);
    zframe_destroy(&reply);
    zsock_destroy(&desk);
}

static void
s_command(fixture_t *self, const char *job_id, job_command_t command)
{
    buffer_t frame = {0};
    message_job_command_encode(&(message_job_command_t){.request = ++self->request,
                                                        .owner = SLICE("alice"),
                                                        .job_id = slice_from(job_id),
                                                        .command = (uint8_t) command},
                               &frame);
    s_send(self, &frame);
    s_receive(self, MESSAGE_COMMAND_DONE);
}

/* ---- tests ---- */

static void
a_job_is_worked_on_to_its_end(void **state)
{
    (void) state;
    s_start_worker(&s_fixture);
    s_start_job(&s_fixture, "one", 2000);
    s_await_end(&s_fixture, "one");
    s_stored(&s_fixture, "one", JOB_COMPLETED, 2000);
}

static void
jobs_go_on_after_a_restart_as_they_were(void **state)
{
    (void) state;
    s_start_job(&s_fixture, "waiting", 100); /* nobody works yet */
    s_start_job(&s_fixture, "resting", 100);
    s_command(&s_fixture, "resting", JOB_COMMAND_PAUSE);
    s_stop_supervisor(&s_fixture);
    s_start_supervisor(&s_fixture);
    assert_int_equal(s_state_of(&s_fixture, "resting"), JOB_PAUSED);
    s_start_worker(&s_fixture);
    s_await_end(&s_fixture, "waiting");
    assert_int_equal(s_state_of(&s_fixture, "resting"), JOB_PAUSED);
    s_command(&s_fixture, "resting", JOB_COMMAND_RESUME);
    s_await_end(&s_fixture, "resting");
    s_stored(&s_fixture, "resting", JOB_COMPLETED, 100);
}

static void
a_second_supervisor_of_the_same_store_is_refused(void **state)
{
    (void) state;
    supervisor_t *second = NULL;
    fault_t fault = {0};
    assert_int_equal(supervisor_start(&second, s_fixture.config, &fault), STATUS_UNAVAILABLE);
    assert_null(second);
    assert_true(fault.detail[0] != '\0');
}

int
main(void)
{
    zsys_init();
    zsys_handler_set(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_is_worked_on_to_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(jobs_go_on_after_a_restart_as_they_were, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_supervisor_of_the_same_store_is_refused, setup,
                                        teardown),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    zsys_shutdown();
    return failed;
}

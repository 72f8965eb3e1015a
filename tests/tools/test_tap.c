/* tagmill-tap as its users meet it: the built program, a publisher here and a scripted server. */
#include <endian.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/support/cmocka_all.h"
#include "tests/tools/http_stub.h"
#include "tests/tools/program.h"

enum { RECEIVE_MS = 10000, SUBSCRIPTIONS = 2 };

#define TOPIC "progress/user/j%201/"

typedef struct {
    http_stub_t *server;
    void *context, *publisher;
    char directory[64], endpoint[96], subscribed[256];
    program_t *tap;
    program_outcome_t outcome;
} s_fixture_t;

static int
setup(void **state)
{
    s_fixture_t *self = calloc(1, sizeof *self);
    *state = self;
    strcpy(self->directory, "/tmp/tagmill-tap-XXXXXX");
    if (!mkdtemp(self->directory))
        return -1;
    snprintf(self->endpoint, sizeof self->endpoint, "ipc://%s/p", self->directory);
    self->server = http_stub_new();
    self->context = zmq_ctx_new();
    self->publisher = zmq_socket(self->context, ZMQ_XPUB);
    int limit = RECEIVE_MS, linger = 0;
    zmq_setsockopt(self->publisher, ZMQ_RCVTIMEO, &limit, sizeof limit);
    zmq_setsockopt(self->publisher, ZMQ_LINGER, &linger, sizeof linger);
    return zmq_bind(self->publisher, self->endpoint);
}

static int
teardown(void **state)
{
    s_fixture_t *self = *state;
    char path[96];
    program_outcome_free(&self->outcome);
    http_stub_destroy(&self->server);
    zmq_close(self->publisher);
    zmq_ctx_term(self->context);
    snprintf(path, sizeof path, "%s/p", self->directory);
    unlink(path);
    rmdir(self->directory);
    free(self);
    return 0;
}

/* Starts the tap and waits for its subscriptions, so that nothing published from here on is lost;
 * they are kept in `subscribed`, a space between. */
static void
s_start(s_fixture_t *self, const char *const *more)
{
    const char *arguments[12] = {"--endpoint", self->endpoint, "--token", "t"};
    for (int i = 0; more[i]; i++)
        arguments[4 + i] = more[i];
    self->tap = program_start("tagmill-tap", http_stub_url(self->server), false, arguments);
    for (int i = 0; i < SUBSCRIPTIONS; i++) {
        char topic[100];
        int size = zmq_recv(self->publisher, topic, sizeof topic, 0);
        assert_true(size > 0 && topic[0] == 1);
        strncat(self->subscribed, topic + 1, (size_t) size - 1);
        strcat(self->subscribed, " ");
    }
}

#define START(self, ...) s_start(self, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void
s_publish(s_fixture_t *self, const char *topic, uint64_t seq, const char *json)
{
    uint64_t wire_seq = htobe64(seq);
    zmq_send(self->publisher, topic, strlen(topic), ZMQ_SNDMORE);
    zmq_send(self->publisher, &wire_seq, sizeof wire_seq, ZMQ_SNDMORE);
    zmq_send(self->publisher, json, strlen(json), 0);
}

/* Waits for `last` in the output, stops the tap and sees that it ended well. */
static void
s_finish(s_fixture_t *self, const char *last)
{
    bool came = program_await_output(self->tap, last);
    program_signal(self->tap, SIGTERM);
    self->outcome = program_finish(&self->tap);
    if (!came)
        fail_msg("\"%s\" did not come; got \"%s\", \"%s\"", last, self->outcome.out,
                 self->outcome.err);
    assert_int_equal(self->outcome.exit_code, 0);
    assert_string_equal(self->outcome.err, "");
}

static void
messages_are_printed_a_line_each(void **state)
{
    s_fixture_t *self = *state;
    START(self, "--owner", "user");
    assert_string_equal(self->subscribed, "progress/user/ system/ ");
    s_publish(self, TOPIC, 1,
              "{\"row_id\":3,\"status\":\"success\",\"title\":\"A\\u001b[1m\",\"tags\":[\"x\","
              "\"y\"]}");
    s_publish(self, TOPIC, 2,
              "{\"type\":\"completed\",\"total\":1,\"processed_count\":1,\"failed_count\":0,"
              "\"message\":\"done\"}");
    s_publish(self, "system/", 1, "{\"type\":\"joined\",\"worker\":\"w1\"}");
    s_finish(self, "w1");
    assert_string_equal(self->outcome.out, "j 1 1 success \"A?[1m\" (row 3) tags: x, y\n"
                                           "j 1 2 completed 1 tagged, 0 failed of 1: done\n"
                                           "system {\"type\":\"joined\",\"worker\":\"w1\"}\n");
    assert_int_equal(http_stub_count(self->server), 0);
}

static void
a_hole_is_filled_over_http_without_what_was_seen(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "",
                     "{\"status\":\"processing\",\"total_documents\":9,\"processed_count\":4}\n");
    http_stub_answer(self->server, 200, "",
                     "{\"row_id\":1,\"status\":\"failed\",\"title\":\"one\",\"error\":\"gone\"}\n"
                     "{\"row_id\":2,\"status\":\"success\",\"title\":\"two\"}\n"
                     "{\"row_id\":5,\"status\":\"success\",\"title\":\"five\"}\n");
    START(self, "--owner", "user", "--job", "j 1");
    assert_string_equal(self->subscribed, TOPIC " system/ ");
    s_publish(self, TOPIC, 4, "{\"row_id\":0,\"status\":\"success\",\"title\":\"zero\"}");
    s_publish(self, TOPIC, 5, "{\"row_id\":2,\"status\":\"success\",\"title\":\"two\"}");
    s_publish(self, TOPIC, 8, "{\"row_id\":5,\"status\":\"success\",\"title\":\"five\"}");
    s_finish(self, "j 1 8 success");
    assert_non_null(strstr(self->outcome.out, "j 1 hole: 6 to 7 were lost; asking http://127"));
    assert_non_null(strstr(self->outcome.out,
                           "j 1 fetched status: processing 4 tagged, 0 failed of 9\n"
                           "j 1 fetched result: failed \"one\" (row 1) error: gone\n"
                           "j 1 filled: 1 results fetched\nj 1 8 success \"five\" (row 5)\n"));
    const char *first = http_stub_request(self->server, 0, NULL);
    const char *second = http_stub_request(self->server, 1, NULL);
    static const char asked[] = "GET /api/batch/jobs/j%201/results?format=ndjson&after=0 HTTP";
    assert_memory_equal(first, "GET /api/batch/jobs/j%201/status HTTP", 37);
    assert_non_null(strstr(first, "Authorization: Bearer t\r\n"));
    assert_memory_equal(second, asked, sizeof asked - 1);
}

static void
a_hole_that_cannot_be_filled_is_said(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 401, "", "{\"detail\":\"Authentication required\"}");
    START(self);
    assert_string_equal(self->subscribed, "progress/ system/ ");
    s_publish(self, TOPIC, 1, "{\"type\":\"started\"}");
    s_publish(self, TOPIC, 3, "{\"type\":\"paused\"}");
    s_publish(self, TOPIC, 3, "{\"type\":\"resumed\"}");
    s_finish(self, "resumed");
    assert_non_null(strstr(self->outcome.out, "j 1 not-fetched: Authentication required\n"
                                              "j 1 3 paused\n"
                                              "j 1 repeat: 3 comes after 3\n"));
}

static void
only_the_job_that_is_asked_for_is_printed_as_json(void **state)
{
    s_fixture_t *self = *state;
    START(self, "--job", "j 1", "--json");
    s_publish(self, "progress/user/other/", 1, "{\"type\":\"started\"}");
    s_publish(self, TOPIC, 1, "{\"type\": \"started\", \"n\": 12345678901234567890}");
    s_publish(self, TOPIC, 2, "no json");
    s_finish(self, "no json");
    assert_string_equal(self->outcome.out,
                        "{\"topic\":\"" TOPIC "\",\"seq\":1,\"message\":{\"type\":\"started\","
                        "\"n\":12345678901234567890}}\n"
                        "{\"topic\":\"" TOPIC "\",\"seq\":2,\"message\":\"no json\"}\n");
}

static void
a_wrong_command_line_ends_with_2(void **state)
{
    s_fixture_t *self = *state;
    static const char *const wrong[][3] = {
        {"--nothing", NULL}, {"more", NULL}, {"--job", NULL}, {"--endpoint", "x", NULL}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        program_outcome_free(&self->outcome);
        self->tap = program_start("tagmill-tap", NULL, false, wrong[i]);
        self->outcome = program_finish(&self->tap);
        assert_int_equal(self->outcome.exit_code, 2);
        assert_non_null(strstr(self->outcome.err, "see tagmill-tap --help"));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_are_printed_a_line_each),
        TEST(a_hole_is_filled_over_http_without_what_was_seen),
        TEST(a_hole_that_cannot_be_filled_is_said),
        TEST(only_the_job_that_is_asked_for_is_printed_as_json),
        TEST(a_wrong_command_line_ends_with_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

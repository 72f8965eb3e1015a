/* The publisher with a real subscriber; the test is the supervisor. */
#include "actors/publisher.h"

#include <endian.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messages/endpoints.h"
#include "tests/actors/place.h"

enum { FRAMES = 3 };

typedef struct {
    place_t place;
    publisher_args_t args;
    zactor_t *publisher;
    zsock_t *subscriber;
    char endpoint[128];
} fixture_t;

static fixture_t s_fixture;

static int
setup(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    char setting[256];
    *self = (fixture_t){0};
    place_open(&self->place, "");
    snprintf(self->endpoint, sizeof self->endpoint, "ipc://%s/progress.ipc", self->place.directory);
    snprintf(setting, sizeof setting, "progress/endpoint=%s", self->endpoint);
    fault_t fault = {0};
    assert_int_equal(config_set(self->place.config, setting, &fault), STATUS_OK);
    place_bind(&self->place, ENDPOINT_PUBLISHER);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    zsock_destroy(&s_fixture.subscriber);
    zactor_destroy(&s_fixture.publisher);
    place_close(&s_fixture.place);
    return 0;
}

static bool
s_start(fixture_t *self)
{
    self->args = (publisher_args_t){.config = self->place.config};
    self->publisher = publisher_start(&self->args);
    return self->publisher != NULL;
}

/* Subscribes and waits until the publisher has heard of it. */
static void
s_subscribe(fixture_t *self, const char *topic)
{
    message_audience_t audience;
    self->subscriber = zsock_new(ZMQ_SUB);
    zsock_set_rcvtimeo(self->subscriber, PLACE_WITHIN_MS);
    zsock_set_subscribe(self->subscriber, topic);
    assert_int_equal(zmq_connect(zsock_resolve(self->subscriber), self->endpoint), 0);
    PLACE_RECEIVE(&self->place, AUDIENCE, audience, &audience);
    assert_int_equal(audience.listening, 1);
}

/* Waits for the next three frames and checks topic and number. Returns owned: the JSON. */
static char *
s_hear(fixture_t *self, const char *topic, uint64_t seq)
{
    zmsg_t *message = zmsg_recv(self->subscriber);
    assert_non_null(message);
    assert_int_equal(zmsg_size(message), FRAMES);
    zframe_t *first = zmsg_first(message), *second = zmsg_next(message),
             *third = zmsg_next(message);
    assert_true(zframe_streq(first, topic));
    uint64_t wire = 0;
    assert_int_equal(zframe_size(second), sizeof wire);
    memcpy(&wire, zframe_data(second), sizeof wire);
    assert_int_equal(be64toh(wire), seq);
    char *json = zframe_strdup(third);
    zmsg_destroy(&message);
    return json;
}

static void
progress_reaches_a_subscriber_in_three_frames(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    assert_true(s_start(self));
    s_subscribe(self, "progress/");
    PLACE_SEND(&self->place, progress, .kind = PROGRESS_COMPLETED, .owner = SLICE("ann@x/y"),
               .job_id = SLICE("j:1"), .seq = 258, .state = JOB_COMPLETED, .total = 2,
               .processed = 2, .elapsed_ms = 1500);
    char *json = s_hear(self, "progress/ann%40x%2Fy/j%3A1/", 258);
    assert_non_null(strstr(json, "\"type\":\"completed\""));
    assert_non_null(strstr(json, "\"processing_time\":1.500"));
    free(json);
}

static void
workers_are_told_of_under_a_count_of_their_own(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    assert_true(s_start(self));
    s_subscribe(self, "system/");
    static const char *const events[] = {"worker-joined", "worker-lost"};
    for (size_t i = 0; i < 2; i++) {
        PLACE_SEND(&self->place, system, .event = slice_from(events[i]), .worker = SLICE("w"),
                   .slots = 4);
        char *json = s_hear(self, "system/", i + 1);
        assert_non_null(strstr(json, events[i]));
        free(json);
    }
}

static void
what_makes_no_sense_is_not_published(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    assert_true(s_start(self));
    s_subscribe(self, "");
    PLACE_SEND(&self->place, progress, .kind = PROGRESS_STARTED + 1, .owner = SLICE("ann"),
               .job_id = SLICE("j"), .seq = 1);
    buffer_t cut = {0};
    message_progress_encode(&(message_progress_t){.owner = SLICE("ann"), .job_id = SLICE("j")},
                            &cut);
    cut.size -= 1;
    place_send(&self->place, &cut);
    PLACE_SEND(&self->place, progress, .kind = PROGRESS_PAUSED, .owner = SLICE("ann"),
               .job_id = SLICE("j"), .seq = 2);
    char *json = s_hear(self, "progress/ann/j/", 2);
    assert_non_null(strstr(json, "\"type\":\"paused\""));
    free(json);
}

static void
the_supervisor_hears_when_nobody_listens_any_more(void **state)
{
    (void) state;
    fixture_t *self = &s_fixture;
    message_audience_t audience;
    assert_true(s_start(self));
    s_subscribe(self, "progress/");
    zsock_set_subscribe(self->subscriber, "system/"); /* a second topic is the same audience */
    zsock_destroy(&self->subscriber);
    PLACE_RECEIVE(&self->place, AUDIENCE, audience, &audience);
    assert_int_equal(audience.listening, 0);
    s_subscribe(self, "progress/ann/");
}

/* ---- where it may be ---- */

static void
s_set_endpoint(fixture_t *self, const char *endpoint)
{
    char setting[256];
    fault_t fault = {0};
    snprintf(setting, sizeof setting, "progress/endpoint=%s", endpoint);
    assert_int_equal(config_set(self->place.config, setting, &fault), STATUS_OK);
}

static void
an_address_that_strangers_can_reach_is_refused(void **state)
{
    (void) state;
    static const char *const endpoints[] = {"tcp://0.0.0.0:5570",         "tcp://*:5570",
                                            "tcp://192.0.2.1:5570",       "tcp://[::]:5570",
                                            "tcp://127.example.org:5570", "tcp://localhost:5570"};
    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        s_set_endpoint(&s_fixture, endpoints[i]);
        assert_false(s_start(&s_fixture));
        assert_int_equal(s_fixture.args.start.fault.status, STATUS_BAD_REQUEST);
        assert_non_null(strstr(s_fixture.args.start.fault.detail, endpoints[i]));
    }
}

/* A port that was free a moment ago. A plain socket, because libzmq closes its own some time later.
 */
static int
s_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(sock, (struct sockaddr *) &address, size), 0);
    assert_int_equal(getsockname(sock, (struct sockaddr *) &address, &size), 0);
    close(sock);
    return ntohs(address.sin_port);
}

static void
a_loopback_address_is_taken(void **state)
{
    (void) state;
    static const char *const hosts[] = {"127.0.0.1", "127.9.8.7"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char endpoint[64];
        snprintf(endpoint, sizeof endpoint, "tcp://%s:%d", hosts[i], s_free_port());
        s_set_endpoint(&s_fixture, endpoint);
        if (!s_start(&s_fixture))
            fail_msg("%s: %s", endpoint, s_fixture.args.start.fault.detail);
        zactor_destroy(&s_fixture.publisher);
        place_bind(&s_fixture.place, ENDPOINT_PUBLISHER);
    }
}

static void
a_taken_endpoint_is_a_clear_fault(void **state)
{
    (void) state;
    zsock_t *other = zsock_new(ZMQ_PUB);
    char endpoint[64];
    size_t size = sizeof endpoint;
    assert_int_equal(zmq_bind(zsock_resolve(other), "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(zsock_resolve(other), ZMQ_LAST_ENDPOINT, endpoint, &size), 0);
    s_set_endpoint(&s_fixture, endpoint);
    assert_false(s_start(&s_fixture));
    assert_int_equal(s_fixture.args.start.fault.status, STATUS_UNAVAILABLE);
    zsock_destroy(&other);
}

static void
without_an_endpoint_it_runs_and_tells_nobody(void **state)
{
    (void) state;
    s_set_endpoint(&s_fixture, "");
    assert_true(s_start(&s_fixture));
    PLACE_SEND(&s_fixture.place, progress, .owner = SLICE("ann"), .job_id = SLICE("j"), .seq = 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(progress_reaches_a_subscriber_in_three_frames),
        TEST(workers_are_told_of_under_a_count_of_their_own),
        TEST(what_makes_no_sense_is_not_published),
        TEST(the_supervisor_hears_when_nobody_listens_any_more),
        TEST(an_address_that_strangers_can_reach_is_refused),
        TEST(a_loopback_address_is_taken),
        TEST(a_taken_endpoint_is_a_clear_fault),
        TEST(without_an_endpoint_it_runs_and_tells_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

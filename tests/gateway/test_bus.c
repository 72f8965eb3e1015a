#include "gateway/bus.h"

#include <czmq.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "messages/message.h"
#include "tests/support/cmocka_all.h"

typedef struct {
    char endpoint[64];
    void *router;
    atomic_bool stopping;
    bus_t *bus;
    char route[16]; /* of the last question */
    size_t route_size;
} peer_t;

static void
s_open(peer_t *self, const char *endpoint, bool is_bound)
{
    *self = (peer_t){0};
    snprintf(self->endpoint, sizeof self->endpoint, "%s", endpoint);
    if (is_bound) {
        int linger = 0;
        self->router = zmq_socket(zsys_init(), ZMQ_ROUTER);
        zmq_setsockopt(self->router, ZMQ_LINGER, &linger, sizeof linger);
        assert_int_equal(zmq_bind(self->router, endpoint), 0);
    }
    const char *endpoints[] = {self->endpoint, self->endpoint};
    self->bus = bus_new(zsys_init(), endpoints, &self->stopping);
}

static void
s_close(peer_t *self)
{
    bus_destroy(&self->bus);
    if (self->router)
        zmq_close(self->router);
}

/* Sends a PING over the bus; the router takes it. Returns its number. */
static uint64_t
s_ask(peer_t *self)
{
    buffer_t frame = {0};
    message_ping_t ping = {.request = bus_request(self->bus)};
    message_ping_encode(&ping, &frame);
    assert_int_equal(bus_send(self->bus, BUS_SUPERVISOR, buffer_slice(&frame), NULL), STATUS_OK);
    buffer_free(&frame);
    char data[64];
    int size = zmq_recv(self->router, self->route, sizeof self->route, 0);
    assert_true(size > 0);
    self->route_size = (size_t) size;
    assert_true(zmq_recv(self->router, data, sizeof data, 0) > 0);
    return ping.request;
}

static void
s_answer(peer_t *self, uint64_t request, uint32_t workers)
{
    buffer_t frame = {0};
    message_pong_t pong = {.request = request, .workers = workers};
    message_pong_encode(&pong, &frame);
    zmq_send(self->router, self->route, self->route_size, ZMQ_SNDMORE);
    zmq_send(self->router, frame.data, frame.size, 0);
    buffer_free(&frame);
}

static void
answers_to_questions_given_up_are_dropped(void **state)
{
    (void) state;
    peer_t peer;
    buffer_t reply = {0};
    message_pong_t pong;
    s_open(&peer, "inproc://bus-late", true);
    uint64_t first = s_ask(&peer);
    assert_int_equal(bus_receive(peer.bus, BUS_SUPERVISOR, first, 1, &reply, NULL),
                     STATUS_UNAVAILABLE);
    uint64_t second = s_ask(&peer);
    assert_true(second > first);
    s_answer(&peer, first, 1);
    s_answer(&peer, second, 2);
    assert_int_equal(bus_receive(peer.bus, BUS_SUPERVISOR, second, 5000, &reply, NULL), STATUS_OK);
    assert_int_equal(message_pong_decode(buffer_slice(&reply), &pong), STATUS_OK);
    assert_int_equal(pong.workers, 2);
    buffer_free(&reply);
    s_close(&peer);
}

static void
what_is_no_answer_is_not_taken_for_one(void **state)
{
    (void) state;
    peer_t peer;
    buffer_t reply = {0};
    s_open(&peer, "inproc://bus-noise", true);
    uint64_t request = s_ask(&peer);
    zmq_send(peer.router, peer.route, peer.route_size, ZMQ_SNDMORE);
    zmq_send(peer.router, "short", 5, 0);
    zmq_send(peer.router, peer.route, peer.route_size, ZMQ_SNDMORE);
    zmq_send(peer.router, "two", 3, ZMQ_SNDMORE);
    zmq_send(peer.router, "frames", 6, 0);
    s_answer(&peer, request, 3);
    assert_int_equal(bus_receive(peer.bus, BUS_SUPERVISOR, request, 5000, &reply, NULL), STATUS_OK);
    assert_int_equal(message_number(buffer_slice(&reply)), MESSAGE_PONG);
    buffer_free(&reply);
    s_close(&peer);
}

static void
a_peer_that_is_not_there_is_told_at_once(void **state)
{
    (void) state;
    peer_t peer;
    char endpoint[64];
    fault_t fault = {0};
    buffer_t frame = {0};
    snprintf(endpoint, sizeof endpoint, "ipc:///tmp/tagmill-bus-%d.ipc", (int) getpid());
    s_open(&peer, endpoint, false);
    message_ping_t ping = {.request = bus_request(peer.bus)};
    message_ping_encode(&ping, &frame);
    for (int i = 0; i < 3; i++) {
        int64_t began = clock_monotonic_ms();
        assert_int_equal(bus_send(peer.bus, BUS_LIBRARIAN, buffer_slice(&frame), &fault),
                         STATUS_UNAVAILABLE);
        assert_true(clock_monotonic_ms() - began < 2000);
    }
    buffer_free(&frame);
    s_close(&peer);
}

static void
a_connection_over_ipc_takes_the_first_question(void **state)
{
    (void) state;
    peer_t peer;
    char endpoint[64];
    buffer_t reply = {0};
    snprintf(endpoint, sizeof endpoint, "ipc:///tmp/tagmill-bus-%d.ipc", (int) getpid());
    s_open(&peer, endpoint, true);
    uint64_t request = s_ask(&peer);
    s_answer(&peer, request, 1);
    assert_int_equal(bus_receive(peer.bus, BUS_SUPERVISOR, request, 5000, &reply, NULL), STATUS_OK);
    buffer_free(&reply);
    s_close(&peer);
    unlink(endpoint + 6);
}

static void
a_peer_that_does_not_read_never_blocks_us(void **state)
{
    (void) state;
    peer_t peer;
    buffer_t frame = {0};
    status_t status = STATUS_OK;
    s_open(&peer, "inproc://bus-full", true);
    message_ping_t ping = {.request = 1};
    message_ping_encode(&ping, &frame);
    int64_t began = clock_monotonic_ms();
    for (int i = 0; i < 100000 && status == STATUS_OK; i++)
        status = bus_send(peer.bus, BUS_SUPERVISOR, buffer_slice(&frame), NULL);
    assert_int_equal(status, STATUS_UNAVAILABLE);
    assert_true(clock_monotonic_ms() - began < 10000);
    buffer_free(&frame);
    s_close(&peer);
}

static void
waiting_ends_when_all_is_to_stop(void **state)
{
    (void) state;
    peer_t peer;
    buffer_t reply = {0};
    s_open(&peer, "inproc://bus-stop", true);
    uint64_t request = s_ask(&peer);
    atomic_store(&peer.stopping, true);
    int64_t began = clock_monotonic_ms();
    assert_int_equal(bus_receive(peer.bus, BUS_SUPERVISOR, request, 60000, &reply, NULL),
                     STATUS_UNAVAILABLE);
    assert_true(clock_monotonic_ms() - began < 5000);
    buffer_free(&reply);
    s_close(&peer);
}

static void
a_failure_inside_is_not_told_outside(void **state)
{
    (void) state;
    fault_t fault = {0};
    buffer_t frame = {0};
    message_refused_t refused = {
        .request = 1, .status = STATUS_IO_ERROR, .detail = SLICE("/secret/path is full")};
    message_refused_encode(&refused, &frame);
    assert_int_equal(bus_refusal(buffer_slice(&frame), &fault), STATUS_IO_ERROR);
    assert_null(strstr(fault.detail, "secret"));
    buffer_clear(&frame);
    refused = (message_refused_t){
        .request = 1, .status = STATUS_WRONG_STATE, .detail = SLICE("the job is paused")};
    message_refused_encode(&refused, &frame);
    assert_int_equal(bus_refusal(buffer_slice(&frame), &fault), STATUS_WRONG_STATE);
    assert_string_equal(fault.detail, "the job is paused");
    static const uint16_t wrong[] = {STATUS_OK, STATUS_COUNT, 60000};
    for (size_t i = 0; i < 3; i++) {
        buffer_clear(&frame);
        refused.status = wrong[i];
        message_refused_encode(&refused, &frame);
        assert_int_equal(bus_refusal(buffer_slice(&frame), &fault), STATUS_MALFORMED);
    }
    buffer_free(&frame);
}

static int
setup(void **state)
{
    (void) state;
    zsys_init();
    zsys_handler_set(NULL);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    zsys_shutdown();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_to_questions_given_up_are_dropped),
        cmocka_unit_test(what_is_no_answer_is_not_taken_for_one),
        cmocka_unit_test(a_peer_that_is_not_there_is_told_at_once),
        cmocka_unit_test(a_connection_over_ipc_takes_the_first_question),
        cmocka_unit_test(a_peer_that_does_not_read_never_blocks_us),
        cmocka_unit_test(waiting_ends_when_all_is_to_stop),
        cmocka_unit_test(a_failure_inside_is_not_told_outside),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

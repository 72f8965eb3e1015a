#include "tests/actors/fake_supervisor.h"

#include <endian.h>

#include "base/buffer.h"
#include "tests/support/cmocka_all.h"

static zsock_t *
s_open(int type)
{
    zsock_t *socket = zsock_new(type);
    assert_non_null(socket);
    zsock_set_linger(socket, 0);
    zsock_set_rcvtimeo(socket, DEADLINE_MS);
    zsock_set_sndtimeo(socket, DEADLINE_MS);
    return socket;
}

/* Binds to `endpoint` again, or, when that is empty, to a free port that it then names. */
static void
s_bind(zsock_t *socket, char *endpoint)
{
    if (endpoint[0] == '\0') {
        int port = zsock_bind(socket, "tcp://127.0.0.1:*");
        assert_true(port > 0);
        snprintf(endpoint, ENDPOINT_ROOM, "tcp://127.0.0.1:%d", port);
        return;
    }
    /* The address of a socket that was just closed is free in a moment: closing is not at once. */
    int64_t until = zclock_mono() + DEADLINE_MS;
    while (zsock_bind(socket, "%s", endpoint) < 0)
        assert_true(zclock_mono() < until);
}

static void
s_pick(fake_supervisor_t *self, char *endpoint, const char *name)
{
    if (self->bus == BUS_IPC)
        snprintf(endpoint, ENDPOINT_ROOM, "ipc://%s/%s.ipc", self->directory, name);
}

void
fake_prepare(fake_supervisor_t *self, bus_t bus)
{
    *self = (fake_supervisor_t){.bus = bus, .epoch = 100};
    zmq_msg_init(&self->frame);
    snprintf(self->directory, sizeof self->directory, "/tmp/tagmill-test-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    s_pick(self, self->control_endpoint, "control");
    s_pick(self, self->sink_endpoint, "sink");
    s_pick(self, self->lane_endpoint, "lane");
}

void
fake_open(fake_supervisor_t *self, bus_t bus)
{
    fake_prepare(self, bus);
    fake_rise(self);
}

void
fake_rise(fake_supervisor_t *self)
{
    self->epoch++;
    self->control = s_open(ZMQ_ROUTER);
    self->sink = s_open(ZMQ_PULL);
    s_bind(self->control, self->control_endpoint);
    s_bind(self->sink, self->sink_endpoint);
}

void
fake_die(fake_supervisor_t *self)
{
    zsock_destroy(&self->control);
    zsock_destroy(&self->sink);
    zsock_destroy(&self->lane);
}

void
fake_close(fake_supervisor_t *self)
{
    fake_die(self);
    zmq_msg_close(&self->frame);
    zdir_t *directory = zdir_new(self->directory, NULL);
    zdir_remove(directory, true);
    zdir_destroy(&directory);
}

/* ---- control ---- */

static slice_t
s_receive(fake_supervisor_t *self, zsock_t *socket)
{
    assert_true(zmq_msg_recv(&self->frame, zsock_resolve(socket), 0) >= 0);
    return (slice_t){.data = zmq_msg_data(&self->frame), .size = zmq_msg_size(&self->frame)};
}

void
fake_hear_hello(fake_supervisor_t *self)
{
    slice_t route = s_receive(self, self->control);
    assert_true(route.size <= ROUTE_MAX);
    memcpy(self->route, route.data, route.size);
    self->route_size = route.size;
    message_hello_t hello;
    assert_int_equal(message_hello_decode(s_receive(self, self->control), &hello), STATUS_OK);
    assert_true(hello.worker.size > 0 && hello.slots > 0 && hello.version.size > 0);
    snprintf(self->worker, sizeof self->worker, "%.*s", SLICE_ARG(hello.worker));
    self->slots = hello.slots;
}

void
fake_welcome(fake_supervisor_t *self, uint32_t heartbeat_ms, uint32_t silence_ms)
{
    zsock_destroy(&self->lane);
    self->lane = s_open(ZMQ_PUSH);
    s_bind(self->lane, self->lane_endpoint);
    self->lane_seq = 0;
    self->worker_no++;
    buffer_t frame = {0};
    message_welcome_encode(&(message_welcome_t){.worker = slice_from(self->worker),
                                                .worker_no = self->worker_no,
                                                .epoch = self->epoch,
                                                .lane = slice_from(self->lane_endpoint),
                                                .sink = slice_from(self->sink_endpoint),
                                                .heartbeat_ms = heartbeat_ms,
                                                .silence_ms = silence_ms},
                           &frame);
    void *control = zsock_resolve(self->control);
    assert_true(zmq_send(control, self->route, self->route_size, ZMQ_SNDMORE) >= 0);
    assert_true(zmq_send(control, frame.data, frame.size, 0) >= 0);
    buffer_free(&frame);
}

/* ---- lane ---- */

static bool
s_send(fake_supervisor_t *self, buffer_t *frame, int flags)
{
    int sent = zmq_send(zsock_resolve(self->lane), frame->data, frame->size, flags);
    buffer_free(frame);
    return sent >= 0;
}

void
fake_send_raw(fake_supervisor_t *self, slice_t bytes)
{
    buffer_t frame = {0};
    buffer_append_slice(&frame, bytes);
    assert_true(s_send(self, &frame, 0));
}

void
fake_ping(fake_supervisor_t *self, uint64_t epoch)
{
    buffer_t frame = {0};
    message_lane_ping_encode(&(message_lane_ping_t){.epoch = epoch, .worker_no = self->worker_no},
                             &frame);
    assert_true(s_send(self, &frame, 0));
}

void
fake_brief(fake_supervisor_t *self, uint64_t job_no, const char *model_name)
{
    buffer_t frame = {0};
    message_brief_encode(&(message_brief_t){.job_no = job_no,
                                            .model_name = slice_from(model_name),
                                            .page_limit = 3,
                                            .tag_limit = 8,
                                            .language = SLICE("en"),
                                            .max_attempts = 3,
                                            .exclusions = SLICE("secret\n")},
                         &frame);
    assert_true(s_send(self, &frame, 0));
}

void
fake_drop(fake_supervisor_t *self, uint64_t job_no)
{
    buffer_t frame = {0};
    message_drop_encode(&(message_drop_t){.job_no = job_no}, &frame);
    assert_true(s_send(self, &frame, 0));
}

static bool
s_send_work(fake_supervisor_t *self, uint64_t job_no, uint32_t row, const char *path, int flags)
{
    buffer_t frame = {0};
    message_work_encode(&(message_work_t){.lane_seq = self->lane_seq + 1,
                                          .lease = 1000 + row,
                                          .job_no = job_no,
                                          .row = row,
                                          .attempt = 1,
                                          .path = slice_from(path),
                                          .title = SLICE("A title")},
                        &frame);
    bool sent = s_send(self, &frame, flags);
    self->lane_seq += sent;
    return sent;
}

void
fake_work(fake_supervisor_t *self, uint64_t job_no, uint32_t row, const char *path)
{
    assert_true(s_send_work(self, job_no, row, path, 0));
}

bool
fake_try_work(fake_supervisor_t *self, uint64_t job_no, uint32_t row, const char *path)
{
    return s_send_work(self, job_no, row, path, ZMQ_DONTWAIT);
}

/* ---- sink ---- */

static slice_t
s_hear(fake_supervisor_t *self, uint16_t number)
{
    int64_t until = zclock_mono() + DEADLINE_MS;
    for (;;) {
        slice_t frame = s_receive(self, self->sink);
        if (message_number(frame) == number)
            return frame;
        assert_true(zclock_mono() < until);
    }
}

void
fake_hear_done(fake_supervisor_t *self, message_done_t *done)
{
    assert_int_equal(message_done_decode(s_hear(self, MESSAGE_DONE), done), STATUS_OK);
    assert_int_equal(done->worker_no, self->worker_no);
    assert_int_equal(done->epoch, self->epoch);
}

void
fake_hear_heartbeat(fake_supervisor_t *self, message_heartbeat_t *beat)
{
    assert_int_equal(message_heartbeat_decode(s_hear(self, MESSAGE_HEARTBEAT), beat), STATUS_OK);
    assert_int_equal(beat->worker_no, self->worker_no);
    assert_int_equal(beat->epoch, self->epoch);
}

void
fake_hear_goodbye(fake_supervisor_t *self)
{
    message_goodbye_t goodbye;
    assert_int_equal(message_goodbye_decode(s_hear(self, MESSAGE_GOODBYE), &goodbye), STATUS_OK);
    assert_int_equal(goodbye.worker_no, self->worker_no);
}

bool
fake_beat_lists(const message_heartbeat_t *beat, uint64_t lease)
{
    for (size_t at = 0; at + sizeof lease <= beat->leases.size; at += sizeof lease) {
        uint64_t listed;
        memcpy(&listed, beat->leases.data + at, sizeof listed);
        if (le64toh(listed) == lease)
            return true;
    }
    return false;
}

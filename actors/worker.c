#include "actors/worker.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>

#include "actors/worker_self.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

enum {
    HELLO_FIRST_MS = 20, /* between two HELLOs: doubles up to the last */
    HELLO_LAST_MS = 1000,
    BATCH = 256,   /* messages taken from a socket before the others have their turn */
    SPARE = 16,    /* frames beside answers that may wait for the sink */
    QUIET_MS = 50, /* retiring: how long after its last WORK a lane is taken for empty */
    LINGER_MS = 1000,
    SOURCES = 5
};

/* ---- new, destroy ---- */

static void
s_make_name(char *name)
{
    char host[32] = "host";
    gethostname(host, sizeof host);
    host[sizeof host - 1] = '\0';
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t) sizeof number)
        number = (uint32_t) clock_monotonic_ms();
    snprintf(name, WORKER_NAME_MAX + 1, "%s-%d-%08x", host, (int) getpid(), number);
}

static void
s_destroy(worker_self_t *self)
{
    worker_link_free(&self->link, LINGER_MS);
    crew_destroy(&self->crew);
    briefs_destroy(&self->briefs);
    buffer_free(&self->leases);
    free(self->control);
    free(self);
}

static worker_self_t *
s_new(const worker_options_t *options, fault_t *fault)
{
    worker_self_t *self = memory_new(sizeof *self);
    self->control = memory_copy_string(options->control, strlen(options->control));
    self->slots = options->slots;
    self->drain_ms = options->drain_ms;
    if (options->name)
        snprintf(self->name, sizeof self->name, "%s", options->name);
    else
        s_make_name(self->name);
    self->now_ms = clock_monotonic_ms();
    self->hello_at_ms = self->now_ms;
    self->steps = options->steps;
    self->context = options->context;
    self->hello_wait_ms = HELLO_FIRST_MS;
    self->briefs = briefs_new();
    if (worker_link_seek(&self->link, self->control, fault) == STATUS_OK)
        self->crew = crew_new(self->name, self->slots, options->steps, options->context,
                              self->briefs, fault);
    if (self->crew == NULL) {
        s_destroy(self);
        return NULL;
    }
    return self;
}

/* ---- what the supervisor is told ---- */

/* A HEARTBEAT must not overtake a DONE, and one that waits in the outbox would tell of the past:
 * while anything waits there it stays due. */
static void
s_beat(worker_self_t *self)
{
    if (!outbox_is_empty(&self->link.outbox))
        return;
    buffer_clear(&self->leases);
    crew_leases(self->crew, &self->leases);
    worker_link_post_heartbeat(&self->link, self->lane_seq, self->retiring,
                               buffer_slice(&self->leases));
    self->beat_at_ms = self->now_ms + self->link.heartbeat_ms;
}

static void
s_say_hello(worker_self_t *self)
{
    worker_link_say_hello(&self->link, slice_from(self->name), self->slots);
    self->hello_at_ms = self->now_ms + self->hello_wait_ms;
    if (self->hello_wait_ms == HELLO_LAST_MS)
        return;
    self->hello_wait_ms *= 2;
    if (self->hello_wait_ms < HELLO_LAST_MS)
        return;
    self->hello_wait_ms = HELLO_LAST_MS;
    log_warning("worker", "no supervisor answers yet; it goes on asking",
                LOG_S("worker", self->name), LOG_S("control", self->control));
}

/* ---- seeking, joining, leaving ---- */

/* Opens a fresh DEALER; where that fails, it is tried again when the next HELLO is due. */
static void
s_seek(worker_self_t *self)
{
    fault_t fault = {0};
    if (worker_link_seek(&self->link, self->control, &fault) != STATUS_OK)
        log_error("worker", "cannot look for a supervisor", LOG_S("why", fault.detail));
}

void
worker_leave(worker_self_t *self, const char *why)
{
    log_warning("worker", "the supervisor is gone", LOG_S("worker", self->name), LOG_S("why", why),
                LOG_N("in_hand", crew_in_hand(self->crew)));
    worker_link_close(&self->link, 0);
    crew_abandon(self->crew);
    briefs_clear(self->briefs);
    if (self->retiring) {
        self->ended = true;
        return;
    }
    self->hello_wait_ms = HELLO_FIRST_MS;
    self->hello_at_ms = self->now_ms;
    s_seek(self);
}

/* Frames that may have to wait for a sink that takes none: one for each document in hand, those of
 * the batch that is read before the lane is left alone, and a few more. */
static size_t
s_outbox_room(const worker_self_t *self)
{
    return (size_t) crew_capacity(self->crew) + BATCH + SPARE;
}

static void
on_welcome(worker_self_t *self, slice_t frame)
{
    message_welcome_t welcome;
    fault_t fault = {0};
    if (message_welcome_decode(frame, &welcome) != STATUS_OK ||
        !slice_is(welcome.worker, self->name))
        return;
    if (worker_link_join(&self->link, &welcome, s_outbox_room(self), &fault) != STATUS_OK) {
        log_error("worker", "cannot join the supervisor", LOG_S("why", fault.detail));
        return;
    }
    log_info("worker", "joined", LOG_S("worker", self->name), LOG_N("worker_no", welcome.worker_no),
             LOG_N("slots", self->slots), LOG_V("lane", welcome.lane));
    self->lane_seq = 0;
    self->lane_heard_ms = self->now_ms;
    self->work_heard_ms = self->now_ms;
    s_beat(self);
}

/* $TERM: no more work, please; what is in hand is finished. */
static void
on_term(worker_self_t *self)
{
    if (self->retiring)
        return;
    self->retiring = true;
    self->drain_until_ms = self->now_ms + self->drain_ms;
    self->work_heard_ms = self->now_ms;
    log_info("worker", "retiring", LOG_S("worker", self->name),
             LOG_N("in_hand", crew_in_hand(self->crew)));
    if (worker_link_is_joined(&self->link))
        self->beat_at_ms = self->now_ms;
    else
        self->ended = true;
}

/* ---- sources: what each socket does when it is ready ---- */

/* Every document in hand may need its DONE to wait; the lane waits while more would not fit. */
static bool
s_may_read_lane(const worker_self_t *self)
{
    return !outbox_is_crowded(&self->link.outbox, crew_capacity(self->crew) + SPARE);
}

static void
s_read_pipe(worker_self_t *self)
{
    char *command = zstr_recv(self->pipe);
    if (command == NULL || streq(command, "$TERM"))
        on_term(self);
    zstr_free(&command);
}

static void
s_read_crew(worker_self_t *self)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    message_done_t done;
    for (int i = 0; i < BATCH && crew_next(self->crew, &frame, &done); i++)
        worker_link_post_done(&self->link, &done);
    zmq_msg_close(&frame);
}

static void
s_read_control(worker_self_t *self)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    while (self->link.control &&
           zmq_msg_recv(&frame, zsock_resolve(self->link.control), ZMQ_DONTWAIT) >= 0)
        on_welcome(self, (slice_t){zmq_msg_data(&frame), zmq_msg_size(&frame)});
    zmq_msg_close(&frame);
}

static void
s_read_lane(worker_self_t *self)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    void *lane = zsock_resolve(self->link.lane);
    for (int i = 0; i < BATCH && self->link.lane && s_may_read_lane(self); i++) {
        if (zmq_msg_recv(&frame, lane, ZMQ_DONTWAIT) < 0)
            break;
        self->lane_heard_ms = self->now_ms;
        worker_take(self, &frame);
    }
    zmq_msg_close(&frame);
}

static void
s_flush(worker_self_t *self)
{
    outbox_flush(&self->link.outbox);
}

/* ---- time ---- */

static bool
s_is_drained(const worker_self_t *self)
{
    if (self->now_ms >= self->drain_until_ms)
        return true;
    return crew_in_hand(self->crew) == 0 && outbox_is_empty(&self->link.outbox) &&
           self->now_ms - self->work_heard_ms >= QUIET_MS;
}

static void
s_say_goodbye(worker_self_t *self)
{
    worker_link_post_goodbye(&self->link);
    log_info("worker", "gone", LOG_S("worker", self->name),
             LOG_N("given_up", crew_in_hand(self->crew)));
    self->ended = true;
}

static void
s_tick_joined(worker_self_t *self)
{
    if (self->now_ms - self->lane_heard_ms >= self->link.silence_ms)
        worker_leave(self, "silent");
    else if (self->retiring && s_is_drained(self))
        s_say_goodbye(self);
    else if (self->now_ms >= self->beat_at_ms)
        s_beat(self);
}

static void
s_tick_seeking(worker_self_t *self)
{
    if (self->now_ms < self->hello_at_ms)
        return;
    if (self->link.control == NULL)
        s_seek(self);
    if (self->link.control)
        s_say_hello(self);
    else
        self->hello_at_ms = self->now_ms + HELLO_LAST_MS;
}

static int64_t
s_next_deadline(const worker_self_t *self)
{
    if (!worker_link_is_joined(&self->link))
        return self->hello_at_ms;
    int64_t deadline = self->lane_heard_ms + self->link.silence_ms;
    /* With a frame waiting for the sink the HEARTBEAT waits too, and the sink wakes the loop. */
    if (outbox_is_empty(&self->link.outbox) && self->beat_at_ms < deadline)
        deadline = self->beat_at_ms;
    if (self->retiring && self->drain_until_ms < deadline)
        deadline = self->drain_until_ms;
    int64_t quiet = self->work_heard_ms + QUIET_MS;
    if (self->retiring && crew_in_hand(self->crew) == 0 && quiet < deadline)
        deadline = quiet > self->now_ms ? quiet : self->now_ms + QUIET_MS;
    return deadline;
}

/* ---- loop ---- */

typedef struct {
    zmq_pollitem_t items[SOURCES];
    void (*handlers[SOURCES])(worker_self_t *self);
    int count;
} sources_t;

static void
s_add(sources_t *sources, void *socket, short events, void (*handle)(worker_self_t *self))
{
    sources->items[sources->count] = (zmq_pollitem_t){.socket = socket, .events = events};
    sources->handlers[sources->count++] = handle;
}

static void
s_collect(worker_self_t *self, sources_t *sources)
{
    sources->count = 0;
    s_add(sources, zsock_resolve(self->pipe), ZMQ_POLLIN, s_read_pipe);
    s_add(sources, crew_handle(self->crew), ZMQ_POLLIN, s_read_crew);
    if (self->link.control)
        s_add(sources, zsock_resolve(self->link.control), ZMQ_POLLIN, s_read_control);
    if (!worker_link_is_joined(&self->link))
        return;
    if (!outbox_is_empty(&self->link.outbox))
        s_add(sources, zsock_resolve(self->link.sink), ZMQ_POLLOUT, s_flush);
    if (s_may_read_lane(self))
        s_add(sources, zsock_resolve(self->link.lane), ZMQ_POLLIN, s_read_lane);
}

static void
s_turn(worker_self_t *self)
{
    sources_t sources;
    s_collect(self, &sources);
    int64_t wait_ms = s_next_deadline(self) - clock_monotonic_ms();
    int ready = zmq_poll(sources.items, sources.count, wait_ms > 0 ? (long) wait_ms : 0);
    self->now_ms = clock_monotonic_ms();
    if (ready < 0 && errno != EINTR) {
        self->ended = true; /* the process is closing its sockets */
        return;
    }
    for (int i = 0; i < sources.count && !self->ended && ready > 0; i++)
        if (sources.items[i].revents)
            sources.handlers[i](self);
    if (self->ended)
        return;
    if (worker_link_is_joined(&self->link))
        s_tick_joined(self);
    else
        s_tick_seeking(self);
}

/* ---- public constructor ---- */

static void
s_actor(zsock_t *pipe, void *argument)
{
    worker_self_t *self = argument;
    self->pipe = pipe;
    zsock_signal(pipe, 0);
    while (!self->ended)
        s_turn(self);
    s_destroy(self);
}

zactor_t *
worker_start(const worker_options_t *options, fault_t *fault)
{
    assert(options->slots >= 1 && options->slots <= 1000);
    assert(options->name == NULL || strlen(options->name) <= WORKER_NAME_MAX);
    /* Whatever can fail is made here, so that the caller learns of it; the sockets are the actor's
     * from the start of its thread on, which is the fence that libzmq asks for. */
    worker_self_t *self = s_new(options, fault);
    if (self == NULL)
        return NULL;
    zactor_t *actor = zactor_new(s_actor, self);
    if (actor == NULL) {
        fault_set(fault, STATUS_UNAVAILABLE, "the worker cannot start: no socket is left");
        s_destroy(self);
    }
    return actor;
}

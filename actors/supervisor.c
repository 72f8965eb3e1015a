#include "actors/supervisor.h"

#include <czmq.h>
#include <sys/random.h>

#include "actors/control.h"
#include "actors/handshake.h"
#include "actors/journal.h"
#include "actors/lane.h"
#include "actors/librarian.h"
#include "actors/publisher.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "messages/endpoints.h"

enum {
    FRAMES_A_TURN = 256, /* taken from one socket before the others are looked at again */
    FRAME_SIZE_MAX = 1048576,
    CONTROL_HWM = 20000,
    KEPT_AGAIN_MS = 2, /* until frames that a lane did not take are offered again */
    STOP_WITHIN_MS = 5000,
    TCP_HEARTBEAT_MS = 2000
};

/* ---- self ---- */

typedef struct {
    origin_t origin;
    zsock_t *sock;
    void *handle; /* of `sock`, for libzmq */
} inlet_t;

struct supervisor {
    const config_t *config;
    zactor_t *actor; /* the thread */
    handshake_t start;

    /* Everything below belongs to the thread. */
    control_t *control;
    effects_t effects;
    lanes_t *lanes;
    inlet_t inlets[ORIGIN_COUNT];
    zactor_t *journal, *loader, *publisher;
    journal_args_t journal_args;
    librarian_args_t loader_args;
    publisher_args_t publisher_args;
    uint64_t malformed_count;
    bool kept; /* a lane has frames that it did not take */
};

static instant_t
s_now(void)
{
    return (instant_t){.monotonic_ms = clock_monotonic_ms(), .wall_ms = clock_wall_ms()};
}

/* ---- effects ---- */

static void
s_send(const inlet_t *inlet, slice_t frame, const char *what)
{
    if (zmq_send(inlet->handle, frame.data, frame.size, ZMQ_DONTWAIT) < 0)
        log_error("supervisor", "a frame could not be sent", LOG_S("to", what),
                  LOG_S("message", message_name(message_number(frame))),
                  LOG_S("error", zmq_strerror(zmq_errno())));
}

/* A gateway that has gone gets no answer: nobody waits for it any more. */
static void
s_reply(const supervisor_t *self, const route_t *route, slice_t frame)
{
    void *handle = self->inlets[ORIGIN_CONTROL].handle;
    if (zmq_send(handle, route->bytes, route->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
        zmq_send(handle, frame.data, frame.size, ZMQ_DONTWAIT);
}

static void
s_open_lane(supervisor_t *self, const effect_t *effect, slice_t frame)
{
    message_welcome_t welcome;
    status_t status = message_welcome_decode(frame, &welcome);
    assert(status == STATUS_OK);
    (void) status;
    buffer_t endpoint = {0}, out = {0};
    fault_t fault = {0};
    if (lanes_open(self->lanes, effect->worker_no, &endpoint, &fault) == STATUS_OK) {
        welcome.lane = buffer_slice(&endpoint);
        welcome.sink = slice_from(config_text(self->config, CONFIG_BUS_SINK));
        message_welcome_encode(&welcome, &out);
        s_reply(self, &effect->route, buffer_slice(&out));
        log_info("supervisor", "worker joined", LOG_V("worker", welcome.worker),
                 LOG_N("number", effect->worker_no), LOG_V("lane", welcome.lane));
    } else {
        /* Its silence will be noticed: without a WELCOME it sends no heartbeat. */
        log_error("supervisor", "worker refused", LOG_V("worker", welcome.worker),
                  LOG_S("error", fault.detail));
    }
    buffer_free(&endpoint);
    buffer_free(&out);
}

static void
s_carry_out(supervisor_t *self)
{
    for (size_t i = 0; i < self->effects.count; i++) {
        const effect_t *effect = &self->effects.items[i];
        slice_t frame = effects_frame(&self->effects, effect);
        switch (effect->kind) {
        case EFFECT_REPLY: s_reply(self, &effect->route, frame); break;
        case EFFECT_JOURNAL: s_send(&self->inlets[ORIGIN_JOURNAL], frame, "journal"); break;
        case EFFECT_LOAD: s_send(&self->inlets[ORIGIN_LOADER], frame, "loader"); break;
        case EFFECT_PUBLISH: s_send(&self->inlets[ORIGIN_PUBLISHER], frame, "publisher"); break;
        case EFFECT_LANE: lanes_send(self->lanes, effect->worker_no, frame); break;
        case EFFECT_LANE_OPEN: s_open_lane(self, effect, frame); break;
        case EFFECT_LANE_CLOSE:
            lanes_close(self->lanes, effect->worker_no);
            log_info("supervisor", "worker gone", LOG_N("number", effect->worker_no));
            break;
        }
    }
    effects_clear(&self->effects);
}

/* ---- frames ---- */

static bool
s_may_hold_key(uint16_t number)
{
    return number == MESSAGE_START_OPEN || number == MESSAGE_JOB_COMMAND ||
           number == MESSAGE_OUTCOME || number == MESSAGE_RECOVERED;
}

static void
s_handle(supervisor_t *self, origin_t origin, const route_t *from, zmq_msg_t *message)
{
    slice_t frame = {.data = zmq_msg_data(message), .size = zmq_msg_size(message)};
    uint16_t number = message_number(frame);
    if (control_handle(self->control, origin, from, frame, s_now(), &self->effects) != STATUS_OK) {
        self->malformed_count++;
        log_warning("supervisor", "malformed frame dropped", LOG_N("origin", origin),
                    LOG_S("message", message_name(number)), LOG_N("bytes", frame.size),
                    LOG_N("so_far", self->malformed_count));
    }
    if (s_may_hold_key(number)) /* the core keeps copies of what it needs */
        explicit_bzero(zmq_msg_data(message), frame.size);
}

/* Drops the rest of a message of several parts. Returns whether there was any. */
static bool
s_drop_parts(void *handle, zmq_msg_t *message)
{
    bool any = false;
    while (zmq_msg_more(message)) {
        any = true;
        if (zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0)
            break;
    }
    return any;
}

/* Takes one message from the control ROUTER: the route, then one frame. */
static bool
s_take_control(supervisor_t *self, void *handle, zmq_msg_t *message)
{
    if (zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0)
        return false;
    route_t route = {0};
    size_t size = zmq_msg_size(message);
    if (size <= ROUTE_SIZE_MAX) {
        route.size = (uint8_t) size;
        memcpy(route.bytes, zmq_msg_data(message), size);
    }
    if (!zmq_msg_more(message) || zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0)
        return true;
    if (!s_drop_parts(handle, message) && route.size)
        s_handle(self, ORIGIN_CONTROL, &route, message);
    return true;
}

static bool
s_take(supervisor_t *self, const inlet_t *inlet, zmq_msg_t *message)
{
    if (inlet->origin == ORIGIN_CONTROL)
        return s_take_control(self, inlet->handle, message);
    if (zmq_msg_recv(message, inlet->handle, ZMQ_DONTWAIT) < 0)
        return false;
    if (!s_drop_parts(inlet->handle, message))
        s_handle(self, inlet->origin, NULL, message);
    return true;
}

static void
s_drain(supervisor_t *self, const inlet_t *inlet)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (int i = 0; i < FRAMES_A_TURN && s_take(self, inlet, &message); i++) {
    }
    zmq_msg_close(&message);
    s_carry_out(self);
}

/* ---- loop ---- */

static long
s_patience_ms(const supervisor_t *self)
{
    int64_t deadline = control_deadline(self->control);
    int64_t left = deadline == INSTANT_NEVER ? 1000 : deadline - clock_monotonic_ms();
    if (self->kept && left > KEPT_AGAIN_MS)
        left = KEPT_AGAIN_MS;
    if (left < 0)
        left = 0;
    return (long) (left > 1000 ? 1000 : left);
}

/* One round: waits, takes what came, does what is due. Sockets before `first` are left alone.
 * Returns false when the owner wants it to stop. */
static bool
s_round(supervisor_t *self, zsock_t *pipe, origin_t first)
{
    zmq_pollitem_t items[ORIGIN_COUNT + 1];
    size_t count = 0;
    for (size_t i = first; i < ORIGIN_COUNT; i++)
        items[count++] = (zmq_pollitem_t){.socket = self->inlets[i].handle, .events = ZMQ_POLLIN};
    if (pipe)
        items[count++] = (zmq_pollitem_t){.socket = zsock_resolve(pipe), .events = ZMQ_POLLIN};
    zmq_poll(items, (int) count, s_patience_ms(self));
    for (size_t i = first; i < ORIGIN_COUNT; i++)
        if (items[i - first].revents & ZMQ_POLLIN)
            s_drain(self, &self->inlets[i]);
    if (control_deadline(self->control) <= clock_monotonic_ms()) {
        control_tick(self->control, s_now(), &self->effects);
        s_carry_out(self);
    }
    self->kept = lanes_flush(self->lanes);
    return !(pipe && (items[count - 1].revents & ZMQ_POLLIN));
}

/* Recovery comes first: nobody is answered before the journal has told all open jobs. */
static status_t
s_recover(supervisor_t *self)
{
    control_figures_t figures;
    int64_t started = clock_monotonic_ms();
    do {
        s_round(self, NULL, ORIGIN_JOURNAL);
        control_figures(self->control, &figures);
        if (clock_monotonic_ms() - started > 60000)
            return fault_set(&self->start.fault, STATUS_INTERNAL,
                             "the store did not answer in 60 s");
    } while (!figures.recovered);
    log_info("supervisor", "recovered", LOG_N("jobs", figures.jobs),
             LOG_N("ms", clock_monotonic_ms() - started));
    return STATUS_OK;
}

/* What was given to the journal is to be on disk before the end. */
static void
s_wind_down(supervisor_t *self)
{
    control_figures_t figures;
    int64_t until = clock_monotonic_ms() + STOP_WITHIN_MS;
    control_figures(self->control, &figures);
    while (figures.uncommitted && clock_monotonic_ms() < until) {
        s_round(self, NULL, ORIGIN_JOURNAL);
        control_figures(self->control, &figures);
    }
    if (figures.uncommitted)
        log_error("supervisor", "stopped before everything was on disk",
                  LOG_N("entries", figures.uncommitted));
}

/* ---- start and stop ---- */

static status_t
s_inlet(supervisor_t *self, origin_t origin, int type, int hwm, const char *endpoint)
{
    inlet_t *inlet = &self->inlets[origin];
    if (inlet->sock == NULL) {
        inlet->origin = origin;
        inlet->sock = zsock_new(type);
        zsock_set_sndhwm(inlet->sock, hwm);
        zsock_set_rcvhwm(inlet->sock, hwm);
        zsock_set_linger(inlet->sock, 0);
        zsock_set_maxmsgsize(inlet->sock, FRAME_SIZE_MAX);
        zsock_set_heartbeat_ivl(inlet->sock, TCP_HEARTBEAT_MS);
        inlet->handle = zsock_resolve(inlet->sock);
    }
    if (zmq_bind(inlet->handle, endpoint) != 0)
        return fault_set(&self->start.fault, STATUS_UNAVAILABLE, "cannot bind %s: %s", endpoint,
                         zmq_strerror(zmq_errno()));
    return STATUS_OK;
}

static status_t
s_bind(supervisor_t *self)
{
    const char *control = config_text(self->config, CONFIG_BUS_CONTROL);
    const char *sink = config_text(self->config, CONFIG_BUS_SINK);
    /* Between threads nothing is bounded by the socket: credits and the ledger bound it, and a
     * journal entry that did not fit would be a promise broken. */
    status_t status = s_inlet(self, ORIGIN_JOURNAL, ZMQ_PAIR, 0, ENDPOINT_JOURNAL);
    if (status == STATUS_OK)
        status = s_inlet(self, ORIGIN_LOADER, ZMQ_PAIR, 0, ENDPOINT_LOADER);
    if (status == STATUS_OK)
        status = s_inlet(self, ORIGIN_PUBLISHER, ZMQ_PAIR, 100000, ENDPOINT_PUBLISHER);
    if (status == STATUS_OK)
        status = s_inlet(self, ORIGIN_CONTROL, ZMQ_ROUTER, CONTROL_HWM, ENDPOINT_CONTROL);
    if (status == STATUS_OK)
        status = s_inlet(self, ORIGIN_CONTROL, ZMQ_ROUTER, CONTROL_HWM, control);
    if (status == STATUS_OK)
        status = s_inlet(self, ORIGIN_SINK, ZMQ_PULL, CONTROL_HWM, sink);
    return status;
}

static status_t
s_start_actors(supervisor_t *self)
{
    self->journal_args.config = self->config;
    self->journal = journal_start(&self->journal_args);
    if (self->journal == NULL)
        return fault_set(&self->start.fault, self->journal_args.start.fault.status, "%s",
                         self->journal_args.start.fault.detail);
    self->loader_args.config = self->config;
    self->loader = loader_start(&self->loader_args);
    if (self->loader == NULL)
        return fault_set(&self->start.fault, self->loader_args.start.fault.status, "%s",
                         self->loader_args.start.fault.detail);
    self->publisher_args.config = self->config;
    self->publisher = publisher_start(&self->publisher_args);
    if (self->publisher == NULL)
        return fault_set(&self->start.fault, self->publisher_args.start.fault.status, "%s",
                         self->publisher_args.start.fault.detail);
    return STATUS_OK;
}

static status_t
s_open(supervisor_t *self)
{
    uint64_t random[2] = {0};
    if (getrandom(random, sizeof random, 0) != (ssize_t) sizeof random)
        return fault_set(&self->start.fault, STATUS_INTERNAL, "no random numbers to be had");
    const config_t *config = self->config;
    control_options_t options = {
        .epoch = random[0],
        .seed = random[1],
        .heartbeat_ms = (uint32_t) config_number(config, CONFIG_WORKERS_HEARTBEAT_MS),
        .silence_ms = (uint32_t) config_number(config, CONFIG_WORKERS_SILENCE_MS),
        /* The worker ends a document by itself in time; the lease only catches one that does not.
         */
        .work_ms = (uint32_t) config_number(config, CONFIG_DOCUMENTS_WORK_SECONDS) * 1000 + 10000,
        .active_jobs = (uint32_t) config_number(config, CONFIG_LIMITS_ACTIVE_JOBS),
    };
    self->control = control_new(&options);
    status_t status = lanes_new(&self->lanes, config_text(config, CONFIG_BUS_LANES), options.epoch,
                                &self->start.fault);
    if (status == STATUS_OK)
        status = s_bind(self);
    if (status == STATUS_OK)
        status = s_start_actors(self);
    if (status == STATUS_OK)
        status = s_recover(self);
    return status;
}

static void
s_close(supervisor_t *self)
{
    zactor_destroy(&self->publisher);
    zactor_destroy(&self->loader);
    zactor_destroy(&self->journal);
    lanes_destroy(&self->lanes);
    static const char *const inner[ORIGIN_COUNT] = {[ORIGIN_CONTROL] = ENDPOINT_CONTROL,
                                                    [ORIGIN_JOURNAL] = ENDPOINT_JOURNAL,
                                                    [ORIGIN_LOADER] = ENDPOINT_LOADER,
                                                    [ORIGIN_PUBLISHER] = ENDPOINT_PUBLISHER};
    for (size_t i = 0; i < ORIGIN_COUNT; i++) {
        /* libzmq closes in the background; the name is to be free when this returns. */
        if (self->inlets[i].sock && inner[i])
            zmq_unbind(self->inlets[i].handle, inner[i]);
        zsock_destroy(&self->inlets[i].sock);
    }
    control_destroy(&self->control);
    effects_free(&self->effects);
}

static void
s_supervisor_actor(zsock_t *pipe, void *args)
{
    supervisor_t *self = args;
    self->start.fault.status = s_open(self);
    bool opened = self->start.fault.status == STATUS_OK;
    handshake_say(&self->start, pipe);
    if (opened) {
        while (s_round(self, pipe, ORIGIN_CONTROL)) {
        }
        s_wind_down(self);
    }
    s_close(self);
}

status_t
supervisor_start(supervisor_t **self_p, const config_t *config, fault_t *fault)
{
    supervisor_t *self = memory_new(sizeof *self);
    self->config = config;
    self->actor = handshake_start(&self->start, s_supervisor_actor, self);
    status_t status = self->start.fault.status;
    if (self->actor == NULL) {
        if (fault)
            *fault = self->start.fault;
        supervisor_stop(&self);
    }
    *self_p = self;
    return status;
}

void
supervisor_stop(supervisor_t **self_p)
{
    supervisor_t *self = *self_p;
    if (self == NULL)
        return;
    zactor_destroy(&self->actor);
    free(self);
    *self_p = NULL;
}

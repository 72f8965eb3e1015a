#include "actors/crew.h"

#include <assert.h>
#include <czmq.h>
#include <endian.h>
#include <errno.h>

#include "base/log.h"
#include "base/memory.h"

/* A HEARTBEAT has room for this many leases. */
enum { IN_HAND_MAX = 1024 };

typedef enum { PLACE_STARTING, PLACE_FREE, PLACE_BUSY, PLACE_ABANDONED } place_state_t;

/* A slot's place in the crew. */
typedef struct {
    slot_t *slot;
    place_state_t state; /* ABANDONED: busy with what nobody waits for */
    ticket_t ticket;     /* while BUSY */
    uint64_t briefed;    /* job_no of the brief that the slot has; 0: none */
} place_t;

/* A document without a slot. Rare (see crew.h), so each has memory of its own. */
typedef struct waiting {
    struct waiting *next;
    ticket_t ticket;
    zmq_msg_t frame;
} waiting_t;

struct crew {
    zsock_t *router;
    void *handle; /* of `router` */
    briefs_t *briefs;
    uint32_t slot_count, up_count, busy_count, capacity;
    place_t *places;
    uint32_t *free_places; /* a stack of numbers */
    uint32_t free_count;
    waiting_t *waiting; /* in the order that they came */
    uint32_t waiting_count;
};

/* ---- to a slot ---- */

/* Sends to a slot that has said HELLO. Takes the content of `frame`. */
static void
s_send(crew_t *self, uint32_t number, zmq_msg_t *frame)
{
    slot_route_t route = slot_route(number);
    int sent = zmq_send(self->handle, route.bytes, sizeof route.bytes, ZMQ_SNDMORE);
    /* At most a brief and a document are under way to a slot: its pipe is never full. */
    if (sent < 0 || zmq_msg_send(frame, self->handle, 0) < 0)
        log_error("worker", "a slot cannot be reached", LOG_N("slot", number));
}

static void
s_send_bytes(crew_t *self, uint32_t number, slice_t bytes)
{
    zmq_msg_t frame;
    zmq_msg_init_size(&frame, bytes.size);
    memcpy(zmq_msg_data(&frame), bytes.data, bytes.size);
    s_send(self, number, &frame);
    zmq_msg_close(&frame);
}

static void
s_hand_out(crew_t *self, const ticket_t *ticket, zmq_msg_t *frame)
{
    uint32_t number = self->free_places[--self->free_count];
    place_t *place = &self->places[number];
    assert(place->state == PLACE_FREE);
    if (place->briefed != ticket->job_no) {
        const job_brief_t *brief = briefs_find(self->briefs, ticket->job_no);
        assert(brief != NULL);
        s_send_bytes(self, number, brief->frame);
        place->briefed = ticket->job_no;
    }
    place->state = PLACE_BUSY;
    place->ticket = *ticket;
    self->busy_count++;
    slot_arm(place->slot);
    s_send(self, number, frame);
}

/* ---- the waiting ---- */

static void
s_wait(crew_t *self, const ticket_t *ticket, zmq_msg_t *frame)
{
    waiting_t *waiting = memory_new(sizeof *waiting);
    waiting->ticket = *ticket;
    zmq_msg_init(&waiting->frame);
    zmq_msg_move(&waiting->frame, frame);
    waiting_t **link = &self->waiting;
    while (*link)
        link = &(*link)->next;
    *link = waiting;
    self->waiting_count++;
}

static void
s_drop_waiting(crew_t *self, waiting_t **link)
{
    waiting_t *waiting = *link;
    *link = waiting->next;
    self->waiting_count--;
    zmq_msg_close(&waiting->frame);
    free(waiting);
}

static void
s_serve_waiting(crew_t *self)
{
    while (self->waiting && self->free_count) {
        s_hand_out(self, &self->waiting->ticket, &self->waiting->frame);
        s_drop_waiting(self, &self->waiting);
    }
}

/* ---- from a slot ---- */

static void
s_free_place(crew_t *self, uint32_t number)
{
    assert(self->places[number].state != PLACE_FREE);
    self->places[number].state = PLACE_FREE;
    self->free_places[self->free_count++] = number;
    s_serve_waiting(self);
}

/* Receives one frame of a slot. Returns its number, or UINT32_MAX when there is none. */
static uint32_t
s_receive(crew_t *self, zmq_msg_t *frame, int flags)
{
    if (zmq_msg_recv(frame, self->handle, flags) < 0)
        return UINT32_MAX;
    uint32_t number = slot_route_number(zmq_msg_data(frame), zmq_msg_size(frame));
    if (!zmq_msg_more(frame) || zmq_msg_recv(frame, self->handle, 0) < 0)
        return UINT32_MAX;
    assert(number < self->slot_count);
    return number;
}

/* Handles what is no answer to a document in hand. Returns true when `done` is one. */
static bool
s_handle(crew_t *self, uint32_t number, zmq_msg_t *frame, message_done_t *done)
{
    place_t *place = &self->places[number];
    slice_t bytes = {zmq_msg_data(frame), zmq_msg_size(frame)};
    bool is_answer = false;
    if (place->state == PLACE_STARTING) {
        self->up_count++;
    } else if (place->state == PLACE_BUSY) {
        self->busy_count--;
        is_answer = message_done_decode(bytes, done) == STATUS_OK;
        assert(is_answer && done->lease == place->ticket.lease);
    }
    s_free_place(self, number);
    return is_answer;
}

/* ---- public ---- */

static bool
s_start_slots(crew_t *self, const char *name, uint32_t count, const slot_steps_t *steps,
              void *context, fault_t *fault)
{
    char endpoint[ENDPOINT_MAX];
    snprintf(endpoint, sizeof endpoint, "inproc://slots-%s", name);
    self->router = zsock_new(ZMQ_ROUTER);
    if (self->router == NULL || zsock_bind(self->router, "%s", endpoint) < 0) {
        fault_set(fault, STATUS_UNAVAILABLE, "no socket is left for the slots");
        return false;
    }
    self->handle = zsock_resolve(self->router);
    zsock_set_linger(self->router, 0);
    zsock_set_router_mandatory(self->router, 1);
    for (; self->slot_count < count; self->slot_count++) {
        place_t *place = &self->places[self->slot_count];
        place->slot = slot_new(endpoint, self->slot_count, steps, context, fault);
        if (place->slot == NULL)
            return false;
    }
    return true;
}

crew_t *
crew_new(const char *name, uint32_t slot_count, const slot_steps_t *steps, void *context,
         briefs_t *briefs, fault_t *fault)
{
    crew_t *self = memory_new(sizeof *self);
    self->briefs = briefs;
    self->places = memory_new(slot_count * sizeof *self->places);
    self->free_places = memory_new(slot_count * sizeof *self->free_places);
    self->capacity = slot_count * 2 < IN_HAND_MAX ? slot_count * 2 : IN_HAND_MAX;
    if (!s_start_slots(self, name, slot_count, steps, context, fault))
        crew_destroy(&self);
    return self;
}

/* A slot can be told to end once it has said HELLO: before that the ROUTER does not know it. */
static void
s_end_slots(crew_t *self)
{
    buffer_t goodbye = {0};
    message_goodbye_encode(&(message_goodbye_t){0}, &goodbye);
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    message_done_t done;
    while (self->up_count < self->slot_count) {
        uint32_t number = s_receive(self, &frame, 0);
        if (number != UINT32_MAX)
            s_handle(self, number, &frame, &done);
        else if (errno != EINTR)
            break;
    }
    for (uint32_t i = 0; i < self->slot_count; i++)
        s_send_bytes(self, i, buffer_slice(&goodbye));
    zmq_msg_close(&frame);
    buffer_free(&goodbye);
    for (uint32_t i = 0; i < self->slot_count; i++)
        slot_destroy(&self->places[i].slot);
}

void
crew_destroy(crew_t **self_p)
{
    crew_t *self = *self_p;
    if (self == NULL)
        return;
    crew_abandon(self);
    s_end_slots(self);
    zsock_destroy(&self->router);
    free(self->places);
    free(self->free_places);
    free(self);
    *self_p = NULL;
}

void *
crew_handle(crew_t *self)
{
    return self->handle;
}

uint32_t
crew_in_hand(const crew_t *self)
{
    return self->busy_count + self->waiting_count;
}

uint32_t
crew_capacity(const crew_t *self)
{
    return self->capacity;
}

bool
crew_give(crew_t *self, const ticket_t *ticket, zmq_msg_t *frame)
{
    if (crew_in_hand(self) == self->capacity)
        return false;
    if (self->free_count)
        s_hand_out(self, ticket, frame);
    else
        s_wait(self, ticket, frame);
    return true;
}

bool
crew_next(crew_t *self, zmq_msg_t *frame, message_done_t *done)
{
    for (;;) {
        uint32_t number = s_receive(self, frame, ZMQ_DONTWAIT);
        if (number == UINT32_MAX)
            return false;
        if (s_handle(self, number, frame, done))
            return true;
    }
}

void
crew_unbrief(crew_t *self, uint64_t job_no)
{
    for (uint32_t i = 0; i < self->slot_count; i++)
        if (self->places[i].briefed == job_no)
            self->places[i].briefed = 0;
}

void
crew_cancel(crew_t *self, uint64_t job_no)
{
    for (uint32_t i = 0; i < self->slot_count; i++) {
        place_t *place = &self->places[i];
        if (place->state == PLACE_BUSY && place->ticket.job_no == job_no)
            slot_cancel(place->slot);
    }
}

bool
crew_withdraw(crew_t *self, uint64_t job_no, ticket_t *out)
{
    waiting_t **link = &self->waiting;
    while (*link && (*link)->ticket.job_no != job_no)
        link = &(*link)->next;
    if (*link == NULL)
        return false;
    *out = (*link)->ticket;
    s_drop_waiting(self, link);
    return true;
}

void
crew_abandon(crew_t *self)
{
    while (self->waiting)
        s_drop_waiting(self, &self->waiting);
    for (uint32_t i = 0; i < self->slot_count; i++) {
        place_t *place = &self->places[i];
        place->briefed = 0; /* the next supervisor numbers its jobs as it likes */
        if (place->state != PLACE_BUSY)
            continue;
        place->state = PLACE_ABANDONED;
        self->busy_count--;
        slot_cancel(place->slot);
    }
}

static void
s_append_lease(uint64_t lease, buffer_t *out)
{
    lease = htole64(lease);
    buffer_append(out, &lease, sizeof lease);
}

void
crew_leases(const crew_t *self, buffer_t *out)
{
    for (uint32_t i = 0; i < self->slot_count; i++) {
        if (self->places[i].state == PLACE_BUSY)
            s_append_lease(self->places[i].ticket.lease, out);
    }
    for (const waiting_t *waiting = self->waiting; waiting; waiting = waiting->next)
        s_append_lease(waiting->ticket.lease, out);
}

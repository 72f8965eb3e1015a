#include "actors/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void
outbox_open(outbox_t *self, void *socket, size_t capacity)
{
    *self = (outbox_t){.socket = socket, .capacity = capacity};
    self->pending = memory_new(capacity * sizeof *self->pending);
}

static zmq_msg_t *
s_first(outbox_t *self)
{
    return &self->pending[self->first];
}

static void
s_drop_first(outbox_t *self)
{
    zmq_msg_close(s_first(self));
    self->first = (self->first + 1) % self->capacity;
    self->count--;
}

void
outbox_close(outbox_t *self)
{
    while (self->count)
        s_drop_first(self);
    free(self->pending);
    *self = (outbox_t){0};
}

bool
outbox_send(outbox_t *self, slice_t frame)
{
    if (self->count == self->capacity)
        return false;
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, frame.size) != 0)
        return false;
    memcpy(zmq_msg_data(&message), frame.data, frame.size);
    if (self->count == 0 && zmq_msg_send(&message, self->socket, ZMQ_DONTWAIT) >= 0)
        return true;
    zmq_msg_t *place = &self->pending[(self->first + self->count) % self->capacity];
    zmq_msg_init(place);
    zmq_msg_move(place, &message);
    zmq_msg_close(&message);
    self->count++;
    return true;
}

void
outbox_flush(outbox_t *self)
{
    /* A sent message is left empty by libzmq, and closing an empty one is free. */
    while (self->count && zmq_msg_send(s_first(self), self->socket, ZMQ_DONTWAIT) >= 0)
        s_drop_first(self);
}

bool
outbox_is_empty(const outbox_t *self)
{
    return self->count == 0;
}

bool
outbox_is_crowded(const outbox_t *self, size_t room)
{
    return self->capacity - self->count < room;
}

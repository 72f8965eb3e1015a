/* What the pure core wants done: a list of frames, each with where it goes.
 *
 * The core never sends; it appends effects, and whoever runs it (the supervisor, the simulation, a
 * test) carries them out in order and clears the list. All bytes of a list stand in one buffer.
 */
#ifndef TAGMILL_ACTORS_EFFECTS_H
#define TAGMILL_ACTORS_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "messages/message.h"

/* The routing frame of a ROUTER's peer: whom an answer goes to. libzmq makes ids of 5 bytes; longer
 * ones than fit here are refused at the rim. */
enum { ROUTE_SIZE_MAX = 32 };
typedef struct {
    uint8_t size;
    uint8_t bytes[ROUTE_SIZE_MAX];
} route_t;

/* True when both are the same peer. */
bool route_equal(const route_t *a, const route_t *b);

typedef enum {
    EFFECT_REPLY,      /* to `route` on the control socket */
    EFFECT_JOURNAL,    /* to the journal; entries come in rising order */
    EFFECT_LOAD,       /* to the loader */
    EFFECT_LANE,       /* to the worker `worker_no` on its lane */
    EFFECT_LANE_OPEN,  /* make a lane for `worker_no`; the frame is its WELCOME, lane and sink left
                          empty for the rim to fill in, and goes to `route` */
    EFFECT_LANE_CLOSE, /* the worker is gone: close its lane; no frame */
    EFFECT_PUBLISH     /* to the publisher */
} effect_kind_t;

typedef struct {
    effect_kind_t kind;
    uint32_t worker_no;
    route_t route;
    size_t offset; /* of the frame in the list's bytes */
    size_t size;
} effect_t;

typedef struct {
    effect_t *items;
    size_t count;
    size_t capacity;
    buffer_t bytes;
    bool has_secret; /* a key is among the bytes: they are wiped with the list */
} effects_t;

/* Frees what the list holds and leaves it empty. */
void effects_free(effects_t *self);

/* Empties the list and keeps its memory. */
void effects_clear(effects_t *self);

/* Starts an effect (route may be NULL): what is appended to the returned buffer until the next
 * effects_end is its frame. */
buffer_t *effects_begin(effects_t *self, effect_kind_t kind, uint32_t worker_no,
                        const route_t *route);
void effects_end(effects_t *self);

/* Returns the frame of an effect, valid until the list changes. */
slice_t effects_frame(const effects_t *self, const effect_t *effect);

/* Appends an effect with the message NAME, its members given as designated initialisers. */
#define EFFECT_SEND(effects, kind, worker_no, route, NAME, ...)                                    \
    do {                                                                                           \
        buffer_t *effect_out = effects_begin(effects, kind, worker_no, route);                     \
        message_##NAME##_encode(&(const message_##NAME##_t){__VA_ARGS__}, effect_out);             \
        effects_end(effects);                                                                      \
    } while (0)

#endif

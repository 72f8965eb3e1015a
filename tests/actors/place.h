/* A place for an actor to be tested in: a directory of its own, settings, and a socket to speak to
 * it that never waits for longer than PLACE_WITHIN_MS. */
#ifndef TAGMILL_TESTS_ACTORS_PLACE_H
#define TAGMILL_TESTS_ACTORS_PLACE_H

#include <czmq.h>

#include "config/config.h"
#include "messages/message.h"
#include "store/store.h"
#include "tests/support/cmocka_all.h"

enum { PLACE_WITHIN_MS = 20000 };

typedef struct {
    char directory[64];
    config_t *config;
    zsock_t *sock;     /* the test's end */
    const char *bound; /* its endpoint; NULL: it is connected */
    zframe_t *last;    /* what place_receive gave last */
} place_t;

/* Makes the directory and the settings: defaults below it, and `setting` ("" for none). */
void place_open(place_t *self, const char *setting);

/* Closes the socket and removes everything. */
void place_close(place_t *self);

/* Makes the test's end: a PAIR bound to `endpoint` (a literal), as the supervisor binds it. A
 * second call makes it anew. */
void place_bind(place_t *self, const char *endpoint);

/* Makes the test's end: a socket of `type` connected to `endpoint`. */
void place_connect(place_t *self, int type, const char *endpoint);

/* Sends an encoded frame and frees it. */
void place_send(place_t *self, buffer_t *frame);

/* Waits for the next frame, which must be of this kind; it lives until the next call. */
slice_t place_receive(place_t *self, message_number_t number);

/* Waits for the next frame, whatever it is. */
slice_t place_receive_any(place_t *self);

/* Encodes a message and sends it: PLACE_SEND(place, ping, .request = 1). */
#define PLACE_SEND(place, name, ...)                                                               \
    do {                                                                                           \
        buffer_t frame_ = {0};                                                                     \
        message_##name##_encode(&(message_##name##_t){__VA_ARGS__}, &frame_);                      \
        place_send(place, &frame_);                                                                \
    } while (0)

/* Waits for a message and decodes it into `out`. */
#define PLACE_RECEIVE(place, NAME, name, out)                                                      \
    assert_int_equal(message_##name##_decode(place_receive(place, MESSAGE_##NAME), out), STATUS_OK)

/* Writes a job of "ann" with `total` documents straight into the store of this place, of which the
 * first `done` are tagged and the next `failed` are not. `text_size`: bytes of each document's
 * description. */
void place_store_job(place_t *self, const char *job_id, uint64_t job_no, uint32_t total,
                     uint32_t done, uint32_t failed, size_t text_size);

#endif

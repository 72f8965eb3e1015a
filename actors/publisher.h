/* The publisher: what happens to jobs and workers, for whoever subscribes.
 *
 * accepts  PROGRESS, SYSTEM from the supervisor (PAIR)
 * emits    on the XPUB at progress/endpoint, three frames: a topic (progress/OWNER/JOB_ID/, both
 *          percent-encoded, or system/), a sequence number in 8 bytes, big-endian, and JSON;
 *          AUDIENCE to the supervisor when somebody begins or ceases to listen
 *
 * With nobody listening no JSON is made. A subscriber that reads too slowly loses messages, sees it
 * by the sequence, and asks over HTTP. A zactor: end it with zactor_destroy.
 */
#ifndef TAGMILL_ACTORS_PUBLISHER_H
#define TAGMILL_ACTORS_PUBLISHER_H

#include <czmq.h>

#include "actors/handshake.h"
#include "config/config.h"

typedef struct {
    const config_t *config; /* borrowed until the actor ends */
    handshake_t start;      /* start.fault: why it did not start */
} publisher_args_t;

/* Starts the publisher behind ENDPOINT_PUBLISHER, which must be bound. `args` outlives the actor.
 * Returns owned: the actor; NULL with args->start.fault set: UNAVAILABLE when progress/endpoint is
 * taken, BAD_REQUEST when it is neither ipc nor an address of this host's loopback (nothing there
 * would keep strangers out). */
zactor_t *publisher_start(publisher_args_t *args);

#endif

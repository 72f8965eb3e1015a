/* Hands the documents of a start to the supervisor, a chunk at a time.
 *
 * The order on the wire is START_OPEN, START_CHUNK..., START_CLOSE, or START_ABORT at any point.
 * At most INTAKE_WINDOW chunks are unanswered, so that neither side ever queues a whole batch; a
 * start that fits into one chunk goes out in one go and costs one round trip. For one thread.
 */
#ifndef TAGMILL_GATEWAY_INTAKE_H
#define TAGMILL_GATEWAY_INTAKE_H

#include "gateway/bus.h"
#include "gateway/start_sink.h"

enum {
    INTAKE_WINDOW = 4,
    INTAKE_CHUNK_BYTES = BATCH_BYTES_MAX / 4,
    INTAKE_CHUNK_DOCUMENTS = 1000,
    INTAKE_DIGEST_SIZE = 32
};

/* What became of a start. */
typedef struct {
    char job_id[JOB_ID_MAX + 1];
    uint32_t total;
    bool is_repeat;
} intake_result_t;

typedef struct intake intake_t;

/* Returns owned: an intake for `owner`'s start over `bus`, whose settings `fields` holds once the
 * first document comes. All borrowed for its life. `now` (seconds since 1970) is for a job_id,
 * where the client gave none. */
intake_t *intake_new(bus_t *bus, slice_t owner, const start_fields_t *fields, int64_t now);

/* Aborts what was not closed, frees the intake and nulls the caller's pointer. Null-safe. */
void intake_destroy(intake_t **self_p);

/* Adds bytes to the digest of the request: what tells a repeated request from another one. */
void intake_digest(intake_t *self, slice_t bytes);

/* The sink that takes documents for this intake, valid as long as it. Its add fails with what the
 * supervisor refused, or UNAVAILABLE. */
start_sink_t intake_sink(intake_t *self);

/* Sends what is left, closes the start and waits for the word that it is on disk.
 * Errors: what the supervisor refused; UNAVAILABLE; MALFORMED. */
status_t intake_finish(intake_t *self, intake_result_t *result, fault_t *fault);

#endif

/* A slot: a thread that works on one document at a time.
 *
 * A slot is to its worker what a worker is to the supervisor, over an inproc DEALER of its own:
 *   says   HELLO once, when it can take work; DONE for each WORK
 *   takes  BRIEF (kept until the next one), WORK (of the job of that BRIEF), GOODBYE (the end)
 * Its DONE names lease, job and row; worker_no and epoch are 0 and the worker's to fill in.
 * The routing id of its socket is SLOT_ROUTE_SIZE bytes that slot_route makes from its number.
 */
#ifndef TAGMILL_ACTORS_SLOT_H
#define TAGMILL_ACTORS_SLOT_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/fault.h"
#include "documents/pipeline.h"

/* The steps that a slot runs: documents/pipeline.h, or a test's own. The first four are called in
 * the slot's thread, end_job in the worker's. */
typedef struct {
    void *(*open)(void *context); /* returns owned: what one slot keeps between documents */
    void (*run)(void *pipeline, const document_t *document, const brief_t *brief,
                const atomic_bool *cancel, outcome_t *outcome); /* as pipeline_run */
    void (*forget)(outcome_t *outcome);                         /* as outcome_free */
    void (*close)(void **pipeline_p);                           /* as pipeline_destroy */
    void (*end_job)(void *context, uint64_t job_no); /* nothing more comes of it; may be NULL */
} slot_steps_t;

enum { SLOT_ROUTE_SIZE = 5 };
typedef struct {
    char bytes[SLOT_ROUTE_SIZE];
} slot_route_t;

typedef struct slot slot_t;

/* Starts the thread of slot `number` and connects it to the ROUTER bound at `endpoint`. `steps` and
 * `context` are borrowed for the slot's life. Returns owned; NULL with `fault` set (UNAVAILABLE)
 * when the process has no socket or thread left. */
slot_t *slot_new(const char *endpoint, uint32_t number, const slot_steps_t *steps, void *context,
                 fault_t *fault);

/* Waits for the thread to end (send GOODBYE first), frees the slot and nulls the caller's pointer.
 * Null-safe. */
void slot_destroy(slot_t **self_p);

/* Clears the cancel flag: call before a free slot is sent WORK. */
void slot_arm(slot_t *self);

/* Sets the cancel flag: the document in hand, or the WORK on its way to the slot, is answered with
 * INTERNAL "cancelled", soon. */
void slot_cancel(slot_t *self);

/* The routing id of a slot, and the number of a routing id of `size` bytes (UINT32_MAX: none). */
slot_route_t slot_route(uint32_t number);
uint32_t slot_route_number(const void *bytes, size_t size);

#endif

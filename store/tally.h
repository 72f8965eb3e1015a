/* What the results of one transaction add to their jobs' counters.
 *
 * A batch of a thousand results touches a job's row once, at commit, and not a thousand times.
 * Private to this folder; not shared between threads.
 */
#ifndef TAGMILL_STORE_TALLY_H
#define TAGMILL_STORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

typedef struct {
    uint64_t job_no;
    bool asked; /* the store was asked whether there is such a job */
    bool known; /* and there is */
    uint32_t processed;
    uint32_t failed;
    store_spent_t spent;
    uint64_t version; /* the highest of the results counted here; 0: none was */
} tally_job_t;

/* A zeroed struct is an empty tally. */
typedef struct {
    tally_job_t *jobs; /* in order of first use */
    size_t count;
    size_t capacity;
    uint32_t *places;   /* hash table of places in `jobs`, from 1; 0: free */
    size_t place_count; /* a power of two, more than twice `count` */
} tally_t;

void tally_free(tally_t *self);

/* Forgets everything and keeps the memory. */
void tally_clear(tally_t *self);

/* Returns the entry of a job, made zeroed when there is none; valid until the next call. */
tally_job_t *tally_require(tally_t *self, uint64_t job_no);

#endif

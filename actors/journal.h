/* The journal: the only writer of the store.
 *
 * accepts  ENTRY_* from the supervisor (PAIR), numbered in rising order
 * emits    at start RECOVERED for every open job, then RECOVERY_DONE; then for each transaction the
 *          OUTCOMEs of its entries and one COMMITTED; STORE_STATE when commits fail and when they
 *          succeed again
 * owns     the store's writing connection
 *
 * Group commit: everything that waits in the inbox goes into one transaction. What was told to be
 * committed survives a crash. A transaction that fails is rolled back, kept whole and tried again
 * until it succeeds; meanwhile nothing further is taken in, and nothing is lost or acknowledged.
 * A key that a job brings for its model is sealed before it is written and goes with the job's end;
 * RECOVERED and OUTCOME carry it plain, over inproc.
 * $TERM: what waits is committed first. A zactor: end it with zactor_destroy.
 */
#ifndef TAGMILL_ACTORS_JOURNAL_H
#define TAGMILL_ACTORS_JOURNAL_H

#include <czmq.h>

#include "actors/handshake.h"
#include "config/config.h"

typedef struct {
    const config_t *config; /* borrowed until the actor ends */
    handshake_t start;      /* start.fault: why it did not start */
} journal_args_t;

/* Opens the store and starts the journal behind ENDPOINT_JOURNAL, which must be bound. `args`
 * outlives the actor. Returns owned: the actor; NULL with args->start.fault set as store_open says.
 */
zactor_t *journal_start(journal_args_t *args);

#endif

/* A librarian: answers questions with what is in the store, on a read-only connection of its own.
 *
 * accepts  FIND_JOB, READ_RESULTS, READ_COLUMNS (librarians of the library), LOAD_WINDOW (the
 *          loader, the supervisor's own librarian, so that users' reads never delay dispatch)
 * emits    JOB_VIEW, RESULTS_PAGE, COLUMNS, REFUSED; WINDOW
 * owns     a store_reader
 *
 * A zactor: end it with zactor_destroy. Each question names its owner, and the store checks it.
 */
#ifndef TAGMILL_ACTORS_LIBRARIAN_H
#define TAGMILL_ACTORS_LIBRARIAN_H

#include <czmq.h>

#include "actors/handshake.h"
#include "config/config.h"

/* Where the desk hands questions to its librarians. */
#define ENDPOINT_LIBRARIANS "inproc://librarians"

typedef struct {
    const config_t *config; /* borrowed until the actor ends */
    handshake_t start;      /* start.fault: why it did not start */
} librarian_args_t;

/* Start a librarian behind the desk, or the loader behind ENDPOINT_LOADER; the endpoint must be
 * bound. `args` outlives the actor. Return owned: the actor; NULL with args->start.fault set when
 * the store cannot be read. */
zactor_t *librarian_start(librarian_args_t *args);
zactor_t *loader_start(librarian_args_t *args);

#endif

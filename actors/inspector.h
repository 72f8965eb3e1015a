/* The inspector: tells whether paths can be read, before a job is started with them.
 *
 * accepts  CHECK_PATHS (from the desk, behind ENDPOINT_INSPECTOR)
 * emits    PATHS_CHECKED
 * owns     a few threads a question, each with an acquirer: the same rules as a worker's
 *
 * A zactor: end it with zactor_destroy.
 */
#ifndef TAGMILL_ACTORS_INSPECTOR_H
#define TAGMILL_ACTORS_INSPECTOR_H

#include <czmq.h>

#include "config/config.h"

/* Where the desk hands CHECK_PATHS to. */
#define ENDPOINT_INSPECTOR "inproc://inspector"

/* A question is answered within this, in milliseconds: a path that took longer is a time-out. */
enum { INSPECTION_MS = 20000 };

/* Starts the inspector; ENDPOINT_INSPECTOR must be bound. `config` is borrowed until it ends.
 * Returns owned: the actor. */
zactor_t *inspector_start(const config_t *config);

#endif

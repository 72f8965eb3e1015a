/* The library: librarians behind one desk, so that several gateways share them.
 *
 * accepts  questions of gateway threads (DEALER) on ENDPOINT_LIBRARY and bus/library
 * emits    the librarians' answers
 * owns     the desk's thread, store/readers librarians, the inspector
 */
#ifndef TAGMILL_ACTORS_LIBRARY_H
#define TAGMILL_ACTORS_LIBRARY_H

#include "base/fault.h"
#include "config/config.h"

typedef struct library library_t;

/* Opens the desk and starts the librarians. The store must be there (the supervisor makes it).
 * `config` is borrowed until library_stop. Returns owned in `*self_p`.
 * UNAVAILABLE: bus/library is taken; others as the store says. */
status_t library_start(library_t **self_p, const config_t *config, fault_t *fault);

/* Stops all and nulls the caller's pointer. Null-safe. */
void library_stop(library_t **self_p);

#endif

/* Which endpoints stay on this host. */
#ifndef TAGMILL_CONFIG_ENDPOINT_H
#define TAGMILL_CONFIG_ENDPOINT_H

#include <stdbool.h>

/* True for ipc, inproc, and tcp on a literal loopback address (a name might resolve to anything).
 * Nothing on any other endpoint would keep strangers out. Any thread. */
bool endpoint_is_local(const char *endpoint);

#endif

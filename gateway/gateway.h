/* The HTTP gateway: civetweb threads that turn requests into messages and messages into answers.
 *
 * It decides nothing about a job and reads no store: it checks who asks and what for, asks the
 * supervisor or the librarians, and writes what they say. It holds no state of its own, so that
 * several can run beside each other. Each connection that is served holds one thread.
 */
#ifndef TAGMILL_GATEWAY_GATEWAY_H
#define TAGMILL_GATEWAY_GATEWAY_H

#include "base/fault.h"
#include "config/config.h"

typedef struct gateway gateway_t;

/* Starts a gateway on http/listen into `*self_p` (owned by the caller). `config` and the two
 * endpoints, where supervisor and librarians are bound, are borrowed for its life. Its sockets
 * belong to the process's czmq context; two a thread are made as they are needed.
 * BAD_REQUEST: settings that cannot work here (the token's key, the limits on open files or
 * sockets); IO_ERROR: the address cannot be listened on, or a key file not be read. */
status_t gateway_start(gateway_t **self_p, const config_t *config, const char *control_endpoint,
                       const char *library_endpoint, fault_t *fault);

/* Stops serving: lets requests that are being answered end, gives up those that wait, joins the
 * threads, frees all and nulls the caller's pointer. Takes some seconds at most. Null-safe. */
void gateway_stop(gateway_t **self_p);

/* The port that the gateway listens on: for tests, which listen on port 0. */
int gateway_port(const gateway_t *self);

#endif

/* Whether the service lives, and whether it can work. Handlers of the routes table. */
#ifndef TAGMILL_GATEWAY_HEALTH_H
#define TAGMILL_GATEWAY_HEALTH_H

#include "gateway/exchange.h"

/* GET /: what this is and where to look. */
status_t health_root(exchange_t *exchange, fault_t *fault);

/* GET /api/health, /api/status: this process answers. Asks nobody. */
status_t health_alive(exchange_t *exchange, fault_t *fault);

/* GET /api/ready: supervisor, store, a worker and the store's readers answer.
 * UNAVAILABLE: the detail names what is missing. */
status_t health_ready(exchange_t *exchange, fault_t *fault);

#endif

/* POST /api/batch/start, in its three forms. */
#ifndef TAGMILL_GATEWAY_START_H
#define TAGMILL_GATEWAY_START_H

#include "gateway/exchange.h"

/* Handler of the routes table: reads the body as it comes, hands its documents to the supervisor
 * and answers when the job is on disk. */
status_t start_job(exchange_t *exchange, fault_t *fault);

#endif

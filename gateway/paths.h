/* POST /api/batch/validate-paths: whether documents can be reached, before a job is started. */
#ifndef TAGMILL_GATEWAY_PATHS_H
#define TAGMILL_GATEWAY_PATHS_H

#include "gateway/exchange.h"

/* Handler of the routes table. The librarians check the paths side by side. */
status_t paths_validate(exchange_t *exchange, fault_t *fault);

#endif

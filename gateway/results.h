/* GET /api/batch/jobs/{job_id}/results: a page as JSON, or everything as NDJSON or CSV. */
#ifndef TAGMILL_GATEWAY_RESULTS_H
#define TAGMILL_GATEWAY_RESULTS_H

#include "gateway/exchange.h"

/* Handler of the routes table.
 * ?after=ROW&limit=1..1000&status=success|failed&format=json|ndjson|csv (or Accept). NDJSON and CSV
 * without a limit stream the whole job, page by page. */
status_t results_read(exchange_t *exchange, fault_t *fault);

#endif

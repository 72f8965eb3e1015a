/* A job over HTTP: how it is, and what it shall do. Handlers of the routes table. */
#ifndef TAGMILL_GATEWAY_JOBS_H
#define TAGMILL_GATEWAY_JOBS_H

#include "gateway/exchange.h"
#include "messages/message.h"

/* GET /api/batch/jobs/{job_id}/status: asks the supervisor, and the librarian for a job that is no
 * longer active. ?wait=SECONDS&version=N waits for a version above N. */
status_t jobs_status(exchange_t *exchange, fault_t *fault);

/* GET /api/batch/active */
status_t jobs_active(exchange_t *exchange, fault_t *fault);

/* POST /api/batch/jobs/{job_id}/pause|resume|cancel|retry */
status_t jobs_pause(exchange_t *exchange, fault_t *fault);
status_t jobs_resume(exchange_t *exchange, fault_t *fault);
status_t jobs_cancel(exchange_t *exchange, fault_t *fault);
status_t jobs_retry(exchange_t *exchange, fault_t *fault);

/* Asks the librarian for the job of the exchange; `job` is a view into session->reply.
 * NOT_FOUND: this user has no such job; as bus_ask. */
status_t jobs_find(exchange_t *exchange, record_job_t *job, fault_t *fault);

#endif

#include "gateway/health.h"

#include "messages/message.h"

status_t
health_root(exchange_t *exchange, fault_t *fault)
{
    (void) fault;
    buffer_append_text(&exchange->session->body,
                       "{\"name\":\"tagmill\",\"version\":\"" TAGMILL_VERSION "\","
                       "\"message\":\"Document tagging in bulk\",\"health\":\"/api/health\"}");
    exchange_answer(exchange, 200, "application/json");
    return STATUS_OK;
}

status_t
health_alive(exchange_t *exchange, fault_t *fault)
{
    (void) fault;
    buffer_append_text(&exchange->session->body,
                       "{\"status\":\"healthy\",\"version\":\"" TAGMILL_VERSION "\","
                       "\"message\":\"tagmill is running\"}");
    exchange_answer(exchange, 200, "application/json");
    return STATUS_OK;
}

static status_t
s_check_supervisor(exchange_t *exchange, message_pong_t *pong, fault_t *fault)
{
    message_ping_t ping = {.request = exchange_question(exchange)};
    message_ping_encode(&ping, &exchange->session->question);
    status_t status = exchange_ask(exchange, BUS_SUPERVISOR, MESSAGE_PONG, BUS_TIMEOUT_MS, fault);
    if (status != STATUS_OK)
        return status;
    if (message_pong_decode(buffer_slice(&exchange->session->reply), pong) != STATUS_OK)
        return fault_set(fault, STATUS_MALFORMED, "the answer to a ping is malformed");
    if (!pong->store_ok)
        return fault_set(fault, STATUS_UNAVAILABLE, "the store does not take commits");
    if (pong->workers == 0)
        return fault_set(fault, STATUS_UNAVAILABLE, "no worker is registered");
    return STATUS_OK;
}

/* Any answer will do: that the job does not exist is one. */
static status_t
s_check_librarian(exchange_t *exchange, fault_t *fault)
{
    message_find_job_t find = {
        .request = exchange_question(exchange), .owner = SLICE("-"), .job_id = SLICE("-")};
    message_find_job_encode(&find, &exchange->session->question);
    status_t status =
        exchange_ask(exchange, BUS_LIBRARIAN, MESSAGE_JOB_VIEW, BUS_TIMEOUT_MS, fault);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

status_t
health_ready(exchange_t *exchange, fault_t *fault)
{
    message_pong_t pong;
    status_t status = s_check_supervisor(exchange, &pong, fault);
    if (status == STATUS_OK)
        status = s_check_librarian(exchange, fault);
    if (status != STATUS_OK)
        return status;
    buffer_printf(&exchange->session->body,
                  "{\"status\":\"ready\",\"workers\":%u,\"slots\":%u,\"active_jobs\":%u}",
                  pong.workers, pong.slots, pong.active_jobs);
    exchange_answer(exchange, 200, "application/json");
    return STATUS_OK;
}

#include "gateway/jobs.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "base/vocabulary.h"
#include "config/provider.h"
#include "gateway/body.h"
#include "gateway/json_scan.h"
#include "gateway/media.h"
#include "gateway/query.h"
#include "messages/job_json.h"
#include "messages/json_text.h"

enum {
    WAIT_SECONDS_MAX = 60,
    ACTIVE_PAGE_LIMIT = 1000,
    ACTIVE_PAGES_MAX = 64,
    RETRY_BODY_MAX = 4096
};

/* ---- status ---- */

static status_t
s_decode_view(exchange_t *exchange, record_job_t *job, fault_t *fault)
{
    message_job_view_t view;
    if (message_job_view_decode(buffer_slice(&exchange->session->reply), &view) != STATUS_OK ||
        record_job_take(&view.job, job) != STATUS_OK || view.job.size != 0 ||
        job->state >= JOB_STATE_COUNT)
        return fault_set(fault, STATUS_MALFORMED, "the view of a job is malformed");
    return STATUS_OK;
}

status_t
jobs_find(exchange_t *exchange, record_job_t *job, fault_t *fault)
{
    message_find_job_t find = {.request = exchange_question(exchange),
                               .owner = exchange->owner,
                               .job_id = exchange->job_id};
    message_find_job_encode(&find, &exchange->session->question);
    status_t status =
        exchange_ask(exchange, BUS_LIBRARIAN, MESSAGE_JOB_VIEW, BUS_TIMEOUT_MS, fault);
    return status == STATUS_OK ? s_decode_view(exchange, job, fault) : status;
}

static status_t
s_ask_status(exchange_t *exchange, int64_t wait_ms, int64_t above, record_job_t *job,
             fault_t *fault)
{
    message_job_status_t ask = {.request = exchange_question(exchange),
                                .owner = exchange->owner,
                                .job_id = exchange->job_id,
                                .wait_ms = (uint32_t) wait_ms,
                                .above = (uint64_t) above};
    message_job_status_encode(&ask, &exchange->session->question);
    status_t status =
        exchange_ask(exchange, BUS_SUPERVISOR, MESSAGE_JOB_VIEW, wait_ms + BUS_TIMEOUT_MS, fault);
    if (status == STATUS_NOT_FOUND)
        return jobs_find(exchange, job, fault);
    return status == STATUS_OK ? s_decode_view(exchange, job, fault) : status;
}

/* A poll that waits holds a thread: beyond http/max_watchers it is answered at once instead. */
static status_t
s_ask_status_waiting(exchange_t *exchange, int64_t wait_ms, int64_t above, record_job_t *job,
                     fault_t *fault)
{
    service_t *service = exchange->service;
    int most = (int) config_number(service->config, CONFIG_HTTP_MAX_WATCHERS);
    if (atomic_fetch_add(&service->watchers, 1) >= most)
        wait_ms = 0;
    status_t status = s_ask_status(exchange, wait_ms, above, job, fault);
    atomic_fetch_sub(&service->watchers, 1);
    return status;
}

/* True when the client has this version already: If-None-Match (RFC 9110, section 13.1.2). */
static bool
s_is_known(const exchange_t *exchange, const char *etag)
{
    const char *known = exchange_header(exchange, "If-None-Match");
    if (known == NULL)
        return false;
    return strcmp(known, "*") == 0 || strstr(known, etag) != NULL;
}

status_t
jobs_status(exchange_t *exchange, fault_t *fault)
{
    int64_t wait_seconds = 0, above = 0;
    record_job_t job = {0};
    status_t status =
        query_number(exchange->query, "wait", 0, WAIT_SECONDS_MAX, &wait_seconds, fault);
    if (status == STATUS_OK)
        status = query_number(exchange->query, "version", 0, INT64_MAX, &above, fault);
    if (status == STATUS_OK && wait_seconds)
        status = s_ask_status_waiting(exchange, wait_seconds * 1000, above, &job, fault);
    else if (status == STATUS_OK)
        status = s_ask_status(exchange, 0, 0, &job, fault);
    if (status != STATUS_OK)
        return status;
    session_t *session = exchange->session;
    char etag[32];
    snprintf(etag, sizeof etag, "\"%llu\"", (unsigned long long) job.version);
    buffer_append_text(&session->headers, "ETag: ");
    buffer_append_text(&session->headers, etag);
    buffer_append_text(&session->headers, "\r\n");
    if (s_is_known(exchange, etag)) {
        exchange_answer(exchange, 304, NULL);
        return STATUS_OK;
    }
    job_json(&job, &session->body);
    exchange_answer(exchange, 200, "application/json");
    return STATUS_OK;
}

/* ---- active ---- */

/* Appends the jobs of a page; `*next` is where the next one begins, 0: this was the last. */
static status_t
s_append_page(exchange_t *exchange, uint64_t *next, fault_t *fault)
{
    message_active_page_t page;
    buffer_t *body = &exchange->session->body;
    if (message_active_page_decode(buffer_slice(&exchange->session->reply), &page) != STATUS_OK)
        return fault_set(fault, STATUS_MALFORMED, "a page of jobs is malformed");
    while (page.jobs.size) {
        record_job_t job = {0};
        if (record_job_take(&page.jobs, &job) != STATUS_OK || job.state >= JOB_STATE_COUNT)
            return fault_set(fault, STATUS_MALFORMED, "a page of jobs is malformed");
        if (body->data[body->size - 1] != '[')
            buffer_append_byte(body, ',');
        job_json(&job, body);
    }
    *next = page.next;
    return STATUS_OK;
}

status_t
jobs_active(exchange_t *exchange, fault_t *fault)
{
    session_t *session = exchange->session;
    uint64_t before = 0;
    buffer_append_text(&session->body, "{\"jobs\":[");
    for (int pages = 0; pages < ACTIVE_PAGES_MAX; pages++) {
        message_active_list_t list = {.request = exchange_question(exchange),
                                      .owner = exchange->owner,
                                      .before = before,
                                      .limit = ACTIVE_PAGE_LIMIT};
        message_active_list_encode(&list, &session->question);
        status_t status =
            exchange_ask(exchange, BUS_SUPERVISOR, MESSAGE_ACTIVE_PAGE, BUS_TIMEOUT_MS, fault);
        if (status == STATUS_OK)
            status = s_append_page(exchange, &before, fault);
        if (status != STATUS_OK)
            return status;
        if (before == 0)
            break;
    }
    buffer_append_text(&session->body, "]}");
    exchange_answer(exchange, 200, "application/json");
    return STATUS_OK;
}

/* ---- commands ---- */

/* The supervisor knows active jobs only. One that has ended is a conflict, not a 404. */
static status_t
s_explain_absence(exchange_t *exchange, job_command_t command, fault_t *fault)
{
    record_job_t job = {0};
    status_t status = jobs_find(exchange, &job, fault);
    if (status != STATUS_OK)
        return status;
    return fault_set(fault, STATUS_WRONG_STATE, "the job is %s: it cannot %s",
                     job_state_word((job_state_t) job.state),
                     command == JOB_COMMAND_CANCEL  ? "be cancelled"
                     : command == JOB_COMMAND_PAUSE ? "be paused"
                                                    : "be resumed");
}

static void
s_answer_command(exchange_t *exchange, const message_command_done_t *done)
{
    static const char *const messages[] = {
        [JOB_COMMAND_PAUSE] = "The job is paused; documents in flight are finished",
        [JOB_COMMAND_RESUME] = "The job goes on",
        [JOB_COMMAND_CANCEL] = "The job is cancelled; results so far stay readable",
        [JOB_COMMAND_RETRY] = "The failed documents go back to work"};
    buffer_t *body = &exchange->session->body;
    buffer_printf(body, "{\"message\":\"%s\",\"job_id\":", messages[done->command]);
    json_text_append(body, exchange->job_id);
    buffer_printf(body, ",\"status\":\"%s\"", job_state_word((job_state_t) done->state));
    if (done->command == JOB_COMMAND_RETRY)
        buffer_printf(body, ",\"retried_count\":%u", done->retried);
    buffer_append_byte(body, '}');
    exchange_answer(exchange, 200, "application/json");
}

static status_t
s_command(exchange_t *exchange, job_command_t command, slice_t api_key, fault_t *fault)
{
    message_job_command_t ask = {.request = exchange_question(exchange),
                                 .owner = exchange->owner,
                                 .job_id = exchange->job_id,
                                 .command = (uint8_t) command,
                                 .api_key = api_key};
    message_job_command_encode(&ask, &exchange->session->question);
    status_t status =
        exchange_ask(exchange, BUS_SUPERVISOR, MESSAGE_COMMAND_DONE, BUS_TIMEOUT_MS, fault);
    if (api_key.size)
        buffer_wipe(&exchange->session->question);
    if (status == STATUS_NOT_FOUND && command != JOB_COMMAND_RETRY)
        return s_explain_absence(exchange, command, fault);
    if (status != STATUS_OK)
        return status;
    message_command_done_t done;
    if (message_command_done_decode(buffer_slice(&exchange->session->reply), &done) != STATUS_OK ||
        done.command != command || done.state >= JOB_STATE_COUNT)
        return fault_set(fault, STATUS_MALFORMED, "the answer to a command is malformed");
    s_answer_command(exchange, &done);
    return STATUS_OK;
}

status_t
jobs_pause(exchange_t *exchange, fault_t *fault)
{
    return s_command(exchange, JOB_COMMAND_PAUSE, (slice_t){0}, fault);
}

status_t
jobs_resume(exchange_t *exchange, fault_t *fault)
{
    return s_command(exchange, JOB_COMMAND_RESUME, (slice_t){0}, fault);
}

status_t
jobs_cancel(exchange_t *exchange, fault_t *fault)
{
    return s_command(exchange, JOB_COMMAND_CANCEL, (slice_t){0}, fault);
}

/* ---- a retry may bring a key ---- */

static bool
s_has_body(const exchange_t *exchange)
{
    return exchange->is_chunked || exchange->content_length > 0;
}

/* Takes {"api_key": "..."}, or an empty object. */
static status_t
s_take_key(exchange_t *exchange, const cJSON *root, buffer_t *api_key, fault_t *fault)
{
    if (!cJSON_IsObject(root))
        return fault_set(fault, STATUS_BAD_REQUEST, "the body must be an object");
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, root)
    {
        slice_t key = slice_from(cJSON_GetStringValue(item));
        if (strcmp(item->string, "api_key") != 0) {
            buffer_t pointer = {0};
            pointer_append(&pointer, slice_from(item->string));
            error_list_add(&exchange->errors, pointer.data, "unknown key %.100s", item->string);
            buffer_free(&pointer);
        } else if (provider_key_is_valid(key)) {
            buffer_append_slice(api_key, key);
            explicit_bzero(item->valuestring, key.size);
        } else if (!cJSON_IsNull(item)) {
            error_list_add(&exchange->errors, "/api_key",
                           "must be a text of 1 to %d visible ASCII characters", API_KEY_MAX);
        }
    }
    return exchange->errors.count
               ? fault_set(fault, STATUS_BAD_REQUEST, "the body has faults: see errors")
               : STATUS_OK;
}

static status_t
s_read_key(exchange_t *exchange, buffer_t *api_key, fault_t *fault)
{
    if (media_type(exchange_header(exchange, "Content-Type")) != MEDIA_JSON)
        return fault_set(fault, STATUS_UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    buffer_t body = {0};
    status_t status = body_read_all(exchange, RETRY_BODY_MAX, &body, fault);
    if (status == STATUS_OK)
        status = json_scan_text(buffer_slice(&body), fault);
    if (status == STATUS_OK) {
        cJSON *root = cJSON_ParseWithLength(body.data, body.size);
        status = s_take_key(exchange, root, api_key, fault);
        cJSON_Delete(root);
    }
    buffer_wipe(&body);
    buffer_free(&body);
    return status;
}

status_t
jobs_retry(exchange_t *exchange, fault_t *fault)
{
    buffer_t api_key = {0};
    status_t status = s_has_body(exchange) ? s_read_key(exchange, &api_key, fault) : STATUS_OK;
    if (status == STATUS_OK)
        status = s_command(exchange, JOB_COMMAND_RETRY, buffer_slice(&api_key), fault);
    buffer_wipe(&api_key);
    buffer_free(&api_key);
    return status;
}

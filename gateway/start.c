#include "gateway/start.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "gateway/body.h"
#include "gateway/intake.h"
#include "gateway/media.h"
#include "gateway/start_csv.h"
#include "gateway/start_head.h"
#include "gateway/start_json.h"
#include "gateway/start_ndjson.h"
#include "messages/json_text.h"

enum { READ_SIZE = 65536 };

/* The reader of the form that the body has; the others are NULL. */
typedef struct {
    exchange_t *exchange;
    media_t media;
    start_fields_t *fields;
    intake_t *intake;
    start_json_t *json;
    start_ndjson_t *ndjson;
    start_csv_t *csv;
} start_t;

static uint32_t
s_limit(const exchange_t *exchange, config_key_t key)
{
    return (uint32_t) config_number(exchange->service->config, key);
}

static void
s_digest_part(start_t *self, slice_t part)
{
    intake_digest(self->intake, part);
    intake_digest(self->intake, (slice_t){"", 1});
}

/* A form whose settings stand in the URL has no other place for a key; in the others config.api_key
 * goes before it. */
static status_t
s_take_key_header(start_t *self, fault_t *fault)
{
    const char *key = exchange_header(self->exchange, "X-Api-Key");
    if (key && !start_head_key(self->fields, slice_from(key)))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "X-Api-Key must be 1 to %d visible ASCII characters", API_KEY_MAX);
    return STATUS_OK;
}

static status_t
s_open(start_t *self, exchange_t *exchange, media_t media, fault_t *fault)
{
    const config_t *config = exchange->service->config;
    start_offer_t offer = {.default_model = config_text(config, CONFIG_TAGGER_DEFAULT),
                           .allow_noop = config_flag(config, CONFIG_TAGGER_ALLOW_NOOP),
                           .may_fall_back =
                               strcmp(config_text(config, CONFIG_TAGGER_FALLBACK), "offline") == 0,
                           .config = config};
    *self = (start_t){.exchange = exchange, .media = media, .fields = start_fields_new(&offer)};
    self->intake =
        intake_new(exchange->session->bus, exchange->owner, self->fields, clock_wall_ms() / 1000);
    s_digest_part(self, slice_from(media_name(media)));
    s_digest_part(self, exchange->query);
    start_sink_t sink = intake_sink(self->intake);
    if (media == MEDIA_JSON)
        self->json =
            start_json_new(self->fields, sink, s_limit(exchange, CONFIG_LIMITS_JSON_DOCUMENTS),
                           config_text(config, CONFIG_DATA_DIR));
    if (media == MEDIA_NDJSON)
        self->ndjson =
            start_ndjson_new(self->fields, sink, s_limit(exchange, CONFIG_LIMITS_STREAM_DOCUMENTS));
    status_t status = s_take_key_header(self, fault);
    if (status != STATUS_OK || media != MEDIA_CSV)
        return status;
    self->csv =
        start_csv_new(self->fields, sink, s_limit(exchange, CONFIG_LIMITS_STREAM_DOCUMENTS));
    status = start_head_query(self->fields, exchange->query, fault);
    if (status == STATUS_OK && self->fields->errors.count)
        status = fault_set(fault, STATUS_BAD_REQUEST, "the query has faults: see errors");
    return status;
}

static void
s_close(start_t *self)
{
    start_json_destroy(&self->json);
    start_ndjson_destroy(&self->ndjson);
    start_csv_destroy(&self->csv);
    intake_destroy(&self->intake);
    /* The problem is written with the errors that were found. */
    self->exchange->errors = self->fields->errors;
    self->fields->errors = (error_list_t){0};
    start_fields_destroy(&self->fields);
}

static status_t
s_feed(start_t *self, slice_t bytes, fault_t *fault)
{
    intake_digest(self->intake, bytes);
    switch (self->media) {
    case MEDIA_JSON: return start_json_feed(self->json, bytes, fault);
    case MEDIA_NDJSON: return start_ndjson_feed(self->ndjson, bytes, fault);
    default: return start_csv_feed(self->csv, bytes, fault);
    }
}

static status_t
s_finish(start_t *self, fault_t *fault)
{
    switch (self->media) {
    case MEDIA_JSON: return start_json_finish(self->json, fault);
    case MEDIA_NDJSON: return start_ndjson_finish(self->ndjson, fault);
    default: return start_csv_finish(self->csv, fault);
    }
}

static status_t
s_read_body(start_t *self, fault_t *fault)
{
    uint64_t limit =
        (uint64_t) config_number(self->exchange->service->config, CONFIG_HTTP_MAX_BODY_BYTES);
    body_t body;
    char *room = memory_new(READ_SIZE);
    status_t status = body_open(&body, self->exchange, limit, fault);
    while (status == STATUS_OK) {
        size_t got = 0;
        status = body_read(&body, room, READ_SIZE, &got, fault);
        if (status != STATUS_OK || got == 0)
            break;
        status = s_feed(self, (slice_t){room, got}, fault);
    }
    body_close(&body);
    explicit_bzero(room, READ_SIZE); /* it may have held a key */
    free(room);
    return status;
}

static void
s_answer(exchange_t *exchange, const intake_result_t *result)
{
    session_t *session = exchange->session;
    buffer_t *body = &session->body;
    slice_t job_id = slice_from(result->job_id);
    buffer_printf(&session->headers, "Location: /api/batch/jobs/%s/status\r\n", result->job_id);
    buffer_append_text(body, "{\"job_id\":");
    json_text_append(body, job_id);
    buffer_printf(body,
                  ",\"total_documents\":%u,\"message\":\"Batch processing started with %u "
                  "documents\"}",
                  result->total, result->total);
    exchange_answer(exchange, 200, "application/json");
}

status_t
start_job(exchange_t *exchange, fault_t *fault)
{
    media_t media = media_type(exchange_header(exchange, "Content-Type"));
    if (media == MEDIA_OTHER)
        return fault_set(fault, STATUS_UNSUPPORTED_MEDIA_TYPE,
                         "the body must be application/json, application/x-ndjson or text/csv");
    start_t start;
    intake_result_t result;
    status_t status = s_open(&start, exchange, media, fault);
    if (status == STATUS_OK)
        status = s_read_body(&start, fault);
    if (status == STATUS_OK)
        status = s_finish(&start, fault);
    if (status == STATUS_OK)
        status = intake_finish(start.intake, &result, fault);
    s_close(&start);
    if (status == STATUS_OK)
        s_answer(exchange, &result);
    return status;
}

#include "gateway/results.h"

#include <string.h>

#include "base/vocabulary.h"
#include "gateway/media.h"
#include "gateway/query.h"
#include "gateway/result_text.h"
#include "messages/message.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };

typedef struct {
    exchange_t *exchange;
    media_t format;
    int64_t after;
    int64_t limit;
    bool has_limit;
    uint8_t filter;
    result_columns_t columns; /* of CSV */
    /* of the page that was read last */
    uint32_t count;
    bool has_more;
} reading_t;

/* ---- what is asked for ---- */

static status_t
s_take_word(const exchange_t *exchange, const char *name, const char *const *words, size_t count,
            size_t *found, fault_t *fault)
{
    buffer_t value = {0};
    bool is_there = false;
    *found = count;
    status_t status = query_find(exchange->query, name, &value, &is_there, fault);
    for (size_t i = 0; i < count; i++)
        if (is_there && slice_is(buffer_slice(&value), words[i]))
            *found = i;
    if (status == STATUS_OK && is_there && *found == count)
        status = fault_set(fault, STATUS_BAD_REQUEST, "%s is not one that there is", name);
    buffer_free(&value);
    return status;
}

static status_t
s_take_query(reading_t *self, fault_t *fault)
{
    static const char *const formats[] = {"json", "ndjson", "csv"};
    static const media_t media[] = {MEDIA_JSON, MEDIA_NDJSON, MEDIA_CSV};
    static const char *const filters[] = {"success", "failed"};
    const exchange_t *exchange = self->exchange;
    size_t format = 0, filter = 0;
    status_t status = s_take_word(exchange, "format", formats, 3, &format, fault);
    if (status == STATUS_OK)
        status = s_take_word(exchange, "status", filters, 2, &filter, fault);
    if (status == STATUS_OK)
        status = query_number(exchange->query, "after", -1, UINT32_MAX, &self->after, fault);
    if (status == STATUS_OK)
        status = query_number(exchange->query, "limit", 1, LIMIT_MAX, &self->limit, fault);
    self->filter = filter == 0 ? 1 : filter == 1 ? 2 : 0;
    self->format = format < 3 ? media[format] : media_accepted(exchange_header(exchange, "Accept"));
    self->has_limit = self->limit != 0;
    if (!self->has_limit)
        self->limit = self->format == MEDIA_JSON ? LIMIT_DEFAULT : LIMIT_MAX;
    return status;
}

/* ---- pages ---- */

static status_t
s_ask_page(reading_t *self, message_results_page_t *page, fault_t *fault)
{
    exchange_t *exchange = self->exchange;
    message_read_results_t ask = {.request = exchange_question(exchange),
                                  .owner = exchange->owner,
                                  .job_id = exchange->job_id,
                                  .after = self->after,
                                  .limit = (uint16_t) self->limit,
                                  .filter = self->filter};
    message_read_results_encode(&ask, &exchange->session->question);
    status_t status =
        exchange_ask(exchange, BUS_LIBRARIAN, MESSAGE_RESULTS_PAGE, BUS_TIMEOUT_MS, fault);
    if (status == STATUS_OK &&
        message_results_page_decode(buffer_slice(&exchange->session->reply), page) != STATUS_OK)
        status = fault_set(fault, STATUS_MALFORMED, "a page of results is malformed");
    return status;
}

static void
s_append_result(const reading_t *self, const record_result_t *result, buffer_t *out)
{
    switch (self->format) {
    case MEDIA_CSV: result_csv_row(&self->columns, result, out); break;
    case MEDIA_NDJSON:
        result_json(result, out);
        buffer_append_byte(out, '\n');
        break;
    default:
        buffer_append_text(out, self->count ? "," : "");
        result_json(result, out);
        break;
    }
}

/* Reads the next page, appends its results to the body and moves `after` behind it. */
static status_t
s_read_page(reading_t *self, fault_t *fault)
{
    message_results_page_t page;
    status_t status = s_ask_page(self, &page, fault);
    if (status != STATUS_OK)
        return status;
    self->count = 0;
    while (page.results.size) {
        record_result_t result;
        if (record_result_take(&page.results, &result) != STATUS_OK ||
            result.error_type >= ERROR_TYPE_COUNT)
            return fault_set(fault, STATUS_MALFORMED, "a page of results is malformed");
        s_append_result(self, &result, &self->exchange->session->body);
        self->after = result.row;
        self->count++;
    }
    self->has_more = page.more != 0 && self->count > 0;
    return STATUS_OK;
}

static status_t
s_ask_columns(reading_t *self, fault_t *fault)
{
    exchange_t *exchange = self->exchange;
    message_read_columns_t ask = {.request = exchange_question(exchange),
                                  .owner = exchange->owner,
                                  .job_id = exchange->job_id};
    message_columns_t columns;
    message_read_columns_encode(&ask, &exchange->session->question);
    status_t status = exchange_ask(exchange, BUS_LIBRARIAN, MESSAGE_COLUMNS, BUS_TIMEOUT_MS, fault);
    if (status != STATUS_OK)
        return status;
    if (message_columns_decode(buffer_slice(&exchange->session->reply), &columns) != STATUS_OK)
        return fault_set(fault, STATUS_MALFORMED, "a job's columns are malformed");
    result_columns_take(&self->columns, columns.columns, columns.mapping);
    return STATUS_OK;
}

/* ---- answers ---- */

static status_t
s_answer_json(reading_t *self, fault_t *fault)
{
    buffer_t *body = &self->exchange->session->body;
    buffer_append_text(body, "{\"results\":[");
    status_t status = s_read_page(self, fault);
    if (status != STATUS_OK)
        return status;
    if (self->has_more)
        buffer_printf(body, "],\"count\":%u,\"next_after\":%lld}", self->count,
                      (long long) self->after);
    else
        buffer_printf(body, "],\"count\":%u,\"next_after\":null}", self->count);
    exchange_answer(self->exchange, 200, "application/json");
    return STATUS_OK;
}

static const char *
s_stream_type(const reading_t *self)
{
    return self->format == MEDIA_CSV ? "text/csv; charset=utf-8; header=present"
                                     : "application/x-ndjson";
}

/* The first page is read before the answer begins: until then a failure still has a status. */
static status_t
s_answer_stream(reading_t *self, fault_t *fault)
{
    exchange_t *exchange = self->exchange;
    buffer_t *body = &exchange->session->body;
    if (self->format == MEDIA_CSV)
        buffer_append_text(&exchange->session->headers,
                           "Content-Disposition: attachment; filename=\"results.csv\"\r\n");
    if (self->has_limit || !self->has_more) {
        exchange_answer(exchange, 200, s_stream_type(self));
        return STATUS_OK;
    }
    exchange_stream_begin(exchange, s_stream_type(self));
    bool goes_on = exchange_stream_write(exchange, buffer_slice(body));
    status_t status = STATUS_OK;
    while (goes_on && status == STATUS_OK && self->has_more && !exchange->is_head) {
        buffer_clear(body);
        status = s_read_page(self, fault);
        if (status == STATUS_OK)
            goes_on = exchange_stream_write(exchange, buffer_slice(body));
    }
    exchange_stream_end(exchange, goes_on && status == STATUS_OK);
    return STATUS_OK;
}

static status_t
s_read_stream(reading_t *self, fault_t *fault)
{
    status_t status = STATUS_OK;
    if (self->format == MEDIA_CSV) {
        status = s_ask_columns(self, fault);
        result_csv_header(&self->columns, &self->exchange->session->body);
    }
    if (status == STATUS_OK)
        status = s_read_page(self, fault);
    return status == STATUS_OK ? s_answer_stream(self, fault) : status;
}

status_t
results_read(exchange_t *exchange, fault_t *fault)
{
    reading_t reading = {.exchange = exchange, .after = -1};
    status_t status = s_take_query(&reading, fault);
    if (status == STATUS_OK)
        status = reading.format == MEDIA_JSON ? s_answer_json(&reading, fault)
                                              : s_read_stream(&reading, fault);
    result_columns_free(&reading.columns);
    return status;
}

#include "documents/model/model_http.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "config/provider.h"
#include "documents/web.h"

enum { CONNECT_MS = 5000 };

struct model_http {
    CURLM *multi;
    CURL *easy;
    buffer_t *body; /* of the request that runs */
    bool is_too_large;
};

static size_t
s_on_data(char *data, size_t size, size_t count, void *context)
{
    model_http_t *self = context;
    size_t bytes = size * count; /* size is always 1 */
    if (bytes > MODEL_BODY_MAX - self->body->size) {
        self->is_too_large = true;
        return 0;
    }
    buffer_append(self->body, data, bytes);
    return bytes;
}

static void
s_set_options(model_http_t *self)
{
    CURL *easy = self->easy;
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, s_on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
}

model_http_t *
model_http_new(void)
{
    model_http_t *self = memory_new(sizeof *self);
    web_open(&self->multi, &self->easy);
    s_set_options(self);
    return self;
}

void
model_http_destroy(model_http_t **self_p)
{
    model_http_t *self = *self_p;
    if (self == NULL)
        return;
    web_close(self->multi, self->easy);
    free(self);
    *self_p = NULL;
}

/* ---- headers ---- */

static struct curl_slist *
s_append_header(struct curl_slist *list, const char *header)
{
    struct curl_slist *longer = curl_slist_append(list, header);
    if (longer == NULL)
        abort(); /* out of memory */
    return longer;
}

static struct curl_slist *
s_headers(slice_t key)
{
    struct curl_slist *list = s_append_header(NULL, "Content-Type: application/json");
    list = s_append_header(list, "Accept: application/json");
    list = s_append_header(list, "Expect:"); /* one round trip, whatever the body's size */
    if (key.size == 0)
        return list;
    buffer_t header = {0};
    buffer_printf(&header, "Authorization: Bearer %.*s", SLICE_ARG(key));
    list = s_append_header(list, header.data);
    explicit_bzero(header.data, header.size);
    buffer_free(&header);
    return list;
}

/* A key is not left in freed memory. */
static void
s_free_headers(struct curl_slist *list)
{
    for (struct curl_slist *at = list; at; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(list);
}

static const char *
s_header(model_http_t *self, const char *name)
{
    struct curl_header *header = NULL;
    bool is_there = curl_easy_header(self->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
    return is_there ? header->value : "";
}

/* ---- when to come again ---- */

/* Returns the milliseconds of the unit that `*at` begins with, and moves it on; 0: none. */
static double
s_unit_ms(const char **at)
{
    static const struct {
        const char *word;
        double ms;
    } units[] = {{"ms", 1}, {"h", 3600e3}, {"m", 60e3}, {"s", 1e3}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strncmp(*at, units[i].word, strlen(units[i].word)) == 0) {
            *at += strlen(units[i].word);
            return units[i].ms;
        }
    }
    return 0;
}

static uint32_t
s_bounded_ms(double ms)
{
    double most = WEB_RETRY_AFTER_MAX_SECONDS * 1000.0;
    if (!(ms > 0))
        return 0;
    return (uint32_t) (ms < most ? ms : most);
}

uint32_t
model_http_reset_ms(const char *value, int64_t now_ms)
{
    const double since_1970 = 1e11; /* a number above it is a time, not a duration */
    double whole_ms = 0;
    const char *at = value;
    while (*at >= '0' && *at <= '9') {
        char *end;
        double number = strtod(at, &end);
        at = end;
        double unit_ms = s_unit_ms(&at);
        if (unit_ms == 0)
            return *at == '\0' && whole_ms == 0
                       ? s_bounded_ms(number > since_1970 ? number - (double) now_ms
                                                          : number * 1000)
                       : 0;
        whole_ms += number * unit_ms;
    }
    return *at == '\0' ? s_bounded_ms(whole_ms) : 0;
}

static uint32_t
s_read_retry_after(model_http_t *self, long status)
{
    double ms = strtod(s_header(self, "retry-after-ms"), NULL);
    if (ms > 0)
        return s_bounded_ms(ms);
    uint32_t retry_after_ms = web_retry_after_ms(self->easy);
    static const char *const names[] = {"x-ratelimit-reset-requests", "x-ratelimit-reset"};
    if (status != 429) /* then the other headers tell of limits that are not reached */
        return retry_after_ms;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && retry_after_ms == 0; i++)
        retry_after_ms = model_http_reset_ms(s_header(self, names[i]), clock_wall_ms());
    return retry_after_ms;
}

/* ---- one request ---- */

/* libcurl's own texts may name addresses inside our network, so the sentences are ours. */
static error_type_t
s_explain(const model_http_t *self, CURLcode result, failure_t *failure)
{
    if (self->is_too_large)
        return failure_set(failure, ERROR_MODEL_ERROR, "the model's server sent more than %d bytes",
                           MODEL_BODY_MAX);
    switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
        return failure_set(failure, ERROR_TIMEOUT, "the model took too long");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return failure_set(failure, ERROR_MODEL_ERROR, "the model's server does not speak HTTP");
    case CURLE_COULDNT_RESOLVE_HOST:
        return failure_set(failure, ERROR_NETWORK, "the name of the model's server was not found");
    case CURLE_COULDNT_CONNECT:
        return failure_set(failure, ERROR_NETWORK, "the model's server cannot be reached");
    case CURLE_PEER_FAILED_VERIFICATION:
        return failure_set(failure, ERROR_NETWORK,
                           "the certificate of the model's server is not trusted");
    default:
        return failure_set(failure, ERROR_NETWORK, "the model's server broke off: %s",
                           curl_easy_strerror(result));
    }
}

static error_type_t
s_run(model_http_t *self, int64_t deadline_ms, const atomic_bool *cancel,
      model_response_t *response, failure_t *failure)
{
    int64_t left_ms = deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0)
        return failure_set(failure, ERROR_TIMEOUT, "the model took too long");
    curl_easy_setopt(self->easy, CURLOPT_TIMEOUT_MS, (long) left_ms);
    curl_multi_add_handle(self->multi, self->easy);
    CURLcode result = CURLE_OK;
    bool is_done = web_perform(self->multi, cancel, &result);
    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &response->status);
    response->retry_after_ms = s_read_retry_after(self, response->status);
    curl_multi_remove_handle(self->multi, self->easy);
    if (!is_done)
        return failure_set(failure, ERROR_INTERNAL, "cancelled");
    return result == CURLE_OK ? ERROR_NONE : s_explain(self, result, failure);
}

error_type_t
model_http_post(model_http_t *self, const char *base_url, slice_t key, slice_t body,
                int64_t deadline_ms, const atomic_bool *cancel, model_response_t *response,
                failure_t *failure)
{
    buffer_clear(&response->body);
    response->status = 0;
    response->retry_after_ms = 0;
    if (key.size > 0 && !provider_key_is_valid(key))
        return failure_set(failure, ERROR_AUTH,
                           "the key for the model is no key: it may only hold "
                           "visible ASCII characters");
    self->body = &response->body;
    self->is_too_large = false;
    buffer_t url = {0};
    buffer_printf(&url, "%s/chat/completions", base_url);
    struct curl_slist *headers = s_headers(key);
    curl_easy_setopt(self->easy, CURLOPT_URL, url.data);
    curl_easy_setopt(self->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(self->easy, CURLOPT_POSTFIELDS, body.data);
    curl_easy_setopt(self->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) body.size);
    error_type_t type = s_run(self, deadline_ms, cancel, response, failure);
    curl_easy_setopt(self->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(self->easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(self->easy, CURLOPT_POST, 1L);
    s_free_headers(headers);
    buffer_free(&url);
    self->body = NULL;
    return type;
}

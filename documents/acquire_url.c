/* Documents from the web: libcurl's multi interface, because it can be woken while it waits.
 *
 * The address check stands in the callback that makes the socket: there the address is the one that
 * is connected to, however it was spelled or resolved, for the first request and every redirect. A
 * proxy would hide it, so none is used. Sizes are counted where decoded bytes arrive, because a
 * server need not tell the length, and compressed bytes say little about what they become.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/acquire_sources.h"

enum {
    CONNECT_MS = 5000,
    REDIRECTS_MAX = 5,
    URL_SIZE_MAX = 8192,
    WAIT_STEP_MS = 50, /* how often the cancel flag is looked at */
    RETRY_AFTER_MAX_SECONDS = 24 * 3600,
};

struct url_fetcher {
    CURLM *multi;
    CURL *easy;
    const network_set_t *allowed;
    buffer_t *out; /* of the fetch that runs */
    size_t max_bytes;
    bool is_too_large;
    bool is_refused; /* an address that is not admitted was about to be connected to */
};

static curl_socket_t
s_on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    url_fetcher_t *self = context;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !network_admits(self->allowed, &address->addr, address->addrlen)) {
        self->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t
s_on_data(char *data, size_t size, size_t count, void *context)
{
    url_fetcher_t *self = context;
    size_t bytes = size * count; /* size is always 1 */
    if (bytes > self->max_bytes - self->out->size) {
        self->is_too_large = true;
        return 0;
    }
    buffer_append(self->out, data, bytes);
    return bytes;
}

static void
s_set_options(url_fetcher_t *self)
{
    CURL *easy = self->easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long) REDIRECTS_MAX);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, s_on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, self);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, s_on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L); /* an error page is not the document */
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tagmill/" TAGMILL_VERSION);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L); /* other threads run */
    /* A name server that is silent must not hold a cancelled fetch. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

url_fetcher_t *
url_fetcher_new(const network_set_t *allowed)
{
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by libcurl, and safe in any thread */
    url_fetcher_t *self = memory_new(sizeof *self);
    self->allowed = allowed;
    self->multi = curl_multi_init();
    self->easy = curl_easy_init();
    if (self->multi == NULL || self->easy == NULL)
        abort(); /* out of memory, see base/memory.h */
    s_set_options(self);
    return self;
}

void
url_fetcher_destroy(url_fetcher_t **self_p)
{
    url_fetcher_t *self = *self_p;
    if (self == NULL)
        return;
    curl_easy_cleanup(self->easy);
    curl_multi_cleanup(self->multi);
    curl_global_cleanup();
    free(self);
    *self_p = NULL;
}

/* Says what is wrong with an address before libcurl is asked, in words that fit. */
static error_type_t
s_check_url(const char *url, failure_t *failure)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    error_type_t type = ERROR_NONE;
    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        type = failure_set(failure, ERROR_NOT_FOUND, "this is not a valid http or https address");
    else if (strcasecmp(scheme, "http") != 0 && strcasecmp(scheme, "https") != 0)
        type = failure_set(failure, ERROR_FORBIDDEN,
                           "only http and https addresses are fetched, not %s", scheme);
    curl_free(scheme);
    curl_url_cleanup(parts);
    return type;
}

/* Runs the transfer. Returns false when it was cancelled. */
static bool
s_perform(url_fetcher_t *self, const atomic_bool *cancel, CURLcode *result)
{
    int running = 1;
    while (running) {
        if (atomic_load(cancel))
            return false;
        if (curl_multi_perform(self->multi, &running) != CURLM_OK)
            break;
        if (running)
            curl_multi_poll(self->multi, NULL, 0, WAIT_STEP_MS, NULL);
    }
    *result = CURLE_FAILED_INIT;
    int left;
    for (CURLMsg *message = curl_multi_info_read(self->multi, &left); message;
         message = curl_multi_info_read(self->multi, &left))
        if (message->msg == CURLMSG_DONE)
            *result = message->data.result;
    return true;
}

static void
s_read_retry_after(url_fetcher_t *self, failure_t *failure)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(self->easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > RETRY_AFTER_MAX_SECONDS)
        seconds = RETRY_AFTER_MAX_SECONDS;
    if (seconds > 0)
        failure->retry_after_ms = (uint32_t) seconds * 1000;
}

static error_type_t
s_answer_failure(url_fetcher_t *self, long code, failure_t *failure)
{
    if (code == 404 || code == 410)
        return failure_set(failure, ERROR_NOT_FOUND, "the server answered %ld: not found", code);
    if (code == 401 || code == 403 || code == 407 || code == 451)
        return failure_set(failure, ERROR_FORBIDDEN, "the server answered %ld: refused", code);
    if (code == 408 || code == 425 || code == 429 || code >= 500) {
        s_read_retry_after(self, failure);
        return failure_set(failure, ERROR_NETWORK, "the server answered %ld: not now", code);
    }
    return failure_set(failure, ERROR_NOT_FOUND, "the server answered %ld and gave no document",
                       code);
}

/* libcurl's own texts name addresses inside our network, so the sentences are ours. */
static error_type_t
s_transfer_failure(url_fetcher_t *self, CURLcode result, long code, failure_t *failure)
{
    if (self->is_too_large || result == CURLE_FILESIZE_EXCEEDED)
        return failure_set(failure, ERROR_TOO_LARGE,
                           "the document is larger than the %zu bytes that are read",
                           self->max_bytes);
    switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
        return failure_set(failure, ERROR_TIMEOUT, "the server took too long");
    case CURLE_TOO_MANY_REDIRECTS:
        return failure_set(failure, ERROR_FORBIDDEN, "the address redirects more than %d times",
                           REDIRECTS_MAX);
    case CURLE_UNSUPPORTED_PROTOCOL: /* of a redirect, or an answer that is not HTTP */
        if (code < 300 || code > 399)
            return failure_set(failure, ERROR_NETWORK, "the server does not answer in HTTP");
        return failure_set(failure, ERROR_FORBIDDEN, "only http and https addresses are fetched");
    case CURLE_URL_MALFORMAT:
        return failure_set(failure, ERROR_NOT_FOUND, "this is not a valid http or https address");
    case CURLE_COULDNT_RESOLVE_HOST:
        return failure_set(failure, ERROR_NETWORK, "the name of the server was not found");
    case CURLE_PEER_FAILED_VERIFICATION:
        return failure_set(failure, ERROR_NETWORK, "the server's certificate is not trusted");
    default: break;
    }
    if (self->is_refused)
        return failure_set(failure, ERROR_FORBIDDEN,
                           "the address is not a public one, and this server does not allow it");
    return failure_set(failure, ERROR_NETWORK, "fetching failed: %s", curl_easy_strerror(result));
}

static error_type_t
s_fetch(url_fetcher_t *self, const char *url, const fetch_limits_t *limits, failure_t *failure)
{
    int64_t left_ms = limits->deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0)
        return failure_set(failure, ERROR_TIMEOUT, "the server took too long");
    curl_easy_setopt(self->easy, CURLOPT_URL, url);
    curl_easy_setopt(self->easy, CURLOPT_TIMEOUT_MS, (long) left_ms);
    curl_easy_setopt(self->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) limits->max_bytes);
    curl_multi_add_handle(self->multi, self->easy);
    CURLcode result = CURLE_OK;
    bool is_done = s_perform(self, limits->cancel, &result);
    long code = 0;
    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &code);
    curl_multi_remove_handle(self->multi, self->easy);
    if (!is_done)
        return failure_set(failure, ERROR_INTERNAL, "cancelled");
    if (result == CURLE_HTTP_RETURNED_ERROR || (result == CURLE_OK && (code < 200 || code > 299)))
        return s_answer_failure(self, code, failure);
    if (result != CURLE_OK)
        return s_transfer_failure(self, result, code, failure);
    return ERROR_NONE;
}

static error_type_t
s_fetch_checked(url_fetcher_t *self, slice_t url, const fetch_limits_t *limits, buffer_t *out,
                failure_t *failure)
{
    if (url.size == 0 || url.size > URL_SIZE_MAX || memchr(url.data, '\0', url.size))
        return failure_set(failure, ERROR_NOT_FOUND, "this is not a valid http or https address");
    self->out = out;
    self->max_bytes = limits->max_bytes;
    self->is_too_large = self->is_refused = false;
    char *text = slice_copy(url);
    error_type_t type = s_check_url(text, failure);
    if (type == ERROR_NONE)
        type = s_fetch(self, text, limits, failure);
    free(text);
    self->out = NULL;
    return type;
}

error_type_t
url_fetcher_fetch(url_fetcher_t *self, slice_t url, const fetch_limits_t *limits, buffer_t *out,
                  failure_t *failure)
{
    error_type_t type = s_fetch_checked(self, url, limits, out, failure);
    if (type != ERROR_NONE)
        buffer_clear(out);
    return type;
}

static void
s_read_facts(url_fetcher_t *self, acquire_facts_t *facts)
{
    char *content_type = NULL;
    curl_off_t size = -1;
    curl_easy_getinfo(self->easy, CURLINFO_CONTENT_TYPE, &content_type);
    curl_easy_getinfo(self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    snprintf(facts->content_type, sizeof facts->content_type, "%s",
             content_type ? content_type : "");
    facts->size = size;
}

error_type_t
url_fetcher_check(url_fetcher_t *self, slice_t url, const fetch_limits_t *limits,
                  acquire_facts_t *facts, failure_t *failure)
{
    buffer_t body = {0};
    curl_easy_setopt(self->easy, CURLOPT_NOBODY, 1L);
    error_type_t type = s_fetch_checked(self, url, limits, &body, failure);
    long code = 0;
    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_setopt(self->easy, CURLOPT_NOBODY, 0L);
    curl_easy_setopt(self->easy, CURLOPT_HTTPGET, 1L);
    if (type != ERROR_NONE && (code == 405 || code == 501)) { /* it knows no HEAD */
        *failure = (failure_t){0};
        type = s_fetch_checked(self, url, limits, &body, failure);
    }
    if (type == ERROR_NONE)
        s_read_facts(self, facts);
    buffer_free(&body);
    return type;
}

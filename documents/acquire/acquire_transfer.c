/* HTTP by libcurl for documents.
 *
 * The address check stands in the callback that makes the socket: there the address is the one that
 * is connected to, however it was spelled or resolved, for the first request and every redirect. A
 * proxy would hide it, so none is used. Sizes are counted where decoded bytes arrive, because a
 * server need not tell the length, and compressed bytes say little about what they become.
 */
#include "documents/acquire/acquire_transfer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/web.h"

/* Of no bytes: what a GET or HEAD sends. */
#define SHA256_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct transfer {
    CURLM *multi;
    CURL *easy;
    transfer_options_t options;
    /* of the request that runs */
    buffer_t *out;
    buffer_t *error; /* NULL: the body of a refusal is of no interest */
    size_t max_bytes;
    bool is_too_large;
    bool is_refused; /* an address that is not admitted was about to be connected to */
};

/* ---- callbacks ---- */

static curl_socket_t
s_on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    transfer_t *self = context;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        (self->options.allowed &&
         !network_admits(self->options.allowed, &address->addr, address->addrlen))) {
        self->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static long
s_code(transfer_t *self)
{
    long code = 0;
    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

static bool
s_is_success(long code)
{
    return code >= 200 && code <= 299;
}

/* Ends the transfer when enough of a refusal is known. */
static size_t
s_keep_error(buffer_t *error, const char *data, size_t size)
{
    if (error == NULL || size > TRANSFER_ERROR_BYTES - error->size)
        return 0;
    buffer_append(error, data, size);
    return size;
}

static size_t
s_on_data(char *data, size_t size, size_t count, void *context)
{
    transfer_t *self = context;
    size_t bytes = size * count; /* size is always 1 */
    if (!s_is_success(s_code(self)))
        return s_keep_error(self->error, data, bytes);
    if (bytes > self->max_bytes - self->out->size) {
        self->is_too_large = true;
        return 0;
    }
    buffer_append(self->out, data, bytes);
    return bytes;
}

/* ---- new and destroy ---- */

static void
s_set_options(transfer_t *self)
{
    CURL *easy = self->easy;
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, self->options.redirects > 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long) self->options.redirects);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, s_on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, self);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, s_on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) self->options.connect_ms);
}

transfer_t *
transfer_new(const transfer_options_t *options)
{
    transfer_t *self = memory_new(sizeof *self);
    self->options = *options;
    web_open(&self->multi, &self->easy);
    s_set_options(self);
    return self;
}

void
transfer_destroy(transfer_t **self_p)
{
    transfer_t *self = *self_p;
    if (self == NULL)
        return;
    web_close(self->multi, self->easy);
    free(self);
    *self_p = NULL;
}

/* ---- what went wrong ---- */

/* libcurl's own texts name addresses inside our network, so the sentences are ours. */
static error_type_t
s_explain(const transfer_t *self, CURLcode result, long code, failure_t *failure)
{
    if (self->is_too_large || result == CURLE_FILESIZE_EXCEEDED)
        return failure_set(failure, ERROR_TOO_LARGE,
                           "the document is larger than the %zu bytes that are read",
                           self->max_bytes);
    switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
        return failure_set(failure, ERROR_TIMEOUT, "the server took too long");
    case CURLE_TOO_MANY_REDIRECTS:
        return failure_set(failure, ERROR_FORBIDDEN, "the address redirects more than %u times",
                           self->options.redirects);
    case CURLE_UNSUPPORTED_PROTOCOL: /* of a redirect, or an answer that is not HTTP */
        if (code < 300 || code > 399)
            return failure_set(failure, ERROR_NETWORK, "the server does not answer in HTTP");
        return failure_set(failure, ERROR_FORBIDDEN, "only http and https addresses are fetched");
    case CURLE_URL_MALFORMAT:
        return failure_set(failure, ERROR_NOT_FOUND, "this is not a valid http or https address");
    case CURLE_COULDNT_RESOLVE_HOST:
        return failure_set(failure, ERROR_NETWORK, "the name of the server was not found");
    case CURLE_COULDNT_CONNECT:
        if (!self->is_refused)
            return failure_set(failure, ERROR_NETWORK, "the server cannot be reached");
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        return failure_set(failure, ERROR_NETWORK, "the server's certificate is not trusted");
    default: break;
    }
    if (self->is_refused)
        return failure_set(failure, ERROR_FORBIDDEN,
                           "the address is not a public one, and this server does not allow it");
    return failure_set(failure, ERROR_NETWORK, "fetching failed: %s", curl_easy_strerror(result));
}

error_type_t
transfer_judge(const transfer_answer_t *answer, failure_t *failure)
{
    long code = answer->code;
    if (s_is_success(code) || answer->facts.is_unchanged)
        return ERROR_NONE;
    if (code == 404 || code == 410)
        return failure_set(failure, ERROR_NOT_FOUND, "the server answered %ld: not found", code);
    if (code == 401 || code == 403 || code == 407 || code == 451)
        return failure_set(failure, ERROR_FORBIDDEN, "the server answered %ld: refused", code);
    if (code == 408 || code == 425 || code == 429 || code >= 500) {
        failure->retry_after_ms = answer->retry_after_ms;
        return failure_set(failure, ERROR_NETWORK, "the server answered %ld: not now", code);
    }
    return failure_set(failure, ERROR_NOT_FOUND, "the server answered %ld and gave no document",
                       code);
}

/* ---- one request ---- */

static struct curl_slist *
s_append_header(struct curl_slist *list, const char *header)
{
    struct curl_slist *longer = curl_slist_append(list, header);
    if (longer == NULL)
        abort(); /* out of memory */
    return longer;
}

static struct curl_slist *
s_headers(const transfer_request_t *request, const fetch_t *what)
{
    struct curl_slist *list = NULL;
    buffer_t condition = {0};
    buffer_printf(&condition, "If-None-Match: %s", what->known_etag);
    if (what->known_etag[0])
        list = s_append_header(list, condition.data);
    buffer_free(&condition);
    if (request->signer == NULL)
        return list;
    list = s_append_header(list, "x-amz-content-sha256: " SHA256_OF_NOTHING);
    buffer_t token = {0};
    buffer_printf(&token, "x-amz-security-token: %s", request->signer->session_token);
    if (request->signer->session_token[0])
        list = s_append_header(list, token.data);
    buffer_free(&token);
    return list;
}

static void
s_set_signer(CURL *easy, const transfer_signer_t *signer)
{
    if (signer == NULL)
        return;
    buffer_t scheme = {0};
    buffer_printf(&scheme, "aws:amz:%s:s3", signer->region);
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scheme.data);
    curl_easy_setopt(easy, CURLOPT_USERNAME, signer->access_key);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, signer->secret_key);
    buffer_free(&scheme);
}

static void
s_set_request(transfer_t *self, const transfer_request_t *request, const fetch_t *what,
              int64_t left_ms, struct curl_slist *headers)
{
    CURL *easy = self->easy;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, request->is_path_exact ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_NOBODY, request->is_head ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    /* An error page is not the document, and is not waited for where nobody reads it. */
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, self->error ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) left_ms);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) what->max_bytes);
    s_set_signer(easy, request->signer);
}

static void
s_copy_text(char *out, size_t size, const char *text)
{
    if (text && strlen(text) < size)
        memcpy(out, text, strlen(text) + 1);
}

static void
s_read_answer(transfer_t *self, const fetch_t *what, transfer_answer_t *answer)
{
    CURL *easy = self->easy;
    answer->code = s_code(self);
    answer->retry_after_ms = web_retry_after_ms(easy);
    curl_off_t size = -1;
    char *content_type = NULL;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &content_type);
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    answer->facts.size = size;
    answer->facts.is_unchanged = answer->code == 304 && what->known_etag[0];
    s_copy_text(answer->facts.content_type, sizeof answer->facts.content_type, content_type);
    struct curl_header *etag = NULL;
    if (curl_easy_header(easy, "ETag", 0, CURLH_HEADER, -1, &etag) == CURLHE_OK)
        s_copy_text(answer->facts.etag, sizeof answer->facts.etag, etag->value);
}

/* A refusal counts as one as soon as its code is here, whatever becomes of its body. */
static bool
s_is_answered(CURLcode result, long code)
{
    if (result == CURLE_OK || result == CURLE_HTTP_RETURNED_ERROR)
        return true;
    return (result == CURLE_WRITE_ERROR || result == CURLE_FILESIZE_EXCEEDED) && code >= 300;
}

static error_type_t
s_run(transfer_t *self, const transfer_request_t *request, const fetch_t *what,
      transfer_answer_t *answer, failure_t *failure)
{
    int64_t left_ms = what->deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0)
        return failure_set(failure, ERROR_TIMEOUT, "the server took too long");
    struct curl_slist *headers = s_headers(request, what);
    s_set_request(self, request, what, left_ms, headers);
    curl_multi_add_handle(self->multi, self->easy);
    CURLcode result = CURLE_OK;
    bool is_done = web_perform(self->multi, what->cancel, &result);
    s_read_answer(self, what, answer);
    curl_multi_remove_handle(self->multi, self->easy);
    curl_easy_setopt(self->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    if (!is_done)
        return failure_set(failure, ERROR_INTERNAL, "cancelled");
    if (!s_is_answered(result, answer->code))
        return s_explain(self, result, answer->code, failure);
    return ERROR_NONE;
}

error_type_t
transfer_run(transfer_t *self, const transfer_request_t *request, const fetch_t *what,
             buffer_t *out, transfer_answer_t *answer, failure_t *failure)
{
    transfer_answer_free(answer);
    self->out = out;
    self->error = request->signer ? &answer->error : NULL;
    self->max_bytes = what->max_bytes;
    self->is_too_large = self->is_refused = false;
    error_type_t type = s_run(self, request, what, answer, failure);
    self->out = self->error = NULL;
    return type;
}

void
transfer_answer_free(transfer_answer_t *self)
{
    buffer_free(&self->error);
    *self = (transfer_answer_t){.facts.size = -1};
}

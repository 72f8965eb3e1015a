#include "tools/client_http.h"

#include <cJSON.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

enum {
    ANSWER_SIZE_MAX = 256 * 1024 * 1024,
    CONNECT_SECONDS = 10,
    GET_SECONDS = 60,
    TOKEN_FILE_MAX = 64 * 1024,
    STALL_SECONDS = 300 /* an upload or a big start may be silent for this long */
};

struct client_http {
    CURL *curl;
    char *url;            /* without a slash at the end */
    buffer_t credentials; /* the Authorization header; empty without a token */
    char error[CURL_ERROR_SIZE];
};

/* Taken so far of a request's body. */
typedef struct {
    const client_request_t *request;
    size_t sent;
} s_upload_t;

/* Where an answer's body goes. */
typedef struct {
    CURL *curl;
    const client_request_t *request;
    client_answer_t *answer;
} s_download_t;

static bool
s_is_http(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

/* A line break in a header would begin another one. */
static bool
s_is_token(const char *token)
{
    for (; *token; token++)
        if (!isgraph((unsigned char) *token))
            return false;
    return true;
}

status_t
client_http_new(const char *url, const char *token, client_http_t **out, fault_t *fault)
{
    *out = NULL;
    if (!s_is_http(url))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "\"%.120s\" is not a URL of a server, such as " CLIENT_URL_DEFAULT, url);
    if (token && !s_is_token(token))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "the token holds a space or another byte that no token has");
    CURL *curl = curl_easy_init();
    if (!curl)
        return fault_set(fault, STATUS_UNAVAILABLE, "cannot start libcurl");
    client_http_t *self = memory_new(sizeof *self);
    self->curl = curl;
    size_t size = strlen(url);
    while (size && url[size - 1] == '/')
        size--;
    self->url = memory_copy_string(url, size);
    if (token && *token)
        buffer_printf(&self->credentials, "Authorization: Bearer %s", token);
    *out = self;
    return STATUS_OK;
}

char *
client_http_read_secret(const char *path, fault_t *fault)
{
    buffer_t text = {0};
    char *secret = NULL;
    if (file_read(path, TOKEN_FILE_MAX, &text, fault) == STATUS_OK)
        secret = slice_copy(slice_trim(buffer_slice(&text)));
    buffer_free(&text);
    return secret;
}

status_t
client_http_connect(const char *url, const char *token, const char *token_file, client_http_t **out,
                    fault_t *fault)
{
    *out = NULL;
    char *from_file = NULL;
    if (!token && token_file) {
        fault_t why = {0};
        from_file = client_http_read_secret(token_file, &why);
        if (from_file == NULL)
            return fault_set(fault, why.status, "%s", why.detail);
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment */
    const char *known_url = url ? url : getenv("TAGMILL_URL");
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment */
    const char *known_token = token ? token : from_file ? from_file : getenv("TAGMILL_TOKEN");
    status_t status = client_http_new(known_url && *known_url ? known_url : CLIENT_URL_DEFAULT,
                                      known_token, out, fault);
    free(from_file);
    return status;
}

const char *
client_http_url(const client_http_t *self)
{
    return self->url;
}

void
client_http_destroy(client_http_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    curl_easy_cleanup((*self_p)->curl);
    free((*self_p)->url);
    buffer_free(&(*self_p)->credentials);
    free(*self_p);
    *self_p = NULL;
}

static size_t
s_on_body(char *data, size_t one, size_t count, void *arg)
{
    const s_download_t *download = arg;
    buffer_t *kept = &download->answer->body;
    size_t size = one * count;
    curl_easy_getinfo(download->curl, CURLINFO_RESPONSE_CODE, &download->answer->code);
    if (download->request->on_body && client_answer_is_ok(download->answer)) {
        slice_t bytes = {.data = data, .size = size};
        download->request->on_body(download->request->on_body_arg, bytes);
        return size;
    }
    if (size > ANSWER_SIZE_MAX - kept->size)
        return 0;
    buffer_append(kept, data, size);
    return size;
}

static size_t
s_on_upload(char *data, size_t one, size_t count, void *arg)
{
    s_upload_t *upload = arg;
    const client_request_t *request = upload->request;
    size_t size = one * count;
    if (request->file)
        return fread(data, 1, size, request->file);
    size_t left = request->body.size - upload->sent;
    size = size < left ? size : left;
    if (size)
        memcpy(data, request->body.data + upload->sent, size);
    upload->sent += size;
    return size;
}

/* libcurl begins a body anew when a kept connection turns out to be closed. */
static int
s_on_seek(void *arg, curl_off_t offset, int origin)
{
    s_upload_t *upload = arg;
    if (origin != SEEK_SET || offset < 0)
        return CURL_SEEKFUNC_CANTSEEK;
    if (upload->request->file)
        return fseeko(upload->request->file, offset, SEEK_SET) == 0 ? CURL_SEEKFUNC_OK
                                                                    : CURL_SEEKFUNC_FAIL;
    upload->sent = (size_t) offset;
    return CURL_SEEKFUNC_OK;
}

static void
s_set_times(CURL *curl, const client_request_t *request)
{
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long) CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, request->timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long) STALL_SECONDS);
}

static struct curl_slist *
s_headers(const client_http_t *self, const client_request_t *request)
{
    /* The server does not answer an Expect, and libcurl would wait a second for it. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    if (self->credentials.size)
        list = curl_slist_append(list, self->credentials.data);
    if (request->api_key) {
        buffer_t line = {0};
        buffer_printf(&line, "X-Api-Key: %s", request->api_key);
        list = curl_slist_append(list, line.data);
        buffer_free(&line);
    }
    if (request->content_type) {
        buffer_t line = {0};
        buffer_printf(&line, "Content-Type: %s", request->content_type);
        list = curl_slist_append(list, line.data);
        buffer_free(&line);
    }
    return list;
}

static void
s_set_request(client_http_t *self, const client_request_t *request, s_upload_t *upload)
{
    CURL *curl = self->curl;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L); /* ".." can be a job's id */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "tagmill/" TAGMILL_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, self->error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, s_on_body);
    s_set_times(curl, request);
    if (strcmp(request->method, "POST") != 0)
        return;
    int64_t size = request->file ? request->file_size : (int64_t) request->body.size;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) size);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, s_on_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, upload);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, s_on_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, upload);
}

status_t
client_http_send(client_http_t *self, const client_request_t *request, client_answer_t *answer,
                 fault_t *fault)
{
    buffer_clear(&answer->body);
    answer->code = 0;
    curl_easy_reset(self->curl); /* keeps the connection */
    s_upload_t upload = {.request = request};
    s_download_t download = {.curl = self->curl, .request = request, .answer = answer};
    s_set_request(self, request, &upload);
    struct curl_slist *headers = s_headers(self, request);
    buffer_t url = {0};
    buffer_printf(&url, "%s%s", self->url, request->target);
    curl_easy_setopt(self->curl, CURLOPT_URL, url.data);
    curl_easy_setopt(self->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(self->curl, CURLOPT_WRITEDATA, &download);
    self->error[0] = '\0';
    CURLcode code = curl_easy_perform(self->curl);
    curl_off_t after = 0;
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &answer->code);
    curl_easy_getinfo(self->curl, CURLINFO_RETRY_AFTER, &after);
    answer->retry_after_seconds = (long) after;
    curl_slist_free_all(headers);
    buffer_free(&url);
    if (code == CURLE_OK)
        return STATUS_OK;
    return fault_set(fault, STATUS_UNAVAILABLE, "%s: %s", self->url,
                     self->error[0] ? self->error : curl_easy_strerror(code));
}

status_t
client_http_get(client_http_t *self, client_answer_t *answer, fault_t *fault, const char *format,
                ...)
{
    char *target = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&target, format, arguments);
    va_end(arguments);
    if (size < 0)
        abort();
    client_request_t request = {.method = "GET", .target = target, .timeout_seconds = GET_SECONDS};
    status_t status = client_http_send(self, &request, answer, fault);
    free(target);
    return status;
}

bool
client_answer_is_ok(const client_answer_t *answer)
{
    return answer->code >= 200 && answer->code < 300;
}

static void
s_append_errors(const cJSON *problem, buffer_t *out)
{
    const cJSON *error = NULL;
    cJSON_ArrayForEach(error, cJSON_GetObjectItemCaseSensitive(problem, "errors"))
    {
        const char *pointer =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "pointer"));
        const char *detail =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "detail"));
        buffer_printf(out, "\n  %s: %s", pointer ? pointer : "", detail ? detail : "");
    }
}

void
client_answer_detail(const client_answer_t *answer, buffer_t *out)
{
    cJSON *problem =
        answer->body.size ? cJSON_ParseWithLength(answer->body.data, answer->body.size) : NULL;
    const char *detail = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(problem, "detail"));
    if (detail)
        buffer_append_text(out, detail);
    else
        buffer_printf(out, "the server answered with status %ld and no explanation", answer->code);
    s_append_errors(problem, out);
    cJSON_Delete(problem);
}

void
client_answer_free(client_answer_t *answer)
{
    buffer_free(&answer->body);
}

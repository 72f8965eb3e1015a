/* Documents from S3 or what speaks its protocol.
 *
 * Where it is was chosen by the operator and not by a stranger, so its address may be a private
 * one; but no redirect is followed, because the signature would go along. Paths are encoded
 * strictly here, because the signature is over the encoded form and both sides must agree on it.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "documents/acquire/acquire_transfer.h"

enum { BUCKET_SIZE_MAX = 255, KEY_SIZE_MAX = 1024, SECRET_SIZE_MAX = 4096, CODE_SIZE = 64 };

struct s3_fetcher {
    transfer_t *transfer;
    bool is_host_style;
    char *endpoint; /* without a slash at its end */
    char *region, *access_key, *secret_key, *session_token;
    failure_t fault; /* why it cannot be used; ERROR_NONE: it can */
};

/* ---- where and who ---- */

static const char *
s_variable(const char *name)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment of a service */
    const char *value = getenv(name);
    return value ? value : "";
}

static bool
s_is_given(const char *text)
{
    return text && *text;
}

static const char *
s_first(const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (s_is_given(values[i]))
            return values[i];
    return "";
}

/* Returns owned: the secret itself, or what the file holds; "" where there is neither. */
static char *
s_read_secret(s3_fetcher_t *self, const char *secret, const char *file)
{
    if (s_is_given(secret) || !s_is_given(file))
        return slice_copy(slice_from(secret));
    buffer_t text = {0};
    fault_t fault = {0};
    if (file_read(file, SECRET_SIZE_MAX, &text, &fault) != STATUS_OK) {
        log_error("acquire", "a key for S3 cannot be read", LOG_S("why", fault.detail));
        failure_set(&self->fault, ERROR_INTERNAL, "the server's key for S3 cannot be read");
    }
    char *copy = slice_copy(slice_trim(buffer_slice(&text)));
    if (text.data)
        sodium_memzero(text.data, text.capacity);
    buffer_free(&text);
    return copy;
}

static void
s_find_credentials(s3_fetcher_t *self, const s3_options_t *options)
{
    self->access_key = s_read_secret(self, options->access_key, options->access_key_file);
    self->secret_key = s_read_secret(self, options->secret_key, options->secret_key_file);
    self->session_token = slice_copy(SLICE(""));
    if (*self->access_key || *self->secret_key || self->fault.type != ERROR_NONE)
        return; /* a pair is never mixed from two places */
    free(self->access_key);
    free(self->secret_key);
    free(self->session_token);
    self->access_key = slice_copy(slice_from(s_variable("AWS_ACCESS_KEY_ID")));
    self->secret_key = slice_copy(slice_from(s_variable("AWS_SECRET_ACCESS_KEY")));
    self->session_token = slice_copy(slice_from(s_variable("AWS_SESSION_TOKEN")));
}

static void
s_find_endpoint(s3_fetcher_t *self, const s3_options_t *options)
{
    const char *const regions[] = {options->region, s_variable("AWS_REGION"),
                                   s_variable("AWS_DEFAULT_REGION"), "us-east-1"};
    const char *const endpoints[] = {options->endpoint, s_variable("AWS_ENDPOINT_URL_S3"),
                                     s_variable("AWS_ENDPOINT_URL")};
    self->region = slice_copy(slice_from(s_first(regions, sizeof regions / sizeof regions[0])));
    buffer_t endpoint = {0};
    buffer_append_text(&endpoint, s_first(endpoints, sizeof endpoints / sizeof endpoints[0]));
    if (endpoint.size == 0)
        buffer_printf(&endpoint, "https://s3.%s.amazonaws.com", self->region);
    while (endpoint.size && endpoint.data[endpoint.size - 1] == '/')
        endpoint.size--;
    self->endpoint = slice_copy(buffer_slice(&endpoint));
    buffer_free(&endpoint);
}

s3_fetcher_t *
s3_fetcher_new(const s3_options_t *options, uint32_t connect_ms)
{
    s3_fetcher_t *self = memory_new(sizeof *self);
    self->transfer = transfer_new(&(transfer_options_t){.connect_ms = connect_ms});
    self->is_host_style = options->is_host_style;
    s_find_credentials(self, options);
    s_find_endpoint(self, options);
    if (self->fault.type == ERROR_NONE && (*self->access_key == '\0' || *self->secret_key == '\0'))
        failure_set(&self->fault, ERROR_FORBIDDEN, "S3 is not configured on this server");
    return self;
}

void
s3_fetcher_destroy(s3_fetcher_t **self_p)
{
    s3_fetcher_t *self = *self_p;
    if (self == NULL)
        return;
    transfer_destroy(&self->transfer);
    sodium_memzero(self->secret_key, strlen(self->secret_key));
    sodium_memzero(self->session_token, strlen(self->session_token));
    free(self->endpoint);
    free(self->region);
    free(self->access_key);
    free(self->secret_key);
    free(self->session_token);
    free(self);
    *self_p = NULL;
}

/* ---- what is asked for ---- */

static bool
s_is_bucket(slice_t name)
{
    if (name.size == 0 || name.size > BUCKET_SIZE_MAX || name.data[0] == '.')
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alphanumeric && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

/* Takes s3://BUCKET/KEY apart. */
static bool
s_split(slice_t path, slice_t *bucket, slice_t *key)
{
    static const char scheme[] = "s3://";
    size_t start = sizeof scheme - 1;
    if (path.size <= start || memcmp(path.data, scheme, start) != 0)
        return false;
    const char *name = path.data + start;
    const char *slash = memchr(name, '/', path.size - start);
    if (slash == NULL)
        return false;
    *bucket = (slice_t){name, (size_t) (slash - name)};
    *key = (slice_t){slash + 1, path.size - start - bucket->size - 1};
    return s_is_bucket(*bucket) && key->size > 0 && key->size <= KEY_SIZE_MAX &&
           text_is_utf8(*key) && memchr(key->data, '\0', key->size) == NULL;
}

/* As a label in a host's name: what is none, or would leave the certificate's wildcard, goes into
 * the path. */
static bool
s_is_label(slice_t bucket)
{
    for (size_t i = 0; i < bucket.size; i++)
        if (strchr("._", bucket.data[i]) || (bucket.data[i] >= 'A' && bucket.data[i] <= 'Z'))
            return false;
    return bucket.size <= 63;
}

static void
s_append_key(buffer_t *url, slice_t key)
{
    size_t start = 0;
    for (size_t i = 0; i <= key.size; i++) {
        if (i < key.size && key.data[i] != '/')
            continue;
        text_percent_encode(url, (slice_t){key.data + start, i - start});
        if (i < key.size)
            buffer_append_byte(url, '/');
        start = i + 1;
    }
}

static void
s_append_url(const s3_fetcher_t *self, slice_t bucket, slice_t key, buffer_t *url)
{
    const char *host = strstr(self->endpoint, "://");
    if (self->is_host_style && host && s_is_label(bucket)) {
        host += strlen("://");
        buffer_append(url, self->endpoint, (size_t) (host - self->endpoint));
        buffer_append_slice(url, bucket);
        buffer_printf(url, ".%s/", host);
    } else {
        buffer_printf(url, "%s/", self->endpoint);
        buffer_append_slice(url, bucket);
        buffer_append_byte(url, '/');
    }
    s_append_key(url, key);
}

/* ---- what it answers ---- */

typedef struct {
    const char *code; /* of the Error element, as Amazon's S3 API reference lists them */
    error_type_t type;
    const char *sentence;
} refusal_t;

static const refusal_t REFUSALS[] = {
    {"NoSuchKey", ERROR_NOT_FOUND, "there is no such key in the bucket"},
    {"NoSuchBucket", ERROR_NOT_FOUND, "there is no such bucket"},
    {"AccessDenied", ERROR_FORBIDDEN, "S3 denies this server access to it"},
    {"AllAccessDisabled", ERROR_FORBIDDEN, "S3 denies everybody access to it"},
    {"InvalidAccessKeyId", ERROR_FORBIDDEN, "S3 does not know this server's access key"},
    {"SignatureDoesNotMatch", ERROR_FORBIDDEN, "S3 does not accept this server's secret key"},
    {"ExpiredToken", ERROR_FORBIDDEN, "this server's session with S3 has expired"},
    {"InvalidToken", ERROR_FORBIDDEN, "S3 does not accept this server's session"},
    {"RequestTimeTooSkewed", ERROR_FORBIDDEN, "this server's clock differs too much from S3's"},
    {"InvalidObjectState", ERROR_FORBIDDEN, "the object is archived and must be restored first"},
    {"AuthorizationHeaderMalformed", ERROR_FORBIDDEN, "the bucket is in another region of S3"},
    {"PermanentRedirect", ERROR_FORBIDDEN, "the bucket is at another endpoint of S3"},
    {"TemporaryRedirect", ERROR_NETWORK, "the bucket is on its way to another endpoint of S3"},
    {"SlowDown", ERROR_NETWORK, "S3 asks for fewer requests"},
    {"ServiceUnavailable", ERROR_NETWORK, "S3 asks for fewer requests"},
    {"RequestTimeout", ERROR_NETWORK, "S3 was not ready in time"},
    {"InternalError", ERROR_NETWORK, "S3 met with an error of its own"},
};

/* The text of the first Code element, which is all that is wanted of the XML; "" where there is
 * none. */
static void
s_read_code(slice_t xml, char out[CODE_SIZE])
{
    static const char open[] = "<Code>";
    out[0] = '\0';
    const char *start = xml.size ? memmem(xml.data, xml.size, open, sizeof open - 1) : NULL;
    if (start == NULL)
        return;
    start += sizeof open - 1;
    const char *end = memchr(start, '<', xml.size - (size_t) (start - xml.data));
    if (end == NULL || end - start >= CODE_SIZE)
        return;
    memcpy(out, start, (size_t) (end - start));
    out[end - start] = '\0';
}

static error_type_t
s_judge(const transfer_answer_t *answer, failure_t *failure)
{
    char code[CODE_SIZE];
    s_read_code(buffer_slice(&answer->error), code);
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        const refusal_t *refusal = &REFUSALS[i];
        if (strcmp(refusal->code, code) != 0)
            continue;
        if (error_type_is_passing(refusal->type))
            failure->retry_after_ms = answer->retry_after_ms;
        return failure_set(failure, refusal->type, "%s (%s)", refusal->sentence, code);
    }
    if (answer->code >= 300 && answer->code <= 399 && !answer->facts.is_unchanged)
        return failure_set(
            failure, ERROR_FORBIDDEN,
            "S3 answered %ld: the bucket is at another endpoint or in another region",
            answer->code);
    return transfer_judge(answer, failure);
}

/* ---- one fetch ---- */

error_type_t
s3_fetcher_fetch(s3_fetcher_t *self, const fetch_t *what, buffer_t *out, acquire_facts_t *facts,
                 failure_t *failure)
{
    slice_t bucket, key;
    if (self->fault.type != ERROR_NONE) {
        *failure = self->fault;
        return failure->type;
    }
    if (!s_split(what->path, &bucket, &key))
        return failure_set(failure, ERROR_NOT_FOUND, "this is not a valid s3://BUCKET/KEY");
    buffer_t url = {0};
    s_append_url(self, bucket, key, &url);
    transfer_signer_t signer = {self->region, self->access_key, self->secret_key,
                                self->session_token};
    transfer_request_t request = {
        .url = url.data, .is_head = what->is_check, .is_path_exact = true, .signer = &signer};
    transfer_answer_t answer = {0};
    error_type_t type = transfer_run(self->transfer, &request, what, out, &answer, failure);
    if (type == ERROR_NONE)
        type = s_judge(&answer, failure);
    if (type == ERROR_NONE)
        *facts = answer.facts;
    transfer_answer_free(&answer);
    buffer_free(&url);
    return type;
}

#include "documents/acquire/acquire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/acquire/acquire_sources.h"

enum { CONNECT_MS = 5000 };

struct acquirer {
    char *root;
    network_set_t allowed;
    size_t max_bytes;
    uint32_t fetch_ms;
    url_fetcher_t *url;
    s3_fetcher_t *s3;
};

acquire_options_t
acquire_options(const config_t *config)
{
    return (acquire_options_t){
        .root = config_text(config, CONFIG_DOCUMENTS_ROOT),
        .allow_networks = config_text(config, CONFIG_DOCUMENTS_ALLOW_NETWORKS),
        .max_bytes = (size_t) config_number(config, CONFIG_DOCUMENTS_MAX_BYTES),
        .fetch_ms = (uint32_t) config_number(config, CONFIG_DOCUMENTS_FETCH_SECONDS) * 1000,
        .connect_ms = CONNECT_MS,
        .s3 = {.endpoint = config_text(config, CONFIG_S3_ENDPOINT),
               .region = config_text(config, CONFIG_S3_REGION),
               .is_host_style = strcmp(config_text(config, CONFIG_S3_STYLE), "host") == 0,
               .access_key = config_text(config, CONFIG_S3_ACCESS_KEY),
               .secret_key = config_text(config, CONFIG_S3_SECRET_KEY),
               .access_key_file = config_text(config, CONFIG_S3_ACCESS_KEY_FILE),
               .secret_key_file = config_text(config, CONFIG_S3_SECRET_KEY_FILE)}};
}

acquirer_t *
acquirer_new(const acquire_options_t *options)
{
    acquirer_t *self = memory_new(sizeof *self);
    self->root = slice_copy(slice_from(options->root));
    self->max_bytes = options->max_bytes;
    self->fetch_ms = options->fetch_ms;
    bool parsed = network_set_parse(&self->allowed, slice_from(options->allow_networks));
    assert(parsed);
    (void) parsed;
    self->url = url_fetcher_new(&self->allowed, options->connect_ms);
    self->s3 = s3_fetcher_new(&options->s3, options->connect_ms);
    return self;
}

void
acquirer_destroy(acquirer_t **self_p)
{
    acquirer_t *self = *self_p;
    if (self == NULL)
        return;
    s3_fetcher_destroy(&self->s3);
    url_fetcher_destroy(&self->url);
    network_set_free(&self->allowed);
    free(self->root);
    free(self);
    *self_p = NULL;
}

/* A fetch ends at its own limit or at the document's deadline, whichever comes first. */
static int64_t
s_deadline(const acquirer_t *self, const acquire_request_t *request)
{
    int64_t own_ms = clock_monotonic_ms() + self->fetch_ms;
    bool is_shorter = request->source != SOURCE_LOCAL && own_ms < request->deadline_ms;
    return is_shorter ? own_ms : request->deadline_ms;
}

static error_type_t
s_fetch(acquirer_t *self, const acquire_request_t *request, bool is_check, buffer_t *out,
        acquire_facts_t *facts, failure_t *failure)
{
    *failure = (failure_t){0};
    *facts = (acquire_facts_t){.size = -1};
    buffer_clear(out);
    fetch_t what = {.path = request->path,
                    .known_etag = request->known_etag ? request->known_etag : "",
                    .is_check = is_check,
                    .max_bytes = self->max_bytes,
                    .deadline_ms = s_deadline(self, request),
                    .cancel = request->cancel};
    error_type_t type = ERROR_NONE;
    switch (request->source) {
    case SOURCE_URL: type = url_fetcher_fetch(self->url, &what, out, facts, failure); break;
    case SOURCE_S3: type = s3_fetcher_fetch(self->s3, &what, out, facts, failure); break;
    default: type = acquire_local(self->root, &what, out, facts, failure); break;
    }
    if (type != ERROR_NONE)
        buffer_clear(out);
    return type;
}

error_type_t
acquirer_fetch(acquirer_t *self, const acquire_request_t *request, buffer_t *out,
               acquire_facts_t *facts, failure_t *failure)
{
    return s_fetch(self, request, false, out, facts, failure);
}

error_type_t
acquirer_check(acquirer_t *self, const acquire_request_t *request, acquire_facts_t *facts,
               failure_t *failure)
{
    buffer_t body = {0};
    error_type_t type = s_fetch(self, request, true, &body, facts, failure);
    buffer_free(&body);
    return type;
}

#include "documents/acquire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/acquire_sources.h"

struct acquirer {
    char *root;
    network_set_t allowed;
    size_t max_bytes;
    uint32_t fetch_ms;
    url_fetcher_t *fetcher;
};

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
    self->fetcher = url_fetcher_new(&self->allowed);
    return self;
}

void
acquirer_destroy(acquirer_t **self_p)
{
    acquirer_t *self = *self_p;
    if (self == NULL)
        return;
    url_fetcher_destroy(&self->fetcher);
    network_set_free(&self->allowed);
    free(self->root);
    free(self);
    *self_p = NULL;
}

error_type_t
acquirer_fetch(acquirer_t *self, source_type_t source, slice_t path, int64_t deadline_ms,
               const atomic_bool *cancel, buffer_t *out, failure_t *failure)
{
    *failure = (failure_t){0};
    buffer_clear(out);
    fetch_limits_t limits = {self->max_bytes, deadline_ms, cancel};
    if (source == SOURCE_LOCAL)
        return acquire_local(self->root, path, &limits, out, failure);
    if (source == SOURCE_S3)
        return failure_set(failure, ERROR_FORBIDDEN, "S3 is not configured on this server");
    int64_t fetch_deadline_ms = clock_monotonic_ms() + self->fetch_ms;
    if (fetch_deadline_ms < limits.deadline_ms)
        limits.deadline_ms = fetch_deadline_ms;
    return url_fetcher_fetch(self->fetcher, path, &limits, out, failure);
}

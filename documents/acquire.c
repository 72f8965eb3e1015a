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

/* A fetch ends at its own limit or at the document's deadline, whichever comes first. */
static fetch_limits_t
s_limits(const acquirer_t *self, source_type_t source, int64_t deadline_ms,
         const atomic_bool *cancel)
{
    fetch_limits_t limits = {self->max_bytes, deadline_ms, cancel};
    int64_t fetch_deadline_ms = clock_monotonic_ms() + self->fetch_ms;
    if (source != SOURCE_LOCAL && fetch_deadline_ms < deadline_ms)
        limits.deadline_ms = fetch_deadline_ms;
    return limits;
}

error_type_t
acquirer_fetch(acquirer_t *self, source_type_t source, slice_t path, int64_t deadline_ms,
               const atomic_bool *cancel, buffer_t *out, failure_t *failure)
{
    *failure = (failure_t){0};
    buffer_clear(out);
    fetch_limits_t limits = s_limits(self, source, deadline_ms, cancel);
    if (source == SOURCE_LOCAL)
        return acquire_local(self->root, path, &limits, out, failure);
    if (source == SOURCE_S3)
        return failure_set(failure, ERROR_FORBIDDEN, "S3 is not configured on this server");
    return url_fetcher_fetch(self->fetcher, path, &limits, out, failure);
}

error_type_t
acquirer_check(acquirer_t *self, source_type_t source, slice_t path, int64_t deadline_ms,
               const atomic_bool *cancel, acquire_facts_t *facts, failure_t *failure)
{
    *failure = (failure_t){0};
    *facts = (acquire_facts_t){.size = -1};
    fetch_limits_t limits = s_limits(self, source, deadline_ms, cancel);
    if (source == SOURCE_LOCAL)
        return acquire_local_check(self->root, path, &limits, facts, failure);
    if (source == SOURCE_S3)
        return failure_set(failure, ERROR_FORBIDDEN, "S3 is not configured on this server");
    return url_fetcher_check(self->fetcher, path, &limits, facts, failure);
}

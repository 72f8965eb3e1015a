#include "actors/briefs.h"

#include <czmq.h>

#include "base/memory.h"
#include "messages/message.h"

struct briefs {
    zhashx_t *by_job; /* job_no (inside the brief) to job_brief_t */
};

/* ---- job numbers as keys ---- */

static size_t
s_hash(const void *key)
{
    /* Fibonacci hashing: job numbers come in runs, and zhashx takes the remainder. */
    return (size_t) ((*(const uint64_t *) key * UINT64_C(0x9E3779B97F4A7C15)) >> 20);
}

static int
s_compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *) a, right = *(const uint64_t *) b;
    return left < right ? -1 : left > right;
}

static void
s_destroy_brief(void **brief_p)
{
    job_brief_t *brief = *brief_p;
    explicit_bzero(brief, sizeof *brief + brief->frame.size); /* it may hold a key */
    free(brief);
    *brief_p = NULL;
}

/* ---- briefs ---- */

briefs_t *
briefs_new(void)
{
    briefs_t *self = memory_new(sizeof *self);
    self->by_job = zhashx_new();
    zhashx_set_key_hasher(self->by_job, s_hash);
    zhashx_set_key_comparator(self->by_job, s_compare);
    zhashx_set_key_duplicator(self->by_job, NULL);
    zhashx_set_key_destructor(self->by_job, NULL);
    zhashx_set_destructor(self->by_job, s_destroy_brief);
    return self;
}

void
briefs_destroy(briefs_t **self_p)
{
    briefs_t *self = *self_p;
    if (self == NULL)
        return;
    zhashx_destroy(&self->by_job);
    free(self);
    *self_p = NULL;
}

status_t
briefs_keep(briefs_t *self, slice_t frame, uint64_t *job_no)
{
    message_brief_t message;
    if (message_brief_decode(frame, &message) != STATUS_OK)
        return STATUS_MALFORMED;
    job_brief_t *brief = memory_new(sizeof *brief + frame.size);
    char *copy = (char *) (brief + 1);
    memcpy(copy, frame.data, frame.size);
    brief->job_no = message.job_no;
    brief->is_noop = slice_is(message.model_name, "noop");
    brief->frame = (slice_t){.data = copy, .size = frame.size};
    *job_no = message.job_no;
    /* The key lives in the item, so an earlier item cannot stay under its key. */
    zhashx_delete(self->by_job, job_no);
    zhashx_insert(self->by_job, &brief->job_no, brief);
    return STATUS_OK;
}

const job_brief_t *
briefs_find(briefs_t *self, uint64_t job_no)
{
    return zhashx_lookup(self->by_job, &job_no);
}

void
briefs_forget(briefs_t *self, uint64_t job_no)
{
    zhashx_delete(self->by_job, &job_no);
}

void
briefs_clear(briefs_t *self)
{
    zhashx_purge(self->by_job);
}

#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PLACES_MIN = 64 };

/* Fibonacci hashing: multiplies by 2^64 over the golden ratio and keeps the high half. */
static size_t
s_slot(const tally_t *self, uint64_t job_no)
{
    return (size_t) ((job_no * 0x9e3779b97f4a7c15u) >> 32) & (self->place_count - 1);
}

/* Returns the slot that holds `job_no`, or the free one where it belongs. */
static uint32_t *
s_find(tally_t *self, uint64_t job_no)
{
    size_t slot = s_slot(self, job_no);
    while (self->places[slot] && self->jobs[self->places[slot] - 1].job_no != job_no)
        slot = (slot + 1) & (self->place_count - 1);
    return &self->places[slot];
}

static void
s_grow(tally_t *self)
{
    self->capacity = self->capacity ? self->capacity * 2 : PLACES_MIN / 4;
    self->jobs = memory_resize(self->jobs, self->capacity * sizeof *self->jobs);
    free(self->places);
    self->place_count = self->capacity * 4;
    self->places = memory_new(self->place_count * sizeof *self->places);
    for (size_t i = 0; i < self->count; i++)
        *s_find(self, self->jobs[i].job_no) = (uint32_t) i + 1;
}

void
tally_free(tally_t *self)
{
    free(self->jobs);
    free(self->places);
    *self = (tally_t){0};
}

void
tally_clear(tally_t *self)
{
    if (self->count)
        memset(self->places, 0, self->place_count * sizeof *self->places);
    self->count = 0;
}

tally_job_t *
tally_require(tally_t *self, uint64_t job_no)
{
    if (self->count == self->capacity)
        s_grow(self);
    uint32_t *place = s_find(self, job_no);
    if (*place == 0) {
        self->jobs[self->count++] = (tally_job_t){.job_no = job_no};
        *place = (uint32_t) self->count;
    }
    return &self->jobs[*place - 1];
}

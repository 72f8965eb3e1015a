#include "tools/tap_track.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { ROWS_MIN = 512 }; /* room for so many rows at first; a multiple of 8 */

struct track_job {
    track_job_t *next;
    char *topic;
    uint64_t seq;        /* 0: none yet */
    unsigned char *rows; /* a bit each: set when seen */
    int64_t row_count;   /* bits that there is room for */
    int64_t unseen;      /* every row below it was seen */
};

struct track {
    track_job_t *jobs; /* the one that was asked for last in front: few jobs speak at a time */
};

track_t *
track_new(void)
{
    return memory_new(sizeof(track_t));
}

void
track_destroy(track_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    for (track_job_t *job = (*self_p)->jobs, *next = NULL; job; job = next) {
        next = job->next;
        free(job->topic);
        free(job->rows);
        free(job);
    }
    free(*self_p);
    *self_p = NULL;
}

track_job_t *
track_job(track_t *self, slice_t topic)
{
    track_job_t **link = &self->jobs;
    while (*link && !slice_is(topic, (*link)->topic))
        link = &(*link)->next;
    track_job_t *job = *link;
    if (job) {
        *link = job->next;
    } else {
        job = memory_new(sizeof *job);
        job->topic = slice_copy(topic);
    }
    job->next = self->jobs;
    self->jobs = job;
    return job;
}

track_step_t
track_step(track_job_t *job, uint64_t seq, uint64_t *last)
{
    *last = job->seq;
    job->seq = seq;
    if (*last == 0)
        return TRACK_FIRST;
    if (seq <= *last)
        return TRACK_REPEAT;
    return seq == *last + 1 ? TRACK_NEXT : TRACK_HOLE;
}

static bool
s_is_seen(const track_job_t *job, int64_t row)
{
    return row < job->row_count && (job->rows[row / 8] >> (row % 8) & 1);
}

bool
track_row(track_job_t *job, int64_t row)
{
    if (row < 0 || row >= TRACK_ROW_MAX)
        return true;
    if (s_is_seen(job, row))
        return false;
    if (row >= job->row_count) {
        int64_t count = job->row_count ? job->row_count : ROWS_MIN;
        while (count <= row)
            count *= 2;
        job->rows = memory_resize(job->rows, (size_t) count / 8);
        memset(job->rows + job->row_count / 8, 0, (size_t) (count - job->row_count) / 8);
        job->row_count = count;
    }
    job->rows[row / 8] = (unsigned char) (job->rows[row / 8] | 1u << (row % 8));
    while (s_is_seen(job, job->unseen))
        job->unseen++;
    return true;
}

void
track_forget_row(track_job_t *job, int64_t row)
{
    if (row < 0 || !s_is_seen(job, row))
        return;
    job->rows[row / 8] = (unsigned char) (job->rows[row / 8] & ~(1u << (row % 8)));
    job->unseen = row < job->unseen ? row : job->unseen;
}

int64_t
track_after(const track_job_t *job)
{
    return job->unseen - 1;
}

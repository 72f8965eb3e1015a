/* A job's window: the documents that are next, read from disk a load at a time. Part of the job
 * actor. */
#ifndef TAGMILL_ACTORS_JOB_WINDOW_H
#define TAGMILL_ACTORS_JOB_WINDOW_H

#include "actors/job.h"

/* Takes `doc` as the one that is next. */
void job_window_push_front(job_t *self, doc_t *doc);

/* Asks for the next load when the window is half empty and the job is at work. */
void job_window_load(job_t *self, turn_t *turn);

/* A paused job keeps no window. Documents that were never under a lease have the highest rows of
 * all and can be read again; the others carry what only memory knows, and stay. */
void job_window_shed(job_t *self, turn_t *turn);

/* Forgets all that is next. */
void job_window_clear(job_t *self);

#endif

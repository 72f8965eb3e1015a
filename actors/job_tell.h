/* What a job tells: progress to subscribers, answers to those who wait. Part of the job actor. */
#ifndef TAGMILL_ACTORS_JOB_TELL_H
#define TAGMILL_ACTORS_JOB_TELL_H

#include "actors/job.h"

/* A document was begun: publishes it and answers the long polls. */
void job_tell_begun(job_t *self, turn_t *turn, const doc_t *doc);

/* The job was brought back by a retry, which has raised its version in the store: publishes it. */
void job_tell_come_back(job_t *self, turn_t *turn);

/* The limit that the job shares was throttled: publishes it and answers the long polls. */
void job_tell_throttled(job_t *self, turn_t *turn);

/* Puts into `note` what telling its document's verdict will need (takes `doc`), when there is an
 * audience; otherwise leaves note->doc NULL and the doc with the caller. */
void job_tell_keep(note_t *note, const turn_t *turn, doc_t *doc, const verdict_t *verdict);

/* A note is on disk and the job's counters have followed: publishes, answers who asked for it, and
 * answers the long polls. */
void job_tell_committed(job_t *self, turn_t *turn, const note_t *note);

#endif

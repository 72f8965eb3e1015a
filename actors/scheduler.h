/* Who is next: free slots go round users first, then to that user's best job, one document each.
 *
 * A user's jobs are ordered by priority (highest first), then by age. A batch of a hundred thousand
 * does not delay another user's batch of three. Each step costs O(log n) in the user's runnable
 * jobs and nothing in the number of users (round robin over those who have one; compare Nagle,
 * RFC 970, 1985). Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_SCHEDULER_H
#define TAGMILL_ACTORS_SCHEDULER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/heap.h"

struct job;

/* A user with jobs: made and freed by the registry. */
typedef struct user {
    char *name;
    struct user *before, *after; /* in the ring of those with a runnable job; NULL: not in it */
    heap_t run;                  /* runnable jobs */
    struct job **jobs;           /* all its jobs in memory, oldest first; owned array */
    size_t job_count, job_capacity;
    void *ids; /* zhashx_t: job_id to job_t */
} user_t;

typedef struct {
    user_t *next; /* whose turn it is; NULL: nobody has a runnable job */
    size_t runnable_count;
} scheduler_t;

/* Puts a job among the runnable; nothing happens when it is there already. */
void scheduler_offer(scheduler_t *self, struct job *job);

/* Takes a job out; nothing happens when it is not there. */
void scheduler_withdraw(scheduler_t *self, struct job *job);

/* Returns the job whose turn it is and passes the turn to the next user; NULL when none is
 * runnable. The job stays runnable until it is withdrawn. */
struct job *scheduler_next(scheduler_t *self);

#endif

/* The jobs in memory: by number, by (owner, job_id), and each user's by age.
 *
 * Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_REGISTRY_H
#define TAGMILL_ACTORS_REGISTRY_H

#include "actors/job.h"

typedef struct registry registry_t;

/* Returns owned: an empty registry. */
registry_t *registry_new(void);

/* Frees the registry with its jobs and users; their timers leave `timers`. Null-safe. */
void registry_destroy(registry_t **self_p, heap_t *timers);

/* Returns the user of that name (borrowed), made when it is new. It goes with its last job. */
user_t *registry_user(registry_t *self, slice_t name);

/* Adds a job (takes it), whose user came from registry_user. */
void registry_add(registry_t *self, job_t *job);

/* Removes and frees a job, and its user when that was its last. */
void registry_remove(registry_t *self, job_t *job, heap_t *timers);

/* Returns the job (borrowed) or NULL. */
job_t *registry_find(registry_t *self, uint64_t job_no);
job_t *registry_find_id(registry_t *self, slice_t owner, slice_t job_id);

/* Returns the user's jobs (borrowed), oldest first, `*count` of them; NULL when there is none. */
job_t *const *registry_jobs_of(registry_t *self, slice_t owner, size_t *count);

/* How many jobs there are. */
size_t registry_size(const registry_t *self);

/* Steps through all jobs in no order: the first, then the next; NULL at the end. */
job_t *registry_first(registry_t *self);
job_t *registry_next(registry_t *self);

/* The hash and order of a 64-bit key, for zhashx tables of our own. */
size_t registry_hash(const void *key);
int registry_compare(const void *a, const void *b);

#endif

/* A value of the cache and how many hold it: the table, a flight, borrowers; for cache.c only,
 * which calls these under its lock. */
#ifndef TAGMILL_DOCUMENTS_CACHE_SHARED_H
#define TAGMILL_DOCUMENTS_CACHE_SHARED_H

#include "documents/cache.h"

typedef struct {
    cache_value_t value; /* first: a pointer to it leads back here */
    unsigned holders;
} shared_t;

/* Returns owned: an empty value with one holder. */
shared_t *shared_new(void);

/* One holder more. Returns `self`; null-safe. */
shared_t *shared_hold(shared_t *self);

/* One holder less: the last one frees it. Nulls the caller's pointer; null-safe. */
void shared_release(shared_t **self_p);

/* What it takes, in bytes; null-safe. */
size_t shared_size(const shared_t *self);

#endif

/* What the slots of a worker process have fetched and read, so that each thing is had once.
 *
 * Whoever asks for what is not there makes it; who asks for the same meanwhile waits for that one
 * instead of making it again. What is not in use is dropped when it is too much, the longest unused
 * first, or when its job ends. Any thread may call anything here.
 */
#ifndef TAGMILL_DOCUMENTS_CACHE_H
#define TAGMILL_DOCUMENTS_CACHE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/failure.h"

typedef struct cache cache_t;

enum { CACHE_HASH_BYTES = 32, CACHE_ETAG_SIZE = 256, CACHE_OLD_MS = 60000 };

/* Shared by all who hold it, and not changed once it is made. */
typedef struct {
    buffer_t bytes;
    uint8_t hash[CACHE_HASH_BYTES]; /* of the bytes, see cache_hash; the maker's to fill or leave */
    char etag[CACHE_ETAG_SIZE];     /* to ask by whether it changed; "": it cannot be asked */
} cache_value_t;

/* Makes what was asked for, in the thread that asked. `old`, where it is not NULL, is what there
 * was: if it still holds, set `*is_unchanged` and leave `fresh` alone. Else fill `fresh` (zeroed).
 * Returns ERROR_NONE or what it also says in `failure`. */
typedef error_type_t cache_make_t(void *context, const cache_value_t *old, cache_value_t *fresh,
                                  bool *is_unchanged, failure_t *failure);

/* What is asked for. Borrowed for the call. */
typedef struct {
    uint64_t job_no;     /* whose it is and with whose end it goes; 0: nobody's */
    slice_t name;        /* any bytes; within the job */
    bool is_kept;        /* false: only those who wait for it now have it too */
    int64_t deadline_ms; /* clock_monotonic_ms; for waiting, the maker keeps its own */
    const atomic_bool *cancel;
    cache_make_t *make;
    void *context;
} cache_order_t;

/* Returns owned: a cache that keeps up to `max_bytes` beyond what is in use (0: none). What has an
 * etag and is as old as `old_ms` is asked about again. */
cache_t *cache_new(size_t max_bytes, int64_t old_ms);

/* Frees the cache, when all values are back and nobody asks, and nulls the caller's pointer.
 * Null-safe. */
void cache_destroy(cache_t **self_p);

/* Lends what `order` asks for in `*out`, until cache_return. What is old and cannot be asked about
 * just now (an error that is passing) is lent as it is. Returns ERROR_NONE; or what its maker
 * said, whoever that was; or, as it also says in `failure`, TIMEOUT or INTERNAL (cancelled) of the
 * order itself: a maker's own time-out or cancellation is not told to others, one of whom makes it
 * then. */
error_type_t cache_get(cache_t *self, const cache_order_t *order, const cache_value_t **out,
                       failure_t *failure);

/* Gives a value back and nulls the caller's pointer. Null-safe. */
void cache_return(cache_t *self, const cache_value_t **value_p);

/* Drops what is this job's; what is being made for it is not kept. */
void cache_forget_job(cache_t *self, uint64_t job_no);

/* What is kept, in bytes (some for bookkeeping included). */
size_t cache_size(cache_t *self);

/* The BLAKE2b hash of `bytes`. */
void cache_hash(slice_t bytes, uint8_t out[CACHE_HASH_BYTES]);

#endif

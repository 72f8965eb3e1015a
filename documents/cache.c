#include "documents/cache.h"

#include <assert.h>
#include <czmq.h>
#include <pthread.h>
#include <sodium.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/cache_shared.h"

enum { WAIT_STEP_MS = 50, KEY_HASH_BYTES = 16, KEY_SIZE = 2 * KEY_HASH_BYTES + 1 };

typedef struct item item_t;

/* Something is being made. */
typedef struct {
    item_t *item; /* NULL: it was forgotten meanwhile */
    unsigned holders;
    bool is_done;
    bool is_given_up; /* by a maker who had no time left, or was cancelled */
    failure_t failure;
    shared_t *shared; /* held; NULL: see `failure` */
} flight_t;

/* What stands in the table: a value, one that is being made, or both. */
struct item {
    char key[KEY_SIZE];
    uint64_t job_no;
    shared_t *shared; /* held; NULL: not there yet */
    flight_t *flight; /* NULL: nobody makes it */
    int64_t made_ms;
    void *place; /* in `items` */
};

struct cache {
    pthread_mutex_t mutex;
    pthread_cond_t landed; /* a flight is done */
    zhashx_t *table;       /* key to item */
    zlistx_t *items;       /* all, the longest unused first */
    size_t size, max_bytes;
    int64_t old_ms;
};

/* ---- values ---- */

void
cache_hash(slice_t bytes, uint8_t out[CACHE_HASH_BYTES])
{
    crypto_generichash(out, CACHE_HASH_BYTES, (const unsigned char *) bytes.data, bytes.size, NULL,
                       0);
}

/* ---- items ---- */

static size_t
s_cost(const shared_t *shared)
{
    return shared ? shared_size(shared) + sizeof(item_t) : 0;
}

/* The table's key: a hash, so that nobody can choose names that fall together. */
static void
s_make_key(const cache_order_t *order, char out[KEY_SIZE])
{
    uint8_t hash[KEY_HASH_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *) &order->job_no, sizeof order->job_no);
    crypto_generichash_update(&state, (const unsigned char *) order->name.data, order->name.size);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(out, KEY_SIZE, hash, sizeof hash);
}

static item_t *
s_require_item(cache_t *self, const cache_order_t *order)
{
    char key[KEY_SIZE];
    s_make_key(order, key);
    item_t *item = zhashx_lookup(self->table, key);
    if (item)
        return item;
    item = memory_new(sizeof *item);
    memcpy(item->key, key, sizeof key);
    item->job_no = order->job_no;
    item->place = zlistx_add_end(self->items, item);
    zhashx_insert(self->table, item->key, item);
    return item;
}

static void
s_drop_item(cache_t *self, item_t *item)
{
    if (item->flight)
        item->flight->item = NULL;
    self->size -= s_cost(item->shared);
    shared_release(&item->shared);
    zhashx_delete(self->table, item->key);
    zlistx_delete(self->items, item->place);
    free(item);
}

/* Drops the longest unused until the rest is not too much. */
static void
s_make_room(cache_t *self)
{
    item_t *item = zlistx_first(self->items);
    while (item && self->size > self->max_bytes) {
        if (item->flight == NULL)
            s_drop_item(self, item); /* the list's cursor steps back */
        item = zlistx_next(self->items);
    }
}

/* ---- new and destroy ---- */

cache_t *
cache_new(size_t max_bytes, int64_t old_ms)
{
    int ready = sodium_init(); /* picks the fastest code for this processor */
    assert(ready >= 0);
    (void) ready;
    cache_t *self = memory_new(sizeof *self);
    self->max_bytes = max_bytes;
    self->old_ms = old_ms;
    self->table = zhashx_new();
    zhashx_set_key_duplicator(self->table, NULL); /* the item holds its key */
    zhashx_set_key_destructor(self->table, NULL);
    self->items = zlistx_new();
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->landed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&self->mutex, NULL);
    return self;
}

void
cache_destroy(cache_t **self_p)
{
    cache_t *self = *self_p;
    if (self == NULL)
        return;
    for (item_t *item = zlistx_first(self->items); item; item = zlistx_first(self->items)) {
        assert(item->flight == NULL);
        s_drop_item(self, item);
    }
    zlistx_destroy(&self->items);
    zhashx_destroy(&self->table);
    pthread_cond_destroy(&self->landed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
    *self_p = NULL;
}

/* ---- flights ---- */

static void
s_leave(flight_t *flight)
{
    if (--flight->holders > 0)
        return;
    shared_release(&flight->shared);
    free(flight);
}

static bool
s_is_out_of_time(const cache_order_t *order, failure_t *failure)
{
    if (atomic_load(order->cancel))
        failure_set(failure, ERROR_INTERNAL, "cancelled");
    else if (clock_monotonic_ms() >= order->deadline_ms)
        failure_set(failure, ERROR_TIMEOUT, "having the document took too long");
    return failure->type != ERROR_NONE;
}

static void
s_wait_a_step(cache_t *self)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WAIT_STEP_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&self->landed, &self->mutex, &until);
}

/* Waits for what another one makes. Returns false when it was given up: ask anew. */
static bool
s_join(cache_t *self, const cache_order_t *order, flight_t *flight, shared_t **out,
       failure_t *failure)
{
    bool is_answered = true;
    flight->holders++;
    while (!flight->is_done && !s_is_out_of_time(order, failure))
        s_wait_a_step(self);
    if (flight->is_given_up) {
        is_answered = false;
    } else if (flight->is_done) {
        *failure = flight->failure;
        *out = shared_hold(flight->shared);
    }
    s_leave(flight);
    return is_answered;
}

/* Puts what was made where the next ones find it. */
static void
s_keep(cache_t *self, const cache_order_t *order, item_t *item, shared_t *shared)
{
    self->size += s_cost(shared);
    self->size -= s_cost(item->shared);
    shared_hold(shared);
    shared_release(&item->shared);
    item->shared = shared;
    if (!order->is_kept || s_cost(shared) > self->max_bytes)
        s_drop_item(self, item);
    else
        s_make_room(self);
}

static void
s_land(cache_t *self, const cache_order_t *order, flight_t *flight)
{
    item_t *item = flight->item;
    flight->is_done = true;
    pthread_cond_broadcast(&self->landed);
    if (item == NULL)
        return;
    item->flight = NULL;
    item->made_ms = clock_monotonic_ms();
    if (flight->shared && flight->shared != item->shared)
        s_keep(self, order, item, flight->shared);
    else if (flight->shared == NULL)
        s_drop_item(self, item);
}

/* What comes of a failure: the old value, if nobody can tell now whether it holds, or why not. */
static void
s_decide_failure(const cache_order_t *order, shared_t *old, flight_t *flight)
{
    failure_t own = {0};
    flight->is_given_up = s_is_out_of_time(order, &own);
    if (old == NULL || flight->is_given_up || !error_type_is_passing(flight->failure.type))
        return;
    flight->failure = (failure_t){0};
    flight->shared = shared_hold(old);
}

static void
s_trim(buffer_t *bytes)
{
    if (bytes->data == NULL)
        return;
    bytes->data = memory_resize(bytes->data, bytes->size + 1);
    bytes->capacity = bytes->size;
}

/* Runs the maker, without the lock. */
static void
s_make(cache_t *self, const cache_order_t *order, shared_t *old, flight_t *flight)
{
    shared_t *fresh = shared_new();
    bool is_unchanged = false;
    pthread_mutex_unlock(&self->mutex);
    order->make(order->context, old ? &old->value : NULL, &fresh->value, &is_unchanged,
                &flight->failure);
    s_trim(&fresh->value.bytes);
    pthread_mutex_lock(&self->mutex);
    if (flight->failure.type == ERROR_NONE && !(old && is_unchanged)) {
        flight->shared = fresh;
        return;
    }
    shared_release(&fresh);
    if (flight->failure.type == ERROR_NONE)
        flight->shared = shared_hold(old);
    else
        s_decide_failure(order, old, flight);
}

static void
s_fly(cache_t *self, const cache_order_t *order, item_t *item, shared_t **out, failure_t *failure)
{
    flight_t *flight = memory_new(sizeof *flight);
    flight->holders = 1;
    flight->item = item;
    item->flight = flight;
    shared_t *old = shared_hold(item->shared);
    s_make(self, order, old, flight);
    s_land(self, order, flight);
    *failure = flight->failure;
    *out = shared_hold(flight->shared);
    s_leave(flight);
    shared_release(&old);
}

/* ---- public ---- */

static bool
s_holds(const cache_t *self, const item_t *item)
{
    if (item->shared == NULL)
        return false;
    return item->shared->value.etag[0] == '\0' ||
           clock_monotonic_ms() - item->made_ms < self->old_ms;
}

error_type_t
cache_get(cache_t *self, const cache_order_t *order, const cache_value_t **out, failure_t *failure)
{
    *failure = (failure_t){0};
    *out = NULL;
    shared_t *shared = NULL;
    pthread_mutex_lock(&self->mutex);
    for (bool is_answered = false; !is_answered;) {
        item_t *item = s_require_item(self, order);
        zlistx_move_end(self->items, item->place);
        is_answered = true;
        if (item->flight)
            is_answered = s_join(self, order, item->flight, &shared, failure);
        else if (s_holds(self, item))
            shared = shared_hold(item->shared);
        else
            s_fly(self, order, item, &shared, failure);
    }
    pthread_mutex_unlock(&self->mutex);
    if (shared)
        *out = &shared->value;
    return failure->type;
}

void
cache_return(cache_t *self, const cache_value_t **value_p)
{
    if (*value_p == NULL)
        return;
    /* The value is the first member of what was lent, and const to its borrowers only. */
    shared_t *shared = (shared_t *) (uintptr_t) *value_p;
    pthread_mutex_lock(&self->mutex);
    shared_release(&shared);
    pthread_mutex_unlock(&self->mutex);
    *value_p = NULL;
}

void
cache_forget_job(cache_t *self, uint64_t job_no)
{
    pthread_mutex_lock(&self->mutex);
    for (item_t *item = zlistx_first(self->items); item; item = zlistx_next(self->items))
        if (item->job_no == job_no)
            s_drop_item(self, item); /* the list's cursor steps back */
    pthread_mutex_unlock(&self->mutex);
}

size_t
cache_size(cache_t *self)
{
    pthread_mutex_lock(&self->mutex);
    size_t size = self->size;
    pthread_mutex_unlock(&self->mutex);
    return size;
}

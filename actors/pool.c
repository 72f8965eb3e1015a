#include "actors/pool.h"

#include <assert.h>
#include <stdlib.h>

#include "actors/registry.h"
#include "base/memory.h"

static zhashx_t *
s_table(void)
{
    zhashx_t *table = zhashx_new();
    zhashx_set_key_hasher(table, registry_hash);
    zhashx_set_key_comparator(table, registry_compare);
    zhashx_set_key_duplicator(table, NULL);
    zhashx_set_key_destructor(table, NULL);
    return table;
}

static void
s_free_item(void **item)
{
    free(*item);
    *item = NULL;
}

void
pool_init(pool_t *self)
{
    *self = (pool_t){.leases = s_table(), .by_no = zhashx_new()};
}

void
pool_free(pool_t *self, heap_t *timers)
{
    while (self->workers) {
        worker_t *worker = self->workers;
        for (lease_t *lease = worker->leases, *after = NULL; lease; lease = after) {
            after = lease->after;
            doc_free(pool_end(self, timers, lease));
        }
        pool_remove(self, worker, timers);
    }
    zhashx_destroy(&self->leases);
    zhashx_destroy(&self->by_no);
}

static uint32_t
s_free_credits(const worker_t *worker)
{
    if (worker->retiring || worker->lease_count >= worker->slots)
        return 0;
    return worker->slots - worker->lease_count;
}

/* zhashx with its own string keys: worker numbers are few and looked up once a message. */
static const char *
s_number_key(uint32_t worker_no, char *text)
{
    snprintf(text, 16, "%u", worker_no);
    return text;
}

worker_t *
pool_add(pool_t *self, slice_t name, uint32_t slots, const route_t *route)
{
    worker_t *worker = memory_new(sizeof *worker);
    worker->worker_no = ++self->last_worker_no;
    worker->name = slice_copy(name);
    worker->slots = slots;
    worker->route = *route;
    worker->briefed = s_table();
    zhashx_set_destructor(worker->briefed, s_free_item);
    worker->next = self->workers;
    self->workers = worker;
    self->worker_count++;
    self->slot_count += slots;
    self->credit_count += slots;
    char key[16];
    zhashx_insert(self->by_no, s_number_key(worker->worker_no, key), worker);
    return worker;
}

void
pool_remove(pool_t *self, worker_t *worker, heap_t *timers)
{
    assert(worker->lease_count == 0 && worker->leases == NULL);
    worker_t **link = &self->workers;
    while (*link != worker)
        link = &(*link)->next;
    *link = worker->next;
    self->credit_count -= s_free_credits(worker);
    self->worker_count--;
    self->slot_count -= worker->slots;
    char key[16];
    zhashx_delete(self->by_no, s_number_key(worker->worker_no, key));
    deadline_stop(timers, &worker->silence);
    zhashx_destroy(&worker->briefed);
    free(worker->name);
    free(worker);
}

worker_t *
pool_find(pool_t *self, uint32_t worker_no)
{
    char key[16];
    return zhashx_lookup(self->by_no, s_number_key(worker_no, key));
}

worker_t *
pool_find_name(pool_t *self, slice_t name)
{
    for (worker_t *worker = self->workers; worker; worker = worker->next)
        if (slice_is(name, worker->name))
            return worker;
    return NULL;
}

worker_t *
pool_pick(pool_t *self)
{
    if (self->credit_count == 0)
        return NULL;
    worker_t *best = NULL;
    for (worker_t *worker = self->workers; worker; worker = worker->next)
        if (s_free_credits(worker) && (!best || s_free_credits(worker) > s_free_credits(best)))
            best = worker;
    return best;
}

void
pool_retire(pool_t *self, worker_t *worker)
{
    self->credit_count -= s_free_credits(worker);
    worker->retiring = true;
}

lease_t *
pool_lease(pool_t *self, heap_t *timers, worker_t *worker, job_t *job, doc_t *doc, int64_t now_ms,
           int64_t deadline_ms)
{
    assert(s_free_credits(worker) > 0);
    lease_t *lease = memory_new(sizeof *lease);
    lease->id = ++self->last_lease;
    lease->worker = worker;
    lease->job = job;
    lease->job_no = job->job_no;
    lease->doc = doc;
    lease->row = doc->row;
    lease->lane_seq = ++worker->lane_seq;
    lease->begun_ms = now_ms;
    lease->after = worker->leases;
    if (lease->after)
        lease->after->before = lease;
    worker->leases = lease;
    worker->lease_count++;
    self->credit_count--;
    zhashx_insert(self->leases, &lease->id, lease);
    deadline_set(timers, &lease->deadline, TIMER_LEASE, lease, deadline_ms);
    return lease;
}

lease_t *
pool_current(pool_t *self, uint32_t worker_no, uint64_t id, uint64_t job_no, uint32_t row)
{
    lease_t *lease = zhashx_lookup(self->leases, &id);
    if (lease == NULL || lease->worker->worker_no != worker_no || lease->job_no != job_no ||
        lease->row != row)
        return NULL;
    return lease;
}

doc_t *
pool_end(pool_t *self, heap_t *timers, lease_t *lease)
{
    worker_t *worker = lease->worker;
    uint32_t free_before = s_free_credits(worker);
    if (lease->before)
        lease->before->after = lease->after;
    else
        worker->leases = lease->after;
    if (lease->after)
        lease->after->before = lease->before;
    worker->lease_count--;
    self->credit_count += s_free_credits(worker) - free_before;
    deadline_stop(timers, &lease->deadline);
    zhashx_delete(self->leases, &lease->id);
    doc_t *doc = lease->doc;
    free(lease);
    return doc;
}

doc_t *
pool_revoke(heap_t *timers, lease_t *lease)
{
    doc_t *doc = lease->doc;
    lease->doc = NULL;
    lease->job = NULL;
    deadline_stop(timers, &lease->deadline);
    return doc;
}

void
pool_check(const pool_t *self)
{
    uint32_t workers = 0, slots = 0, credits = 0;
    size_t leases = 0;
    for (const worker_t *worker = self->workers; worker; worker = worker->next) {
        uint32_t own = 0;
        for (const lease_t *lease = worker->leases; lease; lease = lease->after) {
            assert(lease->worker == worker);
            assert((lease->job == NULL) == (lease->doc == NULL));
            own++;
        }
        assert(own == worker->lease_count && own <= worker->slots);
        workers++;
        slots += worker->slots;
        credits += s_free_credits(worker);
        leases += own;
    }
    assert(workers == self->worker_count && slots == self->slot_count);
    assert(credits == self->credit_count);
    assert(leases == zhashx_size(self->leases));
    (void) workers, (void) slots, (void) credits, (void) leases;
}

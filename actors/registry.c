#include "actors/registry.h"

#include <assert.h>
#include <czmq.h>

#include "base/memory.h"

enum { KEY_SIZE_MAX = 256 };

struct registry {
    zhashx_t *users; /* name to user_t */
    zhashx_t *jobs;  /* job_no to job_t */
};

size_t
registry_hash(const void *key)
{
    uint64_t value = *(const uint64_t *) key * 0x9e3779b97f4a7c15u;
    return (size_t) (value ^ (value >> 32));
}

int
registry_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;
    return (x > y) - (x < y);
}

registry_t *
registry_new(void)
{
    registry_t *self = memory_new(sizeof *self);
    self->users = zhashx_new();
    self->jobs = zhashx_new();
    zhashx_set_key_hasher(self->jobs, registry_hash);
    zhashx_set_key_comparator(self->jobs, registry_compare);
    zhashx_set_key_duplicator(self->jobs, NULL);
    zhashx_set_key_destructor(self->jobs, NULL);
    return self;
}

static void
s_user_destroy(user_t *user)
{
    zhashx_t *ids = user->ids;
    zhashx_destroy(&ids);
    heap_free(&user->run);
    free(user->jobs);
    free(user->name);
    free(user);
}

void
registry_destroy(registry_t **self_p, heap_t *timers)
{
    registry_t *self = *self_p;
    if (self == NULL)
        return;
    for (user_t *user = zhashx_first(self->users); user; user = zhashx_next(self->users)) {
        heap_free(&user->run); /* its nodes are the jobs' */
        for (size_t i = 0; i < user->job_count; i++)
            job_destroy(&user->jobs[i], timers);
        s_user_destroy(user);
    }
    zhashx_destroy(&self->users);
    zhashx_destroy(&self->jobs);
    free(self);
    *self_p = NULL;
}

/* A NUL-terminated copy in `key` (KEY_SIZE_MAX bytes); NULL when it does not fit or holds a NUL: no
 * such name exists then. */
static const char *
s_key(slice_t text, char *key)
{
    if (text.size >= KEY_SIZE_MAX || (text.size && memchr(text.data, '\0', text.size)))
        return NULL;
    if (text.size)
        memcpy(key, text.data, text.size);
    key[text.size] = '\0';
    return key;
}

static user_t *
s_find_user(registry_t *self, slice_t name)
{
    char key[KEY_SIZE_MAX];
    return s_key(name, key) ? zhashx_lookup(self->users, key) : NULL;
}

user_t *
registry_user(registry_t *self, slice_t name)
{
    user_t *user = s_find_user(self, name);
    if (user == NULL) {
        user = memory_new(sizeof *user);
        user->name = slice_copy(name);
        user->ids = zhashx_new();
        zhashx_insert(self->users, user->name, user);
    }
    return user;
}

/* The place of the first job that is not older than `job_no`. */
static size_t
s_place(const user_t *user, uint64_t job_no)
{
    size_t low = 0, high = user->job_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (user->jobs[middle]->job_no < job_no)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
registry_add(registry_t *self, job_t *job)
{
    user_t *user = job->user;
    if (user->job_count == user->job_capacity) {
        user->job_capacity = user->job_capacity ? user->job_capacity * 2 : 4;
        user->jobs = memory_resize(user->jobs, user->job_capacity * sizeof(job_t *));
    }
    size_t place = s_place(user, job->job_no);
    memmove(user->jobs + place + 1, user->jobs + place,
            (user->job_count - place) * sizeof(job_t *));
    user->jobs[place] = job;
    user->job_count++;
    zhashx_insert(user->ids, job->job_id, job);
    zhashx_insert(self->jobs, &job->job_no, job);
}

void
registry_remove(registry_t *self, job_t *job, heap_t *timers)
{
    user_t *user = job->user;
    size_t place = s_place(user, job->job_no);
    assert(place < user->job_count && user->jobs[place] == job);
    user->job_count--;
    memmove(user->jobs + place, user->jobs + place + 1,
            (user->job_count - place) * sizeof(job_t *));
    zhashx_delete(user->ids, job->job_id);
    zhashx_delete(self->jobs, &job->job_no);
    job_destroy(&job, timers);
    if (user->job_count == 0) {
        assert(user->after == NULL);
        zhashx_delete(self->users, user->name);
        s_user_destroy(user);
    }
}

job_t *
registry_find(registry_t *self, uint64_t job_no)
{
    return zhashx_lookup(self->jobs, &job_no);
}

job_t *
registry_find_id(registry_t *self, slice_t owner, slice_t job_id)
{
    char key[KEY_SIZE_MAX];
    user_t *user = s_find_user(self, owner);
    return user && s_key(job_id, key) ? zhashx_lookup(user->ids, key) : NULL;
}

job_t *const *
registry_jobs_of(registry_t *self, slice_t owner, size_t *count)
{
    user_t *user = s_find_user(self, owner);
    *count = user ? user->job_count : 0;
    return user ? user->jobs : NULL;
}

size_t
registry_size(const registry_t *self)
{
    return zhashx_size(self->jobs);
}

job_t *
registry_first(registry_t *self)
{
    return zhashx_first(self->jobs);
}

job_t *
registry_next(registry_t *self)
{
    return zhashx_next(self->jobs);
}

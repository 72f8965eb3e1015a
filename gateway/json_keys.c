#include "gateway/json_keys.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { TABLE_SIZE_MIN = 64 };

static unsigned char s_hash_key[crypto_shorthash_KEYBYTES];
static pthread_once_t s_hash_once = PTHREAD_ONCE_INIT;

static void
s_hash_open(void)
{
    int ready = sodium_init();
    assert(ready >= 0);
    (void) ready;
    crypto_shorthash_keygen(s_hash_key);
}

void
json_keys_begin(json_keys_t *self)
{
    pthread_once(&s_hash_once, s_hash_open);
    if (self->count) /* the last text was left in the middle */
        memset(self->table, 0, self->table_size * sizeof *self->table);
    self->count = 0;
    self->object_count = 0;
}

void
json_keys_free(json_keys_t *self)
{
    free(self->marks);
    free(self->table);
    *self = (json_keys_t){0};
}

uint32_t
json_keys_open(json_keys_t *self)
{
    return ++self->object_count;
}

/* The place of `mark`, or the free one where it would stand. */
static uint32_t
s_place(const json_keys_t *self, uint64_t mark)
{
    uint32_t mask = self->table_size - 1;
    uint32_t place = (uint32_t) (mark >> 32) & mask;
    while (self->table[place] != 0 && self->table[place] != mark)
        place = (place + 1) & mask;
    return place;
}

static void
s_grow(json_keys_t *self)
{
    free(self->table);
    self->table_size = self->table_size ? self->table_size * 2 : TABLE_SIZE_MIN;
    self->table = memory_new(self->table_size * sizeof *self->table);
    for (uint32_t i = 0; i < self->count; i++)
        self->table[s_place(self, self->marks[i])] = self->marks[i];
}

json_key_t
json_keys_note(json_keys_t *self, uint32_t number, slice_t name)
{
    uint64_t mark = 0;
    crypto_shorthash((unsigned char *) &mark, (const unsigned char *) name.data, name.size,
                     s_hash_key);
    mark ^= number * UINT64_C(0x9e3779b97f4a7c15);
    mark |= mark == 0;
    if (self->count >= JSON_OPEN_KEYS_MAX)
        return JSON_KEY_TOO_MANY;
    if (self->count * 2 >= self->table_size)
        s_grow(self);
    uint32_t place = s_place(self, mark);
    if (self->table[place] == mark)
        return JSON_KEY_TWICE;
    self->table[place] = mark;
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : TABLE_SIZE_MIN;
        self->marks = memory_resize(self->marks, self->capacity * sizeof *self->marks);
    }
    self->marks[self->count++] = mark;
    return JSON_KEY_NEW;
}

/* Takes the marks out in the reverse of the order in which they came: then a place that linear
 * probing passed over for a later one is still taken when that one is looked for. */
void
json_keys_close(json_keys_t *self, uint32_t count)
{
    while (self->count > count)
        self->table[s_place(self, self->marks[--self->count])] = 0;
}

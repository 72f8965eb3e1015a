#include "documents/tagger/tagger_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* FNV-1a: short keys, no need to withstand an enemy beyond what the limits bound. */
static uint32_t
s_hash(slice_t text)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (uint8_t) text.data[i]) * 16777619u;
    return hash ^ (hash >> 15);
}

/* Returns the slot that holds `text`, or the free one where it would stand. */
static uint32_t
s_slot(const words_t *self, slice_t text, uint32_t hash)
{
    uint32_t mask = self->slot_count - 1;
    uint32_t slot = hash & mask;
    while (self->slots[slot]) {
        uint32_t number = self->slots[slot] - 1;
        if (self->hashes[number] == hash && slice_equal(words_text(self, number), text))
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void
s_grow(words_t *self)
{
    self->capacity = self->capacity ? self->capacity * 2 : 1024;
    self->ends = memory_resize(self->ends, self->capacity * sizeof *self->ends);
    self->hashes = memory_resize(self->hashes, self->capacity * sizeof *self->hashes);
    free(self->slots);
    self->slot_count = self->capacity * 2;
    self->slots = memory_new(self->slot_count * sizeof *self->slots);
    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t slot = self->hashes[i] & (self->slot_count - 1);
        while (self->slots[slot])
            slot = (slot + 1) & (self->slot_count - 1);
        self->slots[slot] = i + 1;
    }
}

void
words_free(words_t *self)
{
    buffer_free(&self->bytes);
    free(self->ends);
    free(self->hashes);
    free(self->slots);
    *self = (words_t){0};
}

void
words_clear(words_t *self)
{
    buffer_clear(&self->bytes);
    self->count = 0;
    if (self->slots)
        memset(self->slots, 0, self->slot_count * sizeof *self->slots);
}

uint32_t
words_require(words_t *self, slice_t text, uint32_t limit)
{
    if (self->count == self->capacity)
        s_grow(self);
    uint32_t hash = s_hash(text);
    uint32_t slot = s_slot(self, text, hash);
    if (self->slots[slot])
        return self->slots[slot] - 1;
    if (self->count >= limit)
        return WORDS_NONE;
    buffer_append_slice(&self->bytes, text);
    self->ends[self->count] = (uint32_t) self->bytes.size;
    self->hashes[self->count] = hash;
    self->slots[slot] = ++self->count;
    return self->count - 1;
}

uint32_t
words_find(const words_t *self, slice_t text)
{
    if (self->count == 0)
        return WORDS_NONE;
    uint32_t slot = s_slot(self, text, s_hash(text));
    return self->slots[slot] ? self->slots[slot] - 1 : WORDS_NONE;
}

slice_t
words_text(const words_t *self, uint32_t number)
{
    uint32_t start = number ? self->ends[number - 1] : 0;
    return (slice_t){self->bytes.data + start, self->ends[number] - start};
}

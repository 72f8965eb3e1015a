#include "actors/effects.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool
route_equal(const route_t *a, const route_t *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

void
effects_free(effects_t *self)
{
    effects_clear(self);
    free(self->items);
    buffer_free(&self->bytes);
    *self = (effects_t){0};
}

void
effects_clear(effects_t *self)
{
    self->count = 0;
    if (self->has_secret)
        buffer_wipe(&self->bytes);
    self->has_secret = false;
    buffer_clear(&self->bytes);
}

buffer_t *
effects_begin(effects_t *self, effect_kind_t kind, uint32_t worker_no, const route_t *route)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 64;
        self->items = memory_resize(self->items, self->capacity * sizeof(effect_t));
    }
    effect_t *effect = &self->items[self->count++];
    effect->kind = kind;
    effect->worker_no = worker_no;
    if (route)
        effect->route = *route;
    else
        effect->route.size = 0;
    effect->offset = self->bytes.size;
    effect->size = 0;
    return &self->bytes;
}

void
effects_end(effects_t *self)
{
    assert(self->count > 0);
    effect_t *effect = &self->items[self->count - 1];
    effect->size = self->bytes.size - effect->offset;
}

slice_t
effects_frame(const effects_t *self, const effect_t *effect)
{
    if (effect->size == 0)
        return (slice_t){0};
    return (slice_t){.data = self->bytes.data + effect->offset, .size = effect->size};
}

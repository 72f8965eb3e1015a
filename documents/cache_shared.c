#include "documents/cache_shared.h"

#include <stdlib.h>

#include "base/memory.h"

shared_t *
shared_new(void)
{
    shared_t *self = memory_new(sizeof *self);
    self->holders = 1;
    return self;
}

shared_t *
shared_hold(shared_t *self)
{
    if (self)
        self->holders++;
    return self;
}

void
shared_release(shared_t **self_p)
{
    shared_t *self = *self_p;
    *self_p = NULL;
    if (self == NULL || --self->holders > 0)
        return;
    buffer_free(&self->value.bytes);
    free(self);
}

size_t
shared_size(const shared_t *self)
{
    return self ? sizeof *self + self->value.bytes.capacity : 0;
}

#include "base/buffer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { CAPACITY_MIN = 120 };

void
buffer_free(buffer_t *self)
{
    if (self == NULL)
        return;
    free(self->data);
    *self = (buffer_t){0};
}

void
buffer_clear(buffer_t *self)
{
    self->size = 0;
    if (self->data)
        self->data[0] = '\0';
}

void
buffer_wipe(buffer_t *self)
{
    if (self->data)
        explicit_bzero(self->data, self->capacity);
    buffer_clear(self);
}

char *
buffer_reserve(buffer_t *self, size_t extra)
{
    assert(extra < SIZE_MAX / 2 - self->size);
    size_t wanted = self->size + extra;
    if (self->data == NULL || wanted > self->capacity) {
        size_t capacity = self->capacity ? self->capacity * 2 : CAPACITY_MIN;
        if (capacity < wanted)
            capacity = wanted;
        self->data = memory_resize(self->data, capacity + 1);
        self->capacity = capacity;
    }
    return self->data + self->size;
}

void
buffer_append(buffer_t *self, const void *data, size_t size)
{
    char *end = buffer_reserve(self, size);
    if (size)
        memcpy(end, data, size);
    self->size += size;
    self->data[self->size] = '\0';
}

void
buffer_append_slice(buffer_t *self, slice_t slice)
{
    buffer_append(self, slice.data, slice.size);
}

void
buffer_append_text(buffer_t *self, const char *text)
{
    buffer_append(self, text, strlen(text));
}

void
buffer_append_byte(buffer_t *self, char byte)
{
    buffer_append(self, &byte, 1);
}

void
buffer_printf(buffer_t *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *end = buffer_reserve(self, CAPACITY_MIN);
    size_t room = self->capacity - self->size + 1;
    int written = vsnprintf(end, room, format, args);
    va_end(args);
    assert(written >= 0);
    if ((size_t) written >= room) {
        end = buffer_reserve(self, (size_t) written);
        va_start(args, format);
        vsnprintf(end, (size_t) written + 1, format, args);
        va_end(args);
    }
    self->size += (size_t) written;
}

slice_t
buffer_slice(const buffer_t *self)
{
    return (slice_t){.data = self->data, .size = self->size};
}

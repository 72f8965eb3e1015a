/* A byte buffer that grows: what encoders write into.
 *
 * A zeroed struct is an empty buffer. The bytes are always followed by one NUL that does not
 * count, so that text can be handed to C functions. Not shared between threads.
 */
#ifndef TAGMILL_BASE_BUFFER_H
#define TAGMILL_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef struct {
    char *data;      /* NULL until the first byte */
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes that fit without growing, the NUL not counted */
} buffer_t;

/* Frees what the buffer holds and leaves it empty, ready for use again. NULL-safe. */
void buffer_free(buffer_t *self);

/* Empties the buffer and keeps its memory. */
void buffer_clear(buffer_t *self);

/* Empties the buffer as buffer_clear does, and overwrites what it held: it was secret. */
void buffer_wipe(buffer_t *self);

/* Makes room for `extra` more bytes. Returns a pointer to the first of them (not yet counted in
 * `size`), valid until the next call on this buffer. */
char *buffer_reserve(buffer_t *self, size_t extra);

/* Appends `size` bytes from `data` (borrows; may be NULL when size is 0). */
void buffer_append(buffer_t *self, const void *data, size_t size);

/* Appends a slice, a NUL-terminated text, one byte. */
void buffer_append_slice(buffer_t *self, slice_t slice);
void buffer_append_text(buffer_t *self, const char *text);
void buffer_append_byte(buffer_t *self, char byte);

/* Appends formatted text, as printf. */
void buffer_printf(buffer_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns a slice over the whole content, valid until the next call on this buffer. */
slice_t buffer_slice(const buffer_t *self);

#endif

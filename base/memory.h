/* Allocation that cannot fail.
 *
 * A service that is out of memory cannot keep its promises by limping on, and a restart loses
 * nothing (the store is the truth), so every allocation here returns memory or ends the process
 * with a message. All functions may be called from any thread.
 */
#ifndef TAGMILL_BASE_MEMORY_H
#define TAGMILL_BASE_MEMORY_H

#include <stddef.h>

/* Returns owned: `size` zeroed bytes (at least 1); free with free(). */
void *memory_new(size_t size);

/* Resizes `block` (takes it; may be NULL) to `size` bytes. Returns owned: the resized block. */
void *memory_resize(void *block, size_t size);

/* Returns owned: a NUL-terminated copy of the `size` bytes at `data` (borrows). */
char *memory_copy_string(const char *data, size_t size);

#endif

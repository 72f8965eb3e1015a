/* Whole small files: reading, and writing secrets so that only their owner can read them. */
#ifndef TAGMILL_BASE_FILE_H
#define TAGMILL_BASE_FILE_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/fault.h"

/* Reads the whole of `path` into `out` (appends), at most `limit` bytes.
 * NOT_FOUND: no such file; TOO_LARGE: longer than `limit`; IO_ERROR: anything else. */
status_t file_read(const char *path, size_t limit, buffer_t *out, fault_t *fault);

/* Makes the directory `path` and those above it that are missing, with mode 0700.
 * IO_ERROR: it cannot be made, or something else stands there. */
status_t file_make_directory(const char *path, fault_t *fault);

/* Reads a secret of at least `size_min` bytes from `path` into `out`; when the file is missing,
 * makes it (mode 0600, synced) with `size_new` random bytes, written as lower-case hexadecimal.
 * White space at the end does not count.
 * BAD_REQUEST: too short, or others may read it; IO_ERROR: cannot be read or made. */
status_t file_secret(const char *path, size_t size_min, size_t size_new, buffer_t *out,
                     fault_t *fault);

#endif

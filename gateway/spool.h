/* Keeps texts until they are read back, in order: in memory while they are few, then in a file that
 * has no name and is gone with its last reader. For one thread. */
#ifndef TAGMILL_GATEWAY_SPOOL_H
#define TAGMILL_GATEWAY_SPOOL_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"

enum { SPOOL_MEMORY_MAX = 256 * 1024 };

typedef struct spool spool_t;

/* Returns owned: an empty spool whose file, if it needs one, is made in `directory` (borrowed). */
spool_t *spool_new(const char *directory);

/* Frees the spool, closes its file and nulls the caller's pointer. Null-safe. */
void spool_destroy(spool_t **self_p);

/* Adds bytes to the text that is being written. IO_ERROR: the file cannot be made or written. */
status_t spool_write(spool_t *self, slice_t bytes, fault_t *fault);

/* Ends that text, the next begins. Returns its size in `*size`. IO_ERROR as above. */
status_t spool_end_text(spool_t *self, uint64_t *size, fault_t *fault);

/* Texts that were ended. */
uint32_t spool_count(const spool_t *self);

/* Reads the next text, from the first, into `out` (emptied first). Nothing may be written any more.
 * NOT_FOUND: there is none; IO_ERROR: the file cannot be read. */
status_t spool_read(spool_t *self, buffer_t *out, fault_t *fault);

#endif

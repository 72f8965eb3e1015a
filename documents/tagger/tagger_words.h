/* Words as numbers: each distinct text gets the next small number, so that phrases can be compared
 * and counted as short arrays.
 *
 * A zeroed struct is an empty table without a limit of its own. Not shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_WORDS_H
#define TAGMILL_DOCUMENTS_TAGGER_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { WORDS_NONE = UINT32_MAX / 2 }; /* no word has this number */

typedef struct {
    buffer_t bytes;   /* the texts, one behind the other */
    uint32_t *ends;   /* where each text ends in `bytes` */
    uint32_t *hashes; /* of each text, so that growing need not read the texts again */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* open addressing: number + 1, or 0 */
    uint32_t slot_count;
} words_t;

/* Frees everything and leaves the table empty. */
void words_free(words_t *self);

/* Empties the table and keeps its memory. */
void words_clear(words_t *self);

/* Returns the number of `text` (borrowed), making one where it has none and the table holds fewer
 * than `limit` texts; WORDS_NONE where it is full. Numbers go up from 0 without gaps. */
uint32_t words_require(words_t *self, slice_t text, uint32_t limit);

/* Returns the number of `text`, or WORDS_NONE. */
uint32_t words_find(const words_t *self, slice_t text);

/* Returns the text of a number, valid until the next call that adds one. */
slice_t words_text(const words_t *self, uint32_t number);

#endif

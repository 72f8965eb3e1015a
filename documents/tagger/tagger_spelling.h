/* How a tag is written: the commonest spelling of a candidate, in its own case.
 *
 * Candidates are counted by stem; a person wants "neural networks", not "neural network", where the
 * text says so more often, and "Paris" but not "Results". Not shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_SPELLING_H
#define TAGMILL_DOCUMENTS_TAGGER_SPELLING_H

#include "base/buffer.h"
#include "documents/tagger/tagger_phrases.h"

enum { SPELLING_VARIANTS = 8 }; /* told apart for one candidate; later ones are not counted */

typedef struct {
    const phrase_t *phrase; /* borrowed */
    uint32_t variant_count;
    struct spelling_variant {
        uint32_t first; /* index of the token where it first stands */
        uint32_t count;
        uint32_t inner_count; /* of these, not behind a break: capitals mean something there */
    } variants[SPELLING_VARIANTS];
} spelling_t;

/* Counts the spellings of the phrases named in `spellings` (`count` of them). */
void spelling_count(spelling_t *spellings, size_t count, const tokens_t *tokens,
                    const lexicon_t *lexicon);

/* Appends the best spelling to `out`. */
void spelling_write(const spelling_t *self, const tokens_t *tokens, const lexicon_t *lexicon,
                    buffer_t *out);

#endif

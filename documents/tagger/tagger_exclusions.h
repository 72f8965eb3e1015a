/* Words and phrases that are never to be tags.
 *
 * A line forbids the tag that is the same phrase as a whole: the same text, case-folded, or the
 * same stems in the same order, with spaces and hyphens alike and without an elided article (a line
 * "l'eau" forbids "eau"). So a single word forbids its inflections too. A line that is only a part
 * of a tag does not forbid it ("data" leaves "data mining"): a list of general words would
 * otherwise take the specific tags with it. Words are stemmed by the language of the document. Not
 * shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_EXCLUSIONS_H
#define TAGMILL_DOCUMENTS_TAGGER_EXCLUSIONS_H

#include <stdbool.h>

#include "documents/tagger/tagger_tokens.h"
#include "documents/tagger/tagger_words.h"

typedef struct {
    words_t phrases; /* the lines, case-folded, with single spaces */
    words_t keys;    /* the stems of the lines, as bytes */
    tokens_t tokens; /* scratch */
    buffer_t key;    /* scratch */
} exclusions_t;

enum { EXCLUSIONS_LIMIT = 100000 }; /* lines that count */

/* Reads a list, one word or phrase a line (UTF-8, borrowed), in place of the one before. Its forms
 * go into `lexicon`, the one of the text that is tagged. */
void exclusions_read(exclusions_t *self, slice_t lines, tokenizer_t *tokenizer, lexicon_t *lexicon);

/* Replaces what `out` holds with the stems of a phrase (its tokens), as bytes: the same for every
 * way to write it. Empty where a word of it is not kept as a token. */
void exclusions_key(buffer_t *out, const tokens_t *phrase, const lexicon_t *lexicon);

/* True when the list forbids the phrase of these stems, or written so. */
bool exclusions_forbid_stems(const exclusions_t *self, const uint32_t *stems, size_t count);
bool exclusions_forbid_text(const exclusions_t *self, slice_t folded);

/* Frees everything and leaves the list empty. */
void exclusions_free(exclusions_t *self);

#endif

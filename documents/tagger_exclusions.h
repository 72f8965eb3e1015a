/* Words and phrases that are never to be tags.
 *
 * A tag is forbidden when a line of the list is the same phrase, case-folded, or has the same stems
 * in the same order. A line that is only part of a tag does not forbid it. Not shared between
 * threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_EXCLUSIONS_H
#define TAGMILL_DOCUMENTS_TAGGER_EXCLUSIONS_H

#include <stdbool.h>

#include "documents/tagger_phrases.h"
#include "documents/tagger_words.h"

typedef struct {
    words_t phrases; /* the lines, case-folded, with single spaces */
    words_t keys;    /* the stems of the lines, as the bytes of a phrase_key_t */
    tokens_t tokens; /* scratch */
} exclusions_t;

enum { EXCLUSIONS_LIMIT = 100000 }; /* lines that count */

/* Reads a list, one word or phrase a line (UTF-8, borrowed), in place of the one before. Its forms
 * go into `lexicon`, the one of the text that is tagged. */
void exclusions_read(exclusions_t *self, slice_t lines, tokenizer_t *tokenizer, lexicon_t *lexicon);

/* True when the list forbids the phrase of these stems, or written so. */
bool exclusions_forbid_key(const exclusions_t *self, const phrase_key_t *key);
bool exclusions_forbid_text(const exclusions_t *self, slice_t folded);

/* Frees everything and leaves the list empty. */
void exclusions_free(exclusions_t *self);

#endif

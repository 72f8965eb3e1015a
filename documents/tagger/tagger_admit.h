/* The rules that every tag keeps, whoever made it: normal form C, trimmed, white space single, 2 to
 * 60 code points, with a word in it that is not an address, unlike the tags before it in
 * case-folded text and in stems, and nothing that the exclusions forbid. Not shared between
 * threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_ADMIT_H
#define TAGMILL_DOCUMENTS_TAGGER_ADMIT_H

#include "documents/tagger/tagger.h"
#include "documents/tagger/tagger_exclusions.h"

typedef struct {
    const exclusions_t *exclusions; /* borrowed */
    tokenizer_t *tokenizer;         /* borrowed */
    lexicon_t *lexicon;             /* borrowed; its text has ended */
    uint32_t tag_limit;
    words_t texts;               /* the tags so far, case-folded */
    words_t keys;                /* their stems */
    tokens_t tokens;             /* scratch */
    buffer_t plain, folded, key; /* scratch */
} admission_t;

/* Appends `text` (UTF-8, borrowed) to `list`, which holds what was admitted before, unless a rule
 * is against it or the list is full. */
void admission_try(admission_t *self, slice_t text, tag_list_t *list);

/* Frees what it holds (not what it borrows) and leaves it empty. */
void admission_free(admission_t *self);

#endif

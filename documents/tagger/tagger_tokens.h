/* A text as a row of words and what stands between them.
 *
 * Word boundaries are ICU's (Unicode Standard Annex 29; dictionaries for Chinese, Japanese, Thai,
 * Lao, Khmer and Burmese), with what that rule pulls apart put together again (C++, AT&T), and
 * addresses of the web left out. Not shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_TOKENS_H
#define TAGMILL_DOCUMENTS_TAGGER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "documents/tagger/tagger_lexicon.h"

enum { TOKENS_LIMIT = 3000000 }; /* 10 MiB of prose has 2 million words */

/* What stands before a word. */
typedef enum {
    JOINT_BREAK, /* a sign, a paragraph's end, the text's start: no phrase reaches across */
    JOINT_SPACE,
    JOINT_HYPHEN, /* part of a compound with the word before */
    JOINT_ELIDED, /* the apostrophe of an elision: l'eau */
    JOINT_NONE    /* nothing: scripts without spaces */
} joint_t;

/* What a word is to a phrase, its compound taken into account. */
typedef enum {
    ROLE_NONE,    /* ends a phrase */
    ROLE_SUBJECT, /* can be a phrase */
    ROLE_AIDE,    /* only behind a subject, or before one: a capital, a month */
    ROLE_TAIL,    /* only behind a subject: a Roman numeral, the A of vitamin A */
    ROLE_INSIDE,  /* only between two words: a short number, the de of a name */
    ROLE_YEAR     /* only at a phrase's start, with a subject behind: the 1984 riots */
} role_t;

typedef struct {
    uint32_t form;
    uint8_t joint; /* joint_t */
    uint8_t role;  /* role_t */
    bool is_cut;   /* an abbreviation */
} token_t;

typedef struct {
    token_t *items;
    size_t count;
    size_t capacity;
    size_t lost; /* words that are not among them: addresses, and what the lexicon does not keep */
} tokens_t;

typedef struct tokenizer tokenizer_t;

/* Returns owned: a tokenizer, with ICU's iterator opened. */
tokenizer_t *tokenizer_new(void);

/* Frees it and nulls the caller's pointer. Null-safe. */
void tokenizer_destroy(tokenizer_t **self_p);

/* Appends the words of `text` (UTF-8, borrowed) to `tokens`, at most up to TOKENS_LIMIT, with forms
 * of `lexicon`. The first one starts with JOINT_BREAK. Works through the text piece by piece, so
 * that memory beyond the tokens does not grow with it. */
void tokenizer_run(tokenizer_t *self, slice_t text, lexicon_t *lexicon, tokens_t *tokens);

/* Empties the tokens and keeps their memory. */
void tokens_clear(tokens_t *self);

/* Frees the tokens and leaves them empty. */
void tokens_free(tokens_t *self);

#endif

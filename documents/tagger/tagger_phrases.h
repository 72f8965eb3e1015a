/* The candidates of a text: what stands between stop words and signs (after Rose et al. 2010,
 * RAKE), counted by stem.
 *
 * A run is the longest row of words that nothing ends. A run that is short enough is a candidate,
 * and so are the rows inside it, because in languages whose verbs no list stops a run is half a
 * sentence; counted are how often each is a whole run, and how often its words stand in a row at
 * all. Memory is bounded: when the table is full, the rarest candidates go (lossy counting, Manku
 * and Motwani 2002), so that counts in huge texts are a little low for phrases that began rare. Not
 * shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_PHRASES_H
#define TAGMILL_DOCUMENTS_TAGGER_PHRASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "documents/tagger/tagger_lexicon.h"
#include "documents/tagger/tagger_tokens.h"

enum {
    PHRASE_PARTS = 6,           /* words of a candidate, the parts of compounds counted */
    PHRASE_INNER_PARTS = 4,     /* of one that stands inside a longer run */
    PHRASE_TABLE_LIMIT = 200000 /* candidates kept at a time */
};

typedef struct {
    uint32_t stems[PHRASE_PARTS];
    uint32_t part_count;
} phrase_key_t;

typedef struct {
    phrase_key_t key;
    uint32_t whole_count; /* as a whole run */
    uint32_t total_count; /* in a row, whole runs included */
    uint32_t title_count; /* of these, with a capital at the start that no sentence's start gives */
    uint32_t upper_count; /* of these, with a word in capitals */
    uint32_t
        longer_count; /* how often the commonest candidate comes that is this and a word more */
    uint32_t first;   /* index of the token where it first stands */
} phrase_t;

typedef struct {
    phrase_t *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* open addressing: index + 1, or 0 */
    uint32_t slot_count;
    uint32_t *stem_counts; /* by stem: how often it stands in a run */
    uint32_t stem_count;
    uint32_t stem_capacity;
} phrases_t;

/* A run: `count` tokens from `first`. */
typedef struct {
    size_t first;
    size_t count;
} run_t;

/* Moves `run` to the next run of `tokens` behind it (a zeroed run: to the first), cut of what
 * cannot stand at either end. Returns false where there is none. */
bool run_next(const tokens_t *tokens, run_t *run);

/* Returns the run without the year that it starts with, if it does: the 1984 riots are riots. */
run_t run_without_year(const tokens_t *tokens, run_t run);

/* Writes the stems of `count` tokens into `key` (count at most PHRASE_PARTS). */
void phrase_key_set(phrase_key_t *key, const lexicon_t *lexicon, const token_t *tokens,
                    size_t count);

/* Empties the table and counts the candidates of `tokens`. */
void phrases_count(phrases_t *self, const tokens_t *tokens, const lexicon_t *lexicon);

/* Returns the candidate with this key, or NULL; valid until the table changes. */
phrase_t *phrases_find(const phrases_t *self, const phrase_key_t *key);

/* True when a stem stands in a run. */
bool phrases_has_stem(const phrases_t *self, uint32_t stem);

/* Returns how often the rarest word of a candidate stands in a run. */
uint32_t phrases_rarest(const phrases_t *self, const phrase_key_t *key);

/* Frees everything and leaves the table empty. */
void phrases_free(phrases_t *self);

#endif

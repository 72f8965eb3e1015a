/* Word lists by language, compiled in so that a program needs no data files.
 *
 * Stop words carry grammar rather than a subject; common words are those that texts of every
 * subject use, by stem; boilerplate are phrases of licences, journals and web pages. They stand in
 * documents/{stopwords,common,boilerplate}/<iso>.txt; sources and licences in the README of each
 * folder. Constant data: any thread.
 */
#ifndef TAGMILL_DOCUMENTS_WORDLISTS_H
#define TAGMILL_DOCUMENTS_WORDLISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

typedef struct {
    const char *language;     /* ISO 639-1 */
    const char *const *words; /* case-folded NFC, sorted by bytes */
    size_t count;
} wordlist_t;

typedef struct {
    const wordlist_t *lists; /* sorted by language */
    size_t count;
} wordlists_t;

/* Every list there is; written by documents/tagger/wordlists.cmake. */
extern const wordlists_t wordlists_stopwords;
extern const wordlists_t wordlists_common;
extern const wordlists_t wordlists_boilerplate;

/* Returns the list of a language (ISO 639-1), or NULL where there is none. */
const wordlist_t *wordlists_find(const wordlists_t *self, const char *language);

/* True when `word` (case-folded NFC) is in the list. A NULL list has no words. */
bool wordlist_has(const wordlist_t *self, slice_t word);

/* True when a line of the list is `words` (case-folded NFC) with more words behind. */
bool wordlist_has_start(const wordlist_t *self, slice_t words);

#endif

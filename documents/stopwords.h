/* Stop lists: the words of a language that carry grammar rather than a subject.
 *
 * The lists stand in documents/stopwords/<iso>.txt (sources and licences in the README there) and
 * are compiled in, so that a program needs no data files. Constant data: any thread.
 */
#ifndef TAGMILL_DOCUMENTS_STOPWORDS_H
#define TAGMILL_DOCUMENTS_STOPWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

typedef struct {
    const char *language;     /* ISO 639-1 */
    const char *const *words; /* case-folded NFC, sorted by bytes */
    size_t count;
} stopwords_t;

/* Every list there is, sorted by language; written by documents/stopwords.cmake. */
extern const stopwords_t stopwords_all[];
extern const size_t stopwords_all_count;

/* Returns the list of a language (ISO 639-1), or NULL where there is none. */
const stopwords_t *stopwords_find(const char *language);

/* True when `word` (case-folded NFC) is in the list. A NULL list has no words. */
bool stopwords_has(const stopwords_t *self, slice_t word);

#endif

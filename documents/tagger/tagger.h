/* The offline tagger: statistical key phrases, no network, the same tags on every run.
 *
 * A tagger belongs to one thread; it keeps opened ICU iterators and stemmers between texts.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_H
#define TAGMILL_DOCUMENTS_TAGGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

typedef struct tagger tagger_t;

typedef struct {
    slice_t text;        /* UTF-8 */
    slice_t title;       /* UTF-8, may be empty; weighs more than the text */
    slice_t description; /* UTF-8, may be empty */
    slice_t language;    /* ISO 639-1; empty: detected from the text */
    slice_t exclusions;  /* words and phrases never to be returned, one a line; what they forbid is
                            said in tagger_exclusions.h */
    uint32_t tag_limit;  /* 3 to 15 */
} tag_request_t;

typedef struct {
    char **items; /* owned, NUL-terminated UTF-8, best first */
    size_t count;
    char language[4]; /* the language that was used, "" where none was found */
} tag_list_t;

/* Returns owned: a tagger. */
tagger_t *tagger_new(void);

/* Frees the tagger and nulls the caller's pointer. Null-safe. */
void tagger_destroy(tagger_t **self_p);

/* Finds at most `request->tag_limit` key phrases of a text (request borrowed for the call) and
 * fills `list` (emptied first; free with tag_list_free). Each tag is NFC, trimmed, 2 to 60 code
 * points, and unlike every other of the list in case-folded stems. A text without candidates gives
 * an empty list. */
void tagger_run(tagger_t *self, const tag_request_t *request, tag_list_t *list);

/* Puts tags that came from elsewhere under the rules of every tag: fills `list` (emptied first)
 * with those of `candidates` (borrowed, UTF-8 of any kind, best first; `count` of them) that may be
 * tags, in their order, at most `request->tag_limit`. The rules are tagger_run's: written in normal
 * form C, trimmed, with single spaces, 2 to 60 code points, a word in it, each unlike every other
 * in case-folded stems, and nothing that the exclusions forbid. The language is found as for
 * tagger_run. */
void tagger_sift(tagger_t *self, const tag_request_t *request, const slice_t *candidates,
                 size_t count, tag_list_t *list);

/* Frees what the list holds and leaves it empty. */
void tag_list_free(tag_list_t *self);

#endif

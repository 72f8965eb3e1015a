/* Which candidates become tags, and in what order.
 *
 * The score of a candidate is (0.7 + ln total) x length x share x place x zone:
 *   total   how often its words stand in a row;
 *   length  1, 2 or 2.2 for one, two, and three or more words (longer phrases are rarer, but
 *           better keys: El-Beltagy and Rafea 2009);
 *   share   of all its occurrences the part that is a whole run, to the power of 0.2: a fragment
 *           of longer phrases scores low;
 *   place   falls with the logarithm of how many words come before it: what matters is said
 *           first (Florescu and Caragea 2017);
 *   zone    1.5 for a candidate of the title, 1.2 for one of the description.
 * Equal scores go by place, so that the order is the same on every run. A candidate that lies
 * inside a better one, or around it, is dropped. Not shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_CHOOSE_H
#define TAGMILL_DOCUMENTS_TAGGER_CHOOSE_H

#include "documents/tagger.h"
#include "documents/tagger_admit.h"
#include "documents/tagger_phrases.h"

typedef struct {
    const tokens_t *tokens;
    const lexicon_t *lexicon;
    phrases_t *phrases;     /* put into order of score */
    admission_t *admission; /* nothing admitted yet */
    size_t title_end;       /* tokens before this one are the title's */
    size_t description_end; /* tokens from there to this one are the description's */
} choice_t;

/* Appends the tags to `list` (empty). Everything that `choice` names is borrowed; the phrases can
 * not be searched any more afterwards. */
void tagger_choose(const choice_t *choice, tag_list_t *list);

#endif

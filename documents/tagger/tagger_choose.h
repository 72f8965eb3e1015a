/* Which candidates become tags, and in what order.
 *
 * The best score goes first (tagger_score.h); each tag lowers the candidates that repeat its words,
 * so that a list does not say the same thing ten times (after Carbonell and Goldstein 1998, maximal
 * marginal relevance). A text of few words gets few tags. Equal scores
 * go by place, so that the order is the same on every run. Not shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_CHOOSE_H
#define TAGMILL_DOCUMENTS_TAGGER_CHOOSE_H

#include "documents/tagger/tagger.h"
#include "documents/tagger/tagger_admit.h"
#include "documents/tagger/tagger_score.h"

/* Appends the tags to `list` (empty), as `admission` lets them in, which has admitted nothing yet.
 * Everything is borrowed. */
void tagger_choose(const scoring_t *scoring, admission_t *admission, tag_list_t *list);

#endif

/* How much a candidate is worth: a sum of a few logarithms, the same for every length of text and
 * every language.
 *
 *   total    how often its words stand in a row, in logarithms, with less and less for each more;
 *   rarest   how often its rarest word stands anywhere;
 *   length   a word alone counts less, the more so in a long text; three and more count more
 *            (El-Beltagy and Rafea 2009);
 *   whole    of all its occurrences the part that is a whole run: a fragment of longer phrases
 *            counts less;
 *   place    falls with the logarithm of how many words come before it, faster in a long text: what
 *            matters is said first (Florescu and Caragea 2017);
 *   capitals names and acronyms inside a sentence count more (Campos et al. 2020);
 *   letters  long words are special ones;
 *   common   a word alone that texts of every subject use counts much less;
 *   modifier so does what ends in an adverb or a participle;
 *   code     so does one letter with digits, said once;
 *   zone     a candidate of the title or the description counts more.
 *
 * The weights are those that a listwise model (softmax over the candidates of a document) learns
 * from the development halves of six sets of tagged documents, each set weighing the same.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_SCORE_H
#define TAGMILL_DOCUMENTS_TAGGER_SCORE_H

#include "documents/tagger/tagger_phrases.h"

typedef struct {
    const tokens_t *tokens;
    const lexicon_t *lexicon;
    const phrases_t *phrases;
    size_t title_end;       /* tokens before this one are the title's */
    size_t description_end; /* tokens from there to this one are the description's */
} scoring_t;

/* Returns the score of one of the phrases; higher is better, any sign. Pure; any thread. */
double tagger_score(const scoring_t *self, const phrase_t *phrase);

#endif

#include "documents/tagger/tagger_score.h"

#include <math.h>

/* A word alone counts less in a long text than in one of this many words (its logarithm). */
static const double s_usual_size = 6.5;

static double
s_count_score(const scoring_t *self, const phrase_t *phrase)
{
    double total = log(phrase->total_count);
    double rarest = log(phrases_rarest(self->phrases, &phrase->key));
    double whole = (double) phrase->whole_count / phrase->total_count;
    return 1.235 * total - 0.136 * total * total + 0.238 * rarest + 0.415 * log(0.1 + whole);
}

static double
s_place_score(const scoring_t *self, const phrase_t *phrase, double size)
{
    double place = log1p(phrase->first / 20.0);
    double zone = phrase->first < self->title_end         ? 0.6
                  : phrase->first < self->description_end ? 0.3
                                                          : 0.0;
    return zone - (0.465 + 0.060 * size) * place;
}

static double
s_shape_score(const scoring_t *self, const phrase_t *phrase, double size)
{
    uint32_t parts = phrase->key.part_count, letters = 0;
    uint32_t capitals =
        phrase->title_count > phrase->upper_count ? phrase->title_count : phrase->upper_count;
    const token_t *tokens = self->tokens->items + phrase->first;
    double score = parts == 1 ? -0.504 - 0.086 * size : parts > 2 ? 0.171 : 0.0;
    for (uint32_t i = 0; i < parts; i++)
        letters += lexicon_size(self->lexicon, tokens[i].form);
    if (parts == 1 && lexicon_is_common(self->lexicon, tokens->form))
        score -= 1.346;
    if (parts == 1 && phrase->total_count == 1 && lexicon_is_code(self->lexicon, tokens->form))
        score -= 3.0;
    if (lexicon_is_modifier(self->lexicon, tokens[parts - 1].form))
        score -= 1.518;
    return score + 0.779 * log((double) letters / parts) +
           0.334 * ((double) capitals / phrase->total_count);
}

double
tagger_score(const scoring_t *self, const phrase_t *phrase)
{
    double size = log((double) self->tokens->count) - s_usual_size;
    return s_count_score(self, phrase) + s_place_score(self, phrase, size) +
           s_shape_score(self, phrase, size);
}

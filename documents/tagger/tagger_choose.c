#include "documents/tagger/tagger_choose.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "documents/tagger/tagger_spelling.h"

enum {
    POOL_SIZE = 128,   /* the best candidates, among which words may repeat */
    SPARE_FACTOR = 3,  /* more finalists than tags are wanted: the rules of tags keep some out */
    WORDS_PER_TAG = 2, /* different ones, at least, that a text must have for each tag */
    TAGS_MIN = 3       /* whatever its size */
};

/* For each time a candidate's words stand in better ones. A little more than the F1 measured best.
 */
static const double s_repeat_weight = 0.4;

typedef struct {
    double score;
    const phrase_t *phrase; /* NULL: taken */
} ranked_t;

static int
s_compare(const void *left, const void *right)
{
    const ranked_t *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->phrase->first != b->phrase->first)
        return a->phrase->first < b->phrase->first ? -1 : 1;
    return (a->phrase->key.part_count > b->phrase->key.part_count) -
           (a->phrase->key.part_count < b->phrase->key.part_count);
}

/* A year before a word is part of a name where the two come again or have an article: the 1984
 * riots, but not "in 1984 riots broke out". */
static bool
s_is_dated(const scoring_t *scoring, const phrase_t *phrase)
{
    const token_t *token = &scoring->tokens->items[phrase->first];
    if (token->role != ROLE_YEAR || phrase->total_count > 1)
        return false;
    return phrase->first == 0 || token->joint != JOINT_SPACE ||
           !language_rules_is_article(scoring->lexicon->rules,
                                      lexicon_text(scoring->lexicon, token[-1].form));
}

/* What never stands alone has to come again, and not always inside the same longer phrase. */
static bool
s_is_fragment(const phrase_t *phrase)
{
    return phrase->whole_count == 0 &&
           (phrase->total_count < 2 || phrase->longer_count >= phrase->total_count);
}

static bool
s_is_candidate(const scoring_t *scoring, const exclusions_t *exclusions, const phrase_t *phrase)
{
    return !s_is_fragment(phrase) && !s_is_dated(scoring, phrase) &&
           !exclusions_forbid_stems(exclusions, phrase->key.stems, phrase->key.part_count);
}

/* Fills `pool` (POOL_SIZE) with the best candidates that may be tags. Returns how many. */
static size_t
s_fill_pool(const scoring_t *scoring, const exclusions_t *exclusions, ranked_t *pool)
{
    uint32_t total = 0;
    size_t count = 0;
    ranked_t *ranked = memory_new(scoring->phrases->count * sizeof *ranked);
    for (uint32_t i = 0; i < scoring->phrases->count; i++) {
        const phrase_t *phrase = &scoring->phrases->items[i];
        if (s_is_candidate(scoring, exclusions, phrase))
            ranked[total++] = (ranked_t){tagger_score(scoring, phrase), phrase};
    }
    qsort(ranked, total, sizeof *ranked, s_compare);
    for (; count < total && count < POOL_SIZE; count++)
        pool[count] = ranked[count];
    free(ranked);
    return count;
}

/* Lowers what shares words with the candidate just taken. */
static void
s_lower(ranked_t *pool, size_t count, const phrase_key_t *taken)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t shared = 0;
        if (pool[i].phrase == NULL)
            continue;
        const phrase_key_t *key = &pool[i].phrase->key;
        for (uint32_t k = 0; k < key->part_count; k++) {
            for (uint32_t m = 0; m < taken->part_count; m++)
                shared += key->stems[k] == taken->stems[m];
        }
        pool[i].score -= s_repeat_weight * shared / key->part_count;
    }
}

static ranked_t *
s_best(ranked_t *pool, size_t count)
{
    ranked_t *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (pool[i].phrase && (best == NULL || s_compare(&pool[i], best) < 0))
            best = &pool[i];
    }
    return best;
}

/* Moves the `wanted` best of the pool to `finalists`. Returns how many there are. */
static size_t
s_find_finalists(ranked_t *pool, size_t count, spelling_t *finalists, size_t wanted)
{
    size_t found = 0;
    while (found < wanted) {
        ranked_t *best = s_best(pool, count);
        if (best == NULL)
            break;
        finalists[found++] = (spelling_t){.phrase = best->phrase};
        best->phrase = NULL;
        s_lower(pool, count, &finalists[found - 1].phrase->key);
    }
    return found;
}

/* A text of few words has few subjects: rather fewer tags than words that happen to stand there. */
static uint32_t
s_limit(const scoring_t *scoring, uint32_t wanted)
{
    uint32_t words = 0;
    for (uint32_t i = 0; i < scoring->lexicon->stems.count; i++)
        words += phrases_has_stem(scoring->phrases, i);
    uint32_t limit = words / WORDS_PER_TAG;
    if (limit < TAGS_MIN)
        limit = TAGS_MIN;
    return limit < wanted ? limit : wanted;
}

void
tagger_choose(const scoring_t *scoring, admission_t *admission, tag_list_t *list)
{
    size_t wanted = (size_t) admission->tag_limit * SPARE_FACTOR;
    ranked_t *pool = memory_new(POOL_SIZE * sizeof *pool);
    spelling_t *finalists = memory_new(wanted * sizeof *finalists);
    size_t count = s_fill_pool(scoring, admission->exclusions, pool);
    uint32_t limit = s_limit(scoring, admission->tag_limit);
    buffer_t text = {0};
    count = s_find_finalists(pool, count, finalists, wanted);
    spelling_count(finalists, count, scoring->tokens, scoring->lexicon);
    for (size_t i = 0; i < count && list->count < limit; i++) {
        buffer_clear(&text);
        spelling_write(&finalists[i], scoring->tokens, scoring->lexicon, &text);
        admission_try(admission, buffer_slice(&text), list);
    }
    buffer_free(&text);
    free(finalists);
    free(pool);
}

#include "documents/tagger_choose.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "documents/tagger_spelling.h"

enum { SPARE_FACTOR = 3, FINALISTS_MAX = 64 };

typedef struct {
    double score;
    const phrase_t *phrase;
} ranked_t;

static double
s_length_weight(uint32_t words)
{
    return words == 1 ? 1.0 : words == 2 ? 2.0 : 2.2;
}

static double
s_zone_weight(const choice_t *choice, uint32_t first)
{
    if (first < choice->title_end)
        return 1.5;
    return first < choice->description_end ? 1.2 : 1.0;
}

/* The numbers are those that did best on the development half of six sets of tagged documents. */
static double
s_score(const choice_t *choice, const phrase_t *phrase)
{
    double total =
        phrase->total_count > phrase->whole_count ? phrase->total_count : phrase->whole_count;
    double share = pow(phrase->whole_count / total, 0.2);
    double place = 0.05 + 1.0 / (1.0 + log1p(phrase->first / 100.0));
    return (0.7 + log(total)) * s_length_weight(phrase->key.part_count) * share * place *
           s_zone_weight(choice, phrase->first);
}

static int
s_compare(const void *left, const void *right)
{
    const ranked_t *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return a->phrase->first < b->phrase->first ? -1 : a->phrase->first > b->phrase->first;
}

static bool
s_holds(const phrase_key_t *outer, const phrase_key_t *inner)
{
    for (uint32_t i = 0; i + inner->part_count <= outer->part_count; i++) {
        if (memcmp(outer->stems + i, inner->stems, inner->part_count * sizeof *inner->stems) == 0)
            return true;
    }
    return false;
}

static bool
s_is_nested(const spelling_t *finalists, size_t count, const phrase_key_t *key)
{
    for (size_t i = 0; i < count; i++) {
        const phrase_key_t *better = &finalists[i].phrase->key;
        if (s_holds(better, key) || s_holds(key, better))
            return true;
    }
    return false;
}

/* Fills `finalists` with the best candidates that do not overlap, more than are wanted because the
 * spelling rules some out. Returns how many. */
static size_t
s_find_finalists(const choice_t *choice, spelling_t *finalists)
{
    uint32_t total = choice->phrases->count;
    size_t count = 0, wanted = (size_t) choice->admission->tag_limit * SPARE_FACTOR;
    ranked_t *ranked = memory_new(total * sizeof *ranked);
    if (wanted > FINALISTS_MAX)
        wanted = FINALISTS_MAX;
    for (uint32_t i = 0; i < total; i++) {
        const phrase_t *phrase = &choice->phrases->items[i];
        ranked[i] = (ranked_t){s_score(choice, phrase), phrase};
    }
    qsort(ranked, total, sizeof *ranked, s_compare);
    for (uint32_t i = 0; i < total && count < wanted; i++) {
        const phrase_t *phrase = ranked[i].phrase;
        const phrase_key_t *key = &phrase->key;
        if (!exclusions_forbid_stems(choice->admission->exclusions, key->stems, key->part_count) &&
            !s_is_nested(finalists, count, key))
            finalists[count++] = (spelling_t){.phrase = phrase};
    }
    free(ranked);
    return count;
}

void
tagger_choose(const choice_t *choice, tag_list_t *list)
{
    spelling_t *finalists = memory_new(FINALISTS_MAX * sizeof *finalists);
    size_t count = s_find_finalists(choice, finalists);
    uint32_t limit = choice->admission->tag_limit;
    buffer_t text = {0};
    spelling_count(finalists, count, choice->tokens, choice->lexicon);
    for (size_t i = 0; i < count && list->count < limit; i++) {
        buffer_clear(&text);
        spelling_write(&finalists[i], choice->tokens, choice->lexicon, &text);
        admission_try(choice->admission, buffer_slice(&text), list);
    }
    buffer_free(&text);
    free(finalists);
}

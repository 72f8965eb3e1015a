#include "documents/tagger/tagger_spelling.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "documents/tagger/unicode.h"

static bool
s_same(const token_t *a, const token_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a[i].form != b[i].form || (i && a[i].joint != b[i].joint))
            return false;
    }
    return true;
}

static void
s_count_one(spelling_t *self, const tokens_t *tokens, size_t first)
{
    uint32_t parts = self->phrase->key.part_count, i = 0;
    while (i < self->variant_count &&
           !s_same(tokens->items + self->variants[i].first, tokens->items + first, parts))
        i++;
    if (i == SPELLING_VARIANTS)
        return;
    if (i == self->variant_count) {
        self->variants[i] = (struct spelling_variant){.first = (uint32_t) first};
        self->variant_count++;
    }
    self->variants[i].count++;
    self->variants[i].inner_count += tokens->items[first].joint != JOINT_BREAK;
}

/* Counts the row that starts at `at` for each phrase that it is. */
static void
s_count_at(spelling_t *spellings, size_t count, const tokens_t *tokens, const lexicon_t *lexicon,
           size_t at, size_t end)
{
    for (size_t i = 0; i < count; i++) {
        const phrase_key_t *key = &spellings[i].phrase->key;
        uint32_t part = 0;
        while (part < key->part_count && at + part < end &&
               lexicon_stem(lexicon, tokens->items[at + part].form) == key->stems[part])
            part++;
        if (part == key->part_count)
            s_count_one(&spellings[i], tokens, at);
    }
}

void
spelling_count(spelling_t *spellings, size_t count, const tokens_t *tokens,
               const lexicon_t *lexicon)
{
    bool *starts = memory_new(lexicon->stems.count + 1); /* by stem: a phrase begins with it */
    for (size_t i = 0; i < count; i++)
        starts[spellings[i].phrase->key.stems[0]] = true;
    for (run_t run = {0}; run_next(tokens, &run);) {
        for (size_t at = run.first; at < run.first + run.count; at++) {
            if (starts[lexicon_stem(lexicon, tokens->items[at].form)])
                s_count_at(spellings, count, tokens, lexicon, at, run.first + run.count);
        }
    }
    free(starts);
}

static bool
s_better(const struct spelling_variant *a, const struct spelling_variant *b)
{
    if (a->inner_count != b->inner_count)
        return a->inner_count > b->inner_count;
    return a->count > b->count;
}

/* Appends the form in lower case; true where the text knows the word in lower case too, which is
 * what tells a heading's capitals from a name's. */
static bool
s_append_lower(const lexicon_t *lexicon, uint32_t form, buffer_t *out)
{
    size_t start = out->size;
    language_rules_fold(lexicon->rules, out, lexicon_text(lexicon, form));
    slice_t lower = {out->data + start, out->size - start};
    return lexicon_knows(lexicon, lower);
}

static void
s_append_joint(const token_t *token, buffer_t *out)
{
    if (token->joint == JOINT_HYPHEN)
        buffer_append_byte(out, '-');
    else if (token->joint == JOINT_SPACE)
        buffer_append_byte(out, ' ');
    else if (token->joint == JOINT_ELIDED)
        buffer_append_byte(out, '\'');
}

/* Writes all words in lower case. Returns false where one of them is a name. */
static bool
s_write_lower(const token_t *tokens, size_t count, const lexicon_t *lexicon, buffer_t *out)
{
    bool known = true;
    for (size_t i = 0; i < count && known; i++) {
        if (i)
            s_append_joint(&tokens[i], out);
        known = s_append_lower(lexicon, tokens[i].form, out);
    }
    return known;
}

static void
s_write_plain(const token_t *tokens, size_t count, const lexicon_t *lexicon, buffer_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            s_append_joint(&tokens[i], out);
        buffer_append_slice(out, lexicon_text(lexicon, tokens[i].form));
    }
}

/* A possessor that owns nothing in the tag is written without its ending. */
static void
s_cut_ending(const lexicon_t *lexicon, size_t start, buffer_t *out)
{
    slice_t written = {out->data + start, out->size - start};
    out->size = start + language_rules_base(lexicon->rules, written).size;
    out->data[out->size] = '\0';
}

void
spelling_write(const spelling_t *self, const tokens_t *tokens, const lexicon_t *lexicon,
               buffer_t *out)
{
    struct spelling_variant best = {.first = self->phrase->first};
    size_t parts = self->phrase->key.part_count, start = out->size;
    for (uint32_t i = 0; i < self->variant_count; i++) {
        if (s_better(&self->variants[i], &best))
            best = self->variants[i];
    }
    const token_t *first = tokens->items + best.first;
    if (best.inner_count >= 2 || !s_write_lower(first, parts, lexicon, out)) {
        out->size = start;
        s_write_plain(first, parts, lexicon, out);
    }
    s_cut_ending(lexicon, start, out);
}

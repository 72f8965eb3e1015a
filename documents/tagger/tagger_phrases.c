#include "documents/tagger/tagger_phrases.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SENTENCE_PARTS = 3 };

static bool
s_can_start(const tokens_t *tokens, size_t at)
{
    const token_t *items = tokens->items;
    if (items[at].role == ROLE_YEAR)
        return at + 1 < tokens->count && items[at + 1].role == ROLE_SUBJECT &&
               items[at + 1].joint == JOINT_SPACE;
    return items[at].role == ROLE_SUBJECT || items[at].role == ROLE_AIDE;
}

/* Returns where the row of words that starts at `at` ends. */
static size_t
s_row_end(const tokens_t *tokens, size_t at)
{
    const token_t *items = tokens->items;
    size_t end = at + 1;
    while (end < tokens->count && items[end].role != ROLE_NONE && items[end].role != ROLE_YEAR &&
           items[end].joint != JOINT_BREAK)
        end++;
    return end;
}

bool
run_next(const tokens_t *tokens, run_t *run)
{
    const token_t *items = tokens->items;
    size_t at = run->first + run->count;
    for (;;) {
        while (at < tokens->count && !s_can_start(tokens, at))
            at++;
        if (at >= tokens->count)
            return false;
        size_t end = s_row_end(tokens, at), last = end;
        bool has_subject = false;
        for (size_t i = at; i < end; i++)
            has_subject = has_subject || items[i].role == ROLE_SUBJECT;
        while (last > at && items[last - 1].role == ROLE_INSIDE)
            last--;
        if (has_subject) {
            *run = (run_t){at, last - at};
            return true;
        }
        at = end; /* months and single letters alone */
    }
}

run_t
run_without_year(const tokens_t *tokens, run_t run)
{
    if (run.count && tokens->items[run.first].role == ROLE_YEAR)
        return (run_t){run.first + 1, run.count - 1};
    return run;
}

void
phrase_key_set(phrase_key_t *key, const lexicon_t *lexicon, const token_t *tokens, size_t count)
{
    memset(key, 0, sizeof *key);
    key->part_count = (uint32_t) count;
    for (size_t i = 0; i < count; i++)
        key->stems[i] = lexicon_stem(lexicon, tokens[i].form);
}

static uint32_t
s_hash(const phrase_key_t *key)
{
    uint64_t hash = key->part_count;
    for (uint32_t i = 0; i < key->part_count; i++)
        hash = (hash ^ key->stems[i]) * 0x9e3779b97f4a7c15u;
    return (uint32_t) (hash >> 32);
}

static uint32_t
s_slot(const phrases_t *self, const phrase_key_t *key)
{
    assert(self->slots); /* the table has grown before anything is looked up */
    uint32_t slot = s_hash(key) & (self->slot_count - 1);
    while (self->slots[slot]) {
        if (memcmp(&self->items[self->slots[slot] - 1].key, key, sizeof *key) == 0)
            break;
        slot = (slot + 1) & (self->slot_count - 1);
    }
    return slot;
}

static void
s_index(phrases_t *self)
{
    memset(self->slots, 0, self->slot_count * sizeof *self->slots);
    for (uint32_t i = 0; i < self->count; i++)
        self->slots[s_slot(self, &self->items[i].key)] = i + 1;
}

static void
s_grow(phrases_t *self)
{
    self->capacity = self->capacity ? self->capacity * 2 : 1024;
    self->items = memory_resize(self->items, self->capacity * sizeof *self->items);
    self->slot_count = self->capacity * 2;
    self->slots = memory_resize(self->slots, self->slot_count * sizeof *self->slots);
    s_index(self);
}

/* Forgets the rarest candidates until half the table is free. */
static void
s_prune(phrases_t *self)
{
    for (uint32_t rare = 1; self->count > PHRASE_TABLE_LIMIT / 2; rare *= 2) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < self->count; i++) {
            if (self->items[i].total_count > rare)
                self->items[kept++] = self->items[i];
        }
        self->count = kept;
    }
    s_index(self);
}

phrase_t *
phrases_find(const phrases_t *self, const phrase_key_t *key)
{
    if (self->count == 0)
        return NULL;
    uint32_t slot = s_slot(self, key);
    return self->slots[slot] ? &self->items[self->slots[slot] - 1] : NULL;
}

static phrase_t *
s_require(phrases_t *self, const phrase_key_t *key, size_t first)
{
    if (self->count >= PHRASE_TABLE_LIMIT)
        s_prune(self);
    if (self->count == self->capacity)
        s_grow(self);
    uint32_t slot = s_slot(self, key);
    assert(self->slots);
    if (self->slots[slot] == 0) {
        self->items[self->count] = (phrase_t){.key = *key, .first = (uint32_t) first};
        self->slots[slot] = ++self->count;
    }
    return &self->items[self->slots[slot] - 1];
}

static bool
s_is_glued(const token_t *token)
{
    return token->joint == JOINT_HYPHEN || token->joint == JOINT_ELIDED;
}

/* True when a part of a run could be a phrase of its own: no compound is cut, and nothing stands at
 * an end that cannot. */
static bool
s_can_stand(const tokens_t *tokens, const run_t *run, const run_t *part)
{
    const token_t *items = tokens->items + part->first;
    size_t end = part->first + part->count;
    bool has_subject = false;
    if (part->count > PHRASE_INNER_PARTS || (part->first > run->first && s_is_glued(items)) ||
        (end < run->first + run->count && s_is_glued(tokens->items + end)) ||
        (items->role != ROLE_SUBJECT && items->role != ROLE_AIDE) ||
        items[part->count - 1].role == ROLE_INSIDE)
        return false;
    for (size_t i = 0; i < part->count; i++)
        has_subject = has_subject || items[i].role == ROLE_SUBJECT;
    return has_subject;
}

/* A long row where no stop words divide any is a sentence rather than a phrase: then its words
 * stand for themselves, and of its parts what comes again. */
static bool
s_is_sentence(const lexicon_t *lexicon, const run_t *run)
{
    return run->count > SENTENCE_PARTS && !language_rules_has_stop_list(lexicon->rules);
}

static bool
s_is_whole(const tokens_t *tokens, const lexicon_t *lexicon, const run_t *run, const run_t *part)
{
    if (s_is_sentence(lexicon, run))
        return part->count == 1 && s_can_stand(tokens, run, part);
    run_t bare = run_without_year(tokens, *run);
    return part->first + part->count == run->first + run->count &&
           (part->first == run->first || part->first == bare.first);
}

static void
s_count_part(phrases_t *self, const tokens_t *tokens, const lexicon_t *lexicon, const run_t *run,
             const run_t *part)
{
    phrase_key_t key;
    const token_t *first = tokens->items + part->first;
    bool is_whole = s_is_whole(tokens, lexicon, run, part);
    phrase_key_set(&key, lexicon, first, part->count);
    phrase_t *phrase = is_whole || s_can_stand(tokens, run, part)
                           ? s_require(self, &key, part->first)
                           : phrases_find(self, &key);
    if (phrase == NULL)
        return;
    phrase->whole_count += is_whole;
    phrase->total_count++;
    phrase->title_count +=
        first->joint != JOINT_BREAK && lexicon_case(lexicon, first->form) == CASE_TITLE;
    for (size_t i = 0; i < part->count; i++) {
        if (lexicon_case(lexicon, first[i].form) == CASE_UPPER) {
            phrase->upper_count++;
            break;
        }
    }
}

static void
s_count_run(phrases_t *self, const tokens_t *tokens, const lexicon_t *lexicon, const run_t *run)
{
    for (size_t start = 0; start < run->count; start++) {
        self->stem_counts[lexicon_stem(lexicon, tokens->items[run->first + start].form)]++;
        for (size_t count = 1; count <= PHRASE_PARTS && start + count <= run->count; count++) {
            run_t part = {run->first + start, count};
            s_count_part(self, tokens, lexicon, run, &part);
        }
    }
}

/* Tells each candidate how often the commonest one word longer around it comes. */
static void
s_count_longer(phrases_t *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        const phrase_t *longer = &self->items[i];
        for (uint32_t start = 0; start < 2 && longer->key.part_count > 1; start++) {
            phrase_key_t key = {.part_count = longer->key.part_count - 1};
            memcpy(key.stems, longer->key.stems + start, key.part_count * sizeof *key.stems);
            phrase_t *inner = phrases_find(self, &key);
            if (inner && inner->longer_count < longer->total_count)
                inner->longer_count = longer->total_count;
        }
    }
}

static void
s_start_stems(phrases_t *self, uint32_t count)
{
    if (self->stem_capacity < count) {
        self->stem_capacity = count + count / 2;
        self->stem_counts =
            memory_resize(self->stem_counts, self->stem_capacity * sizeof *self->stem_counts);
    }
    self->stem_count = count;
    if (count)
        memset(self->stem_counts, 0, count * sizeof *self->stem_counts);
}

void
phrases_count(phrases_t *self, const tokens_t *tokens, const lexicon_t *lexicon)
{
    self->count = 0;
    if (self->slots)
        memset(self->slots, 0, self->slot_count * sizeof *self->slots);
    s_start_stems(self, lexicon->stems.count);
    for (run_t run = {0}; run_next(tokens, &run);)
        s_count_run(self, tokens, lexicon, &run);
    s_count_longer(self);
}

bool
phrases_has_stem(const phrases_t *self, uint32_t stem)
{
    return stem < self->stem_count && self->stem_counts[stem] > 0;
}

uint32_t
phrases_rarest(const phrases_t *self, const phrase_key_t *key)
{
    uint32_t rarest = UINT32_MAX;
    for (uint32_t i = 0; i < key->part_count; i++) {
        if (self->stem_counts[key->stems[i]] < rarest)
            rarest = self->stem_counts[key->stems[i]];
    }
    return rarest;
}

void
phrases_free(phrases_t *self)
{
    free(self->items);
    free(self->slots);
    free(self->stem_counts);
    *self = (phrases_t){0};
}

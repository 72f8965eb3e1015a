#include "documents/tagger/tagger.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "documents/tagger/language.h"
#include "documents/tagger/tagger_choose.h"

enum {
    RULES_LIMIT = 16,        /* languages kept ready, more than a text has; see s_require_rules */
    SAMPLE_SIZE = 32 * 1024, /* bytes of text that the language is told by */
    KEPT_TOKENS = 256 * 1024 /* a huge text's memory is given back */
};

_Static_assert((int) RULES_LIMIT > (int) LANGUAGE_PARTS_MAX,
               "the rules of a text are kept together");

struct tagger {
    tokenizer_t *tokenizer;
    language_rules_t *rules[RULES_LIMIT]; /* the last used first */
    lexicon_t lexicon;
    tokens_t tokens;
    phrases_t phrases;
    exclusions_t exclusions;
};

tagger_t *
tagger_new(void)
{
    tagger_t *self = memory_new(sizeof *self);
    self->tokenizer = tokenizer_new();
    return self;
}

static void
s_free_text(tagger_t *self)
{
    lexicon_free(&self->lexicon);
    tokens_free(&self->tokens);
    phrases_free(&self->phrases);
    exclusions_free(&self->exclusions);
}

void
tagger_destroy(tagger_t **self_p)
{
    tagger_t *self = *self_p;
    if (self == NULL)
        return;
    s_free_text(self);
    tokenizer_destroy(&self->tokenizer);
    for (size_t i = 0; i < RULES_LIMIT; i++)
        language_rules_destroy(&self->rules[i]);
    free(self);
    *self_p = NULL;
}

/* The longest unused goes, so that those of the running text stay. */
static language_rules_t *
s_require_rules(tagger_t *self, const char *code)
{
    size_t at = 0;
    while (at < RULES_LIMIT && self->rules[at] &&
           strcmp(language_rules_code(self->rules[at]), code) != 0)
        at++;
    if (at == RULES_LIMIT)
        language_rules_destroy(&self->rules[--at]);
    language_rules_t *rules = self->rules[at] ? self->rules[at] : language_rules_new(code);
    memmove(self->rules + 1, self->rules, at * sizeof self->rules[0]);
    self->rules[0] = rules;
    return rules;
}

/* The title and the description help where the text is short. */
static void
s_detect(const tag_request_t *request, language_mix_t *mix)
{
    buffer_t sample = {0};
    slice_t text = {request->text.data, text_cut(request->text, SAMPLE_SIZE)};
    slice_t title = {request->title.data, text_cut(request->title, SAMPLE_SIZE)};
    slice_t description = {request->description.data, text_cut(request->description, SAMPLE_SIZE)};
    buffer_append_slice(&sample, title);
    buffer_append_byte(&sample, '\n');
    buffer_append_slice(&sample, description);
    buffer_append_byte(&sample, '\n');
    buffer_append_slice(&sample, text);
    language_detect_mix(buffer_slice(&sample), mix);
    buffer_free(&sample);
}

static void
s_start(tagger_t *self, const tag_request_t *request, tag_list_t *list)
{
    language_mix_t mix = {0};
    tag_list_free(list);
    if (!language_normalise(request->language, list->language)) {
        s_detect(request, &mix);
        memcpy(list->language, mix.main, sizeof mix.main);
    }
    lexicon_start(&self->lexicon, s_require_rules(self, list->language));
    for (size_t i = 0; i < mix.part_count; i++)
        if (strcmp(mix.parts[i], list->language) != 0)
            lexicon_add_part(&self->lexicon, s_require_rules(self, mix.parts[i]));
    tokens_clear(&self->tokens);
}

/* The text's tokens are all there: from here on it is about tags. */
static admission_t
s_admission(tagger_t *self, const tag_request_t *request)
{
    lexicon_end_text(&self->lexicon);
    exclusions_read(&self->exclusions, request->exclusions, self->tokenizer, &self->lexicon);
    return (admission_t){
        .exclusions = &self->exclusions,
        .tokenizer = self->tokenizer,
        .lexicon = &self->lexicon,
        .tag_limit = request->tag_limit,
    };
}

void
tagger_run(tagger_t *self, const tag_request_t *request, tag_list_t *list)
{
    s_start(self, request, list);
    scoring_t scoring = {
        .tokens = &self->tokens,
        .lexicon = &self->lexicon,
        .phrases = &self->phrases,
    };
    tokenizer_run(self->tokenizer, request->title, &self->lexicon, &self->tokens);
    scoring.title_end = self->tokens.count;
    tokenizer_run(self->tokenizer, request->description, &self->lexicon, &self->tokens);
    scoring.description_end = self->tokens.count;
    tokenizer_run(self->tokenizer, request->text, &self->lexicon, &self->tokens);
    phrases_count(&self->phrases, &self->tokens, &self->lexicon);
    admission_t admission = s_admission(self, request);
    tagger_choose(&scoring, &admission, list);
    admission_free(&admission);
    if (self->tokens.count > KEPT_TOKENS)
        s_free_text(self);
}

void
tagger_sift(tagger_t *self, const tag_request_t *request, const slice_t *candidates, size_t count,
            tag_list_t *list)
{
    s_start(self, request, list);
    admission_t admission = s_admission(self, request);
    for (size_t i = 0; i < count; i++)
        admission_try(&admission, candidates[i], list);
    admission_free(&admission);
}

void
tag_list_free(tag_list_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i]);
    free(self->items);
    *self = (tag_list_t){0};
}

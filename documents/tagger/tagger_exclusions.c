#include "documents/tagger/tagger_exclusions.h"

#include <string.h>

#include "documents/tagger/unicode.h"

void
exclusions_key(buffer_t *out, const tokens_t *phrase, const lexicon_t *lexicon)
{
    const token_t *items = phrase->items;
    size_t at = 0;
    buffer_clear(out);
    if (phrase->lost)
        return;
    if (phrase->count > 1 && items[1].joint == JOINT_ELIDED &&
        lexicon_kind(lexicon, items[0].form) == KIND_STOP)
        at = 1;
    for (; at < phrase->count; at++) {
        uint32_t stem = lexicon_stem(lexicon, items[at].form);
        buffer_append(out, &stem, sizeof stem);
    }
}

static void
s_take_line(exclusions_t *self, slice_t line, tokenizer_t *tokenizer, lexicon_t *lexicon)
{
    buffer_t plain = {0}, folded = {0};
    unicode_squeeze(&plain, line);
    language_rules_fold(lexicon->rules, &folded, buffer_slice(&plain));
    if (folded.size)
        words_require(&self->phrases, buffer_slice(&folded), EXCLUSIONS_LIMIT);
    tokens_clear(&self->tokens);
    tokenizer_run(tokenizer, buffer_slice(&plain), lexicon, &self->tokens);
    exclusions_key(&self->key, &self->tokens, lexicon);
    if (self->key.size)
        words_require(&self->keys, buffer_slice(&self->key), EXCLUSIONS_LIMIT);
    buffer_free(&plain);
    buffer_free(&folded);
}

void
exclusions_read(exclusions_t *self, slice_t lines, tokenizer_t *tokenizer, lexicon_t *lexicon)
{
    words_clear(&self->phrases);
    words_clear(&self->keys);
    while (lines.size) {
        const char *end = memchr(lines.data, '\n', lines.size);
        size_t size = end ? (size_t) (end - lines.data) : lines.size;
        slice_t line = slice_trim((slice_t){lines.data, size});
        if (line.size)
            s_take_line(self, line, tokenizer, lexicon);
        size += end ? 1 : 0;
        lines = (slice_t){lines.data + size, lines.size - size};
    }
}

bool
exclusions_forbid_stems(const exclusions_t *self, const uint32_t *stems, size_t count)
{
    slice_t key = {(const char *) stems, count * sizeof *stems};
    return words_find(&self->keys, key) != WORDS_NONE;
}

bool
exclusions_forbid_text(const exclusions_t *self, slice_t folded)
{
    return words_find(&self->phrases, folded) != WORDS_NONE;
}

void
exclusions_free(exclusions_t *self)
{
    words_free(&self->phrases);
    words_free(&self->keys);
    tokens_free(&self->tokens);
    buffer_free(&self->key);
}

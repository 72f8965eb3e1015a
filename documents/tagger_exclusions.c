#include "documents/tagger_exclusions.h"

#include <string.h>

#include "documents/unicode.h"

static bool
s_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Appends the line case-folded, trimmed, with single spaces between words. */
static void
s_squeeze(buffer_t *out, slice_t line)
{
    buffer_t folded = {0};
    unicode_fold(&folded, line);
    for (size_t i = 0; i < folded.size; i++) {
        if (!s_is_blank(folded.data[i]))
            buffer_append_byte(out, folded.data[i]);
        else if (out->size && out->data[out->size - 1] != ' ')
            buffer_append_byte(out, ' ');
    }
    if (out->size && out->data[out->size - 1] == ' ')
        out->size--;
    buffer_free(&folded);
}

static void
s_take_line(exclusions_t *self, slice_t line, tokenizer_t *tokenizer, lexicon_t *lexicon)
{
    buffer_t text = {0};
    phrase_key_t key;
    s_squeeze(&text, line);
    if (text.size)
        words_require(&self->phrases, buffer_slice(&text), EXCLUSIONS_LIMIT);
    buffer_free(&text);
    self->tokens.count = 0;
    tokenizer_run(tokenizer, line, lexicon, &self->tokens);
    if (self->tokens.count == 0 || self->tokens.count > PHRASE_PARTS)
        return;
    phrase_key_set(&key, lexicon, self->tokens.items, self->tokens.count);
    words_require(&self->keys, (slice_t){(const char *) &key, sizeof key}, EXCLUSIONS_LIMIT);
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
exclusions_forbid_key(const exclusions_t *self, const phrase_key_t *key)
{
    return words_find(&self->keys, (slice_t){(const char *) key, sizeof *key}) != WORDS_NONE;
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
}

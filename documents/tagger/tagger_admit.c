#include "documents/tagger/tagger_admit.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "documents/tagger/unicode.h"

enum { TAG_LETTERS_MIN = 2, TAG_LETTERS_MAX = 60 };

static bool
s_is_forbidden(const admission_t *self)
{
    const uint32_t *stems = (const uint32_t *) (const void *) self->key.data;
    return exclusions_forbid_text(self->exclusions, buffer_slice(&self->folded)) ||
           exclusions_forbid_stems(self->exclusions, stems, self->key.size / sizeof *stems);
}

/* In scripts without spaces the same tag can be cut into words in two ways, and a tag may have no
 * words at all: so both the text and the stems are looked at. */
static bool
s_is_seen(const admission_t *self)
{
    return words_find(&self->texts, buffer_slice(&self->folded)) != WORDS_NONE ||
           (self->key.size && words_find(&self->keys, buffer_slice(&self->key)) != WORDS_NONE);
}

static void
s_read(admission_t *self, slice_t text)
{
    buffer_clear(&self->plain);
    buffer_clear(&self->folded);
    unicode_squeeze(&self->plain, text);
    language_rules_fold(self->lexicon->rules, &self->folded, buffer_slice(&self->plain));
    tokens_clear(&self->tokens);
    tokenizer_run(self->tokenizer, buffer_slice(&self->plain), self->lexicon, &self->tokens);
    exclusions_key(&self->key, &self->tokens, self->lexicon);
}

/* Signs alone, an address, a hash, or what bad decoding left. */
static bool
s_is_broken(const admission_t *self)
{
    static const char replacement[] = "\xef\xbf\xbd";
    return self->tokens.count == 0 ||
           memmem(self->plain.data, self->plain.size, replacement, sizeof replacement - 1);
}

void
admission_try(admission_t *self, slice_t text, tag_list_t *list)
{
    if (list->count >= self->tag_limit)
        return;
    s_read(self, text);
    slice_t plain = buffer_slice(&self->plain);
    size_t letters = unicode_count(plain);
    if (letters < TAG_LETTERS_MIN || letters > TAG_LETTERS_MAX || s_is_broken(self) ||
        s_is_forbidden(self) || s_is_seen(self))
        return;
    words_require(&self->texts, buffer_slice(&self->folded), WORDS_NONE);
    if (self->key.size)
        words_require(&self->keys, buffer_slice(&self->key), WORDS_NONE);
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = slice_copy(plain);
}

void
admission_free(admission_t *self)
{
    words_free(&self->texts);
    words_free(&self->keys);
    tokens_free(&self->tokens);
    buffer_free(&self->plain);
    buffer_free(&self->folded);
    buffer_free(&self->key);
}

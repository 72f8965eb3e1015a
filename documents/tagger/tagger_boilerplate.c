#include "documents/tagger/tagger_boilerplate.h"

#include "documents/tagger/unicode.h"

enum { WORDS_MAX = 8 }; /* of a phrase in the lists */

/* Returns how many tokens from `at` on are boilerplate, 0 for none. */
static size_t
s_match(const tokens_t *tokens, size_t at, const lexicon_t *lexicon)
{
    buffer_t folded = {0};
    size_t found = 0;
    for (size_t count = 1; count <= WORDS_MAX && at + count <= tokens->count; count++) {
        if (count > 1)
            buffer_append_byte(&folded, ' ');
        language_rules_fold(lexicon->rules, &folded,
                            lexicon_text(lexicon, tokens->items[at + count - 1].form));
        slice_t phrase = buffer_slice(&folded);
        if (language_rules_is_boilerplate(lexicon->rules, phrase))
            found = count;
        if (!language_rules_starts_boilerplate(lexicon->rules, phrase))
            break;
    }
    buffer_free(&folded);
    return found;
}

void
boilerplate_drop(tokens_t *tokens, size_t start, const lexicon_t *lexicon)
{
    for (size_t at = start; at < tokens->count; at++) {
        if (!lexicon_starts_boilerplate(lexicon, tokens->items[at].form))
            continue;
        size_t end = at + s_match(tokens, at, lexicon);
        for (size_t i = at; i < end; i++)
            tokens->items[i].role = ROLE_NONE;
    }
}

#include "documents/tagger/wordlists.h"

#include <string.h>

const wordlist_t *
wordlists_find(const wordlists_t *self, const char *language)
{
    for (size_t i = 0; i < self->count; i++) {
        if (strcmp(self->lists[i].language, language) == 0)
            return &self->lists[i];
    }
    return NULL;
}

/* Returns the place of the first word that does not sort before `word`. */
static size_t
s_lower_bound(const wordlist_t *self, slice_t word)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(slice_from(self->words[middle]), word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
wordlist_has(const wordlist_t *self, slice_t word)
{
    size_t place = self ? s_lower_bound(self, word) : 0;
    return self && place < self->count && slice_is(word, self->words[place]);
}

bool
wordlist_has_start(const wordlist_t *self, slice_t words)
{
    size_t place = self ? s_lower_bound(self, words) : 0;
    for (; self && place < self->count; place++) {
        slice_t line = slice_from(self->words[place]);
        if (line.size < words.size || memcmp(line.data, words.data, words.size) != 0)
            return false;
        if (line.size > words.size && line.data[words.size] == ' ')
            return true;
    }
    return false;
}

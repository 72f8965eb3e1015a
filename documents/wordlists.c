#include "documents/wordlists.h"

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

bool
wordlist_has(const wordlist_t *self, slice_t word)
{
    size_t low = 0, high = self ? self->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(word, slice_from(self->words[middle]));
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

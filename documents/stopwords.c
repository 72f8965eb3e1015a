#include "documents/stopwords.h"

#include <string.h>

const stopwords_t *
stopwords_find(const char *language)
{
    for (size_t i = 0; i < stopwords_all_count; i++) {
        if (strcmp(stopwords_all[i].language, language) == 0)
            return &stopwords_all[i];
    }
    return NULL;
}

bool
stopwords_has(const stopwords_t *self, slice_t word)
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

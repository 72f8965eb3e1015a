#include "tests/documents/word_recall.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

typedef struct {
    buffer_t letters; /* the words, each followed by NUL */
    char **items;
    size_t count;
} words_t;

static int
s_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static void
s_split(slice_t text, words_t *words)
{
    size_t count = 0;
    bool is_within = false;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char) text.data[i];
        if (byte == '-' && i + 1 < text.size && text.data[i + 1] == '\n') {
            i++;
            continue;
        }
        if (isalnum(byte))
            buffer_append_byte(&words->letters, (char) tolower(byte));
        else if (is_within) {
            buffer_append_byte(&words->letters, '\0');
            count++;
        }
        is_within = isalnum(byte) != 0;
    }
    count += is_within; /* a buffer ends with NUL */
    words->items = memory_new((count + 1) * sizeof(char *));
    char *word = words->letters.data;
    for (; words->count < count; words->count++) {
        words->items[words->count] = word;
        word += strlen(word) + 1;
    }
    qsort(words->items, words->count, sizeof *words->items, s_compare);
}

double
word_recall(slice_t truth, slice_t text)
{
    words_t wanted = {0}, got = {0};
    s_split(truth, &wanted);
    s_split(text, &got);
    size_t found = 0;
    for (size_t i = 0, j = 0; i < wanted.count && j < got.count;) {
        int order = strcmp(wanted.items[i], got.items[j]);
        found += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    double recall = wanted.count ? (double) found / (double) wanted.count : 0;
    free(wanted.items);
    free(got.items);
    buffer_free(&wanted.letters);
    buffer_free(&got.letters);
    return recall;
}

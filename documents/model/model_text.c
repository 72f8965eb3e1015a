#include "documents/model/model_text.h"

#include <stdbool.h>

enum { WORD_MAX = 100 /* scripts without spaces have no word that ends sooner */ };

static const char LEFT_OUT[] = "\n[...]\n";

static bool
s_is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

static bool
s_starts_point(char byte)
{
    return ((unsigned char) byte & 0xc0) != 0x80;
}

/* Returns how many bytes the first `count` code points take. */
static size_t
s_prefix(slice_t text, size_t count)
{
    size_t at = 0;
    for (; at < text.size; at++)
        if (s_starts_point(text.data[at]) && count-- == 0)
            break;
    return at;
}

/* Returns where the last `count` code points begin. */
static size_t
s_suffix(slice_t text, size_t count)
{
    size_t at = text.size;
    while (at > 0 && count > 0)
        if (s_starts_point(text.data[--at]))
            count--;
    return at;
}

/* Moves a cut back to the end of a word. */
static size_t
s_word_end(slice_t text, size_t cut)
{
    size_t at = cut;
    for (size_t points = 0; at > 0 && points < WORD_MAX; at--) {
        if (s_is_space(text.data[at]))
            return at;
        points += s_starts_point(text.data[at]);
    }
    return cut;
}

/* Moves a cut on to the beginning of a word. */
static size_t
s_word_start(slice_t text, size_t cut)
{
    size_t at = cut;
    for (size_t points = 0; at < text.size && points < WORD_MAX; at++) {
        if (s_is_space(text.data[at]))
            return at + 1;
        points += s_starts_point(text.data[at]);
    }
    return cut;
}

void
model_text_cut(slice_t text, size_t limit, buffer_t *out)
{
    if (s_prefix(text, limit) == text.size) {
        buffer_append_slice(out, text);
        return;
    }
    size_t tail_points = limit / 6;
    size_t head = s_word_end(text, s_prefix(text, limit - tail_points));
    size_t tail = s_word_start(text, s_suffix(text, tail_points));
    buffer_append(out, text.data, head);
    buffer_append_text(out, LEFT_OUT);
    buffer_append(out, text.data + tail, text.size - tail);
}

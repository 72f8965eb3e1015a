#include "documents/child/pdf_bidi.h"

#include <stdbool.h>
#include <string.h>

enum {
    RUN_MAX = 128, /* words; a line has fewer */
    WORD_MAX_BYTES = 1024,
};

static const char RIGHT[] = "\xe2\x80\xab", LEFT[] = "\xe2\x80\xaa", END[] = "\xe2\x80\xac";

enum { MARK_BYTES = sizeof RIGHT - 1, LETTER_BYTES = 2 };

/* Words that run from left to right, side by side in a line that does not. */
typedef struct {
    slice_t words[RUN_MAX];
    size_t count;
} run_t;

static void
s_end_run(run_t *self, buffer_t *out)
{
    for (size_t i = self->count; i > 0; i--) {
        buffer_append_slice(out, self->words[i - 1]);
        if (i > 1)
            buffer_append_byte(out, ' ');
    }
    self->count = 0;
}

/* Returns the bytes of the word at the start of `text` that is between the marks of a line from the
 * right and of its own direction; 0: there is none. */
static size_t
s_foreign_word(slice_t text)
{
    if (!slice_begins(text, slice_from(RIGHT)) ||
        !slice_begins(slice_drop(text, MARK_BYTES), slice_from(LEFT)))
        return 0;
    const char *end = memmem(text.data, slice_first(text, WORD_MAX_BYTES).size, END, MARK_BYTES);
    size_t size = end ? (size_t) (end - text.data) + MARK_BYTES : text.size;
    if (size == text.size || !slice_begins(slice_drop(text, size), slice_from(END)))
        return 0;
    return size + MARK_BYTES;
}

static void
s_order_words(slice_t text, buffer_t *out)
{
    run_t run = {.count = 0};
    while (text.size) {
        size_t size = run.count < RUN_MAX ? s_foreign_word(text) : 0;
        if (size) {
            run.words[run.count++] = (slice_t){text.data, size};
            text = slice_drop(text, size);
        } else if (run.count && text.data[0] == ' ' && s_foreign_word(slice_drop(text, 1))) {
            text = slice_drop(text, 1);
        } else {
            s_end_run(&run, out);
            buffer_append_byte(out, text.data[0]);
            text = slice_drop(text, 1);
        }
    }
    s_end_run(&run, out);
}

static bool
s_is_turned(slice_t text)
{
    static const char *const signs[] = {"أ", "إ", "آ"};
    if (!slice_begins(text, SLICE("ا")) ||
        !slice_begins(slice_drop(text, 2 * (size_t) LETTER_BYTES), SLICE("ل")))
        return false;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (slice_begins(slice_drop(text, LETTER_BYTES), slice_from(signs[i])))
            return true;
    return false;
}

static void
s_order_letters(buffer_t *text)
{
    for (size_t at = 0; at + 3 * (size_t) LETTER_BYTES <= text->size; at++) {
        char *first = text->data + at, sign[LETTER_BYTES];
        if (!s_is_turned((slice_t){first, text->size - at}))
            continue;
        char *second = first + LETTER_BYTES, *third = second + LETTER_BYTES;
        memcpy(sign, second, LETTER_BYTES);
        memcpy(second, third, LETTER_BYTES);
        memcpy(third, sign, LETTER_BYTES);
    }
}

void
pdf_bidi_mend(slice_t text, buffer_t *out)
{
    s_order_words(text, out);
    s_order_letters(out);
}

#include "documents/child/prose.h"

#include <string.h>

#include "base/text.h"

static const char *const GAPS[] = {
    [PROSE_GAP_NONE] = "",
    [PROSE_GAP_SPACE] = " ",
    [PROSE_GAP_LINE] = "\n",
    [PROSE_GAP_PARAGRAPH] = "\n\n",
};

void
prose_free(prose_t *self)
{
    buffer_free(&self->main.text);
    buffer_free(&self->aside.text);
}

static prose_run_t *
s_run(prose_t *self)
{
    return self->aside_depth ? &self->aside : &self->main;
}

static void
s_widen(prose_t *self, prose_gap_t gap)
{
    prose_run_t *run = s_run(self);
    if (run->gap < gap)
        run->gap = gap;
}

bool
prose_is_full(const prose_t *self)
{
    if (self->main.text.size + self->aside.text.size >= self->text_limit)
        return true;
    return self->page_limit && (self->page_count >= self->page_limit ||
                                self->character_count / PROSE_PAGE_CHARACTERS >= self->page_limit);
}

/* Takes letters without white space among them. */
static void
s_append(prose_t *self, slice_t letters)
{
    if (prose_is_full(self))
        return;
    prose_run_t *run = s_run(self);
    const char *gap = run->text.size ? GAPS[run->gap] : "";
    size_t used = self->main.text.size + self->aside.text.size + strlen(gap);
    size_t room = used < self->text_limit ? self->text_limit - used : 0;
    size_t size = text_cut(letters, room);
    if (size == 0) { /* not even one letter fits: full, from here on */
        self->text_limit = self->main.text.size + self->aside.text.size;
        return;
    }
    buffer_append_text(&run->text, gap);
    buffer_append(&run->text, letters.data, size);
    run->gap = PROSE_GAP_NONE;
    self->character_count += strlen(gap);
    for (size_t i = 0; i < size; i++)
        self->character_count += ((unsigned char) letters.data[i] & 0xc0) != 0x80;
}

static bool
s_is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* Returns how many bytes at `text` begin with no white space and no soft hyphen. */
static size_t
s_letters(slice_t text)
{
    size_t size = 0;
    while (size < text.size && !s_is_space(text.data[size]) &&
           !(text.data[size] == '\xc2' && size + 1 < text.size && text.data[size + 1] == '\xad'))
        size++;
    return size;
}

void
prose_write(prose_t *self, slice_t text)
{
    while (text.size) {
        size_t size = s_letters(text);
        if (size) {
            s_append(self, (slice_t){text.data, size});
        } else if (s_is_space(text.data[0])) {
            s_widen(self, PROSE_GAP_SPACE);
            size = 1;
        } else {
            size = 2; /* a soft hyphen */
        }
        text = (slice_t){text.data + size, text.size - size};
    }
}

void
prose_space(prose_t *self)
{
    s_widen(self, PROSE_GAP_SPACE);
}

void
prose_end_line(prose_t *self)
{
    s_widen(self, PROSE_GAP_LINE);
}

void
prose_end_paragraph(prose_t *self)
{
    s_widen(self, PROSE_GAP_PARAGRAPH);
    if (self->aside_depth || self->aside.text.size == 0)
        return;
    if (self->main.text.size)
        buffer_append_text(&self->main.text, GAPS[PROSE_GAP_PARAGRAPH]);
    buffer_append_slice(&self->main.text, buffer_slice(&self->aside.text));
    buffer_clear(&self->aside.text);
    self->aside.gap = PROSE_GAP_NONE;
}

void
prose_end_page(prose_t *self)
{
    if (self->aside_depth || self->character_count == self->page_start)
        return;
    self->page_count++;
    self->page_start = self->character_count;
}

void
prose_begin_aside(prose_t *self)
{
    self->aside_depth++;
    s_widen(self, PROSE_GAP_PARAGRAPH);
}

void
prose_end_aside(prose_t *self)
{
    if (self->aside_depth)
        self->aside_depth--;
}

/* The text of a document while a reader writes it: paragraphs stand apart by an empty line, white
 * space is single, and there is never more than was asked for.
 *
 * Formats whose text flows have no pages of their own before it is laid out. For them a page is
 * what the document itself breaks (an empty page does not count) or PROSE_PAGE_CHARACTERS
 * characters: the text ends where either count reaches the limit.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_PROSE_H
#define TAGMILL_DOCUMENTS_CHILD_PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { PROSE_PAGE_CHARACTERS = 3000 };

typedef enum {
    PROSE_GAP_NONE,
    PROSE_GAP_SPACE,
    PROSE_GAP_LINE,
    PROSE_GAP_PARAGRAPH,
} prose_gap_t;

typedef struct {
    buffer_t text;
    prose_gap_t gap; /* what stands before the next letter */
} prose_run_t;

/* A zeroed struct with its limits set is empty. */
typedef struct {
    size_t text_limit;   /* bytes */
    uint32_t page_limit; /* 0: pages do not matter */
    uint32_t page_count; /* breaks that had text before them */
    size_t character_count;
    size_t page_start; /* character_count at the last break */
    prose_run_t main;
    prose_run_t aside; /* waits for the end of the paragraph that it stands in */
    unsigned aside_depth;
} prose_t;

/* Frees what the prose holds. */
void prose_free(prose_t *self);

/* Appends UTF-8 text (borrowed). Soft hyphens are left out. */
void prose_write(prose_t *self, slice_t text);

/* Sets apart what comes next; the widest gap of several counts. */
void prose_space(prose_t *self);
void prose_end_line(prose_t *self);
void prose_end_paragraph(prose_t *self);

/* A page of the document ends here. */
void prose_end_page(prose_t *self);

/* Between these two stands what interrupts a paragraph (a note, a text box): it is put behind that
 * paragraph. They nest. */
void prose_begin_aside(prose_t *self);
void prose_end_aside(prose_t *self);

/* True when nothing more would be taken. */
bool prose_is_full(const prose_t *self);

#endif

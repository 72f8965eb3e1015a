/* The blocks of a page, and which of them are what its reader came for.
 *
 * A block is a paragraph, a heading, a list's item, a cell. Menus are blocks of links; what a page
 * is about stands in blocks with few. After the ideas of boilerplate removal by shallow text
 * features (Kohlschuetter et al., WSDM 2010) and by neighbours (Pomikalek, jusText, 2011).
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_HTML_BLOCKS_H
#define TAGMILL_DOCUMENTS_CHILD_HTML_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

typedef struct {
    size_t offset; /* in the page's text */
    size_t size;
    size_t link_bytes; /* of `size`: words of links */
    bool is_main;      /* within <main> or <article> */
    bool is_aside;     /* within a menu, a footer, a form, or what is named like one */
    bool is_heading;
    bool is_kept; /* filled by html_blocks_choose */
} html_block_t;

/* A zeroed struct is an empty page. */
typedef struct {
    buffer_t title, description, keywords;
    buffer_t text; /* the words of all blocks, white space single, as the page orders them */
    html_block_t *blocks;
    size_t count, capacity;
} html_page_t;

/* Frees what it holds and leaves it empty. */
void html_page_free(html_page_t *self);

/* Fills `page`, which must be empty, from `text` (clean UTF-8, borrowed). Takes O(n), but for pages
 * made to cost more, which are cut. */
void html_page_parse(slice_t text, html_page_t *page);

/* Sets is_kept in every block. The main part is taken where it holds half of the words or more;
 * else what stands aside goes, unless little else is there. Of that, blocks that are mostly links
 * go, and short ones between them. Where hardly anything would be left, all is kept. */
void html_blocks_choose(html_page_t *page);

#endif

/* What there is to read on a page of HTML: its words, without scripts, menus and forms.
 *
 * The parser is libxml2's, by its events: no tree is built, so depth costs nothing. Only the bytes
 * given are read; no address in them is followed.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_HTML_H
#define TAGMILL_DOCUMENTS_CHILD_HTML_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/child/reading.h"

/* Appends the text of a page's body (HTML or XHTML, or a part of one; borrowed) to `out` as clean
 * UTF-8, at most `limit` bytes, a blank line between paragraphs. `declared` (NULL: none) is an
 * encoding that was named outside of the page; else the page's own word is looked for. Which blocks
 * are taken: see html_blocks.h. Any thread. */
void html_append_text(slice_t bytes, const char *declared, size_t limit, buffer_t *out);

/* Reads a page: its title, description and keywords, then its body. */
void html_read(const extract_request_t *request, reading_t *reading);

/* Reads a small page of our own, so that libxml2 has set itself up. */
void html_warm_up(void);

#endif

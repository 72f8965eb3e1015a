/* Takes the markup out of Markdown, lightly: what is left is for a tagger, not for a page.
 *
 * Badges and images go, links keep their words, addresses go, marks of headings, lists, quotes,
 * tables, emphasis and code go, HTML tags go. Not a parser (CommonMark needs none for this).
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_MARKDOWN_H
#define TAGMILL_DOCUMENTS_CHILD_MARKDOWN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* True when `text` (UTF-8, borrowed) has headings, fences or links as Markdown writes them, at
 * least two in all. */
bool markdown_is_likely(slice_t text);

/* Appends the words of `text` to `out`; never more bytes than `text` has. Takes O(n). */
void markdown_strip(slice_t text, buffer_t *out);

#endif

/* Keeps a page from costing the square of its size. */
#ifndef TAGMILL_DOCUMENTS_CHILD_HTML_BOUND_H
#define TAGMILL_DOCUMENTS_CHILD_HTML_BOUND_H

#include "base/buffer.h"

/* Blanks the attributes of each tag of `source` beyond its first hundreds: libxml2 compares each
 * with all before it, so that a megabyte of them would take it half a minute. Takes O(n). */
void html_bound_attributes(buffer_t *source);

#endif

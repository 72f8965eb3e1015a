/* Which kind of text a text is: a page, a message, a table, or just text. */
#ifndef TAGMILL_DOCUMENTS_CHILD_FORMAT_TEXT_H
#define TAGMILL_DOCUMENTS_CHILD_FORMAT_TEXT_H

#include <stdbool.h>

#include "base/slice.h"
#include "documents/child/format.h"

/* True where `bytes` hold no control characters but those that lay text out (and the end mark of
 * DOS files), or are UTF-16. */
bool format_is_text(slice_t bytes);

/* Returns FORMAT_HTML, FORMAT_EMAIL, FORMAT_CSV, FORMAT_OTHER (an XML document) or FORMAT_TEXT,
 * with its name for a person (static), from the first bytes of a text in any encoding that has
 * ASCII in it. Sources: RFC 5322 (fields of a message), RFC 4180 (rows of equal length). */
format_t format_text_detect(slice_t bytes, const char **name);

#endif

/* Plain text and Markdown into clean UTF-8. */
#ifndef TAGMILL_DOCUMENTS_CHILD_PLAIN_H
#define TAGMILL_DOCUMENTS_CHILD_PLAIN_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends `bytes` (borrowed) to `out` as UTF-8, at most `limit` bytes of it, from whatever encoding
 * they are found to be in (encoding.h); `declared` (NULL: none) is the label that the document
 * gives. What is malformed becomes U+FFFD. Control characters but tab and line feed become blanks,
 * CR LF and CR become LF. The marks of Unicode that set a direction go (a blank is left where one
 * run ends and the next begins): they stand within words and between them, and nobody searches for
 * them. */
void plain_decode(slice_t bytes, const char *declared, size_t limit, buffer_t *out);

/* Appends `text`, which claims to be UTF-8, to `out` with the same repairs and limit. */
void plain_clean(slice_t text, size_t limit, buffer_t *out);

/* Joins the words of `text` (UTF-8) that a typesetter broke over two lines: a hyphen between a
 * letter and a line feed that a small letter follows goes with the line feed. A compound that was
 * broken at its own hyphen loses it too; that is the rarer case. */
void plain_join_words(buffer_t *text);

/* Returns how many code points `text` (UTF-8, borrowed) has, each run of ASCII white space counted
 * as one and not at all at either end. */
size_t plain_count_characters(slice_t text);

#endif

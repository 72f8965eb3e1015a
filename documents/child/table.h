/* Tables as text: rows of cells between commas, semicolons or tabs. */
#ifndef TAGMILL_DOCUMENTS_CHILD_TABLE_H
#define TAGMILL_DOCUMENTS_CHILD_TABLE_H

#include <stdbool.h>

#include "base/slice.h"
#include "documents/child/reading.h"

/* Returns what separates the cells of a table, told by the first bytes of a text: rows of equal
 * length, three at least, but for a few (RFC 4180). 0: this is no table. Where the text goes on,
 * `is_whole` is false and the last row is not counted. */
char table_separator(slice_t start, bool is_whole);

/* Reads a table: the names of its columns, then its cells, a paragraph a row, without those that
 * hold more figures than letters. */
void table_read(const extract_request_t *request, reading_t *reading);

#endif

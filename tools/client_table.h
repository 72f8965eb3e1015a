/* Results as a table for people: title, status, tags or what went wrong. */
#ifndef TAGMILL_TOOLS_CLIENT_TABLE_H
#define TAGMILL_TOOLS_CLIENT_TABLE_H

#include <stdio.h>

#include "base/slice.h"

/* Writes the table's head. */
void table_head(FILE *out);

/* Writes a line for each result of `lines` (NDJSON as the server gives it; borrowed). A line that
 * is no JSON is passed over. */
void table_rows(FILE *out, slice_t lines);

#endif

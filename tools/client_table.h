/* Results as a table for people: title, status, tags or what went wrong. */
#ifndef TAGMILL_TOOLS_CLIENT_TABLE_H
#define TAGMILL_TOOLS_CLIENT_TABLE_H

#include <stdio.h>

#include "base/buffer.h"

/* A table that is being written. A zeroed struct is ready. */
typedef struct {
    buffer_t line; /* the part of a line that came so far */
    int columns;   /* of the terminal: tags go on in the next line; 0: lines have no end */
} table_t;

/* Writes the table's head. */
void table_head(FILE *out);

/* Takes results as they arrive, NDJSON cut anywhere (borrowed), and writes a line for each that is
 * whole. A line that is no JSON is passed over. */
void table_feed(table_t *self, FILE *out, slice_t bytes);

/* Writes the last line where no line break ended it, and frees what the table holds. */
void table_end(table_t *self, FILE *out);

#endif

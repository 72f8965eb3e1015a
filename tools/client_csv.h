/* The shape of a CSV list (RFC 4180), checked before it is sent: a header with the columns that are
 * needed, as many fields in every record, quotes that close. */
#ifndef TAGMILL_TOOLS_CLIENT_CSV_H
#define TAGMILL_TOOLS_CLIENT_CSV_H

#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/slice.h"

/* A record's document; its slices are valid during the call. `source_type` is empty where the list
 * has no such column. */
typedef void (*csv_document_fn)(void *arg, int64_t record, slice_t file_path, slice_t source_type);

/* Reads `file` to its end and calls `on_document` for each record (numbered from 1, the header not
 * counted). Returns the number of faults found; the first of them are written to `err`, a line
 * each, beginning with `name`. `path_column` and `type_column` are the columns that hold file_path
 * and file_source_type. */
int64_t csv_check(FILE *file, const char *name, const char *path_column, const char *type_column,
                  csv_document_fn on_document, void *arg, FILE *err);

#endif

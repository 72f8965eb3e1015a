/* Finds the documents that a command line names and writes them as lines of a start request. */
#ifndef TAGMILL_TOOLS_CLIENT_WALK_H
#define TAGMILL_TOOLS_CLIENT_WALK_H

#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"

/* Writes to `out`, a line each, {"file_path": ..., "file_source_type": "local"} for the file `path`
 * or, where it is a directory, for the files below it: sorted by name, hidden ones and those that
 * are no regular files passed over, symbolic links to directories not followed. Paths are absolute
 * and real (realpath). Adds the number of lines to `*count`. A name that is not UTF-8 cannot be
 * sent: it is passed over with a word on standard error.
 * NOT_FOUND: no such file; IO_ERROR: a directory that cannot be read, a file that cannot be
 * written; BAD_REQUEST: neither a file nor a directory. */
status_t walk_write(const char *path, FILE *out, int64_t *count, fault_t *fault);

#endif

/* The query of a URL: name=value pairs split by &, percent-encoded, + for a space. */
#ifndef TAGMILL_GATEWAY_QUERY_H
#define TAGMILL_GATEWAY_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"

/* Takes the next pair off `rest` and puts it, decoded, into `name` and `value` (emptied first).
 * False at the end; then `*bad` tells whether the query is malformed there (a bad escape, bytes
 * that are not UTF-8, a NUL). */
bool query_next(slice_t *rest, buffer_t *name, buffer_t *value, bool *bad);

/* Puts the value of `name` into `value` (emptied first); `*found` tells whether it is there.
 * BAD_REQUEST: the query is malformed, or names it twice. */
status_t query_find(slice_t query, const char *name, buffer_t *value, bool *found, fault_t *fault);

/* Reads the whole number `name` from `low` to `high` into `*out`; leaves `*out` where it is absent.
 * BAD_REQUEST: not such a number; as query_find. */
status_t query_number(slice_t query, const char *name, int64_t low, int64_t high, int64_t *out,
                      fault_t *fault);

#endif

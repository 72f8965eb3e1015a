/* What a client is told when a request fails: application/problem+json (RFC 9457). */
#ifndef TAGMILL_GATEWAY_PROBLEM_H
#define TAGMILL_GATEWAY_PROBLEM_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"

enum { PROBLEM_ERRORS_MAX = 20 };

/* The faults of a body, each with a pointer (RFC 6901) to where it stands. A zeroed struct is an
 * empty list. */
typedef struct {
    buffer_t items; /* JSON objects split by commas */
    size_t count;   /* of items; no more than PROBLEM_ERRORS_MAX are kept */
} error_list_t;

/* Adds a fault at `pointer` (borrowed) with a formatted sentence. */
void error_list_add(error_list_t *self, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True when no further fault would be kept. */
bool error_list_is_full(const error_list_t *self);

/* Frees what the list holds and leaves it empty. */
void error_list_free(error_list_t *self);

/* Appends `name` to the pointer in `out`: / and the name with ~ and / escaped. */
void pointer_append(buffer_t *out, slice_t name);

/* Appends the problem as JSON to `out`. `errors` may be NULL or empty. */
void problem_write(buffer_t *out, const fault_t *fault, const char *request_id,
                   const error_list_t *errors);

#endif

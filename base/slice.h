/* A borrowed run of bytes: what decoders hand out instead of copies.
 *
 * A slice never owns; it is valid as long as the memory that it points into. It need not end in
 * NUL and may hold NULs. The empty slice may have a NULL `data`.
 */
#ifndef TAGMILL_BASE_SLICE_H
#define TAGMILL_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *data;
    size_t size; /* bytes */
} slice_t;

/* For printf: printf("%.*s", SLICE_ARG(s)). The slice must be shorter than 2 GiB. */
#define SLICE_ARG(s) (int) (s).size, (s).data ? (s).data : ""

/* A slice over a string literal. */
#define SLICE(literal)                                                                             \
    (slice_t)                                                                                      \
    {                                                                                              \
        .data = (literal), .size = sizeof(literal) - 1                                             \
    }

/* Returns a slice over `text` (borrows; NULL gives the empty slice). */
slice_t slice_from(const char *text);

/* True when both hold the same bytes. */
bool slice_equal(slice_t a, slice_t b);

/* True when the slice holds exactly the bytes of `text`. */
bool slice_is(slice_t slice, const char *text);

/* memcmp order, the shorter first among equal prefixes: < 0, 0, > 0. */
int slice_compare(slice_t a, slice_t b);

/* Returns owned: a NUL-terminated copy; free with free(). */
char *slice_copy(slice_t slice);

/* Returns what is left of the slice behind its first `size` bytes, of which it must have as many.
 */
slice_t slice_drop(slice_t slice, size_t size);

/* Returns the first `limit` bytes of the slice, or all where it has fewer. */
slice_t slice_first(slice_t slice, size_t limit);

/* True when the slice begins with `start`. */
bool slice_begins(slice_t slice, slice_t start);

/* True when `part` stands somewhere in the slice. */
bool slice_holds(slice_t slice, slice_t part);

/* Returns the slice without ASCII white space at either end. */
slice_t slice_trim(slice_t slice);

#endif

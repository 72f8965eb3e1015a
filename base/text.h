/* Small rules about text that several folders need: UTF-8, percent-encoding, hex. */
#ifndef TAGMILL_BASE_TEXT_H
#define TAGMILL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool text_is_utf8(slice_t text);

/* Returns how many of the first `limit` bytes of `text` can be kept without cutting a UTF-8
 * sequence in two. */
size_t text_cut(slice_t text, size_t limit);

/* Appends `text` to `out` with every byte but the unreserved of RFC 3986 (letters, digits,
 * - . _ ~) as %XX. */
void text_percent_encode(buffer_t *out, slice_t text);

/* Appends `text` to `out` with %XX turned into bytes (+ stays +). Returns false, with `out` as it
 * was, on a % that two hexadecimal digits do not follow. */
bool text_percent_decode(buffer_t *out, slice_t text);

/* Appends `size` bytes as lower-case hexadecimal. */
void text_hex(buffer_t *out, const uint8_t *data, size_t size);

#endif

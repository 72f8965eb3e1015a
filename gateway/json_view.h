/* Reads JSON text where it lies: members, elements, strings, whole numbers.
 *
 * For text that has to be kept exactly as it was written (a document's further columns: a tree of
 * doubles loses the digits of a big number) or read with care (a token's claims). Made for text
 * that json_scan has passed; on any other text the functions stay within it and return false.
 * Values and keys are slices into the text. Any thread.
 */
#ifndef TAGMILL_GATEWAY_JSON_VIEW_H
#define TAGMILL_GATEWAY_JSON_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

typedef enum {
    JSON_NONE, /* not the beginning of a value */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} json_kind_t;

/* What a value is, by its first byte. */
json_kind_t json_view_kind(slice_t value);

/* Sets `inside` to what stands between the brackets of an object or array; walk it with the two
 * below. False for any other value. */
bool json_view_open(slice_t value, slice_t *inside);

/* Takes the next member off `inside`: `key` with its quotes, `value` without white space around it.
 * False when there is none. */
bool json_view_member(slice_t *inside, slice_t *key, slice_t *value);

/* Takes the next element off `inside`. False when there is none. */
bool json_view_element(slice_t *inside, slice_t *value);

/* Sets `value` to the member `name` of `object`. False where there is none, or no object. */
bool json_view_find(slice_t object, const char *name, slice_t *value);

/* Appends the text of a string, unescaped, to `out`. False (`out` as it was) for any other value.
 */
bool json_view_string(slice_t value, buffer_t *out);

/* True when `value` is a string of exactly these bytes. */
bool json_view_is(slice_t value, const char *text);

/* Appends a code point (that is no surrogate) as UTF-8. */
void json_view_code(uint32_t code, buffer_t *out);

/* Reads a number written without fraction and exponent. False for any other value, and for one that
 * 64 bits cannot hold. */
bool json_view_integer(slice_t value, int64_t *out);

#endif

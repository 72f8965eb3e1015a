/* Writing JSON straight into a buffer: the pieces that every JSON text of ours is made of.
 *
 * The structure (braces, commas, names) is the caller's; these append one value each. Any thread.
 */
#ifndef TAGMILL_MESSAGES_JSON_TEXT_H
#define TAGMILL_MESSAGES_JSON_TEXT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends `text` as a JSON string: quoted, with quotes, backslashes and control characters escaped.
 * The outcome is well-formed UTF-8 whatever comes in: a byte that is not part of a well-formed
 * sequence becomes U+FFFD. */
void json_text_append(buffer_t *out, slice_t text);

/* As json_text_append, but null for the empty slice. */
void json_text_append_or_null(buffer_t *out, slice_t text);

/* Appends `json` (borrows), which is JSON already, as it stands; `otherwise` when it is empty. */
void json_text_append_json(buffer_t *out, slice_t json, const char *otherwise);

/* Appends a time as a quoted RFC 3339 text; null for 0. */
void json_text_append_time(buffer_t *out, int64_t wall_ms);

/* Appends an integer in decimal. */
void json_text_append_number(buffer_t *out, int64_t number);

/* Appends `nano` billionths as a number, with as few digits as say it exactly: 0, 0.00015, 2.5. */
void json_text_append_nano(buffer_t *out, uint64_t nano);

/* Appends `part / whole` (part <= whole; 0 of 0 is 0) with as few digits as read back as the same
 * double; always with a decimal point. */
void json_text_append_ratio(buffer_t *out, uint64_t part, uint64_t whole);

#endif

/* JSON that a stranger's server or model wrote: found in text, and bounded before it is parsed.
 *
 * cJSON recurses, so nothing reaches it that nests deeper than MODEL_JSON_DEPTH_MAX. Pure; any
 * thread.
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_JSON_H
#define TAGMILL_DOCUMENTS_MODEL_JSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/slice.h"

enum { MODEL_JSON_DEPTH_MAX = 32 };

/* Returns how many bytes of `text`, which begins with { or [, the object or array takes, judged by
 * its brackets and strings alone; 0: it does not end in `text`, or nests too deep. */
size_t model_json_span(slice_t text);

/* Returns owned (cJSON_Delete): the object or array that `text` is, white space around it allowed;
 * NULL: it is something else. */
cJSON *model_json_parse(slice_t text);

/* Returns the text of the string that begins with the quotation mark at the head of `text`, owned
 * (free), and in `*size` the bytes that it takes there; NULL: it does not end, or is malformed. */
char *model_json_string(slice_t text, size_t *size);

/* Returns the text (borrowed) of the string `name` in `object`, or "" where that is not one.
 * `object` may be NULL, or no object. */
const char *model_json_text(const cJSON *object, const char *name);

#endif

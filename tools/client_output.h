/* How the client and the tap write: JSON members by name, and text that came from a server made
 * harmless for a terminal. */
#ifndef TAGMILL_TOOLS_CLIENT_OUTPUT_H
#define TAGMILL_TOOLS_CLIENT_OUTPUT_H

#include <cJSON.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"

/* Returns owned: the parsed body (free with cJSON_Delete), or NULL when it is not JSON. */
cJSON *output_parse(const buffer_t *body);

/* The member `name` of `object` as a text (borrowed; `otherwise` where it is none) or number. */
const char *output_text(const cJSON *object, const char *name, const char *otherwise);
int64_t output_number(const cJSON *object, const char *name, int64_t otherwise);
double output_fraction(const cJSON *object, const char *name, double otherwise);

/* Writes `text` with every control character but the line break as '?', so that a title cannot
 * move the cursor or rename the window. */
void output_write(FILE *out, const char *text);

/* Writes `body` as it came, ended by exactly one line break. */
void output_body(FILE *out, const buffer_t *body);

#endif

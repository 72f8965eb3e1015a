/* A valid frame of every message, made from the table. */
#ifndef TAGMILL_TESTS_MESSAGES_SAMPLES_H
#define TAGMILL_TESTS_MESSAGES_SAMPLES_H

#include <stddef.h>

#include "base/buffer.h"

/* How many messages there are. */
size_t sample_count(void);

/* Appends the frame of the message at `place` (below sample_count) to `out`. */
void sample_append(size_t place, buffer_t *out);

/* The name of the message at `place`. */
const char *sample_name(size_t place);

#endif

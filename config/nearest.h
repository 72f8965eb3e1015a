/* The word that was probably meant. */
#ifndef TAGMILL_CONFIG_NEAREST_H
#define TAGMILL_CONFIG_NEAREST_H

#include "base/slice.h"

/* Longer words are compared by their first so many bytes. */
enum { NEAREST_SIZE_MAX = 64 };

/* How many single bytes must be put in, taken out or changed to turn one word into the other
 * (Levenshtein's distance), capitals and small letters taken as equal. */
size_t nearest_distance(slice_t a, slice_t b);

/* True when a distance is small enough for a word of `size` bytes to call the other one meant. */
bool nearest_is_close(size_t distance, size_t size);

#endif

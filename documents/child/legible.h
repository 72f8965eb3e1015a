/* Whether a text layer holds text, or what a broken font left of it. */
#ifndef TAGMILL_DOCUMENTS_CHILD_LEGIBLE_H
#define TAGMILL_DOCUMENTS_CHILD_LEGIBLE_H

#include <stdbool.h>

#include "base/slice.h"

/* True when `text` (UTF-8, borrowed, as it came from the layer) reads as words or numbers of some
 * script. False when much of it is control characters, private use or replacements, when it is
 * signs rather than letters, when its words mix scripts that no language mixes, or when Latin words
 * have no vowels. Text without any character is legible. */
bool legible_is(slice_t text);

/* Returns how many characters `text` has that are not white space. */
size_t legible_count(slice_t text);

#endif

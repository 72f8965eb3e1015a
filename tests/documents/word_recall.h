/* How much of a text came through. */
#ifndef TAGMILL_TESTS_DOCUMENTS_WORD_RECALL_H
#define TAGMILL_TESTS_DOCUMENTS_WORD_RECALL_H

#include "base/slice.h"

/* Returns which share of the words of `truth` is in `text`, 0 to 1: words are runs of ASCII letters
 * and digits, ignoring case, each counted as often as it stands there; a hyphen at the end of a
 * line is taken out on both sides. */
double word_recall(slice_t truth, slice_t text);

#endif

/* The title of a document that has none of its own.
 *
 * Two must agree on it: the gateway, which gives it, and the tagger's pipeline, to which it says
 * how somebody files and not what is in the document. */
#ifndef TAGMILL_BASE_PATH_TITLE_H
#define TAGMILL_BASE_PATH_TITLE_H

#include "base/buffer.h"
#include "base/slice.h"
#include "base/vocabulary.h"

/* Puts the name of the file that `path` leads to into `out` (emptied first): its last segment; of a
 * URL without query and fragment, and decoded where that gives UTF-8 without NUL. Any thread. */
void path_title(source_type_t source, slice_t path, buffer_t *out);

#endif

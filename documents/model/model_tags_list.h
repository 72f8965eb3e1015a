/* Tags in lists that are not JSON; for model_tags.c only. */
#ifndef TAGMILL_DOCUMENTS_MODEL_TAGS_LIST_H
#define TAGMILL_DOCUMENTS_MODEL_TAGS_LIST_H

#include "base/slice.h"
#include "documents/model/model_tags.h"

/* Adds `tag`, without the white space, quotation marks and emphasis around it, unless nothing is
 * left or it is too long. */
void model_tags_add(model_tags_t *self, slice_t tag);

/* Adds the items of `text`, split by commas or semicolons of any script. */
void model_tags_split(model_tags_t *self, slice_t text);

/* Adds the items of the list between the only square brackets of `text`, by commas, in single
 * quotation marks or none: what a model means by JSON that is none. */
void model_tags_brackets(model_tags_t *self, slice_t text);

/* Adds the items of the list that `text` is: numbered or bulleted lines, other short lines, or
 * commas on one line. Adds nothing of what reads like prose. */
void model_tags_list(model_tags_t *self, slice_t text);

#endif

/* Tags in what a model wrote, whatever it wrote them in.
 *
 * Models are asked for {"tags": [...]} and give it plain, in fences, inside prose, after thinking
 * aloud, as another list, numbered, with bullets or commas, or cut in the middle. What is found
 * here are candidates: the rules of a tag are tagger_sift's. Pure; any thread.
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_TAGS_H
#define TAGMILL_DOCUMENTS_MODEL_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

enum {
    MODEL_TAGS_MAX = 64,      /* candidates kept of an answer */
    MODEL_TAG_BYTES_MAX = 512 /* longer is no tag, whatever the script */
};

/* A zeroed struct is empty. */
typedef struct {
    char *items[MODEL_TAGS_MAX]; /* owned, NUL-terminated, in the model's order */
    size_t count;
} model_tags_t;

/* Frees what it holds and leaves it empty. */
void model_tags_free(model_tags_t *self);

/* Adds the tags in `content` (UTF-8, borrowed), an answer's text, to `tags` (empty). Looks, in this
 * order, for an object or array that holds them; for one that was cut, of which the whole tags
 * are kept; for an array without JSON's quotation marks; for a numbered or bulleted list; for
 * lines; for commas. Prose, questions and refusals hold none. */
void model_tags_find(slice_t content, model_tags_t *tags);

/* True when `content` says that the model will not do it ("I'm sorry, but ..."). */
bool model_tags_is_refusal(slice_t content);

#endif

/* What is said to a model: prompts are files, with places for what differs by document.
 *
 * The defaults are documents/model/prompts/<name>.txt, compiled in; a directory of the
 * configuration may hold others. A place is a word in braces, {text}; braces around anything but
 * small letters and _ stand for themselves, so JSON can be shown. A line whose places are all empty
 * is left out: "Title: {title}" is not said of a document without one.
 *
 * The document is data from strangers. The prompts say so and put it between <document> and
 * </document>; a value that holds these marks itself has them broken, so it cannot seem to end.
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_PROMPTS_H
#define TAGMILL_DOCUMENTS_MODEL_PROMPTS_H

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"

/* PLACE(symbol, word): what a prompt may have filled in. */
#define MODEL_PLACES(PLACE)                                                                        \
    PLACE(NUM_TAGS, "num_tags")       /* how many tags to give */                                  \
    PLACE(TITLE, "title")             /* the document's title, or nothing */                       \
    PLACE(DESCRIPTION, "description") /* what the user says of it, or nothing */                   \
    PLACE(LANGUAGE, "language")       /* ISO 639-1, where the user named one */                    \
    PLACE(EXCLUSIONS, "exclusions")   /* what no tag may be, split by "; " */                      \
    PLACE(TEXT, "text")               /* the text, cut to what is sent */

typedef enum {
#define PLACE(symbol, word) MODEL_PLACE_##symbol,
    MODEL_PLACES(PLACE)
#undef PLACE
        MODEL_PLACE_COUNT
} model_place_t;

/* What the places hold for one document, by model_place_t; borrowed. */
typedef struct {
    slice_t items[MODEL_PLACE_COUNT];
} model_values_t;

/* Three prompts; what is sent with each role. Owned, read only once loaded, by any thread. */
typedef struct {
    char *system; /* who the model is, and what the answer must be like */
    char *user;   /* the document */
    char *repair; /* what is said to an answer that is none */
} model_prompts_t;

/* The defaults. */
extern const char model_prompt_system[];
extern const char model_prompt_user[];
extern const char model_prompt_repair[];

/* Fills `prompts` with those of `directory` (its system.txt and user.txt; repair.txt where it
 * stands there), or with the defaults where that is "". Free with model_prompts_free, also after a
 * failure. BAD_REQUEST: a place that there is not, a user.txt without {text}, not UTF-8; NOT_FOUND,
 * TOO_LARGE (64 KiB), IO_ERROR: a file cannot be read. */
status_t model_prompts_load(model_prompts_t *prompts, const char *directory, fault_t *fault);

/* Frees what it holds and leaves it empty. */
void model_prompts_free(model_prompts_t *self);

/* Appends `prompt`, with `values` in its places, to `out`. */
void model_prompt_render(const char *prompt, const model_values_t *values, buffer_t *out);

#endif

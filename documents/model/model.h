/* Tags from a model: any server that speaks the OpenAI-compatible chat/completions.
 *
 * A model_t belongs to one thread (a slot) and keeps its connections and what it has learnt of
 * each model: which parts of a request it does not take, and how much room its answers need. One
 * document costs one request; another is made where the server minds a part of the request
 * (remembered), where the document is too long for the model (a quarter of it is sent), and once
 * where the answer is no list of tags (it is shown to the model, which is asked for JSON alone; an
 * answer that was cut is asked for again with less text and more room).
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_H
#define TAGMILL_DOCUMENTS_MODEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/provider.h"
#include "documents/failure.h"
#include "documents/model/model_prompts.h"
#include "documents/model/model_tags.h"
#include "documents/tagger/tagger.h"

enum {
    MODEL_TEXT_MAX = 24000,       /* code points of a document that are sent, see model_text.h */
    MODEL_TITLE_MAX = 500,        /* code points of its title */
    MODEL_DESCRIPTION_MAX = 2000, /* code points of its description */
    MODEL_EXCLUSIONS_MAX = 4000   /* bytes of exclusions that it is told of; all are obeyed */
};

typedef struct model model_t;

typedef struct {
    const model_choice_t *choice;
    slice_t api_key;           /* the job's own; "": the provider's */
    const tag_request_t *tags; /* the document and what is wanted of it */
} model_request_t;

/* A zeroed struct is empty. What the requests cost stands here also when they failed: as the server
 * counted it, nothing is estimated. */
typedef struct {
    model_tags_t tags; /* candidates, more than were wanted: for tagger_sift */
    uint32_t tokens_in, tokens_out;
    uint64_t cost_nano;
    bool is_hopeless;    /* failed in a way that every document of the job will */
    bool is_key_refused; /* and that because of the key */
    bool may_recover;    /* failed because the server was in trouble or out of reach */
} model_answer_t;

/* Returns owned: a client that says `prompts` (borrowed for its life). */
model_t *model_new(const model_prompts_t *prompts);

/* Closes the connections, frees everything and nulls the caller's pointer. Null-safe. */
void model_destroy(model_t **self_p);

/* Asks for tags of a document (`request` borrowed for the call) and fills `answer` (emptied first;
 * free with model_answer_free). Returns by `deadline_ms` (clock_monotonic_ms) and within 200 ms
 * once `*cancel` becomes true. Returns ERROR_NONE with one candidate or more, or what it also says
 * in `failure`:
 *   RATE_LIMIT   429; retry_after_ms as the server says
 *   AUTH         no key, a refused key, no credit (hopeless)
 *   MODEL_ERROR  no such model (hopeless); the server failed or does not take the request; no tags
 *   TIMEOUT      the provider's timeout_ms or the deadline passed
 *   NETWORK      no connection, or it broke
 *   INTERNAL     cancelled */
error_type_t model_tag(model_t *self, const model_request_t *request, int64_t deadline_ms,
                       const atomic_bool *cancel, model_answer_t *answer, failure_t *failure);

/* Frees what it holds and leaves it empty. */
void model_answer_free(model_answer_t *self);

#endif

/* Which tagger a document gets, and what becomes of it when a model cannot.
 *
 * A tagging_t belongs to one thread. It keeps the offline tagger and, from the first document that
 * needs one, a client for models. Both give tags under the same rules (tagger.h).
 */
#ifndef TAGMILL_DOCUMENTS_TAGGING_H
#define TAGMILL_DOCUMENTS_TAGGING_H

#include "documents/failure.h"
#include "documents/pipeline.h"
#include "documents/tagger/tagger.h"

typedef struct tagging tagging_t;

/* Returns owned: the taggers that `config` (borrowed for its whole life) has. */
tagging_t *tagging_new(const config_t *config);

/* Frees everything and nulls the caller's pointer. Null-safe. */
void tagging_destroy(tagging_t **self_p);

/* What is to be done; all borrowed for the call. */
typedef struct {
    const brief_t *brief;      /* names the tagger: offline or a model */
    const tag_request_t *tags; /* the document */
    bool is_last_attempt;      /* nobody tries again, whatever happens */
    int64_t deadline_ms;       /* clock_monotonic_ms */
    const atomic_bool *cancel;
} tagging_request_t;

/* Tags a document and fills in what `outcome` says of tags, tagger and costs. Returns by the
 * deadline and within 200 ms once `*cancel` becomes true. Returns ERROR_NONE, or what it also says
 * in `failure`: the errors of model_tag, and MODEL_ERROR also where nobody serves the model or no
 * tag of its is left.
 *
 * Where the brief says that it may fall back, a document that the model cannot do gets offline tags
 * instead, and the outcome's model_name says so. A server that is in trouble is first tried again,
 * up to the last attempt. Three failures stay: a rate limit, which passes; a refused key, which its
 * owner has to know of; and cancellation. */
error_type_t tagging_run(tagging_t *self, const tagging_request_t *request, outcome_t *outcome,
                         failure_t *failure);

#endif

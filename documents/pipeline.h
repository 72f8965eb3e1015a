/* What a worker's slot does with one document: acquire its bytes, extract their text, tag it.
 *
 * A pipeline belongs to one thread. It keeps what is costly to make between documents: a curl
 * handle, a warm extract process, a tagger. It has no sockets of ours and knows nothing of jobs
 * beyond the brief.
 */
#ifndef TAGMILL_DOCUMENTS_PIPELINE_H
#define TAGMILL_DOCUMENTS_PIPELINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/vocabulary.h"
#include "config/config.h"
#include "documents/cache.h"

/* What holds for every document of a job. */
typedef struct {
    slice_t model_name;  /* "offline", "noop", or what config_find_model finds */
    uint32_t page_limit; /* pages read, 1 to 10 */
    uint32_t tag_limit;  /* tags wanted, 3 to 15 */
    slice_t language;    /* ISO 639-1, or empty: detected */
    slice_t exclusions;  /* words and phrases never to be returned, one a line */
    slice_t api_key;     /* for the model's provider; empty: the provider's own, if it has one */
    bool may_fall_back;  /* a document that the model cannot do gets offline tags */
    uint64_t job_no;     /* the same for all documents of a job, and of no other */
} brief_t;

typedef struct {
    source_type_t source;
    slice_t path;
    slice_t title;
    slice_t description;  /* may be empty */
    bool is_last_attempt; /* a failure is not followed by another try, even if one could help */
} document_t;

/* What became of a document. A zeroed struct is empty; reused from document to document. */
typedef struct {
    error_type_t error;      /* ERROR_NONE: tagged */
    buffer_t detail;         /* where error is set: a sentence for the user */
    uint32_t retry_after_ms; /* where a server asked for it; 0: it did not */
    buffer_t tags;           /* a JSON array of strings, best first; "[]" where error is set */
    buffer_t model_name;     /* which tagger made the tags */
    buffer_t language;       /* ISO 639-1 of the text; empty: not known */
    buffer_t method;         /* how the text was had: "pdf-text", "plain-text", "none" */
    bool is_scanned;
    uint32_t page_count;  /* of the whole document; 0: it has no pages */
    int ocr_confidence;   /* of what was read from images: per mille; -1: nothing was */
    uint64_t text_length; /* code points of the extracted text */
    uint32_t processing_ms;
    uint32_t tokens_in, tokens_out; /* sent to and received from a model, failed calls included */
    uint64_t cost_nano;             /* billionths of the currency unit */
    bool is_hopeless; /* `error` would meet every document of the job: no such model, say */
} outcome_t;

typedef struct pipeline pipeline_t;

/* Returns owned: a pipeline with the limits of `config`, which shares with others what `cache`
 * holds (both borrowed for its whole life). Starts nothing yet: the extract process is started with
 * the first document that needs it. */
pipeline_t *pipeline_new(const config_t *config, cache_t *cache);

/* Ends the extract process, frees everything and nulls the caller's pointer. Null-safe. */
void pipeline_destroy(pipeline_t **self_p);

/* Works on `document` as `brief` says (both borrowed for the call) and fills `outcome` (borrowed,
 * emptied first). Always fills it: what goes wrong, a crash or a time-out of the extract process
 * included, is an outcome. Returns within documents/work_seconds, and within 200 ms once `*cancel`
 * becomes true (the outcome is then ERROR_INTERNAL "cancelled"; nobody will read it). */
void pipeline_run(pipeline_t *self, const document_t *document, const brief_t *brief,
                  const atomic_bool *cancel, outcome_t *outcome);

/* Frees what the outcome holds and leaves it empty. */
void outcome_free(outcome_t *self);

#endif

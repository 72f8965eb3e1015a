/* What a server of models sent back: a completion, or a complaint.
 *
 * Source: the OpenAI API reference (chat completions, error codes), and where its imitators differ.
 * Pure; any thread.
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_REPLY_H
#define TAGMILL_DOCUMENTS_MODEL_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* A completion. A zeroed struct is empty. */
typedef struct {
    char *content;       /* owned: the first choice's text; NULL: it has none */
    bool is_cut;         /* the model was stopped at its limit of tokens */
    bool is_refused;     /* the model, or a filter around it, says that it will not */
    uint32_t tokens_in;  /* as the server counted them; 0: it did not say */
    uint32_t tokens_out; /*                                               */
} model_reply_t;

/* Reads `body` into `reply` (emptied first; free with model_reply_free). Returns false when it is
 * no completion; the tokens are read even so. */
bool model_reply_read(slice_t body, model_reply_t *reply);

/* Frees what it holds and leaves it empty. */
void model_reply_free(model_reply_t *self);

enum { COMPLAINT_TEXT_SIZE = 240, COMPLAINT_CODE_SIZE = 64 };

/* Why a server did not give a completion. */
typedef enum {
    COMPLAINT_KEY,        /* 401, 403: the key is refused */
    COMPLAINT_CREDIT,     /* 402, or the quota of the account is used up */
    COMPLAINT_MODEL,      /* it has no such model, or no such path */
    COMPLAINT_RATE,       /* 429 */
    COMPLAINT_TIMEOUT,    /* 408, 504: its own patience ended */
    COMPLAINT_LENGTH,     /* the document is too long for the model */
    COMPLAINT_MODERATION, /* this document is refused */
    COMPLAINT_REQUEST,    /* it does not take the request as it is */
    COMPLAINT_SERVER,     /* 5xx: it failed */
    COMPLAINT_ELSEWHERE,  /* 3xx: redirects are not followed, since a key goes along */
    COMPLAINT_COUNT
} complaint_kind_t;

typedef struct {
    complaint_kind_t kind;
    long status;                    /* HTTP, or the code that stood in its place in a 200 */
    char text[COMPLAINT_TEXT_SIZE]; /* what the server said, short, on one line and without the key;
                                       "": nothing that can be shown */
} complaint_t;

/* Reads what came with `status` into `complaint`. `key` (may be empty) is blotted out wherever it
 * stands. */
void complaint_read(long status, slice_t body, slice_t key, complaint_t *complaint);

/* True when `body`, though it came with 200, is a complaint; `*status` becomes its code, 502 where
 * it has none. */
bool complaint_in_success(slice_t body, long *status);

/* True when the server's words hold `word`, whatever its case. */
bool complaint_mentions(const complaint_t *self, const char *word);

#endif

/* The request that a model is asked with, and what some servers do not take in it.
 *
 * Source: the OpenAI API reference, "Create chat completion" and "Structured outputs". Pure; any
 * thread.
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_REQUEST_H
#define TAGMILL_DOCUMENTS_MODEL_REQUEST_H

#include <stdint.h>

#include "base/buffer.h"
#include "config/provider.h"
#include "documents/model/model_prompts.h"
#include "documents/model/model_reply.h"

/* What a model was found not to take, or to need. Bits. */
enum {
    MODEL_QUIRK_NO_SYSTEM = 1,      /* messages of the role system: goes before the user's */
    MODEL_QUIRK_NO_FORMAT = 2,      /* response_format: left out */
    MODEL_QUIRK_NEW_LIMIT = 4,      /* max_tokens: called max_completion_tokens */
    MODEL_QUIRK_NO_TEMPERATURE = 8, /* temperature: left out */
    MODEL_QUIRK_WORDY = 16          /* it thinks before it answers: needs more tokens */
};

/* Borrowed. */
typedef struct {
    const model_choice_t *choice;
    const model_prompts_t *prompts;
    const model_values_t *values;
    const char *bad_answer; /* to be mended; NULL: this is not a repair */
    unsigned quirks;        /* MODEL_QUIRK_... */
} model_ask_t;

/* What is known of the choice's provider before anything is sent, as quirks. */
unsigned model_request_quirks(const model_choice_t *choice);

/* Replaces what `out` holds with the request's body. */
void model_request_write(const model_ask_t *ask, buffer_t *out);

/* Returns the quirk beyond `quirks` that would explain a COMPLAINT_REQUEST; 0: none would. A server
 * that does not say what it minds is taken to mind response_format. */
unsigned model_request_explain(const complaint_t *complaint, unsigned quirks);

#endif

/* What a model took: tokens sent and received, and billionths of the currency unit. */
#ifndef TAGMILL_ACTORS_SPENT_H
#define TAGMILL_ACTORS_SPENT_H

#include <stdint.h>

#include "messages/message.h"

typedef struct {
    uint64_t tokens_in, tokens_out, cost_nano;
} spent_t;

static inline void
spent_add(spent_t *self, spent_t more)
{
    self->tokens_in += more.tokens_in;
    self->tokens_out += more.tokens_out;
    self->cost_nano += more.cost_nano;
}

/* What a DONE tells. */
static inline spent_t
spent_of(const message_done_t *done)
{
    return (spent_t){done->tokens_in, done->tokens_out, done->cost_nano};
}

#endif

/* A provider's list of models with their prices, as it is written in the settings:
 * "gpt-4o-mini=0.15/0.60, gpt-4o=2.50/10, *".
 *
 * Prices are per million tokens in the account's currency, with up to 6 decimals; a token's is kept
 * in billionths of the unit, so from the fourth decimal on they are rounded.
 */
#ifndef TAGMILL_CONFIG_MODELS_H
#define TAGMILL_CONFIG_MODELS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/slice.h"

typedef struct {
    slice_t name; /* in the list; "*": any */
    uint64_t in_nano, out_nano;
} model_price_t;

/* Takes the next model off the front of `list`. False: there is none, or (`status` set to
 * BAD_REQUEST) what stands there is wrong; the detail says what would be right. */
bool models_next(slice_t *list, model_price_t *out, status_t *status, fault_t *fault);

/* Finds `name` in a list that is right: by its name, or, when `any`, by a * after all names. */
bool models_find(slice_t list, slice_t name, bool any, model_price_t *out);

#endif

/* The places that serve models, and which of them serves a model by name.
 *
 * A provider speaks the OpenAI-compatible chat/completions over HTTP. Its settings are
 * providers/NAME/... (config/provider_keys.h); openrouter is there from the start. All of it is
 * read only after config_finish, from any thread.
 */
#ifndef TAGMILL_CONFIG_PROVIDER_H
#define TAGMILL_CONFIG_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "config/config.h"

enum {
    PROVIDER_NAME_MAX = 32, /* bytes: a to z, 0 to 9 and -, a letter first */
    PROVIDER_MODEL_MAX = 200,
    PROVIDER_KEY_MAX = 512,
    PROVIDERS_MAX = 64
};

typedef struct {
    const char *name;     /* "openrouter" */
    const char *base_url; /* "https://openrouter.ai/api/v1", without a slash at its end */
    const char *key;      /* the server's own, from key, key_file or key_env; "": it has none */
    bool needs_key;       /* whether a request without a key is refused there */
    const char *models;   /* as config/models.h reads it: "gpt-4o-mini=0.15/0.60, *" */
    const char *schema;   /* "strict", "object" or "none": how an answer's form can be asked for */
    bool has_system;      /* takes messages of the role system */
    uint32_t timeout_ms;  /* for one request */
} provider_t;

/* A model at its provider. */
typedef struct {
    const provider_t *provider;
    char model[PROVIDER_MODEL_MAX + 1]; /* its name there */
    uint64_t price_in_nano;             /* billionths of the currency unit for a token sent, */
    uint64_t price_out_nano;            /* and for one that comes back; 0: free, or not known */
} model_choice_t;

/* How many providers there are, and each (borrowed; lives as long as the config). */
size_t config_provider_count(const config_t *self);
const provider_t *config_provider(const config_t *self, size_t index);

/* Finds who serves `model_name`, in this order: a provider that lists the name; for
 * "PROVIDER/MODEL" that provider, when it lists MODEL or *; for any other
 * "VENDOR/MODEL" the provider of tagger/default_provider, when it lists it or *. The taggers
 * offline and noop are no models. BAD_REQUEST: nobody does; the detail names what would be right.
 */
status_t config_find_model(const config_t *self, slice_t model_name, model_choice_t *out,
                           fault_t *fault);

/* True when `key` can be sent in a header: 1 to PROVIDER_KEY_MAX bytes of visible ASCII. */
bool provider_key_is_valid(slice_t key);

#endif

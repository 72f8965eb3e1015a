/* The providers of a config while it is filled, for the files of this folder only. */
#ifndef TAGMILL_CONFIG_PROVIDER_SET_H
#define TAGMILL_CONFIG_PROVIDER_SET_H

#include "config/provider.h"
#include "config/provider_keys.h"
#include "config/table.h"

typedef enum {
#define PROVIDER_KEY(symbol, name, type, default_, low, high, choices, help) PROVIDER_##symbol,
    PROVIDER_KEYS(PROVIDER_KEY)
#undef PROVIDER_KEY
        PROVIDER_KEY_COUNT
} provider_key_t;

typedef struct {
    char *name;
    char
        *origin; /* what first named it, "tagmill.cfg:12: "; begins what is said of it as a whole */
    char *texts[PROVIDER_KEY_COUNT]; /* never NULL */
    int64_t numbers[PROVIDER_KEY_COUNT];
    size_t
        file_lines[PROVIDER_KEY_COUNT]; /* where the file that is being read has it; 0: nowhere */
    char *secret;                       /* once finished: its key, "" when it has none */
    provider_t view;                    /* once finished */
} provider_entry_t;

typedef struct {
    provider_entry_t **entries; /* owned, in the order in which they were first named */
    size_t count;
} provider_set_t;

/* One "providers/NAME/SETTING" to be set. */
typedef struct {
    slice_t path;
    const char *value;
    const char *where; /* begins what is said of it: "tagmill.cfg:12: " or "" */
    size_t line;       /* in the file that is being read; 0: it is from none */
} provider_setting_t;

/* Makes the set that there is from the start. */
void provider_set_init(provider_set_t *self);

/* Frees the set; keys are wiped. */
void provider_set_free(provider_set_t *self);

/* True when `path` is "providers" or begins with "providers/". */
bool provider_set_owns(slice_t path);

/* True when `path` is "providers" or "providers/NAME". */
bool provider_set_is_group(slice_t path);

/* Sets one setting. BAD_REQUEST: an unknown one, a bad name or value, or one that this file has
 * already. */
status_t provider_set_put(provider_set_t *self, const provider_setting_t *setting, fault_t *fault);

/* Sets what TAGMILL_PROVIDERS_... says; `name` without TAGMILL_. True when it is of that kind. */
bool provider_set_variable(provider_set_t *self, slice_t name, const char *value, status_t *status,
                           fault_t *fault);

/* A file begins: its lines are not those of the one before. */
void provider_set_new_file(provider_set_t *self);

/* Checks each provider as a whole and finds its key; `environment` (may be NULL) is where key_env
 * is looked up.
 * BAD_REQUEST: a provider without base_url, or a key that cannot be sent or that others can read;
 * NOT_FOUND, IO_ERROR: a key file that cannot be read. */
status_t provider_set_finish(provider_set_t *self, char *const *environment, fault_t *fault);

/* The row of a setting: its path is the setting's name alone. */
const config_row_t *provider_row(provider_key_t key);

#endif

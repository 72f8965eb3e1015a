/* The table of config/keys.h as data: what the files of this folder share, and nobody else needs.
 */
#ifndef TAGMILL_CONFIG_TABLE_H
#define TAGMILL_CONFIG_TABLE_H

#include <stdint.h>

#include "base/slice.h"
#include "config/config.h"

typedef enum {
    CONFIG_TYPE_TEXT,
    CONFIG_TYPE_PATH,
    CONFIG_TYPE_ADDRESS,
    CONFIG_TYPE_ENDPOINT,
    CONFIG_TYPE_LANES,
    CONFIG_TYPE_CHOICE,
    CONFIG_TYPE_NUMBER,
    CONFIG_TYPE_FLAG,
    CONFIG_TYPE_NETWORKS,
    CONFIG_TYPE_URL,
    CONFIG_TYPE_MODELS,
    CONFIG_TYPE_SECRET
} config_type_t;

typedef struct {
    const char *path;
    config_type_t type;
    bool may_be_empty;
    const char *default_;
    int64_t low, high;   /* NUMBER only */
    const char *choices; /* CHOICE only: words split by | */
    const char *help;
} config_row_t;

/* The row of a key. Any thread. */
const config_row_t *config_row(config_key_t key);

/* True and `*out` set when `path` is that of a key. */
bool config_key_find(slice_t path, config_key_t *out);

/* The environment's name for a key, "TAGMILL_HTTP_LISTEN"; `out` must hold CONFIG_NAME_SIZE. */
enum { CONFIG_NAME_SIZE = 96 };
void config_key_variable(config_key_t key, char *out);

#endif

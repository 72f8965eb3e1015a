#include "config/table.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Where nothing is the default, nothing is a right value; and nowhere is a place to publish to, and
 * nobody one to ask. */
#define MAY_BE_EMPTY(key, default_)                                                                \
    (sizeof(default_) == 1 || (key) == CONFIG_PROGRESS_ENDPOINT ||                                 \
     (key) == CONFIG_TAGGER_DEFAULT_PROVIDER)

static const config_row_t s_rows[] = {
#define CONFIG_KEY(symbol, path_, type_, default__, low_, high_, choices_, help_)                  \
    [CONFIG_##symbol] = {.path = (path_),                                                          \
                         .type = CONFIG_TYPE_##type_,                                              \
                         .may_be_empty = MAY_BE_EMPTY(CONFIG_##symbol, default__),                 \
                         .default_ = (default__),                                                  \
                         .low = (low_),                                                            \
                         .high = (high_),                                                          \
                         .choices = (choices_),                                                    \
                         .help = (help_)},
    CONFIG_KEYS(CONFIG_KEY)
#undef CONFIG_KEY
};

const config_row_t *
config_row(config_key_t key)
{
    assert(key < CONFIG_KEY_COUNT);
    return &s_rows[key];
}

const char *
config_key_path(config_key_t key)
{
    return config_row(key)->path;
}

bool
config_key_is_secret(config_key_t key)
{
    return config_row(key)->type == CONFIG_TYPE_SECRET;
}

bool
config_key_find(slice_t path, config_key_t *out)
{
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        if (slice_is(path, s_rows[key].path)) {
            *out = (config_key_t) key;
            return true;
        }
    }
    return false;
}

void
config_key_variable(config_key_t key, char *out)
{
    snprintf(out, CONFIG_NAME_SIZE, "TAGMILL_%s", config_row(key)->path);
    for (char *c = out; *c; c++)
        *c = *c == '/' ? '_' : (char) toupper((unsigned char) *c);
}

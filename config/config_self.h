/* The inside of a config, for the files that fill it and nobody else. */
#ifndef TAGMILL_CONFIG_CONFIG_SELF_H
#define TAGMILL_CONFIG_CONFIG_SELF_H

#include "base/buffer.h"
#include "config/config.h"
#include "config/provider_set.h"
#include "config/table.h"

struct config {
    char *texts[CONFIG_KEY_COUNT];       /* never NULL */
    int64_t numbers[CONFIG_KEY_COUNT];   /* NUMBER, and FLAG as 0 or 1 */
    size_t file_lines[CONFIG_KEY_COUNT]; /* where the file that is being read has it; 0: nowhere */
    provider_set_t providers;
    char *const *environment; /* borrowed, until it is finished; NULL: none */
};

/* Sets one key. `where` begins the detail: a file and its line, a variable, or the key's path.
 * BAD_REQUEST: the value is not right for it. */
status_t config_put(config_t *self, config_key_t key, const char *value, const char *where,
                    fault_t *fault);

/* Returns BAD_REQUEST and says which key was probably meant; `where` as above, or "". */
status_t config_refuse_unknown(const char *where, slice_t path, fault_t *fault);

#endif

/* The settings of a process: defaults, then the file, then the environment, then --set.
 *
 * A config is filled in that order, finished, and from then on only read, from any thread.
 */
#ifndef TAGMILL_CONFIG_CONFIG_H
#define TAGMILL_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"
#include "config/keys.h"

typedef enum {
#define CONFIG_KEY(symbol, path, type, default_, low, high, choices, help) CONFIG_##symbol,
    CONFIG_KEYS(CONFIG_KEY)
#undef CONFIG_KEY
        CONFIG_KEY_COUNT
} config_key_t;

typedef struct config config_t;

/* With bus/lanes=ipc://DIRECTORY a lane's file name may have this many bytes, the slash before it
 * not counted: config_finish sees to it that the kernel's 107 bytes can hold both. */
enum { CONFIG_LANE_NAME_MAX = 23 };

/* Returns owned: a config that holds the defaults. */
config_t *config_new(void);

/* Frees the config and nulls the caller's pointer. Null-safe. */
void config_destroy(config_t **self_p);

/* Reads a ZPL file (RFC 4/ZPL; parsed by czmq's zconfig) over what is there.
 * NOT_FOUND, IO_ERROR: the file cannot be read; BAD_REQUEST: malformed ZPL, an unknown key or a bad
 * value; the detail names file and line and says what would be right. */
status_t config_load_file(config_t *self, const char *path, fault_t *fault);

/* Takes every TAGMILL_* variable of `environment` (a NULL-ended list of NAME=VALUE, as environ).
 * TAGMILL_URL and TAGMILL_TOKEN are the client's and are passed over, TAGMILL_TEST_* the tests'.
 * The list is kept until config_finish, for what providers' key_env names.
 * BAD_REQUEST: an unknown name or a bad value. */
status_t config_load_environment(config_t *self, char *const *environment, fault_t *fault);

/* Takes one "PATH=VALUE". BAD_REQUEST: no "=", an unknown key or a bad value. */
status_t config_set(config_t *self, const char *assignment, fault_t *fault);

/* Puts the value of data_dir for DATA_DIR, fills in what depends on the machine (workers/slots) and
 * checks what one key says against another (http/max_watchers below http/threads, a public key for
 * RS256 and ES256, workers/silence_ms at least twice workers/heartbeat_ms, ipc paths that the
 * kernel's 107 bytes can hold, providers that are whole, a default tagger that there is).
 * BAD_REQUEST: the settings contradict each other; NOT_FOUND, IO_ERROR: a provider's key file
 * cannot be read. */
status_t config_finish(config_t *self, fault_t *fault);

/* The value of a key as text (borrowed; "" when empty), number or flag. The key must be of that
 * type; config_text serves every type. */
const char *config_text(const config_t *self, config_key_t key);
int64_t config_number(const config_t *self, config_key_t key);
bool config_flag(const config_t *self, config_key_t key);

/* The path of a key, "http/listen". */
const char *config_key_path(config_key_t key);

/* True when the key's value is a secret: it belongs on no command line and in no log. */
bool config_key_is_secret(config_key_t key);

/* Calls `take` with every setting of every provider, as path "providers/NAME/SETTING" and value
 * (borrowed for the call); `is_secret`: the value is a key. */
typedef void(config_setting_fn)(void *taker, const char *path, const char *value, bool is_secret);
void config_each_provider_setting(const config_t *self, config_setting_fn *take, void *taker);

/* Writes the example file: every key with its help, its default commented out. */
void config_write_example(FILE *out);

#endif

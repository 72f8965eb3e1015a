#include "config/config_self.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/endpoint.h"
#include "config/nearest.h"
#include "config/value.h"

enum { SOCKET_PATH_MAX = 107 };

static void
s_put(config_t *self, config_key_t key, const char *value)
{
    char *copy = memory_copy_string(value, strlen(value));
    free(self->texts[key]);
    self->texts[key] = copy;
}

config_t *
config_new(void)
{
    config_t *self = memory_new(sizeof *self);
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        const config_row_t *row = config_row((config_key_t) key);
        status_t status = value_check(row, row->default_, &self->numbers[key], NULL);
        assert(status == STATUS_OK);
        (void) status;
        s_put(self, (config_key_t) key, row->default_);
    }
    provider_set_init(&self->providers);
    return self;
}

void
config_destroy(config_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    for (int key = 0; key < CONFIG_KEY_COUNT; key++)
        free((*self_p)->texts[key]);
    provider_set_free(&(*self_p)->providers);
    free(*self_p);
    *self_p = NULL;
}

status_t
config_put(config_t *self, config_key_t key, const char *value, const char *where, fault_t *fault)
{
    fault_t why = {0};
    status_t status = value_check(config_row(key), value, &self->numbers[key], &why);
    if (status != STATUS_OK)
        return fault_set(fault, status, "%s: %s", where, why.detail);
    s_put(self, key, value);
    return STATUS_OK;
}

/* The key whose path is nearest to `path`: as a whole, or with the group left out ("listen" is
 * near http/listen). */
static config_key_t
s_nearest_key(slice_t path, size_t *distance_out)
{
    config_key_t best = (config_key_t) 0;
    *distance_out = SIZE_MAX;
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        const char *whole = config_key_path((config_key_t) key);
        const char *slash = strrchr(whole, '/');
        size_t distance = nearest_distance(path, slice_from(whole));
        size_t last = slash ? nearest_distance(path, slice_from(slash + 1)) + 1 : SIZE_MAX;
        distance = distance < last ? distance : last;
        if (distance < *distance_out) {
            *distance_out = distance;
            best = (config_key_t) key;
        }
    }
    return best;
}

status_t
config_refuse_unknown(const char *where, slice_t path, fault_t *fault)
{
    int shown = path.size < 80 ? (int) path.size : 80;
    size_t distance = 0;
    config_key_t nearest = s_nearest_key(path, &distance);
    return fault_set(
        fault, STATUS_BAD_REQUEST, "%sunknown key \"%.*s\"; %s %s%s", where, shown, path.data,
        nearest_is_close(distance, path.size) ? "did you mean" : "the nearest in spelling is",
        config_key_path(nearest), nearest_is_close(distance, path.size) ? "?" : "");
}

static bool
s_is_others_variable(slice_t name)
{
    static const char tests[] = "TAGMILL_TEST_";
    return slice_is(name, "TAGMILL_URL") || slice_is(name, "TAGMILL_TOKEN") ||
           (name.size >= sizeof tests - 1 && memcmp(name.data, tests, sizeof tests - 1) == 0);
}

static status_t
s_take_variable(config_t *self, slice_t name, const char *value, fault_t *fault)
{
    char best[CONFIG_NAME_SIZE] = "", variable[CONFIG_NAME_SIZE];
    size_t best_distance = SIZE_MAX;
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        config_key_variable((config_key_t) key, variable);
        if (slice_is(name, variable))
            return config_put(self, (config_key_t) key, value, variable, fault);
        size_t distance = nearest_distance(name, slice_from(variable));
        if (distance < best_distance) {
            best_distance = distance;
            memcpy(best, variable, sizeof best);
        }
    }
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "unknown variable %.*s in the environment; the nearest in spelling is %s",
                     name.size < 80 ? (int) name.size : 80, name.data, best);
}

status_t
config_load_environment(config_t *self, char *const *environment, fault_t *fault)
{
    static const char prefix[] = "TAGMILL_";
    self->environment = environment;
    for (; *environment; environment++) {
        const char *equals = strchr(*environment, '=');
        if (!equals || strncmp(*environment, prefix, sizeof prefix - 1) != 0)
            continue;
        slice_t name = {.data = *environment, .size = (size_t) (equals - *environment)};
        if (s_is_others_variable(name))
            continue;
        status_t status = STATUS_OK;
        slice_t rest = {name.data + sizeof prefix - 1, name.size - (sizeof prefix - 1)};
        if (!provider_set_variable(&self->providers, rest, equals + 1, &status, fault))
            status = s_take_variable(self, name, equals + 1, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

status_t
config_set(config_t *self, const char *assignment, fault_t *fault)
{
    const char *equals = strchr(assignment, '=');
    if (!equals)
        return fault_set(fault, STATUS_BAD_REQUEST, "\"%.80s\" is not KEY=VALUE", assignment);
    slice_t path = {.data = assignment, .size = (size_t) (equals - assignment)};
    config_key_t key;
    if (provider_set_owns(path))
        return provider_set_put(
            &self->providers, &(provider_setting_t){.path = path, .value = equals + 1, .where = ""},
            fault);
    if (!config_key_find(path, &key))
        return config_refuse_unknown("", path, fault);
    return config_put(self, key, equals + 1, config_key_path(key), fault);
}

/* The values that may begin with or hold DATA_DIR: paths, endpoints, and texts whose default does.
 */
static bool
s_may_name_data_dir(config_key_t key)
{
    const config_row_t *row = config_row(key);
    return key != CONFIG_DATA_DIR &&
           (row->type == CONFIG_TYPE_PATH || row->type == CONFIG_TYPE_ENDPOINT ||
            row->type == CONFIG_TYPE_LANES || strstr(row->default_, "DATA_DIR"));
}

static void
s_put_data_dir(config_t *self)
{
    const char *data_dir = self->texts[CONFIG_DATA_DIR];
    size_t size = strlen(data_dir);
    while (size > 1 && data_dir[size - 1] == '/')
        size--;
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        const char *name = strstr(self->texts[key], "DATA_DIR");
        if (!name || !s_may_name_data_dir((config_key_t) key))
            continue;
        buffer_t value = {0};
        buffer_append(&value, self->texts[key], (size_t) (name - self->texts[key]));
        buffer_append(&value, data_dir, size);
        buffer_append_text(&value, name + strlen("DATA_DIR"));
        s_put(self, (config_key_t) key, value.data);
        buffer_free(&value);
    }
}

/* The processors that this process may run on: a container's share, not the machine's. */
static int64_t
s_processors(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static void
s_put_slots(config_t *self)
{
    if (self->numbers[CONFIG_WORKERS_SLOTS] > 0)
        return;
    int64_t high = config_row(CONFIG_WORKERS_SLOTS)->high;
    int64_t slots = s_processors() < high ? s_processors() : high;
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long) slots);
    self->numbers[CONFIG_WORKERS_SLOTS] = slots;
    s_put(self, CONFIG_WORKERS_SLOTS, text);
}

static status_t
s_check_socket_path(const config_t *self, config_key_t key, fault_t *fault)
{
    static const char scheme[] = "ipc://";
    const char *value = self->texts[key];
    size_t most = SOCKET_PATH_MAX;
    if (config_row(key)->type == CONFIG_TYPE_LANES)
        most -= CONFIG_LANE_NAME_MAX + 1;
    if (strncmp(value, scheme, sizeof scheme - 1) != 0)
        return STATUS_OK;
    size_t size = strlen(value + sizeof scheme - 1);
    if (size <= most)
        return STATUS_OK;
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "%s: the path of a local socket may have %zu bytes here, and %.120s has %zu; "
                     "choose a shorter data_dir or %s",
                     config_key_path(key), most, value + sizeof scheme - 1, size,
                     config_key_path(key));
}

/* CURVE is what would keep strangers off the bus; until it is there, the bus stays on this host. */
static status_t
s_check_local(const config_t *self, config_key_t key, fault_t *fault)
{
    config_type_t type = config_row(key)->type;
    const char *value = self->texts[key];
    if ((type != CONFIG_TYPE_ENDPOINT && type != CONFIG_TYPE_LANES) || *value == '\0' ||
        endpoint_is_local(value))
        return STATUS_OK;
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "%s is %s: only ipc and tcp on a loopback address (tcp://127.0.0.1:PORT) are "
                     "safe here, and taken",
                     config_key_path(key), value);
}

static status_t
s_check_together(const config_t *self, fault_t *fault)
{
    const int64_t *n = self->numbers;
    if (n[CONFIG_HTTP_MAX_WATCHERS] >= n[CONFIG_HTTP_THREADS])
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "http/max_watchers (%lld) must be less than http/threads (%lld), or "
                         "waiting polls could take every thread",
                         (long long) n[CONFIG_HTTP_MAX_WATCHERS],
                         (long long) n[CONFIG_HTTP_THREADS]);
    if (n[CONFIG_WORKERS_SILENCE_MS] < 2 * n[CONFIG_WORKERS_HEARTBEAT_MS])
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "workers/silence_ms (%lld) must be at least twice workers/heartbeat_ms "
                         "(%lld), or one late heartbeat would count as a death",
                         (long long) n[CONFIG_WORKERS_SILENCE_MS],
                         (long long) n[CONFIG_WORKERS_HEARTBEAT_MS]);
    if (strcmp(self->texts[CONFIG_AUTH_ALGORITHM], "HS256") != 0 &&
        *self->texts[CONFIG_AUTH_PUBLIC_KEY_FILE] == '\0')
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "auth/algorithm %s needs a public key: set auth/public_key_file",
                         self->texts[CONFIG_AUTH_ALGORITHM]);
    return STATUS_OK;
}

/* Names that jobs will be given must lead somewhere. */
static status_t
s_check_taggers(const config_t *self, fault_t *fault)
{
    const char *name = self->texts[CONFIG_TAGGER_DEFAULT_PROVIDER];
    const char *model = self->texts[CONFIG_TAGGER_DEFAULT];
    bool found = *name == '\0';
    for (size_t i = 0; i < self->providers.count; i++)
        found |= strcmp(self->providers.entries[i]->name, name) == 0;
    if (!found)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "tagger/default_provider is %s, and there is no such provider: set "
                         "providers/%s/base_url, or name one that there is",
                         name, name);
    model_choice_t choice;
    fault_t why = {0};
    if (strcmp(model, "offline") == 0 || strcmp(model, "noop") == 0 ||
        config_find_model(self, slice_from(model), &choice, &why) == STATUS_OK)
        return STATUS_OK;
    return fault_set(fault, STATUS_BAD_REQUEST, "tagger/default: %s", why.detail);
}

status_t
config_finish(config_t *self, fault_t *fault)
{
    s_put_data_dir(self);
    s_put_slots(self);
    status_t status = s_check_together(self, fault);
    if (status == STATUS_OK)
        status = provider_set_finish(&self->providers, self->environment, fault);
    self->environment = NULL;
    if (status == STATUS_OK)
        status = s_check_taggers(self, fault);
    for (int key = 0; key < CONFIG_KEY_COUNT && status == STATUS_OK; key++)
        status = s_check_socket_path(self, (config_key_t) key, fault);
    for (int key = 0; key < CONFIG_KEY_COUNT && status == STATUS_OK; key++)
        status = s_check_local(self, (config_key_t) key, fault);
    return status;
}

size_t
config_provider_count(const config_t *self)
{
    return self->providers.count;
}

const provider_t *
config_provider(const config_t *self, size_t index)
{
    assert(index < self->providers.count);
    return &self->providers.entries[index]->view;
}

void
config_each_provider_setting(const config_t *self, config_setting_fn *take, void *taker)
{
    buffer_t path = {0};
    for (size_t i = 0; i < self->providers.count; i++) {
        const provider_entry_t *entry = self->providers.entries[i];
        for (int key = 0; key < PROVIDER_KEY_COUNT; key++) {
            const config_row_t *row = provider_row((provider_key_t) key);
            buffer_clear(&path);
            buffer_printf(&path, "providers/%s/%s", entry->name, row->path);
            take(taker, path.data, entry->texts[key], row->type == CONFIG_TYPE_SECRET);
        }
    }
    buffer_free(&path);
}

const char *
config_text(const config_t *self, config_key_t key)
{
    assert(key < CONFIG_KEY_COUNT);
    return self->texts[key];
}

int64_t
config_number(const config_t *self, config_key_t key)
{
    assert(config_row(key)->type == CONFIG_TYPE_NUMBER);
    return self->numbers[key];
}

bool
config_flag(const config_t *self, config_key_t key)
{
    assert(config_row(key)->type == CONFIG_TYPE_FLAG);
    return self->numbers[key] != 0;
}

#include "config/provider_set.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "config/nearest.h"
#include "config/value.h"

enum { SHOWN_MAX = 80, VARIABLE_SIZE = 128, KEY_FILE_MAX = 4096 };

static const char s_group[] = "providers";
static const char s_prefix[] = "PROVIDERS_";

static const config_row_t s_rows[] = {
#define PROVIDER_KEY(symbol, name_, type_, default__, low_, high_, choices_, help_)                \
    [PROVIDER_##symbol] = {.path = (name_),                                                        \
                           .type = CONFIG_TYPE_##type_,                                            \
                           .may_be_empty = sizeof(default__) == 1,                                 \
                           .default_ = (default__),                                                \
                           .low = (low_),                                                          \
                           .high = (high_),                                                        \
                           .choices = (choices_),                                                  \
                           .help = (help_)},
    PROVIDER_KEYS(PROVIDER_KEY)
#undef PROVIDER_KEY
};

const config_row_t *
provider_row(provider_key_t key)
{
    assert(key < PROVIDER_KEY_COUNT);
    return &s_rows[key];
}

/* ---- entries ---- */

/* A key leaves no trace in memory that is given back. */
static void
s_wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void
s_set_text(char **place, const char *value)
{
    char *copy = memory_copy_string(value, strlen(value));
    s_wipe(*place);
    *place = copy;
}

static provider_entry_t *
s_add(provider_set_t *self, slice_t name, const char *origin)
{
    provider_entry_t *entry = memory_new(sizeof *entry);
    entry->name = slice_copy(name);
    entry->origin = memory_copy_string(origin, strlen(origin));
    for (int key = 0; key < PROVIDER_KEY_COUNT; key++) {
        value_check(&s_rows[key], s_rows[key].default_, &entry->numbers[key], NULL);
        s_set_text(&entry->texts[key], s_rows[key].default_);
    }
    self->entries = memory_resize(self->entries, (self->count + 1) * sizeof *self->entries);
    self->entries[self->count++] = entry;
    return entry;
}

static provider_entry_t *
s_find(const provider_set_t *self, slice_t name)
{
    for (size_t i = 0; i < self->count; i++)
        if (slice_is(name, self->entries[i]->name))
            return self->entries[i];
    return NULL;
}

void
provider_set_init(provider_set_t *self)
{
    *self = (provider_set_t){0};
    provider_entry_t *entry = s_add(self, SLICE("openrouter"), "");
    s_set_text(&entry->texts[PROVIDER_BASE_URL], "https://openrouter.ai/api/v1");
    s_set_text(&entry->texts[PROVIDER_KEY_ENV], "OPENROUTER_API_KEY");
}

void
provider_set_free(provider_set_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        provider_entry_t *entry = self->entries[i];
        for (int key = 0; key < PROVIDER_KEY_COUNT; key++)
            s_wipe(entry->texts[key]);
        s_wipe(entry->secret);
        free(entry->name);
        free(entry->origin);
        free(entry);
    }
    free(self->entries);
    *self = (provider_set_t){0};
}

/* ---- one setting ---- */

bool
provider_set_owns(slice_t path)
{
    size_t size = sizeof s_group - 1;
    return path.size >= size && memcmp(path.data, s_group, size) == 0 &&
           (path.size == size || path.data[size] == '/');
}

/* Splits "providers/NAME/SETTING"; what is missing is empty. */
static void
s_split(slice_t path, slice_t *name, slice_t *setting)
{
    *name = *setting = (slice_t){0};
    if (path.size <= sizeof s_group)
        return;
    *name = (slice_t){path.data + sizeof s_group, path.size - sizeof s_group};
    const char *slash = memchr(name->data, '/', name->size);
    if (slash == NULL)
        return;
    size_t size = (size_t) (slash - name->data);
    *setting = (slice_t){slash + 1, name->size - size - 1};
    name->size = size;
}

bool
provider_set_is_group(slice_t path)
{
    slice_t name, setting;
    s_split(path, &name, &setting);
    return provider_set_owns(path) && setting.data == NULL;
}

static bool
s_is_name(slice_t name)
{
    if (name.size == 0 || name.size > PROVIDER_NAME_MAX || !islower((unsigned char) name.data[0]))
        return false;
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char) name.data[i];
        if (!islower(c) && !isdigit(c) && c != '-')
            return false;
    }
    return true;
}

static int
s_shown(slice_t text)
{
    return text.size < SHOWN_MAX ? (int) text.size : SHOWN_MAX;
}

static status_t
s_refuse_setting(const provider_setting_t *setting, slice_t name, slice_t word, fault_t *fault)
{
    const char *best = s_rows[0].path;
    size_t best_distance = SIZE_MAX;
    for (int key = 0; key < PROVIDER_KEY_COUNT; key++) {
        size_t distance = nearest_distance(word, slice_from(s_rows[key].path));
        if (distance < best_distance) {
            best_distance = distance;
            best = s_rows[key].path;
        }
    }
    return fault_set(
        fault, STATUS_BAD_REQUEST, "%sa provider has no setting \"%.*s\"; %s providers/%.*s/%s%s",
        setting->where, s_shown(word), word.data ? word.data : "",
        nearest_is_close(best_distance, word.size) ? "did you mean" : "the nearest in spelling is",
        s_shown(name), name.data, best, nearest_is_close(best_distance, word.size) ? "?" : "");
}

static status_t
s_put(provider_entry_t *entry, provider_key_t key, const provider_setting_t *setting,
      fault_t *fault)
{
    fault_t why = {0};
    if (setting->line && entry->file_lines[key])
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "%sproviders/%s/%s is set a second time; the first is line %zu",
                         setting->where, entry->name, s_rows[key].path, entry->file_lines[key]);
    status_t status = value_check(&s_rows[key], setting->value, &entry->numbers[key], &why);
    if (status != STATUS_OK)
        return fault_set(fault, status, "%sproviders/%s/%s: %s", setting->where, entry->name,
                         s_rows[key].path, why.detail);
    entry->file_lines[key] = setting->line;
    s_set_text(&entry->texts[key], setting->value);
    return STATUS_OK;
}

status_t
provider_set_put(provider_set_t *self, const provider_setting_t *setting, fault_t *fault)
{
    slice_t name, word;
    s_split(setting->path, &name, &word);
    if (!s_is_name(name))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "%s\"%.*s\" cannot name a provider: right are up to %d of a to z, 0 to 9 "
                         "and -, a letter first",
                         setting->where, s_shown(name), name.data ? name.data : "",
                         PROVIDER_NAME_MAX);
    for (int key = 0; key < PROVIDER_KEY_COUNT; key++) {
        if (!slice_is(word, s_rows[key].path))
            continue;
        provider_entry_t *entry = s_find(self, name);
        if (entry == NULL && self->count == PROVIDERS_MAX)
            return fault_set(fault, STATUS_BAD_REQUEST, "%smore than %d providers", setting->where,
                             PROVIDERS_MAX);
        if (entry == NULL)
            entry = s_add(self, name, setting->where);
        return s_put(entry, (provider_key_t) key, setting, fault);
    }
    return s_refuse_setting(setting, name, word, fault);
}

/* The setting whose name in capitals ends `rest`, the longest of them: KEY_FILE before FILE. */
static const char *
s_ending(slice_t rest)
{
    const char *best = NULL;
    for (int key = 0; key < PROVIDER_KEY_COUNT; key++) {
        const char *word = s_rows[key].path;
        size_t size = strlen(word);
        if (rest.size <= size + 1 || rest.data[rest.size - size - 1] != '_')
            continue;
        bool same = true;
        for (size_t i = 0; i < size; i++)
            same &= toupper((unsigned char) word[i]) == rest.data[rest.size - size + i];
        if (same && (best == NULL || size > strlen(best)))
            best = word;
    }
    return best;
}

bool
provider_set_variable(provider_set_t *self, slice_t name, const char *value, status_t *status,
                      fault_t *fault)
{
    size_t skip = sizeof s_prefix - 1;
    if (name.size <= skip || name.size >= VARIABLE_SIZE || memcmp(name.data, s_prefix, skip) != 0)
        return false;
    slice_t rest = {name.data + skip, name.size - skip};
    char where[VARIABLE_SIZE + 16];
    snprintf(where, sizeof where, "TAGMILL_%.*s: ", SLICE_ARG(name));
    const char *setting = s_ending(rest);
    if (setting == NULL) {
        *status = fault_set(fault, STATUS_BAD_REQUEST,
                            "%sright is TAGMILL_PROVIDERS_NAME_SETTING, as in "
                            "TAGMILL_PROVIDERS_OPENROUTER_KEY",
                            where);
        return true;
    }
    buffer_t path = {0};
    buffer_printf(&path, "%s/", s_group);
    for (size_t i = 0; i < rest.size - strlen(setting) - 1; i++)
        buffer_append_byte(
            &path, rest.data[i] == '_' ? '-' : (char) tolower((unsigned char) rest.data[i]));
    buffer_printf(&path, "/%s", setting);
    *status = provider_set_put(
        self, &(provider_setting_t){.path = buffer_slice(&path), .value = value, .where = where},
        fault);
    buffer_free(&path);
    return true;
}

void
provider_set_new_file(provider_set_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        memset(self->entries[i]->file_lines, 0, sizeof self->entries[i]->file_lines);
}

/* ---- the whole ---- */

static status_t
s_read_key_file(provider_entry_t *entry, fault_t *fault)
{
    const char *path = entry->texts[PROVIDER_KEY_FILE];
    struct stat about;
    buffer_t text = {0};
    status_t status = file_read(path, KEY_FILE_MAX, &text, fault);
    if (status == STATUS_TOO_LARGE)
        status = STATUS_BAD_REQUEST;
    if (status == STATUS_OK && stat(path, &about) == 0 && (about.st_mode & 077))
        status = fault_set(fault, STATUS_BAD_REQUEST,
                           "%sproviders/%s/key_file: others can read %s; chmod 600 it",
                           entry->origin, entry->name, path);
    if (status == STATUS_OK) {
        slice_t key = slice_trim(buffer_slice(&text));
        s_wipe(entry->secret);
        entry->secret = slice_copy(key);
    }
    if (text.size)
        explicit_bzero(text.data, text.size);
    buffer_free(&text);
    return status;
}

static const char *
s_look_up(char *const *environment, const char *name)
{
    size_t size = strlen(name);
    for (; environment && *environment; environment++)
        if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=')
            return *environment + size + 1;
    return "";
}

/* The key at hand goes before a file, and that before the variable, which openrouter has from the
 * start: so one line is enough. */
static status_t
s_find_key(provider_entry_t *entry, char *const *environment, fault_t *fault)
{
    const char *key = entry->texts[PROVIDER_KEY];
    const char *variable = entry->texts[PROVIDER_KEY_ENV];
    if (*key == '\0' && *entry->texts[PROVIDER_KEY_FILE])
        return s_read_key_file(entry, fault);
    if (*key == '\0' && *variable)
        key = s_look_up(environment, variable);
    s_set_text(&entry->secret, key);
    return STATUS_OK;
}

static status_t
s_finish(provider_entry_t *entry, char *const *environment, fault_t *fault)
{
    char *url = entry->texts[PROVIDER_BASE_URL];
    if (*url == '\0')
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "%sprovider %s has no address: set providers/%s/base_url", entry->origin,
                         entry->name, entry->name);
    for (size_t size = strlen(url); size && url[size - 1] == '/'; size--)
        url[size - 1] = '\0';
    status_t status = s_find_key(entry, environment, fault);
    if (status != STATUS_OK)
        return status;
    if (*entry->secret && !provider_key_is_valid(slice_from(entry->secret)))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "%sprovider %s: its key is not 1 to %d visible ASCII characters",
                         entry->origin, entry->name, PROVIDER_KEY_MAX);
    entry->view = (provider_t){
        .name = entry->name,
        .base_url = url,
        .key = entry->secret,
        .needs_key = entry->numbers[PROVIDER_NEEDS_KEY] != 0,
        .models = entry->texts[PROVIDER_MODELS],
        .schema = entry->texts[PROVIDER_SCHEMA],
        .has_system = entry->numbers[PROVIDER_HAS_SYSTEM] != 0,
        .timeout_ms = (uint32_t) entry->numbers[PROVIDER_TIMEOUT_MS],
    };
    return STATUS_OK;
}

status_t
provider_set_finish(provider_set_t *self, char *const *environment, fault_t *fault)
{
    status_t status = STATUS_OK;
    for (size_t i = 0; i < self->count && status == STATUS_OK; i++)
        status = s_finish(self->entries[i], environment, fault);
    return status;
}

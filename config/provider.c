#include "config/provider.h"

#include <stdio.h>
#include <string.h>

#include "config/models.h"

enum { SHOWN_MAX = 60, NAMES_SIZE = 160 };

static bool
s_choose(const provider_t *provider, slice_t name, bool any, model_choice_t *out)
{
    model_price_t price;
    if (name.size > PROVIDER_MODEL_MAX ||
        !models_find(slice_from(provider->models), name, any, &price))
        return false;
    *out = (model_choice_t){
        .provider = provider, .price_in_nano = price.in_nano, .price_out_nano = price.out_nano};
    memcpy(out->model, name.data, name.size);
    return true;
}

/* The parts of "FIRST/REST"; false: it is not of that form. */
static bool
s_split(slice_t name, slice_t *first, slice_t *rest)
{
    const char *slash = name.size ? memchr(name.data, '/', name.size) : NULL;
    size_t size = slash ? (size_t) (slash - name.data) : 0;
    if (size == 0 || size + 1 == name.size)
        return false;
    *first = (slice_t){name.data, size};
    *rest = (slice_t){slash + 1, name.size - size - 1};
    return true;
}

static const provider_t *
s_provider(const config_t *self, slice_t name)
{
    for (size_t i = 0; i < config_provider_count(self); i++)
        if (slice_is(name, config_provider(self, i)->name))
            return config_provider(self, i);
    return NULL;
}

/* As many of the names as fit. */
static void
s_write_names(const config_t *self, char *out)
{
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < config_provider_count(self); i++) {
        const char *name = config_provider(self, i)->name;
        if (size + strlen(name) + 6 > NAMES_SIZE) {
            snprintf(out + size, NAMES_SIZE - size, ", ...");
            return;
        }
        size += (size_t) snprintf(out + size, NAMES_SIZE - size, "%s%s", i ? ", " : "", name);
    }
}

static status_t
s_refuse(const config_t *self, slice_t name, fault_t *fault)
{
    char names[NAMES_SIZE];
    s_write_names(self, names);
    const char *other = config_text(self, CONFIG_TAGGER_DEFAULT_PROVIDER);
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "nobody serves the model \"%.*s\"; right are offline, a model that a provider "
                     "lists, or PROVIDER/MODEL with a provider of: %s%s%s",
                     name.size < SHOWN_MAX ? (int) name.size : SHOWN_MAX,
                     name.size ? name.data : "", names,
                     *other ? "; any other VENDOR/MODEL goes to " : "", other);
}

status_t
config_find_model(const config_t *self, slice_t model_name, model_choice_t *out, fault_t *fault)
{
    for (size_t i = 0; i < config_provider_count(self); i++)
        if (s_choose(config_provider(self, i), model_name, false, out))
            return STATUS_OK;
    slice_t first, rest;
    if (s_split(model_name, &first, &rest)) {
        const provider_t *named = s_provider(self, first);
        if (named && s_choose(named, rest, true, out))
            return STATUS_OK;
        const provider_t *other =
            s_provider(self, slice_from(config_text(self, CONFIG_TAGGER_DEFAULT_PROVIDER)));
        if (named == NULL && other && s_choose(other, model_name, true, out))
            return STATUS_OK;
    }
    return s_refuse(self, model_name, fault);
}

bool
provider_key_is_valid(slice_t key)
{
    if (key.size == 0 || key.size > PROVIDER_KEY_MAX)
        return false;
    for (size_t i = 0; i < key.size; i++)
        if (key.data[i] <= ' ' || key.data[i] > '~')
            return false;
    return true;
}

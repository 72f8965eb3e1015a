#include "actors/journal_keys.h"

#include <stdio.h>

#include "base/log.h"
#include "config/provider.h"

status_t
journal_keys_open(journal_keys_t *self, const config_t *config, fault_t *fault)
{
    *self = (journal_keys_t){.config = config};
    return seal_open(&self->seal, config_text(config, CONFIG_STORE_SEAL_FILE), fault);
}

void
journal_keys_close(journal_keys_t *self)
{
    seal_close(&self->seal);
    buffer_wipe(&self->key);
    buffer_free(&self->key);
}

status_t
journal_keys_keep(journal_keys_t *self, store_t *store, uint64_t job_no, slice_t api_key,
                  fault_t *fault)
{
    if (api_key.size == 0)
        return STATUS_OK;
    buffer_t sealed = {0};
    seal_text(self->seal, api_key, &sealed);
    status_t status = store_keep_secret(store, job_no, buffer_slice(&sealed), fault);
    buffer_free(&sealed);
    return status;
}

slice_t
journal_keys_read(journal_keys_t *self, store_t *store, uint64_t job_no)
{
    buffer_t sealed = {0};
    fault_t fault = {0};
    buffer_wipe(&self->key);
    if (store_read_secret(store, job_no, &sealed, &fault) != STATUS_OK)
        log_error("journal", "a job's key cannot be read", LOG_N("job", job_no),
                  LOG_S("error", fault.detail));
    else if (sealed.size && seal_break(self->seal, buffer_slice(&sealed), &self->key) != STATUS_OK)
        log_error("journal", "a job's key was sealed otherwise; it goes on without",
                  LOG_N("job", job_no));
    buffer_free(&sealed);
    return buffer_slice(&self->key);
}

static bool
s_is_tagger(slice_t model_name)
{
    return slice_is(model_name, "offline") || slice_is(model_name, "noop");
}

slice_t
journal_keys_limit(journal_keys_t *self, slice_t model_name, slice_t api_key)
{
    model_choice_t choice;
    char name[SEAL_NAME_SIZE];
    if (s_is_tagger(model_name))
        return (slice_t){0};
    /* A model that no provider has any more: its documents fail, each on its own. */
    if (config_find_model(self->config, model_name, &choice, NULL) != STATUS_OK)
        return (slice_t){0};
    seal_name(self->seal, api_key.size ? api_key : slice_from(choice.provider->key), name);
    int size =
        snprintf(self->limit_name, sizeof self->limit_name, "%s:%s", choice.provider->name, name);
    return (slice_t){self->limit_name, (size_t) size};
}

bool
journal_keys_are_needed(const journal_keys_t *self, slice_t model_name)
{
    model_choice_t choice;
    return !s_is_tagger(model_name) &&
           config_find_model(self->config, model_name, &choice, NULL) == STATUS_OK &&
           choice.provider->needs_key && *choice.provider->key == '\0';
}

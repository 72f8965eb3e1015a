#include "documents/tagging.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/provider.h"
#include "documents/model.h"

static const char OFFLINE[] = "offline";

struct tagging {
    const config_t *config;
    tagger_t *tagger;
    model_prompts_t prompts;
    fault_t prompts_fault; /* status other than OK: why there are no prompts */
    model_t *model;        /* NULL until a document needs it */
};

tagging_t *
tagging_new(const config_t *config)
{
    tagging_t *self = memory_new(sizeof *self);
    self->config = config;
    self->tagger = tagger_new();
    model_prompts_load(&self->prompts, config_text(config, CONFIG_TAGGER_PROMPTS),
                       &self->prompts_fault);
    return self;
}

void
tagging_destroy(tagging_t **self_p)
{
    tagging_t *self = *self_p;
    if (self == NULL)
        return;
    model_destroy(&self->model);
    model_prompts_free(&self->prompts);
    tagger_destroy(&self->tagger);
    free(self);
    *self_p = NULL;
}

static void
s_write_tags(const tag_list_t *list, outcome_t *outcome)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(list->items[i]));
    char *text = cJSON_PrintUnformatted(array);
    buffer_append_text(&outcome->tags, text ? text : "[]");
    buffer_append_text(&outcome->language, list->language);
    cJSON_free(text);
    cJSON_Delete(array);
}

static void
s_tag_offline(tagging_t *self, const tag_request_t *request, outcome_t *outcome)
{
    tag_list_t list = {0};
    tagger_run(self->tagger, request, &list);
    s_write_tags(&list, outcome);
    tag_list_free(&list);
    buffer_clear(&outcome->model_name);
    buffer_append_text(&outcome->model_name, OFFLINE);
}

/* ---- by a model ---- */

/* Puts the model's candidates under the rules of every tag. */
static error_type_t
s_sift(tagging_t *self, const tag_request_t *request, const model_tags_t *tags, outcome_t *outcome,
       failure_t *failure)
{
    slice_t candidates[MODEL_TAGS_MAX];
    for (size_t i = 0; i < tags->count; i++)
        candidates[i] = slice_from(tags->items[i]);
    tag_list_t list = {0};
    tagger_sift(self->tagger, request, candidates, tags->count, &list);
    if (list.count > 0)
        s_write_tags(&list, outcome);
    else
        failure_set(failure, ERROR_MODEL_ERROR,
                    "none of the %zu tags that the model gave may be returned", tags->count);
    tag_list_free(&list);
    return failure->type;
}

/* Finds who serves the model that `brief` names. What is wrong with that is wrong for every
 * document. */
static error_type_t
s_choose(tagging_t *self, const brief_t *brief, model_choice_t *choice, failure_t *failure)
{
    fault_t fault;
    if (config_find_model(self->config, brief->model_name, choice, &fault) != STATUS_OK)
        return failure_set(failure, ERROR_MODEL_ERROR, "%s", fault.detail);
    if (self->prompts_fault.status != STATUS_OK)
        return failure_set(failure, ERROR_MODEL_ERROR, "%s", self->prompts_fault.detail);
    if (self->model == NULL)
        self->model = model_new(&self->prompts);
    return ERROR_NONE;
}

/* Returns as tagging_run, without falling back; `*may_fall_back` becomes false where the failure
 * has to stay. */
static error_type_t
s_tag_by_model(tagging_t *self, const brief_t *brief, const tag_request_t *tags,
               int64_t deadline_ms, const atomic_bool *cancel, outcome_t *outcome,
               failure_t *failure, bool *may_fall_back)
{
    model_choice_t choice;
    if (s_choose(self, brief, &choice, failure) != ERROR_NONE) {
        outcome->is_hopeless = true;
        return failure->type;
    }
    model_request_t request = {.choice = &choice, .api_key = brief->api_key, .tags = tags};
    model_answer_t answer = {0};
    error_type_t type = model_tag(self->model, &request, deadline_ms, cancel, &answer, failure);
    outcome->tokens_in = answer.tokens_in;
    outcome->tokens_out = answer.tokens_out;
    outcome->cost_nano = answer.cost_nano;
    outcome->is_hopeless = answer.is_hopeless;
    if (answer.is_key_refused || type == ERROR_RATE_LIMIT || atomic_load(cancel))
        *may_fall_back = false;
    if (type == ERROR_NONE)
        type = s_sift(self, tags, &answer.tags, outcome, failure);
    model_answer_free(&answer);
    return type;
}

error_type_t
tagging_run(tagging_t *self, const brief_t *brief, const tag_request_t *request,
            int64_t deadline_ms, const atomic_bool *cancel, outcome_t *outcome, failure_t *failure)
{
    *failure = (failure_t){0};
    if (slice_is(brief->model_name, OFFLINE)) {
        s_tag_offline(self, request, outcome);
        return ERROR_NONE;
    }
    bool may_fall_back = brief->may_fall_back;
    error_type_t type =
        s_tag_by_model(self, brief, request, deadline_ms, cancel, outcome, failure, &may_fall_back);
    if (type == ERROR_NONE || !may_fall_back)
        return type;
    outcome->is_hopeless = false;
    s_tag_offline(self, request, outcome);
    return ERROR_NONE;
}

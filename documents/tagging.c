#include "documents/tagging.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/provider.h"
#include "documents/model/model.h"

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

/* True when the document gets offline tags rather than this failure. */
static bool
s_falls_back(const tagging_request_t *request, const model_answer_t *answer, error_type_t type)
{
    if (!request->brief->may_fall_back || answer->is_key_refused || type == ERROR_RATE_LIMIT ||
        atomic_load(request->cancel))
        return false;
    return request->is_last_attempt || !answer->may_recover;
}

/* Returns as tagging_run, without falling back. */
static error_type_t
s_tag_by_model(tagging_t *self, const tagging_request_t *request, outcome_t *outcome,
               model_answer_t *answer, failure_t *failure)
{
    model_choice_t choice;
    answer->is_hopeless = s_choose(self, request->brief, &choice, failure) != ERROR_NONE;
    if (answer->is_hopeless)
        return failure->type;
    model_request_t ask = {
        .choice = &choice, .api_key = request->brief->api_key, .tags = request->tags};
    error_type_t type =
        model_tag(self->model, &ask, request->deadline_ms, request->cancel, answer, failure);
    outcome->tokens_in = answer->tokens_in;
    outcome->tokens_out = answer->tokens_out;
    outcome->cost_nano = answer->cost_nano;
    return type == ERROR_NONE ? s_sift(self, request->tags, &answer->tags, outcome, failure) : type;
}

error_type_t
tagging_run(tagging_t *self, const tagging_request_t *request, outcome_t *outcome,
            failure_t *failure)
{
    *failure = (failure_t){0};
    if (slice_is(request->brief->model_name, OFFLINE)) {
        s_tag_offline(self, request->tags, outcome);
        return ERROR_NONE;
    }
    model_answer_t answer = {0};
    error_type_t type = s_tag_by_model(self, request, outcome, &answer, failure);
    if (type != ERROR_NONE && s_falls_back(request, &answer, type)) {
        s_tag_offline(self, request->tags, outcome);
        type = ERROR_NONE;
    }
    outcome->is_hopeless = type != ERROR_NONE && answer.is_hopeless;
    model_answer_free(&answer);
    return type;
}

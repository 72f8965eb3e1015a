#include "documents/model/model_request.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <string.h>

#include "documents/model/model_text.h"

enum {
    BAD_ANSWER_MAX = 2000, /* code points of an answer that are shown again */
    ANSWER_TOKENS = 1024,  /* room for an answer, */
    WORDY_TOKENS = 4096    /* and for one after some thinking */
};

static const char SCHEMA[] =
    "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"tags\",\"strict\":true,\"schema\":{"
    "\"type\":\"object\",\"properties\":{\"tags\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"string\"}}},\"required\":[\"tags\"],\"additionalProperties\":false}}}";

unsigned
model_request_quirks(const model_choice_t *choice)
{
    unsigned quirks = 0;
    if (!choice->provider->has_system)
        quirks |= MODEL_QUIRK_NO_SYSTEM;
    if (strcmp(choice->provider->schema, "none") == 0)
        quirks |= MODEL_QUIRK_NO_FORMAT;
    return quirks;
}

static void
s_add_message(cJSON *messages, const char *role, const char *content)
{
    cJSON *message = cJSON_CreateObject();
    cJSON_AddStringToObject(message, "role", role);
    cJSON_AddStringToObject(message, "content", content);
    cJSON_AddItemToArray(messages, message);
}

static void
s_add_repair(const model_ask_t *ask, cJSON *messages)
{
    buffer_t text = {0};
    model_text_cut(slice_from(ask->bad_answer), BAD_ANSWER_MAX, &text);
    s_add_message(messages, "assistant", text.data ? text.data : "");
    buffer_clear(&text);
    model_prompt_render(ask->prompts->repair, ask->values, &text);
    s_add_message(messages, "user", text.data ? text.data : "");
    buffer_free(&text);
}

static void
s_add_messages(const model_ask_t *ask, cJSON *messages)
{
    buffer_t text = {0};
    model_prompt_render(ask->prompts->system, ask->values, &text);
    if (ask->quirks & MODEL_QUIRK_NO_SYSTEM)
        buffer_append_text(&text, "\n\n");
    else {
        s_add_message(messages, "system", text.data ? text.data : "");
        buffer_clear(&text);
    }
    model_prompt_render(ask->prompts->user, ask->values, &text);
    s_add_message(messages, "user", text.data ? text.data : "");
    buffer_free(&text);
    if (ask->bad_answer)
        s_add_repair(ask, messages);
}

static void
s_add_format(const model_ask_t *ask, cJSON *root)
{
    if (ask->quirks & MODEL_QUIRK_NO_FORMAT)
        return;
    bool is_strict = strcmp(ask->choice->provider->schema, "strict") == 0;
    cJSON_AddRawToObject(root, "response_format",
                         is_strict ? SCHEMA : "{\"type\":\"json_object\"}");
}

void
model_request_write(const model_ask_t *ask, buffer_t *out)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "model", ask->choice->model);
    s_add_messages(ask, cJSON_AddArrayToObject(root, "messages"));
    if (!(ask->quirks & MODEL_QUIRK_NO_TEMPERATURE))
        cJSON_AddNumberToObject(root, "temperature", 0);
    bool is_new = ask->quirks & MODEL_QUIRK_NEW_LIMIT;
    cJSON_AddNumberToObject(root, is_new ? "max_completion_tokens" : "max_tokens",
                            ask->quirks & MODEL_QUIRK_WORDY ? WORDY_TOKENS : ANSWER_TOKENS);
    s_add_format(ask, root);
    char *text = cJSON_PrintUnformatted(root);
    buffer_clear(out);
    buffer_append_text(out, text ? text : "");
    cJSON_free(text);
    cJSON_Delete(root);
}

unsigned
model_request_explain(const complaint_t *complaint, unsigned quirks)
{
    static const struct {
        const char *word;
        unsigned quirk;
    } words[] = {
        {"max_tokens", MODEL_QUIRK_NEW_LIMIT},      {"temperature", MODEL_QUIRK_NO_TEMPERATURE},
        {"response_format", MODEL_QUIRK_NO_FORMAT}, {"json_schema", MODEL_QUIRK_NO_FORMAT},
        {"json_object", MODEL_QUIRK_NO_FORMAT},     {"structured output", MODEL_QUIRK_NO_FORMAT},
        {"json mode", MODEL_QUIRK_NO_FORMAT},       {"system", MODEL_QUIRK_NO_SYSTEM},
        {"developer", MODEL_QUIRK_NO_SYSTEM},       {"roles must alternate", MODEL_QUIRK_NO_SYSTEM},
    };
    if (complaint->kind != COMPLAINT_REQUEST)
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!(quirks & words[i].quirk) && complaint_mentions(complaint, words[i].word))
            return words[i].quirk;
    return quirks & MODEL_QUIRK_NO_FORMAT ? 0 : MODEL_QUIRK_NO_FORMAT;
}

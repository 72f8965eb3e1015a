#include "documents/model/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/model/model_http.h"
#include "documents/model/model_reply.h"
#include "documents/model/model_request.h"
#include "documents/model/model_text.h"

enum {
    MEMORIES_MAX = 16,     /* models that are remembered; the oldest one goes */
    TEXT_LEAST = 1000,     /* code points: a model that finds this too long is not asked again */
    EXCLUSIONS_ASKED = 10, /* tags asked for beyond those wanted for exclusions' sake, at most */
    NUMBER_SIZE = 16
};

/* What was learnt of a model. */
typedef struct {
    const provider_t *provider; /* NULL: nothing */
    char model[PROVIDER_MODEL_MAX + 1];
    unsigned quirks;
} memory_t;

struct model {
    model_http_t *http;
    const model_prompts_t *prompts;
    memory_t memories[MEMORIES_MAX];
    size_t next_memory;
    buffer_t body; /* of the request */
    model_response_t response;
};

/* What is said to a model about one document, from request to request. */
typedef struct {
    const model_request_t *request;
    slice_t key;
    int64_t deadline_ms;
    const atomic_bool *cancel;
    unsigned quirks;
    size_t text_limit;
    char *bad_answer; /* owned */
    bool was_mended;
    model_answer_t *answer;
    failure_t *failure;
} talk_t;

typedef enum { TALK_GOES_ON, TALK_SUCCEEDED, TALK_FAILED } talk_state_t;

model_t *
model_new(const model_prompts_t *prompts)
{
    model_t *self = memory_new(sizeof *self);
    self->http = model_http_new();
    self->prompts = prompts;
    return self;
}

void
model_destroy(model_t **self_p)
{
    model_t *self = *self_p;
    if (self == NULL)
        return;
    model_http_destroy(&self->http);
    buffer_free(&self->body);
    buffer_free(&self->response.body);
    free(self);
    *self_p = NULL;
}

void
model_answer_free(model_answer_t *self)
{
    model_tags_free(&self->tags);
    *self = (model_answer_t){0};
}

/* ---- what is remembered ---- */

static memory_t *
s_find_memory(model_t *self, const model_choice_t *choice)
{
    for (size_t i = 0; i < MEMORIES_MAX; i++)
        if (self->memories[i].provider == choice->provider &&
            strcmp(self->memories[i].model, choice->model) == 0)
            return &self->memories[i];
    return NULL;
}

static void
s_remember(model_t *self, const model_choice_t *choice, unsigned quirks)
{
    memory_t *memory = s_find_memory(self, choice);
    if (memory == NULL) {
        memory = &self->memories[self->next_memory];
        self->next_memory = (self->next_memory + 1) % MEMORIES_MAX;
        memory->provider = choice->provider;
        memcpy(memory->model, choice->model, sizeof memory->model);
    }
    memory->quirks = quirks;
}

/* ---- what is sent ---- */

/* Exclusions stand one a line; the model is told of whole ones only. */
static void
s_join_exclusions(slice_t lines, buffer_t *out, uint32_t *count)
{
    *count = 0;
    while (lines.size > 0) {
        const char *end = memchr(lines.data, '\n', lines.size);
        size_t size = end ? (size_t) (end - lines.data) : lines.size;
        slice_t line = slice_trim((slice_t){lines.data, size});
        *count += line.size > 0;
        if (line.size > 0 && out->size + line.size + 2 <= MODEL_EXCLUSIONS_MAX) {
            buffer_append_text(out, out->size ? "; " : "");
            buffer_append_slice(out, line);
        }
        size += end != NULL;
        lines = (slice_t){lines.data + size, lines.size - size};
    }
}

/* More than are wanted, so that what is excluded or said twice does not leave too few. */
static uint32_t
s_tags_asked(uint32_t wanted, uint32_t exclusions)
{
    return wanted + wanted / 2 + (exclusions < EXCLUSIONS_ASKED ? exclusions : EXCLUSIONS_ASKED);
}

static void
s_write_request(model_t *self, const talk_t *talk)
{
    const tag_request_t *tags = talk->request->tags;
    buffer_t text = {0}, title = {0}, description = {0}, exclusions = {0}, number = {0};
    uint32_t exclusion_count;
    model_text_cut(tags->text, talk->text_limit, &text);
    model_text_cut(tags->title, MODEL_TITLE_MAX, &title);
    model_text_cut(tags->description, MODEL_DESCRIPTION_MAX, &description);
    s_join_exclusions(tags->exclusions, &exclusions, &exclusion_count);
    buffer_printf(&number, "%u", s_tags_asked(tags->tag_limit, exclusion_count));
    model_values_t values = {.items = {
                                 [MODEL_PLACE_NUM_TAGS] = buffer_slice(&number),
                                 [MODEL_PLACE_TITLE] = buffer_slice(&title),
                                 [MODEL_PLACE_DESCRIPTION] = buffer_slice(&description),
                                 [MODEL_PLACE_LANGUAGE] = tags->language,
                                 [MODEL_PLACE_EXCLUSIONS] = buffer_slice(&exclusions),
                                 [MODEL_PLACE_TEXT] = buffer_slice(&text),
                             }};
    model_ask_t ask = {.choice = talk->request->choice,
                       .prompts = self->prompts,
                       .values = &values,
                       .bad_answer = talk->bad_answer,
                       .quirks = talk->quirks};
    model_request_write(&ask, &self->body);
    buffer_free(&text);
    buffer_free(&title);
    buffer_free(&description);
    buffer_free(&exclusions);
    buffer_free(&number);
}

/* ---- what comes back ---- */

static void
s_count_cost(talk_t *talk, const model_reply_t *reply)
{
    const model_choice_t *choice = talk->request->choice;
    model_answer_t *answer = talk->answer;
    if (__builtin_add_overflow(answer->tokens_in, reply->tokens_in, &answer->tokens_in))
        answer->tokens_in = UINT32_MAX;
    if (__builtin_add_overflow(answer->tokens_out, reply->tokens_out, &answer->tokens_out))
        answer->tokens_out = UINT32_MAX;
    uint64_t in_nano, out_nano;
    if (__builtin_mul_overflow(choice->price_in_nano, reply->tokens_in, &in_nano) ||
        __builtin_mul_overflow(choice->price_out_nano, reply->tokens_out, &out_nano) ||
        __builtin_add_overflow(answer->cost_nano, in_nano, &answer->cost_nano) ||
        __builtin_add_overflow(answer->cost_nano, out_nano, &answer->cost_nano))
        answer->cost_nano = UINT64_MAX;
}

static talk_state_t
s_fail(talk_t *talk, error_type_t type, const char *sentence)
{
    failure_set(talk->failure, type, "%s", sentence);
    return TALK_FAILED;
}

static talk_state_t
s_fail_by(talk_t *talk, const complaint_t *complaint, uint32_t retry_after_ms)
{
    static const struct {
        error_type_t type;
        bool is_hopeless;
        const char *sentence;
    } rows[COMPLAINT_COUNT] = {
        [COMPLAINT_KEY] = {ERROR_AUTH, true, "the model's server refuses the key"},
        [COMPLAINT_CREDIT] = {ERROR_AUTH, true, "the account at the model's server has no credit"},
        [COMPLAINT_MODEL] = {ERROR_MODEL_ERROR, true, "the server does not have this model"},
        [COMPLAINT_RATE] = {ERROR_RATE_LIMIT, false, "the model's server asks to wait"},
        [COMPLAINT_TIMEOUT] = {ERROR_TIMEOUT, false, "the model took too long"},
        [COMPLAINT_LENGTH] = {ERROR_MODEL_ERROR, false, "the text is too long for the model"},
        [COMPLAINT_MODERATION] = {ERROR_MODEL_ERROR, false,
                                  "the model's server refuses this document"},
        [COMPLAINT_REQUEST] = {ERROR_MODEL_ERROR, false,
                               "the model's server does not take the request"},
        [COMPLAINT_SERVER] = {ERROR_MODEL_ERROR, false, "the model's server failed"},
        [COMPLAINT_ELSEWHERE] = {ERROR_MODEL_ERROR, true,
                                 "the model's server sends requests elsewhere; its base_url is not "
                                 "right"},
    };
    talk->answer->is_hopeless = rows[complaint->kind].is_hopeless;
    talk->answer->is_key_refused = complaint->kind == COMPLAINT_KEY;
    talk->answer->may_recover =
        complaint->kind == COMPLAINT_SERVER || complaint->kind == COMPLAINT_TIMEOUT;
    talk->failure->retry_after_ms = retry_after_ms;
    failure_set(talk->failure, rows[complaint->kind].type, "%s (%s, %ld)%s%s",
                rows[complaint->kind].sentence, talk->request->choice->model, complaint->status,
                complaint->text[0] ? ": " : "", complaint->text);
    return TALK_FAILED;
}

static bool
s_shorten(talk_t *talk)
{
    if (talk->text_limit / 4 < TEXT_LEAST)
        return false;
    talk->text_limit /= 4;
    return true;
}

static talk_state_t
s_hear_complaint(talk_t *talk, long status, const model_response_t *response)
{
    complaint_t complaint;
    complaint_read(status, buffer_slice(&response->body), talk->key, &complaint);
    unsigned quirk = model_request_explain(&complaint, talk->quirks);
    talk->quirks |= quirk;
    if (quirk || (complaint.kind == COMPLAINT_LENGTH && s_shorten(talk)))
        return TALK_GOES_ON;
    return s_fail_by(talk, &complaint, response->retry_after_ms);
}

/* Asks once more for an answer that was none. */
static talk_state_t
s_mend(talk_t *talk, model_reply_t *reply)
{
    if (reply->is_refused)
        return s_fail(talk, ERROR_MODEL_ERROR, "the model will not tag this document");
    if (talk->was_mended)
        return s_fail(talk, ERROR_MODEL_ERROR,
                      reply->is_cut ? "the model's answer was cut before its first tag, twice"
                                    : "the model's answer held no tags, twice");
    talk->was_mended = true;
    if (reply->is_cut) {
        talk->quirks |= MODEL_QUIRK_WORDY;
        s_shorten(talk);
    } else if (reply->content && reply->content[0]) {
        talk->bad_answer = reply->content;
        reply->content = NULL;
    }
    return TALK_GOES_ON;
}

static talk_state_t
s_hear_reply(model_t *self, talk_t *talk, model_reply_t *reply)
{
    s_remember(self, talk->request->choice, talk->quirks); /* so asked, it answers */
    slice_t content = slice_from(reply->content);
    model_tags_find(content, &talk->answer->tags);
    if (talk->answer->tags.count > 0)
        return TALK_SUCCEEDED;
    reply->is_refused = reply->is_refused || model_tags_is_refusal(content);
    return s_mend(talk, reply);
}

static talk_state_t
s_hear(model_t *self, talk_t *talk)
{
    const model_response_t *response = &self->response;
    slice_t body = buffer_slice(&response->body);
    long status = response->status;
    bool is_refused = status < 200 || status > 299 || complaint_in_success(body, &status);
    model_reply_t reply = {0};
    bool is_completion = model_reply_read(body, &reply);
    s_count_cost(talk, &reply);
    talk_state_t state;
    if (is_refused)
        state = s_hear_complaint(talk, status, response);
    else if (is_completion)
        state = s_hear_reply(self, talk, &reply);
    else
        state = s_mend(talk, &reply);
    model_reply_free(&reply);
    return state;
}

/* ---- a document ---- */

static talk_state_t
s_say(model_t *self, talk_t *talk)
{
    const provider_t *provider = talk->request->choice->provider;
    int64_t deadline_ms = clock_monotonic_ms() + provider->timeout_ms;
    if (deadline_ms > talk->deadline_ms)
        deadline_ms = talk->deadline_ms;
    s_write_request(self, talk);
    error_type_t type =
        model_http_post(self->http, provider->base_url, talk->key, buffer_slice(&self->body),
                        deadline_ms, talk->cancel, &self->response, talk->failure);
    if (type == ERROR_NONE)
        return s_hear(self, talk);
    talk->answer->is_hopeless = talk->answer->is_key_refused = type == ERROR_AUTH;
    talk->answer->may_recover = type != ERROR_AUTH;
    return TALK_FAILED;
}

error_type_t
model_tag(model_t *self, const model_request_t *request, int64_t deadline_ms,
          const atomic_bool *cancel, model_answer_t *answer, failure_t *failure)
{
    const provider_t *provider = request->choice->provider;
    const memory_t *memory = s_find_memory(self, request->choice);
    talk_t talk = {.request = request,
                   .key = request->api_key.size ? request->api_key : slice_from(provider->key),
                   .deadline_ms = deadline_ms,
                   .cancel = cancel,
                   .quirks = memory ? memory->quirks : model_request_quirks(request->choice),
                   .text_limit = MODEL_TEXT_MAX,
                   .answer = answer,
                   .failure = failure};
    *failure = (failure_t){0};
    model_answer_free(answer);
    if (talk.key.size == 0 && provider->needs_key) {
        answer->is_hopeless = answer->is_key_refused = true;
        return failure_set(failure, ERROR_AUTH, "the provider %s needs an api_key", provider->name);
    }
    talk_state_t state = TALK_GOES_ON;
    while (state == TALK_GOES_ON)
        state = s_say(self, &talk);
    free(talk.bad_answer);
    return failure->type;
}

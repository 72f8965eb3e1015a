#include "documents/model/model_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "documents/model/model_json.h"

enum { KEY_SHOWN_MAX = 6 /* a word that begins like a key is blotted out from this length on */ };

/* ---- a completion ---- */

static uint32_t
s_count(const cJSON *usage, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(usage, name);
    double value = cJSON_IsNumber(item) ? item->valuedouble : 0;
    return value > 0 && value <= UINT32_MAX ? (uint32_t) value : 0;
}

/* The content is a text, or a list of parts of which some are texts. */
static char *
s_read_content(const cJSON *content)
{
    if (cJSON_IsString(content))
        return slice_copy(slice_from(content->valuestring));
    if (!cJSON_IsArray(content))
        return NULL;
    buffer_t whole = {0};
    const cJSON *part;
    cJSON_ArrayForEach(part, content)
    {
        buffer_append_text(&whole, cJSON_IsString(part) ? part->valuestring
                                                        : model_json_text(part, "text"));
    }
    char *copy = slice_copy(buffer_slice(&whole));
    buffer_free(&whole);
    return copy;
}

bool
model_reply_read(slice_t body, model_reply_t *reply)
{
    model_reply_free(reply);
    cJSON *root = model_json_parse(body);
    const cJSON *usage = cJSON_GetObjectItemCaseSensitive(root, "usage");
    reply->tokens_in = s_count(usage, "prompt_tokens");
    reply->tokens_out = s_count(usage, "completion_tokens");
    const cJSON *choices = cJSON_GetObjectItemCaseSensitive(root, "choices");
    const cJSON *choice = cJSON_IsArray(choices) ? choices->child : NULL;
    const cJSON *message = cJSON_GetObjectItemCaseSensitive(choice, "message");
    bool is_completion = cJSON_IsObject(message);
    if (is_completion) {
        const char *reason = model_json_text(choice, "finish_reason");
        reply->content = s_read_content(cJSON_GetObjectItemCaseSensitive(message, "content"));
        reply->is_cut = strcmp(reason, "length") == 0;
        reply->is_refused =
            strcmp(reason, "content_filter") == 0 || model_json_text(message, "refusal")[0];
    }
    cJSON_Delete(root);
    return is_completion;
}

void
model_reply_free(model_reply_t *self)
{
    free(self->content);
    *self = (model_reply_t){0};
}

/* ---- a complaint ---- */

/* Returns the object that tells of the error, or the text's holder: {"error": {...}} (also as the
 * only item of an array), {"error": "..."}, {"message": "..."}, {"detail": "..."}. */
static const cJSON *
s_find_error(const cJSON *root)
{
    if (cJSON_IsArray(root))
        root = root->child;
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(root, "error");
    return cJSON_IsObject(error) ? error : root;
}

static const char *
s_error_text(const cJSON *error)
{
    static const char *const names[] = {"message", "error", "detail"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (model_json_text(error, names[i])[0])
            return model_json_text(error, names[i]);
    return "";
}

/* Puts `with` for every `what` in `text`. */
static void
s_blot(buffer_t *text, slice_t what, const char *with)
{
    buffer_t out = {0};
    for (size_t i = 0; i < text->size;) {
        if (text->size - i >= what.size && memcmp(text->data + i, what.data, what.size) == 0) {
            buffer_append_text(&out, with);
            i += what.size;
        } else
            buffer_append_byte(&out, text->data[i++]);
    }
    buffer_free(text);
    *text = out;
}

/* Some servers repeat the key that was wrong, or a part of it. */
static void
s_blot_keys(buffer_t *text, slice_t key)
{
    if (key.size > 0)
        s_blot(text, key, "[key]");
    for (char *at = text->size ? strstr(text->data, "sk-") : NULL; at; at = strstr(at, "sk-")) {
        size_t size = strcspn(at, " \"'`,;)");
        if (size >= KEY_SHOWN_MAX)
            memset(at, '*', size);
        at += size ? size : 1;
    }
}

static void
s_show(const char *said, slice_t key, char *out)
{
    buffer_t text = {0};
    buffer_append_text(&text, said);
    s_blot_keys(&text, key);
    size_t kept = text_cut(buffer_slice(&text), COMPLAINT_TEXT_SIZE - 1);
    for (size_t i = 0; text.data && i < kept; i++) {
        unsigned char byte = (unsigned char) text.data[i];
        out[i] = (char) (byte < 0x20 || byte == 0x7f ? ' ' : byte);
    }
    out[kept] = '\0';
    buffer_free(&text);
}

bool
complaint_mentions(const complaint_t *self, const char *word)
{
    return strcasestr(self->text, word) != NULL;
}

static bool
s_mentions_any(const complaint_t *self, const char *code, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (complaint_mentions(self, words[i]) || strcasestr(code, words[i]))
            return true;
    return false;
}
#define MENTIONS(self, code, words)                                                                \
    s_mentions_any(self, code, words, sizeof(words) / sizeof(words)[0])

static const char *const UNKNOWN_MODEL[] = {
    "model_not_found", "model not found", "not a valid model", "no such model",
    "unknown model",   "invalid model",   "unknown_model",     "invalid_model"};
static const char *const NO_CREDIT[] = {"insufficient_quota", "insufficient credit",
                                        "billing_hard_limit", "billing_not_active"};
static const char *const TOO_LONG[] = {
    "context_length",     "context length",          "context window",
    "context size",       "too many tokens",         "maximum context",
    "prompt is too long", "string_above_max_length", "too large"};
static const char *const MODERATION[] = {"flagged",        "moderation",     "content_filter",
                                         "content_policy", "content policy", "safety"};

static complaint_kind_t
s_judge_request(const complaint_t *self, const char *code)
{
    bool names_model =
        complaint_mentions(self, "model") &&
        (complaint_mentions(self, "does not exist") || complaint_mentions(self, "not found"));
    if (names_model || MENTIONS(self, code, UNKNOWN_MODEL))
        return COMPLAINT_MODEL;
    if (self->status == 413 || MENTIONS(self, code, TOO_LONG))
        return COMPLAINT_LENGTH;
    if (MENTIONS(self, code, MODERATION))
        return COMPLAINT_MODERATION;
    return COMPLAINT_REQUEST;
}

static complaint_kind_t
s_judge(const complaint_t *self, const char *code)
{
    long status = self->status;
    if (status == 403 && MENTIONS(self, code, MODERATION))
        return COMPLAINT_MODERATION;
    if (status == 401 || status == 403)
        return COMPLAINT_KEY;
    if (status == 402 || (status == 429 && MENTIONS(self, code, NO_CREDIT)))
        return COMPLAINT_CREDIT;
    if (status == 429)
        return COMPLAINT_RATE;
    if (status == 404)
        return COMPLAINT_MODEL;
    if (status == 408 || status == 504)
        return COMPLAINT_TIMEOUT;
    if (status >= 500)
        return COMPLAINT_SERVER;
    if (status < 400)
        return COMPLAINT_ELSEWHERE;
    return s_judge_request(self, code);
}

void
complaint_read(long status, slice_t body, slice_t key, complaint_t *complaint)
{
    *complaint = (complaint_t){.status = status};
    cJSON *root = model_json_parse(body);
    const cJSON *error = s_find_error(root);
    char code[2 * COMPLAINT_CODE_SIZE];
    snprintf(code, sizeof code, "%.63s %.63s", model_json_text(error, "code"),
             model_json_text(error, "type"));
    s_show(s_error_text(error), key, complaint->text);
    complaint->kind = s_judge(complaint, code);
    cJSON_Delete(root);
}

bool
complaint_in_success(slice_t body, long *status)
{
    cJSON *root = model_json_parse(body);
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(root, "error");
    bool is_complaint = cJSON_IsObject(error) || cJSON_IsString(error);
    const cJSON *code = cJSON_GetObjectItemCaseSensitive(error, "code");
    double value = cJSON_IsNumber(code) ? code->valuedouble : 0;
    *status = value >= 400 && value <= 599 ? (long) value : 502;
    cJSON_Delete(root);
    return is_complaint;
}

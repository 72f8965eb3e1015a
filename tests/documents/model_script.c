#include "tests/documents/model_script.h"

#include <cjson/cJSON.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"

enum { PROMPT_TOKENS = 100, COMPLETION_TOKENS = 20 };

/* What every good answer says, best first. */
static const char *const TAGS[] = {
    "harbour cranes",  "tidal gauge",      "Container Terminal", "dredging",
    "pilot boats",     "cargo insurance",  "lighthouse keeper",  "fishing quota",
    "salt marsh",      "ferry timetable",  "rope splicing",      "anchor chain",
    "storm surge",     "shipyard workers", "bill of lading",     "wave height",
    "breakwater",      "customs duty",     "navigation chart",   "seamanship",
    "hull inspection", "mooring lines",    "bunker fuel",        "coastal erosion",
};
enum { TAG_COUNT = sizeof TAGS / sizeof TAGS[0] };

/* How a model dresses its tags. */
typedef struct {
    const char *model;
    const char *before;
    const char *open; /* before each tag */
    const char *close;
    const char *between;
    const char *after;
    const char *finish_reason;
    bool is_numbered;
} dress_t;

static const dress_t DRESSES[] = {
    {"ok", "{\"tags\":[", "\"", "\"", ",", "]}", "stop", false},
    {"array", "[", "\"", "\"", ", ", "]", "stop", false},
    {"keywords", "{\"keywords\":[", "\"", "\"", ",", "]}", "stop", false},
    {"objects", "{\"tags\":[", "{\"score\":0.9,\"tag\":\"", "\"}", ",", "]}", "stop", false},
    {"fenced", "```json\n{\"tags\": [", "\"", "\"", ", ", "]}\n```", "stop", false},
    {"prose", "Sure! Here are the [best] tags for {this} document:\n\n{\"tags\": [", "\"", "\"",
     ", ", "]}\n\nLet me know if you need more [or other] ones.", "stop", false},
    {"numbered", "Here are the tags:\n\n", "\"", "\"", "\n", "\n", "stop", true},
    {"bullets", "**Tags:**\n", "- **", "**", "\n", "\n", "stop", false},
    {"lines", "", "", "", "\n", "", "stop", false},
    {"commas", "Tags: ", "", "", ", ", ".", "stop", false},
    {"think", "<think>Perhaps [\"wrong\", \"tags\"]? No.</think>\n{\"tags\":[", "\"", "\"", ",",
     "]}", "stop", false},
    {"no-end", "{\"tags\":[", "\"", "\"", ",", ",\"never fini", "stop", false},
    {"cut-late", "{\"tags\":[", "\"", "\"", ",", ",\"half a ta", "length", false},
};

/* Answers whose text is as it stands. */
typedef struct {
    const char *model;
    const char *content;
    const char *finish_reason;
} text_t;

static const text_t TEXTS[] = {
    {"nonsense", "Certainly! Which document do you mean?", "stop"},
    {"refusal", "I'm sorry, but I can't help with that.", "stop"},
    {"one", "{\"tags\":[\"the only one\"]}", "stop"},
    {"none", "{\"tags\":[]}", "stop"},
    {"empty", "", "stop"},
    {"cut", "{\"tags\":[\"half a t", "length"},
    {"cut-thinking", "<think>The document is about [\"ships\"", "length"},
    {"filtered", "", "content_filter"},
    {"numbers", "{\"tags\":[1,2,{\"a\":[null]}]}", "stop"},
    {"html", "<p>tags</p>", "stop"},
};

/* Refusals: status, further header lines, body. */
typedef struct {
    const char *model;
    const char *status;
    const char *headers;
    const char *body;
} refusal_t;

static const refusal_t REFUSALS[] = {
    {"throttle", "429 Too Many Requests", "Retry-After: 7\r\n",
     "{\"error\":{\"message\":\"Rate limit reached\",\"code\":\"rate_limit_exceeded\"}}"},
    {"throttle-reset", "429 Too Many Requests", "x-ratelimit-reset-requests: 1m2.5s\r\n",
     "{\"error\":{\"message\":\"Rate limit reached\"}}"},
    {"throttle-ms", "429 Too Many Requests", "retry-after-ms: 250\r\n", "{}"},
    {"throttle-fraction", "429 Too Many Requests", "Retry-After: 0.35\r\n", "{}"},
    {"throttle-now", "429 Too Many Requests", "Retry-After: 0\r\n", "{}"},
    {"throttle-past", "429 Too Many Requests", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
     "{}"},
    {"throttle-bare", "429 Too Many Requests", "", "slow down"},
    {"quota", "429 Too Many Requests", "",
     "{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":\"insufficient_quota\","
     "\"code\":\"insufficient_quota\"}}"},
    {"broken", "500 Internal Server Error", "", "{\"error\":{\"message\":\"it broke\"}}"},
    {"bad-gateway", "502 Bad Gateway", "Content-Type: text/html\r\n", "<html>bad gateway</html>"},
    {"overloaded", "503 Service Unavailable", "Retry-After: 3\r\n",
     "{\"error\":{\"message\":\"overloaded\"}}"},
    {"error-in-200", "200 OK", "", "{\"error\":{\"message\":\"upstream broke\",\"code\":502}}"},
    {"throttle-in-200", "200 OK", "",
     "{\"error\":{\"message\":\"upstream is busy\",\"code\":429}}"},
    {"refused-key", "401 Unauthorized", "",
     "{\"error\":{\"message\":\"Incorrect API key provided: sk-secret-key-1\","
     "\"code\":\"invalid_api_key\"}}"},
    {"forbidden", "403 Forbidden", "", "{\"error\":\"your account may not use this\"}"},
    {"flagged", "403 Forbidden", "",
     "{\"error\":{\"message\":\"Your input was flagged by moderation\",\"code\":403}}"},
    {"no-credit", "402 Payment Required", "",
     "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}"},
    {"unknown", "404 Not Found", "",
     "{\"error\":{\"message\":\"model 'unknown' not found\",\"code\":\"model_not_found\"}}"},
    {"unknown-400", "400 Bad Request", "",
     "{\"error\":{\"message\":\"unknown-400 is not a valid model ID\",\"code\":400}}"},
    {"too-long", "400 Bad Request", "",
     "{\"error\":{\"message\":\"maximum context length is 10 tokens\","
     "\"code\":\"context_length_exceeded\"}}"},
    {"bad-request", "400 Bad Request", "", "{\"error\":{\"message\":\"temperature is out\"}}"},
    {"elsewhere", "307 Temporary Redirect", "Location: /v1/chat/completions\r\n", "{}"},
    {"lie-json", "200 OK", "", "{\"choices\":[{\"message\":{\"content\":"},
    {"lie-shape", "200 OK", "", "{\"choices\":{\"message\":[1]}}"},
    {"lie-empty", "200 OK", "", ""},
    {"lie-html", "200 OK", "Content-Type: text/html\r\n", "<html>sign in</html>"},
};

/* ---- sending ---- */

static bool
s_send(int fd, slice_t bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.data += sent;
        bytes.size -= (size_t) sent;
    }
    return true;
}

bool
model_script_send(int fd, const char *status, const char *headers, slice_t body)
{
    buffer_t out = {0};
    buffer_printf(&out, "HTTP/1.1 %s\r\n%s", status, headers);
    if (strstr(headers, "Content-Type:") == NULL)
        buffer_append_text(&out, "Content-Type: application/json\r\n");
    buffer_printf(&out, "Content-Length: %zu\r\n\r\n", body.size);
    buffer_append_slice(&out, body);
    bool is_sent = s_send(fd, buffer_slice(&out));
    buffer_free(&out);
    return is_sent;
}

/* Waits until the client leaves, or the server hangs up. */
static bool
s_hold(int fd)
{
    char byte;
    while (recv(fd, &byte, 1, 0) > 0) {
    }
    return false;
}

/* An answer as chat/completions has it around `content` (taken). */
static bool
s_send_completion(int fd, cJSON *content, const char *finish_reason, bool has_usage)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "id", "chatcmpl-1");
    cJSON_AddStringToObject(root, "object", "chat.completion");
    cJSON *choice = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(root, "choices"), choice);
    cJSON_AddNumberToObject(choice, "index", 0);
    cJSON *message = cJSON_AddObjectToObject(choice, "message");
    cJSON_AddStringToObject(message, "role", "assistant");
    cJSON_AddItemToObject(message, "content", content);
    cJSON_AddStringToObject(choice, "finish_reason", finish_reason);
    if (has_usage) {
        cJSON *usage = cJSON_AddObjectToObject(root, "usage");
        cJSON_AddNumberToObject(usage, "prompt_tokens", PROMPT_TOKENS);
        cJSON_AddNumberToObject(usage, "completion_tokens", COMPLETION_TOKENS);
        cJSON_AddNumberToObject(usage, "total_tokens", PROMPT_TOKENS + COMPLETION_TOKENS);
    }
    char *text = cJSON_PrintUnformatted(root);
    bool is_sent = model_script_send(fd, "200 OK", "", slice_from(text));
    cJSON_free(text);
    cJSON_Delete(root);
    return is_sent;
}

/* ---- good answers ---- */

static cJSON *
s_dressed(const dress_t *dress)
{
    buffer_t text = {0};
    buffer_append_text(&text, dress->before);
    for (int i = 0; i < TAG_COUNT; i++) {
        buffer_append_text(&text, i ? dress->between : "");
        if (dress->is_numbered)
            buffer_printf(&text, "%d. ", i + 1);
        buffer_printf(&text, "%s%s%s", dress->open, TAGS[i], dress->close);
    }
    buffer_append_text(&text, dress->after);
    cJSON *content = cJSON_CreateString(text.data);
    buffer_free(&text);
    return content;
}

static bool
s_answer_well(int fd)
{
    return s_send_completion(fd, s_dressed(&DRESSES[0]), "stop", true);
}

static bool
s_answer_in_parts(int fd, const cJSON *request)
{
    (void) request;
    cJSON *parts = cJSON_CreateArray();
    cJSON *part = cJSON_CreateObject();
    cJSON_AddStringToObject(part, "type", "text");
    cJSON_AddItemToObject(part, "text", s_dressed(&DRESSES[0]));
    cJSON_AddItemToArray(parts, part);
    return s_send_completion(fd, parts, "stop", true);
}

static bool
s_answer_null(int fd, const cJSON *request)
{
    (void) request;
    return s_send_completion(fd, cJSON_CreateNull(), "stop", true);
}

static bool
s_answer_without_usage(int fd, const cJSON *request)
{
    (void) request;
    return s_send_completion(fd, s_dressed(&DRESSES[0]), "stop", false);
}

/* ---- answers that depend on what was asked ---- */

static bool
s_has_role(const cJSON *request, const char *role)
{
    const cJSON *message;
    cJSON_ArrayForEach(message, cJSON_GetObjectItemCaseSensitive(request, "messages"))
    {
        const char *got = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(message, "role"));
        if (got && strcmp(got, role) == 0)
            return true;
    }
    return false;
}

/* Answers well only where the request shows what was wrong before. */
static bool
s_answer_mended(int fd, const cJSON *request)
{
    if (s_has_role(request, "assistant"))
        return s_answer_well(fd);
    return s_send_completion(fd, cJSON_CreateString(TEXTS[0].content), "stop", true);
}

/* Cuts its answer unless the text is short. */
static bool
s_answer_cut_long(int fd, const cJSON *request)
{
    char *text = cJSON_PrintUnformatted(request);
    bool is_long = strlen(text) > 8 * 1024;
    cJSON_free(text);
    if (!is_long)
        return s_answer_well(fd);
    return s_send_completion(fd, cJSON_CreateString("{\"tags\":[\"half"), "length", true);
}

/* Takes no system messages. */
static bool
s_answer_no_system(int fd, const cJSON *request)
{
    if (!s_has_role(request, "system"))
        return s_answer_well(fd);
    return model_script_send(
        fd, "400 Bad Request", "",
        SLICE(
            "{\"error\":{\"message\":\"Developer instruction is not enabled: role 'system' is not "
            "supported by this model\",\"status\":\"INVALID_ARGUMENT\"}}"));
}

static bool
s_send_no_format(int fd)
{
    return model_script_send(
        fd, "400 Bad Request", "",
        SLICE(
            "{\"error\":{\"message\":\"Invalid parameter: 'response_format' is not supported with "
            "this model\",\"param\":\"response_format\"}}"));
}

static bool
s_answer_no_format(int fd, const cJSON *request)
{
    if (cJSON_GetObjectItemCaseSensitive(request, "response_format"))
        return s_send_no_format(fd);
    return s_answer_well(fd);
}

/* Takes neither, and says one thing at a time. */
static bool
s_answer_bare(int fd, const cJSON *request)
{
    if (cJSON_GetObjectItemCaseSensitive(request, "response_format"))
        return s_send_no_format(fd);
    return s_answer_no_system(fd, request);
}

/* Takes neither max_tokens nor a temperature, as newer models of some do. */
static bool
s_answer_newer(int fd, const cJSON *request)
{
    if (cJSON_GetObjectItemCaseSensitive(request, "max_tokens"))
        return model_script_send(
            fd, "400 Bad Request", "",
            SLICE("{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported "
                  "with this model. Use 'max_completion_tokens' instead.\"}}"));
    if (cJSON_GetObjectItemCaseSensitive(request, "temperature"))
        return model_script_send(
            fd, "400 Bad Request", "",
            SLICE("{\"error\":{\"message\":\"Unsupported value: 'temperature' does not support 0 "
                  "with this model.\"}}"));
    return s_answer_well(fd);
}

/* ---- misbehaviour ---- */

static bool
s_stall(int fd, const cJSON *request)
{
    (void) request;
    return s_hold(fd);
}

static bool
s_stall_halfway(int fd, const cJSON *request)
{
    (void) request;
    return s_send(fd, SLICE("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"choices\":[")) &&
           s_hold(fd);
}

static bool
s_hang_up(int fd, const cJSON *request)
{
    (void) fd;
    (void) request;
    return false;
}

static bool
s_lie_about_length(int fd, const cJSON *request)
{
    (void) request;
    s_send(fd, SLICE("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"choices\":[]}"));
    return false;
}

static bool
s_speak_nonsense(int fd, const cJSON *request)
{
    (void) request;
    s_send(fd, SLICE("nonsense\r\n\r\n"));
    return false;
}

static bool
s_flood(int fd, const cJSON *request)
{
    (void) request;
    char block[16 * 1024];
    memset(block, ' ', sizeof block);
    if (!s_send(fd, SLICE("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"choices\":[")))
        return false;
    while (s_send(fd, (slice_t){block, sizeof block})) {
    }
    return false;
}

static bool
s_flood_with_headers(int fd, const cJSON *request)
{
    (void) request;
    if (!s_send(fd, SLICE("HTTP/1.1 200 OK\r\n")))
        return false;
    while (s_send(fd, SLICE("X-Filler: it goes on and on, and there is no end to be seen\r\n"))) {
    }
    return false;
}

static bool
s_nest(int fd, const cJSON *request)
{
    (void) request;
    char brackets[100 * 1024];
    memset(brackets, '[', sizeof brackets);
    return model_script_send(fd, "200 OK", "", (slice_t){brackets, sizeof brackets});
}

/* A byte at a time, for as long as the client has patience. */
static bool
s_drip(int fd, const cJSON *request)
{
    (void) request;
    bool is_open = s_send(fd, SLICE("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
    while (is_open && poll(&(struct pollfd){.fd = fd, .events = POLLRDHUP}, 1, 20) == 0)
        is_open = s_send(fd, SLICE(" "));
    return false;
}

/* Retry-After as a date (RFC 9110). */
static bool
s_throttle_until(int fd, const cJSON *request)
{
    (void) request;
    time_t when = (time_t) (clock_wall_ms() / 1000) + 30;
    struct tm parts;
    char headers[64];
    gmtime_r(&when, &parts);
    strftime(headers, sizeof headers, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    return model_script_send(fd, "429 Too Many Requests", headers, SLICE("{}"));
}

static const struct {
    const char *model;
    bool (*answer)(int fd, const cJSON *request);
} ACTS[] = {
    {"parts", s_answer_in_parts},
    {"null", s_answer_null},
    {"no-usage", s_answer_without_usage},
    {"mended", s_answer_mended},
    {"cut-long", s_answer_cut_long},
    {"no-system", s_answer_no_system},
    {"no-format", s_answer_no_format},
    {"bare", s_answer_bare},
    {"newer", s_answer_newer},
    {"stall", s_stall},
    {"stall-halfway", s_stall_halfway},
    {"hang-up", s_hang_up},
    {"lie-length", s_lie_about_length},
    {"lie-http", s_speak_nonsense},
    {"flood", s_flood},
    {"flood-headers", s_flood_with_headers},
    {"nest", s_nest},
    {"drip", s_drip},
    {"throttle-date", s_throttle_until},
};

/* ---- choosing ---- */

static bool
s_play(int fd, const char *model, const cJSON *request)
{
    for (size_t i = 0; i < sizeof DRESSES / sizeof DRESSES[0]; i++)
        if (strcmp(DRESSES[i].model, model) == 0)
            return s_send_completion(fd, s_dressed(&DRESSES[i]), DRESSES[i].finish_reason, true);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (strcmp(TEXTS[i].model, model) == 0)
            return s_send_completion(fd, cJSON_CreateString(TEXTS[i].content),
                                     TEXTS[i].finish_reason, true);
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++)
        if (strcmp(REFUSALS[i].model, model) == 0)
            return model_script_send(fd, REFUSALS[i].status, REFUSALS[i].headers,
                                     slice_from(REFUSALS[i].body));
    for (size_t i = 0; i < sizeof ACTS / sizeof ACTS[0]; i++)
        if (strcmp(ACTS[i].model, model) == 0)
            return ACTS[i].answer(fd, request);
    return model_script_send(fd, "404 Not Found", "",
                             SLICE("{\"error\":{\"message\":\"no such model\","
                                   "\"code\":\"model_not_found\"}}"));
}

bool
model_script_answer(int fd, slice_t body)
{
    cJSON *request = cJSON_ParseWithLength(body.data, body.size);
    const char *model = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, "model"));
    bool is_open;
    if (model == NULL)
        is_open = model_script_send(fd, "400 Bad Request", "",
                                    SLICE("{\"error\":{\"message\":\"not a request\"}}"));
    else {
        const char *slash = strrchr(model, '/');
        is_open = s_play(fd, slash ? slash + 1 : model, request);
    }
    cJSON_Delete(request);
    return is_open;
}

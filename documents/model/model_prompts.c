#include "documents/model/model_prompts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/text.h"

enum { PROMPT_MAX = 64 * 1024 };

static const char *const PLACES[] = {
#define PLACE(symbol, word) [MODEL_PLACE_##symbol] = (word),
    MODEL_PLACES(PLACE)
#undef PLACE
};

/* What the document stands between; also what it must not hold. */
static const char MARK[] = "document>";

/* Finds the first place in `text`: `*word` becomes what stands in its braces. Returns where its
 * opening brace is, or NULL. */
static const char *
s_find_place(slice_t text, slice_t *word)
{
    const char *end = text.data + text.size;
    for (const char *at = text.data; at < end; at++) {
        if (*at != '{')
            continue;
        const char *stop = at + 1;
        while (stop < end && ((*stop >= 'a' && *stop <= 'z') || *stop == '_'))
            stop++;
        if (stop > at + 1 && stop < end && *stop == '}') {
            *word = (slice_t){at + 1, (size_t) (stop - at) - 1};
            return at;
        }
    }
    return NULL;
}

static model_place_t
s_place(slice_t word)
{
    model_place_t place = 0;
    while (place < MODEL_PLACE_COUNT && !slice_is(word, PLACES[place]))
        place++;
    return place;
}

/* ---- loading ---- */

static status_t
s_check(const char *name, const char *prompt, fault_t *fault)
{
    slice_t rest = slice_from(prompt), word;
    bool has_text = false;
    if (!text_is_utf8(rest))
        return fault_set(fault, STATUS_BAD_REQUEST, "the prompt %s is not UTF-8", name);
    for (const char *at = s_find_place(rest, &word); at; at = s_find_place(rest, &word)) {
        model_place_t place = s_place(word);
        if (place == MODEL_PLACE_COUNT)
            return fault_set(fault, STATUS_BAD_REQUEST,
                             "the prompt %s has a place {%.*s}; there are {num_tags}, {title}, "
                             "{description}, {language}, {exclusions} and {text}",
                             name, SLICE_ARG(word));
        has_text = has_text || place == MODEL_PLACE_TEXT;
        const char *next = word.data + word.size;
        rest = (slice_t){next, rest.size - (size_t) (next - rest.data)};
    }
    if (strcmp(name, "user.txt") == 0 && !has_text)
        return fault_set(fault, STATUS_BAD_REQUEST, "the prompt %s has no place {text}", name);
    return STATUS_OK;
}

static status_t
s_load_one(const char *directory, const char *name, char **out, fault_t *fault)
{
    buffer_t path = {0}, text = {0};
    buffer_printf(&path, "%s/%s", directory, name);
    status_t status = file_read(path.data, PROMPT_MAX, &text, fault);
    if (status == STATUS_OK) {
        *out = slice_copy(buffer_slice(&text));
        status = s_check(name, *out, fault);
    }
    buffer_free(&path);
    buffer_free(&text);
    return status;
}

status_t
model_prompts_load(model_prompts_t *prompts, const char *directory, fault_t *fault)
{
    *prompts = (model_prompts_t){0};
    if (directory[0] == '\0') {
        prompts->system = slice_copy(slice_from(model_prompt_system));
        prompts->user = slice_copy(slice_from(model_prompt_user));
        prompts->repair = slice_copy(slice_from(model_prompt_repair));
        return STATUS_OK;
    }
    status_t status = s_load_one(directory, "system.txt", &prompts->system, fault);
    if (status == STATUS_OK)
        status = s_load_one(directory, "user.txt", &prompts->user, fault);
    if (status != STATUS_OK)
        return status;
    status = s_load_one(directory, "repair.txt", &prompts->repair, fault);
    if (status == STATUS_NOT_FOUND) {
        prompts->repair = slice_copy(slice_from(model_prompt_repair));
        status = STATUS_OK;
    }
    return status;
}

void
model_prompts_free(model_prompts_t *self)
{
    free(self->system);
    free(self->user);
    free(self->repair);
    *self = (model_prompts_t){0};
}

/* ---- rendering ---- */

/* True when `text` goes on with the mark, after what would open or close it. */
static bool
s_is_mark(slice_t text)
{
    size_t size = sizeof MARK - 1;
    size_t slash = text.size > 0 && text.data[0] == '/';
    return text.size >= slash + size && strncasecmp(text.data + slash, MARK, size) == 0;
}

/* Control characters say nothing to a model, and a NUL would end the text. */
static void
s_append_value(buffer_t *out, slice_t value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char) value.data[i];
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f)
            continue;
        buffer_append_byte(out, value.data[i]);
        if (byte == '<' && s_is_mark((slice_t){value.data + i + 1, value.size - i - 1}))
            buffer_append_byte(out, ' ');
    }
}

/* Appends a line; takes it back when it has places and all of them are empty. */
static void
s_render_line(slice_t line, const model_values_t *values, buffer_t *out)
{
    size_t size_before = out->size;
    bool has_place = false, has_value = false;
    slice_t word;
    for (const char *at = s_find_place(line, &word); at; at = s_find_place(line, &word)) {
        buffer_append(out, line.data, (size_t) (at - line.data));
        model_place_t place = s_place(word);
        assert(place < MODEL_PLACE_COUNT); /* they were checked when they were loaded */
        slice_t value = values->items[place];
        s_append_value(out, value);
        has_place = true;
        has_value = has_value || value.size > 0;
        const char *next = word.data + word.size + 1;
        line = (slice_t){next, line.size - (size_t) (next - line.data)};
    }
    buffer_append_slice(out, line);
    if (has_place && !has_value && out->size > size_before) {
        out->size = size_before;
        out->data[out->size] = '\0';
    }
}

void
model_prompt_render(const char *prompt, const model_values_t *values, buffer_t *out)
{
    while (*prompt) {
        const char *end = strchr(prompt, '\n');
        size_t size = end ? (size_t) (end - prompt) + 1 : strlen(prompt);
        s_render_line((slice_t){prompt, size}, values, out);
        prompt += size;
    }
}

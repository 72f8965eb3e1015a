#include "documents/model/model_tags.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "documents/model/model_json.h"
#include "documents/model/model_tags_list.h"

enum { SEARCH_DEPTH_MAX = 4, BRACKETS_MAX = 32, SCAN_MAX = 64 * 1024 };

void
model_tags_free(model_tags_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i]);
    self->count = 0;
}

/* ---- in parsed JSON ---- */

static void
s_add_item(model_tags_t *self, const cJSON *item)
{
    static const char *const names[] = {"tag",   "keyword", "name", "text",
                                        "label", "phrase",  "term", "value"};
    const char *text = cJSON_GetStringValue(item);
    for (size_t i = 0; text == NULL && i < sizeof names / sizeof names[0]; i++)
        text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, names[i]));
    if (text)
        model_tags_add(self, slice_from(text));
}

/* Adds the tags of the first list in `json` that has any: an array of strings or of objects that
 * name a tag; a string of several where a member is called for it. The members that are called for
 * tags go first. */
static void
s_search(model_tags_t *self, const cJSON *json, size_t depth)
{
    static const char *const names[] = {"tags",     "keywords",    "Tags",
                                        "Keywords", "key_phrases", "keyphrases"};
    const cJSON *child;
    if (cJSON_IsArray(json))
        cJSON_ArrayForEach(child, json) s_add_item(self, child);
    if (depth == SEARCH_DEPTH_MAX)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && self->count == 0; i++) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(json, names[i]);
        if (cJSON_IsString(member))
            model_tags_split(self, slice_from(member->valuestring));
        else
            s_search(self, member, depth + 1);
    }
    cJSON_ArrayForEach(child, json)
    {
        if (self->count > 0)
            return;
        if (cJSON_IsArray(child) || cJSON_IsObject(child))
            s_search(self, child, depth + 1);
    }
}

/* ---- in text ---- */

/* Finds `mark`, which begins with <, in `text`, whatever its case. Returns its place, or text.size.
 */
static size_t
s_find(slice_t text, const char *mark)
{
    size_t size = strlen(mark);
    for (size_t i = 0; i + size <= text.size; i++)
        if (text.data[i] == '<' && strncasecmp(text.data + i, mark, size) == 0)
            return i;
    return text.size;
}

/* Returns what follows the last end of thinking aloud. A block that does not end hides the rest. */
static slice_t
s_without_thoughts(slice_t content)
{
    static const struct {
        const char *opens, *closes;
    } marks[] = {
        {"<think>", "</think>"},
        {"<thinking>", "</thinking>"},
        {"<thought>", "</thought>"},
        {"<reasoning>", "</reasoning>"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *closes = marks[i].closes;
        for (size_t at = s_find(content, closes); at < content.size; at = s_find(content, closes)) {
            at += strlen(closes);
            content = (slice_t){content.data + at, content.size - at};
        }
        content.size = s_find(content, marks[i].opens);
    }
    return slice_trim(content);
}

/* Tries each bracket in turn: in prose some belong to the prose. Returns whether any began JSON. */
static bool
s_find_json(model_tags_t *self, slice_t content)
{
    size_t tries = 0;
    bool is_there = false;
    for (size_t i = 0; i < content.size && tries < BRACKETS_MAX && self->count == 0; i++) {
        if (content.data[i] != '{' && content.data[i] != '[')
            continue;
        tries++;
        slice_t rest = {content.data + i, content.size - i};
        size_t size = model_json_span(rest);
        cJSON *json = size ? cJSON_ParseWithLength(rest.data, size) : NULL;
        if (json) {
            i += size - 1;
            is_there = true;
        }
        s_search(self, json, 0);
        cJSON_Delete(json);
    }
    return is_there;
}

/* Of an array that does not end, the strings that do. */
static void
s_salvage(model_tags_t *self, slice_t content)
{
    const char *at = content.size ? memchr(content.data, '[', content.size) : NULL;
    if (at == NULL || (size_t) (at - content.data) > 64)
        return;
    slice_t rest = {at + 1, content.size - (size_t) (at - content.data) - 1};
    while (rest.size > 0) {
        size_t size = 1;
        if (rest.data[0] == '"') {
            char *text = model_json_string(rest, &size);
            if (text == NULL)
                return;
            model_tags_add(self, slice_from(text));
            free(text);
        } else if (rest.data[0] != ',' && slice_trim((slice_t){rest.data, 1}).size > 0)
            return;
        rest = (slice_t){rest.data + size, rest.size - size};
    }
}

void
model_tags_find(slice_t content, model_tags_t *tags)
{
    content.size = content.size ? strnlen(content.data, content.size) : 0; /* tags are C strings */
    content = s_without_thoughts(content);
    if (content.size > SCAN_MAX)
        content.size = SCAN_MAX;
    if (model_tags_is_refusal(content))
        return;
    bool has_json = s_find_json(tags, content);
    if (tags->count == 0)
        s_salvage(tags, content);
    if (tags->count == 0 && !has_json)
        model_tags_brackets(tags, content);
    /* What begins like JSON and holds no tags is no list of another kind either. */
    bool is_json = content.size > 0 && (content.data[0] == '{' || content.data[0] == '[');
    if (tags->count == 0 && !is_json)
        model_tags_list(tags, content);
}

bool
model_tags_is_refusal(slice_t content)
{
    static const char *const openings[] = {
        "i'm sorry",       "i\u2019m sorry", "i am sorry",   "sorry,",
        "i cannot",        "i can't",        "i can\u2019t", "i'm unable",
        "i\u2019m unable", "i am unable",    "i won't",      "i\u2019m not able",
        "i'm not able",    "i am not able",  "as an ai",     "i must decline"};
    content = s_without_thoughts(content);
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        size_t size = strlen(openings[i]);
        if (content.size >= size && strncasecmp(content.data, openings[i], size) == 0)
            return true;
    }
    return false;
}

#include "documents/model/model_json.h"

#include <stdbool.h>
#include <string.h>

/* Returns the bytes of the string at the head of `text`, both marks counted; 0: it does not end. */
static size_t
s_string_span(slice_t text)
{
    for (size_t i = 1; i < text.size; i++) {
        if (text.data[i] == '\\')
            i++;
        else if (text.data[i] == '"')
            return i + 1;
    }
    return 0;
}

size_t
model_json_span(slice_t text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte == '"') {
            size_t size = s_string_span((slice_t){text.data + i, text.size - i});
            if (size == 0)
                return 0;
            i += size - 1;
        } else if (byte == '{' || byte == '[') {
            if (++depth > MODEL_JSON_DEPTH_MAX)
                return 0;
        } else if ((byte == '}' || byte == ']') && --depth == 0)
            return i + 1;
    }
    return 0;
}

cJSON *
model_json_parse(slice_t text)
{
    text = slice_trim(text);
    bool is_container = text.size > 0 && (text.data[0] == '{' || text.data[0] == '[');
    if (!is_container || model_json_span(text) != text.size)
        return NULL;
    return cJSON_ParseWithLength(text.data, text.size);
}

char *
model_json_string(slice_t text, size_t *size)
{
    *size = s_string_span(text);
    cJSON *string = *size ? cJSON_ParseWithLength(text.data, *size) : NULL;
    const char *value = cJSON_GetStringValue(string);
    char *copy = value ? slice_copy(slice_from(value)) : NULL;
    cJSON_Delete(string);
    return copy;
}

const char *
model_json_text(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

#include "gateway/media.h"

#include <string.h>
#include <strings.h>

static media_t
s_named(slice_t name)
{
    static const media_t all[] = {MEDIA_JSON, MEDIA_NDJSON, MEDIA_CSV};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *known = media_name(all[i]);
        if (name.size == strlen(known) && strncasecmp(name.data, known, name.size) == 0)
            return all[i];
    }
    return MEDIA_OTHER;
}

/* Takes what stands before the next `split` off `rest`. */
static slice_t
s_part(slice_t *rest, char split)
{
    if (rest->size == 0)
        return (slice_t){0};
    const char *found = memchr(rest->data, split, rest->size);
    size_t size = found ? (size_t) (found - rest->data) : rest->size;
    slice_t part = {rest->data, size};
    rest->data += size + (found != NULL);
    rest->size -= size + (found != NULL);
    return slice_trim(part);
}

static bool
s_is_other_charset(slice_t parameter)
{
    static const char name[] = "charset=";
    if (parameter.size < sizeof name - 1 || strncasecmp(parameter.data, name, sizeof name - 1) != 0)
        return false;
    slice_t value = {parameter.data + sizeof name - 1, parameter.size - (sizeof name - 1)};
    if (value.size >= 2 && value.data[0] == '"') {
        value.data++;
        value.size -= 2;
    }
    bool utf8 = value.size == 5 && strncasecmp(value.data, "utf-8", 5) == 0;
    bool ascii = value.size == 8 && strncasecmp(value.data, "us-ascii", 8) == 0;
    return !utf8 && !ascii;
}

media_t
media_type(const char *content_type)
{
    slice_t rest = slice_from(content_type);
    media_t media = s_named(s_part(&rest, ';'));
    while (rest.size)
        if (s_is_other_charset(s_part(&rest, ';')))
            return MEDIA_OTHER;
    return media;
}

media_t
media_accepted(const char *accept)
{
    slice_t rest = slice_from(accept);
    while (rest.size) {
        slice_t range = s_part(&rest, ',');
        media_t media = s_named(s_part(&range, ';'));
        if (media != MEDIA_OTHER)
            return media;
    }
    return MEDIA_JSON;
}

const char *
media_name(media_t media)
{
    switch (media) {
    case MEDIA_JSON: return "application/json";
    case MEDIA_NDJSON: return "application/x-ndjson";
    case MEDIA_CSV: return "text/csv";
    default: return "";
    }
}

#include "base/path_title.h"

#include <string.h>

#include "base/text.h"

static slice_t
s_without_query(slice_t url)
{
    size_t size = 0;
    while (size < url.size && url.data[size] != '?' && url.data[size] != '#')
        size++;
    return (slice_t){url.data, size};
}

static slice_t
s_last_segment(slice_t path)
{
    slice_t name = path;
    while (name.size && name.data[name.size - 1] == '/')
        name.size--;
    for (size_t i = name.size; i > 0; i--)
        if (name.data[i - 1] == '/')
            return (slice_t){name.data + i, name.size - i};
    return name.size ? name : path;
}

void
path_title(source_type_t source, slice_t path, buffer_t *out)
{
    slice_t name = s_last_segment(source == SOURCE_URL ? s_without_query(path) : path);
    buffer_clear(out);
    if (source == SOURCE_URL && text_percent_decode(out, name) && text_is_utf8(buffer_slice(out)) &&
        !(out->size && memchr(out->data, '\0', out->size)))
        return;
    buffer_clear(out);
    buffer_append_slice(out, name);
}

#include "base/slice.h"

#include <string.h>

#include "base/memory.h"

slice_t
slice_from(const char *text)
{
    return (slice_t){.data = text, .size = text ? strlen(text) : 0};
}

bool
slice_equal(slice_t a, slice_t b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool
slice_is(slice_t slice, const char *text)
{
    return slice_equal(slice, slice_from(text));
}

int
slice_compare(slice_t a, slice_t b)
{
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

char *
slice_copy(slice_t slice)
{
    return memory_copy_string(slice.data, slice.size);
}

static bool
s_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

slice_t
slice_drop(slice_t slice, size_t size)
{
    return size ? (slice_t){slice.data + size, slice.size - size} : slice;
}

slice_t
slice_first(slice_t slice, size_t limit)
{
    return (slice_t){slice.data, slice.size < limit ? slice.size : limit};
}

bool
slice_begins(slice_t slice, slice_t start)
{
    return slice.size >= start.size &&
           (start.size == 0 || memcmp(slice.data, start.data, start.size) == 0);
}

bool
slice_holds(slice_t slice, slice_t part)
{
    return part.size == 0 ||
           (slice.size > 0 && memmem(slice.data, slice.size, part.data, part.size) != NULL);
}

slice_t
slice_trim(slice_t slice)
{
    while (slice.size && s_is_space(slice.data[0])) {
        slice.data++;
        slice.size--;
    }
    while (slice.size && s_is_space(slice.data[slice.size - 1]))
        slice.size--;
    return slice;
}

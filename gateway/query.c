#include "gateway/query.h"

#include <string.h>

#include "base/text.h"
#include "gateway/json_view.h"

static bool
s_decode(slice_t raw, buffer_t *out)
{
    buffer_t spaced = {0};
    buffer_append_slice(&spaced, raw);
    for (size_t i = 0; i < spaced.size; i++)
        if (spaced.data[i] == '+')
            spaced.data[i] = ' ';
    buffer_clear(out);
    bool good = text_percent_decode(out, buffer_slice(&spaced)) &&
                text_is_utf8(buffer_slice(out)) &&
                (out->size == 0 || memchr(out->data, '\0', out->size) == NULL);
    buffer_free(&spaced);
    return good;
}

bool
query_next(slice_t *rest, buffer_t *name, buffer_t *value, bool *bad)
{
    *bad = false;
    while (rest->size) {
        const char *and_sign = memchr(rest->data, '&', rest->size);
        size_t size = and_sign ? (size_t) (and_sign - rest->data) : rest->size;
        slice_t pair = {rest->data, size};
        rest->data += size + (and_sign != NULL);
        rest->size -= size + (and_sign != NULL);
        if (size == 0)
            continue;
        const char *equals = memchr(pair.data, '=', pair.size);
        size_t name_size = equals ? (size_t) (equals - pair.data) : pair.size;
        slice_t raw_value = {pair.data + name_size, pair.size - name_size};
        if (equals) {
            raw_value.data++;
            raw_value.size--;
        }
        *bad = !s_decode((slice_t){pair.data, name_size}, name) || !s_decode(raw_value, value);
        return !*bad;
    }
    return false;
}

status_t
query_find(slice_t query, const char *name, buffer_t *value, bool *found, fault_t *fault)
{
    buffer_t key = {0}, item = {0};
    bool bad = false;
    status_t status = STATUS_OK;
    *found = false;
    buffer_clear(value);
    while (status == STATUS_OK && query_next(&query, &key, &item, &bad)) {
        if (!slice_is(buffer_slice(&key), name))
            continue;
        if (*found)
            status = fault_set(fault, STATUS_BAD_REQUEST, "the query has %s twice", name);
        *found = true;
        buffer_append_slice(value, buffer_slice(&item));
    }
    if (bad)
        status = fault_set(fault, STATUS_BAD_REQUEST, "the query is malformed");
    buffer_free(&key);
    buffer_free(&item);
    return status;
}

status_t
query_number(slice_t query, const char *name, int64_t low, int64_t high, int64_t *out,
             fault_t *fault)
{
    if (query.size == 0)
        return STATUS_OK;
    buffer_t text = {0};
    bool found = false;
    int64_t number = 0;
    status_t status = query_find(query, name, &text, &found, fault);
    if (status == STATUS_OK && found) {
        if (json_view_integer(buffer_slice(&text), &number) && number >= low && number <= high)
            *out = number;
        else
            status = fault_set(fault, STATUS_BAD_REQUEST, "%s is a whole number from %lld to %lld",
                               name, (long long) low, (long long) high);
    }
    buffer_free(&text);
    return status;
}

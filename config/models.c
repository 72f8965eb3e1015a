#include "config/models.h"

#include <ctype.h>
#include <string.h>

#include "config/provider.h"

enum {
    DECIMALS = 6,   /* of a price as it is written */
    DIGITS_MAX = 6, /* before the point */
    TEN = 10,
    MILLIONTHS = 1000, /* of the unit for a million tokens: a billionth for each */
    SHOWN_MAX = 80
};

/* "2.50" to billionths a token: 2,500. */
static bool
s_price(slice_t text, uint64_t *nano)
{
    uint64_t value = 0;
    size_t whole = 0, decimals = 0;
    bool point = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '.' && !point && whole) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char) c) || (point ? ++decimals > DECIMALS : ++whole > DIGITS_MAX))
            return false;
        value = value * TEN + (uint64_t) (c - '0');
    }
    if (whole == 0 || (point && decimals == 0))
        return false;
    for (; decimals < DECIMALS; decimals++)
        value *= TEN;
    *nano = (value + MILLIONTHS / 2) / MILLIONTHS;
    return true;
}

static bool
s_prices(slice_t text, model_price_t *out)
{
    const char *slash = memchr(text.data, '/', text.size);
    size_t size = slash ? (size_t) (slash - text.data) : 0;
    return slash && s_price(slice_trim((slice_t){text.data, size}), &out->in_nano) &&
           s_price(slice_trim((slice_t){slash + 1, text.size - size - 1}), &out->out_nano);
}

static bool
s_is_name(slice_t name)
{
    if (name.size == 0 || name.size > PROVIDER_MODEL_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char) name.data[i] <= ' ' || name.data[i] == '=')
            return false;
    return true;
}

bool
models_next(slice_t *list, model_price_t *out, status_t *status, fault_t *fault)
{
    *out = (model_price_t){0};
    *status = STATUS_OK;
    if (list->size == 0)
        return false;
    const char *comma = memchr(list->data, ',', list->size);
    size_t size = comma ? (size_t) (comma - list->data) : list->size;
    slice_t item = slice_trim((slice_t){list->data, size});
    list->data += comma ? size + 1 : size;
    list->size -= comma ? size + 1 : size;
    const char *equals = item.size ? memchr(item.data, '=', item.size) : NULL;
    size_t name_size = equals ? (size_t) (equals - item.data) : item.size;
    out->name = slice_trim((slice_t){item.data, name_size});
    int shown = item.size < SHOWN_MAX ? (int) item.size : SHOWN_MAX;
    if (!s_is_name(out->name))
        *status = fault_set(fault, STATUS_BAD_REQUEST,
                            "\"%.*s\" names no model; right is a list such as "
                            "gpt-4o-mini=0.15/0.60, gpt-4o, *",
                            shown, item.size ? item.data : "");
    else if (equals && !s_prices((slice_t){equals + 1, item.size - name_size - 1}, out))
        *status = fault_set(fault, STATUS_BAD_REQUEST,
                            "\"%.*s\": prices are IN/OUT for a million tokens, as in %.*s=0.15/0.60"
                            " (up to 999999, up to 6 decimals)",
                            shown, item.data,
                            out->name.size < SHOWN_MAX ? (int) out->name.size : SHOWN_MAX,
                            out->name.data);
    return *status == STATUS_OK;
}

bool
models_find(slice_t list, slice_t name, bool any, model_price_t *out)
{
    model_price_t price, star = {0};
    bool has_star = false;
    status_t status;
    while (models_next(&list, &price, &status, NULL)) {
        if (slice_is(price.name, "*")) {
            has_star = true;
            star = price;
        } else if (slice_equal(price.name, name)) {
            *out = price;
            return true;
        }
    }
    *out = star;
    return any && has_star;
}

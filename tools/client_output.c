#include "tools/client_output.h"

cJSON *
output_parse(const buffer_t *body)
{
    return body->size ? cJSON_ParseWithLength(body->data, body->size) : NULL;
}

const char *
output_text(const cJSON *object, const char *name, const char *otherwise)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : otherwise;
}

double
output_fraction(const cJSON *object, const char *name, double otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

int64_t
output_number(const cJSON *object, const char *name, int64_t otherwise)
{
    double number = output_fraction(object, name, (double) otherwise);
    /* Beyond this a double is no whole number any more, and far beyond it the cast is undefined. */
    return number >= -9e15 && number <= 9e15 ? (int64_t) number : otherwise;
}

void
output_write(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *) text; *c; c++) {
        /* U+0080 to U+009F are controls too; in UTF-8 they are c2 80 to c2 9f. */
        if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) {
            fputc('?', out);
            c++;
        } else {
            fputc((*c < 0x20 && *c != '\n') || *c == 0x7f ? '?' : *c, out);
        }
    }
}

void
output_body(FILE *out, const buffer_t *body)
{
    size_t size = body->size;
    while (size && (body->data[size - 1] == '\n' || body->data[size - 1] == '\r'))
        size--;
    if (size)
        fwrite(body->data, 1, size, out);
    fputc('\n', out);
}

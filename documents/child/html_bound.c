#include "documents/child/html_bound.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { ATTRIBUTES_MAX = 300 };

static bool
s_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
s_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
s_begins(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    return (size_t) (end - at) >= size && strncasecmp(at, word, size) == 0;
}

/* Returns where `word` stands next, or `end`. */
static char *
s_find(char *at, char *end, const char *word)
{
    while (at < end && !s_begins(at, end, word))
        at++;
    return at;
}

/* Returns the end of an attribute and its value. */
static char *
s_skip_attribute(char *at, char *end)
{
    at++; /* a stray quote or sign is a name too */
    while (at < end && !s_is_space(*at) && *at != '=' && *at != '>' && *at != '/')
        at++;
    char *value = at;
    while (value < end && s_is_space(*value))
        value++;
    if (value == end || *value != '=')
        return at;
    do
        value++;
    while (value < end && s_is_space(*value));
    if (value < end && (*value == '"' || *value == '\'')) {
        char *quote = memchr(value + 1, *value, (size_t) (end - value - 1));
        return quote ? quote + 1 : end;
    }
    while (value < end && !s_is_space(*value) && *value != '>')
        value++;
    return value;
}

/* Returns the end of the tag whose name `at` stands behind. */
static char *
s_bound_tag(char *at, char *end)
{
    char *from = end;
    for (size_t count = 0; at < end && *at != '>';) {
        if (s_is_space(*at) || *at == '/') {
            at++;
            continue;
        }
        if (count++ == ATTRIBUTES_MAX)
            from = at;
        at = s_skip_attribute(at, end);
    }
    if (from < at)
        memset(from, ' ', (size_t) (at - from));
    return at;
}

void
html_bound_attributes(buffer_t *source)
{
    char *at = source->data, *end = source->data ? source->data + source->size : at;
    while (at < end && (at = memchr(at, '<', (size_t) (end - at))) != NULL) {
        bool is_script = s_begins(at, end, "<script"), is_style = s_begins(at, end, "<style");
        if (s_begins(at, end, "<!--")) {
            at = s_find(at + 4, end, "-->");
            continue;
        }
        at++;
        if (at == end || !s_is_letter(*at))
            continue;
        while (at < end && !s_is_space(*at) && *at != '>' && *at != '/')
            at++;
        at = s_bound_tag(at, end);
        if (is_script || is_style)
            at = s_find(at, end, is_script ? "</script" : "</style");
    }
}

#include "documents/model/model_tags_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

enum {
    LINES_MAX = 256,     /* looked at */
    LINE_WORDS_MAX = 8,  /* a line of more is a sentence */
    LINE_BYTES_MAX = 200 /* and so is a longer one, in a script without spaces */
};

/* What may stand around a tag and is none of it. */
static const char *const WRAPS[] = {"\"",     "'",      "`",      "*",      "_",
                                    "\u201c", "\u201d", "\u201e", "\u00ab", "\u00bb",
                                    "\u2018", "\u2019", "\u300c", "\u300d"};

static const char *const BULLETS[] = {"-",      "*",      "+",      "\u2022", "\u2013",
                                      "\u2014", "\u25e6", "\u00b7", "\u25cf", "\u30fb"};

static const char *const COMMAS[] = {",", ";", "\uff0c", "\u3001", "\uff1b", "\u060c"};

static bool
s_starts_with(slice_t text, const char *word)
{
    size_t size = strlen(word);
    return text.size >= size && memcmp(text.data, word, size) == 0;
}

static bool
s_ends_with(slice_t text, const char *word)
{
    size_t size = strlen(word);
    return text.size >= size && memcmp(text.data + text.size - size, word, size) == 0;
}

/* Returns the bytes of the word of `words` that `text` begins with; 0: none. */
static size_t
s_first_of(slice_t text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (s_starts_with(text, words[i]))
            return strlen(words[i]);
    return 0;
}
#define FIRST_OF(text, words) s_first_of(text, words, sizeof(words) / sizeof(words)[0])

/* Returns `tag` without one wrap, or white space, at either end. Apostrophes and stars within stay,
 * and so do those at one end only ("C*", "rock 'n'"). */
static slice_t
s_unwrap(slice_t tag)
{
    tag = slice_trim(tag);
    size_t size = FIRST_OF(tag, WRAPS);
    if (size == 0 || size == tag.size)
        return tag;
    for (size_t i = 0; i < sizeof WRAPS / sizeof WRAPS[0]; i++)
        if (s_ends_with(tag, WRAPS[i]))
            return slice_trim((slice_t){tag.data + size, tag.size - size - strlen(WRAPS[i])});
    return tag;
}

void
model_tags_add(model_tags_t *self, slice_t tag)
{
    for (size_t size = 0; size != tag.size;) {
        size = tag.size;
        tag = s_unwrap(tag);
    }
    if (tag.size > 0 && tag.size <= MODEL_TAG_BYTES_MAX && self->count < MODEL_TAGS_MAX)
        self->items[self->count++] = slice_copy(tag);
}

void
model_tags_split(model_tags_t *self, slice_t text)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.size; i++) {
        size_t comma = FIRST_OF(slice_drop(text, i), COMMAS);
        if (comma == 0 && i < text.size)
            continue;
        model_tags_add(self, (slice_t){text.data + start, i - start});
        start = i + comma;
        i += comma ? comma - 1 : 0;
    }
}

/* ---- lines ---- */

/* Returns what follows a bullet, or a number with a point or a parenthesis; the empty slice where
 * `line` begins with neither. */
static slice_t
s_marked(slice_t line)
{
    size_t size = FIRST_OF(line, BULLETS);
    if (size && size < line.size && (line.data[size] == ' ' || line.data[size] == '\t'))
        return slice_trim(slice_drop(line, size));
    size_t at = line.size > 0 && line.data[0] == '(';
    size_t digits = at;
    while (at < line.size && line.data[at] >= '0' && line.data[at] <= '9')
        at++;
    if (at == digits || at > digits + 3 || at + 1 >= line.size || !strchr(".):", line.data[at]))
        return (slice_t){0};
    at++;
    /* "3.5 GHz band" is not the third of a list. */
    return line.data[at] == ' ' || line.data[at] == '\t' ? slice_trim(slice_drop(line, at))
                                                         : (slice_t){0};
}

static bool
s_is_prose(slice_t line)
{
    size_t words = 1;
    for (size_t i = 0; i < line.size; i++)
        words += line.data[i] == ' ';
    return line.size > LINE_BYTES_MAX || words > LINE_WORDS_MAX || s_ends_with(line, "?") ||
           s_ends_with(line, "!") || s_ends_with(line, ":") || s_ends_with(line, ":**") ||
           s_ends_with(line, ".") || s_starts_with(line, "```") || s_starts_with(line, "<") ||
           s_starts_with(line, "#");
}

typedef struct {
    slice_t items[LINES_MAX]; /* that hold something */
    size_t count;
    size_t marked; /* of them numbered or with a bullet */
} lines_t;

static void
s_read_lines(slice_t text, lines_t *lines)
{
    while (text.size > 0 && lines->count < LINES_MAX) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t) (end - text.data) : text.size;
        slice_t line = slice_trim((slice_t){text.data, size});
        if (line.size > 0) {
            lines->items[lines->count++] = line;
            lines->marked += s_marked(line).size > 0;
        }
        text = slice_drop(text, end ? size + 1 : size);
    }
}

/* "1. harbour cranes - large machines" explains; "- Lisbon: " labels: the tag stands before. */
static slice_t
s_without_remark(slice_t item)
{
    static const char *const remarks[] = {" - ", " \u2013 ", " \u2014 ", ": ", " ("};
    for (size_t i = 1; i < item.size; i++)
        if (FIRST_OF(slice_drop(item, i), remarks))
            return (slice_t){item.data, i};
    return item;
}

static void
s_add_marked(model_tags_t *self, const lines_t *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        slice_t item = s_marked(lines->items[i]);
        if (item.size == 0)
            continue;
        item = s_without_remark(item);
        if (s_ends_with(item, ".") || s_ends_with(item, ",") || s_ends_with(item, ";"))
            item.size--;
        if (!s_is_prose(item))
            model_tags_add(self, item);
    }
}

/* ---- one line ---- */

/* Returns what follows "Tags:" or another short label; all of it where there is none. */
static slice_t
s_without_label(slice_t line)
{
    static const char *const labels[] = {"tags",        "keywords",   "tag",    "keyword",
                                         "key phrases", "keyphrases", "answer", "output"};
    slice_t bare = line;
    while (bare.size > 0 && bare.data[0] == '*')
        bare = slice_drop(bare, 1);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        size_t size = strlen(labels[i]);
        if (bare.size <= size || strncasecmp(bare.data, labels[i], size) != 0)
            continue;
        slice_t rest = slice_drop(bare, size);
        while (rest.size > 0 && rest.data[0] == '*')
            rest = slice_drop(rest, 1);
        if (rest.size > 0 && rest.data[0] == ':') {
            rest = slice_drop(rest, 1);
            while (rest.size > 0 && rest.data[0] == '*')
                rest = slice_drop(rest, 1);
            return slice_trim(rest);
        }
    }
    return line;
}

/* A list by commas has three items or more, none of them a sentence, and ends like one only where a
 * label says that it is a list. */
static void
s_add_commas(model_tags_t *self, slice_t line)
{
    slice_t list = s_without_label(line);
    bool is_labelled = list.data != line.data;
    if (s_ends_with(list, "?") || s_ends_with(list, "!") ||
        (s_ends_with(list, ".") && !is_labelled))
        return;
    if (s_ends_with(list, "."))
        list.size--;
    size_t before = self->count;
    model_tags_split(self, list);
    bool is_list = self->count - before >= 3;
    for (size_t i = before; i < self->count && is_list; i++)
        is_list = !s_is_prose(slice_from(self->items[i]));
    while (!is_list && self->count > before)
        free(self->items[--self->count]);
}

/* Lines without marks are a list when there are several and each could be a tag; a heading over
 * them and a fence around them do not count. */
static void
s_add_lines(model_tags_t *self, const lines_t *lines)
{
    size_t tags = 0, prose = 0;
    for (size_t i = 0; i < lines->count; i++) {
        bool is_frame = s_starts_with(lines->items[i], "```") ||
                        s_starts_with(lines->items[i], "#") || s_ends_with(lines->items[i], ":") ||
                        s_ends_with(lines->items[i], ":**");
        bool is_prose = s_is_prose(lines->items[i]);
        tags += !is_prose;
        prose += is_prose && !is_frame;
    }
    if (tags < 3 || prose > 0)
        return;
    for (size_t i = 0; i < lines->count; i++) {
        slice_t line = lines->items[i];
        if (s_is_prose(line))
            continue;
        if (s_ends_with(line, ",") || s_ends_with(line, ";"))
            line.size--;
        model_tags_add(self, line);
    }
}

void
model_tags_brackets(model_tags_t *self, slice_t text)
{
    const char *open = text.size ? memchr(text.data, '[', text.size) : NULL;
    const char *close = text.size ? memrchr(text.data, ']', text.size) : NULL;
    if (open == NULL || close == NULL || close < open)
        return;
    slice_t inside = {open + 1, (size_t) (close - open) - 1};
    for (size_t i = 0; i < inside.size; i++)
        if (strchr("[]{}\"", inside.data[i]))
            return;
    s_add_commas(self, slice_trim(inside));
}

void
model_tags_list(model_tags_t *self, slice_t text)
{
    lines_t *lines = memory_new(sizeof *lines);
    s_read_lines(text, lines);
    if (lines->marked >= 2)
        s_add_marked(self, lines);
    else
        s_add_lines(self, lines);
    for (size_t i = 0; i < lines->count && self->count == 0; i++)
        s_add_commas(self, lines->items[i]);
    free(lines);
}

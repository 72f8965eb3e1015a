#include "documents/child/markdown.h"

#include <string.h>

enum { SKIP_MAX_BYTES = 1024, HEADING_MAX = 6 }; /* the bound keeps unclosed marks cheap */

/* Cuts the first line, its line feed included, off `rest`. */
static slice_t
s_next_line(slice_t *rest)
{
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end ? (size_t) (end - rest->data) + 1 : rest->size;
    slice_t line = {rest->data, size};
    *rest = slice_drop(*rest, size);
    return line;
}

static size_t
s_run(slice_t text, const char *of)
{
    size_t size = 0;
    while (size < text.size && text.data[size] && strchr(of, text.data[size]))
        size++;
    return size;
}

bool
markdown_is_likely(slice_t text)
{
    unsigned signals = 0;
    while (text.size && signals < 2) {
        slice_t line = s_next_line(&text);
        size_t marks = s_run(line, "#");
        bool is_heading =
            marks >= 1 && marks <= HEADING_MAX && marks < line.size && line.data[marks] == ' ';
        if (is_heading || slice_begins(line, SLICE("```")) || memmem(line.data, line.size, "](", 2))
            signals++;
    }
    return signals >= 2;
}

/* Returns the bytes of `text` up to and with the bracket that closes its first one; 0: none does
 * within reach. */
static size_t
s_bracketed(slice_t text, char open, char close)
{
    size_t depth = 0, end = text.size < SKIP_MAX_BYTES ? text.size : SKIP_MAX_BYTES;
    for (size_t i = 0; i < end; i++) {
        if (text.data[i] == open)
            depth++;
        else if (text.data[i] == close && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* The target that follows the words of a link or an image: "(address)" or "[name]". */
static size_t
s_target(slice_t text)
{
    if (slice_begins(text, SLICE("(")))
        return s_bracketed(text, '(', ')');
    if (slice_begins(text, SLICE("[")))
        return s_bracketed(text, '[', ']');
    return 0;
}

static size_t
s_image(slice_t text)
{
    size_t words = s_bracketed(slice_drop(text, 1), '[', ']');
    if (words == 0)
        return 0;
    size_t target = s_target(slice_drop(text, 1 + words));
    return target ? 1 + words + target : 0;
}

static size_t
s_address(slice_t text)
{
    if (!slice_begins(text, SLICE("http://")) && !slice_begins(text, SLICE("https://")) &&
        !slice_begins(text, SLICE("www.")))
        return 0;
    size_t size = 0;
    while (size < text.size && (unsigned char) text.data[size] > ' ' &&
           strchr("<>\"|`)]", text.data[size]) == NULL)
        size++;
    return size;
}

static size_t
s_tag(slice_t text)
{
    if (slice_begins(text, SLICE("<!--"))) {
        size_t reach = text.size < SKIP_MAX_BYTES ? text.size : SKIP_MAX_BYTES;
        const char *end = memmem(text.data, reach, "-->", 3);
        return end ? (size_t) (end - text.data) + 3 : 0;
    }
    if (text.size < 2)
        return 0;
    char next = text.data[1];
    bool is_tag = next == '/' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    return is_tag ? s_bracketed(text, '<', '>') : 0;
}

/* Returns how many bytes at the start of `text` are markup that goes. */
static size_t
s_markup(slice_t text, bool is_word_start)
{
    switch (text.data[0]) {
    case '!': return slice_begins(text, SLICE("![")) ? s_image(text) : 0;
    case '[': return 1;
    case ']': return 1 + s_target(slice_drop(text, 1));
    case '<': return s_tag(text);
    case '*':
    case '`':
    case '|': return 1;
    case '~': return slice_begins(text, SLICE("~~")) ? 2 : 0;
    case '_': return is_word_start || slice_begins(text, SLICE("__")) ? s_run(text, "_") : 0;
    case 'h':
    case 'w': return is_word_start ? s_address(text) : 0;
    default: return 0;
    }
}

static void
s_strip_inline(slice_t line, buffer_t *out)
{
    bool is_word_start = true;
    while (line.size) {
        size_t skip = s_markup(line, is_word_start);
        if (skip) {
            if (line.data[0] == '|' || line.data[0] == '<')
                buffer_append_byte(out, ' ');
            is_word_start = true;
        } else {
            unsigned char byte = (unsigned char) line.data[0];
            buffer_append_byte(out, line.data[0]);
            is_word_start = byte <= ' ' || strchr("([{\"'", byte) != NULL;
            skip = 1;
        }
        line = slice_drop(line, skip);
    }
}

/* Rulers, the line under a table's head, fences, and where a named link leads: no words there. */
static bool
s_is_wordless(slice_t line)
{
    slice_t text = slice_trim(line);
    if (text.size >= 3 && s_run(text, "-=|:*_+ ") == text.size)
        return true;
    if (slice_begins(text, SLICE("```")) || slice_begins(text, SLICE("~~~")))
        return true;
    size_t name = slice_begins(text, SLICE("[")) ? s_bracketed(text, '[', ']') : 0;
    return name && slice_begins(slice_drop(text, name), SLICE(": "));
}

static slice_t
s_drop_line_marks(slice_t line)
{
    line = slice_drop(line, s_run(line, " \t>"));
    line = slice_drop(line, s_run(line, "#"));
    if (slice_begins(line, SLICE("- ")) || slice_begins(line, SLICE("+ ")) ||
        slice_begins(line, SLICE("* ")))
        line = slice_drop(line, 2);
    return line;
}

/* Comments may run over lines. */
static slice_t
s_drop_comments(slice_t rest)
{
    while (slice_begins(rest, SLICE("<!--"))) {
        size_t size = s_tag(rest);
        if (size == 0)
            break;
        rest = slice_drop(rest, size);
    }
    return rest;
}

void
markdown_strip(slice_t text, buffer_t *out)
{
    while (text.size) {
        text = s_drop_comments(text);
        if (text.size == 0)
            return;
        slice_t line = s_next_line(&text);
        if (s_is_wordless(line))
            buffer_append_byte(out, '\n');
        else
            s_strip_inline(s_drop_line_marks(line), out);
    }
}

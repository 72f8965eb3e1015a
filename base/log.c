#include "base/log.h"

#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"

static log_level_t s_level = LOG_LEVEL_INFO;
static bool s_json;
static const char *const s_words[] = {"error", "warning", "info", "debug"};

void
log_open(log_level_t level, bool json)
{
    s_level = level;
    s_json = json;
}

bool
log_level_parse(slice_t word, log_level_t *out)
{
    for (size_t i = 0; i < sizeof s_words / sizeof s_words[0]; i++) {
        if (slice_is(word, s_words[i])) {
            *out = (log_level_t) i;
            return true;
        }
    }
    return false;
}

/* Control characters, quotes and backslashes escaped as in JSON, so that a value can never start a
 * line or a field of its own. */
static void
s_quote(buffer_t *out, slice_t text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char) text.data[i];
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_append_byte(out, (char) c);
    }
    buffer_append_byte(out, '"');
}

static bool
s_is_plain(slice_t text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char) text.data[i];
        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f)
            return false;
    }
    return text.size > 0;
}

static void
s_field(buffer_t *line, const log_field_t *field)
{
    if (s_json) {
        buffer_append_text(line, line->size > 1 ? "," : "");
        s_quote(line, slice_from(field->name));
        buffer_append_byte(line, ':');
    } else {
        buffer_printf(line, "%s%s=", line->size ? " " : "", field->name);
    }
    if (field->is_number)
        buffer_printf(line, "%lld", (long long) field->number);
    else if (!s_json && s_is_plain(field->text))
        buffer_append_slice(line, field->text);
    else
        s_quote(line, field->text);
}

void
log_write(log_level_t level, const char *component, const char *message, const log_field_t *fields)
{
    if (level > s_level)
        return;
    char time[CLOCK_TEXT_SIZE];
    clock_format(clock_wall_ms(), time);
    buffer_t line = {0};
    if (s_json)
        buffer_append_byte(&line, '{');
    s_field(&line, &(log_field_t) LOG_S("time", time));
    s_field(&line, &(log_field_t) LOG_S("level", s_words[level]));
    s_field(&line, &(log_field_t) LOG_S("in", component));
    s_field(&line, &(log_field_t) LOG_S("msg", message));
    for (; fields && fields->name; fields++)
        s_field(&line, fields);
    buffer_append_text(&line, s_json ? "}\n" : "\n");
    /* One write a line: the kernel keeps lines of several processes apart. A log that cannot be
     * written is no reason to stop serving. */
    ssize_t ignored = write(STDERR_FILENO, line.data, line.size);
    (void) ignored;
    buffer_free(&line);
}

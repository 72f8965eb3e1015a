#include "documents/child/email.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include "documents/child/html.h"
#include "documents/child/plain.h"

enum {
    DEPTH_MAX = 20, /* parts within parts, and messages within messages */
    FIELD_MAX_BYTES = 2000,
    ADDRESSES_MAX_BYTES = 8000,
    MESSAGES_MAX = 10000, /* of a mailbox */
};

typedef struct {
    buffer_t *out;
    size_t end; /* the size that `out` may reach */
    unsigned depth;
    bool has_sealed; /* a part was encrypted */
} walk_t;

static void s_read_part(walk_t *self, GMimeObject *part);

static size_t
s_left(const walk_t *self)
{
    return self->out->size < self->end ? self->end - self->out->size : 0;
}

static void
s_end_paragraph(walk_t *self)
{
    if (s_left(self) >= 2)
        buffer_append_text(self->out, "\n\n");
}

/* ---- fields ---- */

static void
s_read_field(walk_t *self, GMimeObject *object, const char *name)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    GMimeHeader *header = g_mime_header_list_get_header(list, name);
    const char *value = header ? g_mime_header_get_raw_value(header) : NULL;
    size_t limit = s_left(self) < FIELD_MAX_BYTES ? s_left(self) : FIELD_MAX_BYTES;
    size_t before = self->out->size;
    email_append_words(slice_from(value), limit, self->out);
    if (self->out->size > before)
        s_end_paragraph(self);
}

/* Appends the name of a file without its ending, unless it is a number with some letters. */
static void
s_read_name(walk_t *self, const char *name)
{
    const char *ending = strrchr(name, '.');
    slice_t stem = {name, ending && ending > name ? (size_t) (ending - name) : strlen(name)};
    size_t letters = 0, digits = 0;
    buffer_t words = {0};
    for (size_t i = 0; i < stem.size; i++) {
        unsigned char byte = (unsigned char) stem.data[i];
        digits += byte >= '0' && byte <= '9';
        letters += byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        buffer_append_byte(&words, strchr("_-+.", byte) ? ' ' : (char) byte);
    }
    if (letters > digits) {
        plain_clean(buffer_slice(&words), s_left(self), self->out);
        s_end_paragraph(self);
    }
    buffer_free(&words);
}

/* ---- text ---- */

/* What stands behind this line is who wrote, not what (RFC 3676, 4.3). */
static size_t
s_signature(slice_t text)
{
    const char *mark = text.size ? memmem(text.data, text.size, "\n-- \n", 5) : NULL;
    return mark ? (size_t) (mark - text.data) : text.size;
}

/* Quoted lines lose their marks. */
static void
s_append_unquoted(slice_t text, buffer_t *out)
{
    text.size = s_signature(text);
    while (text.size) {
        const char *end = memchr(text.data, '\n', text.size);
        slice_t line = {text.data, end ? (size_t) (end - text.data) + 1 : text.size};
        text = (slice_t){line.data + line.size, text.size - line.size};
        size_t marks = 0;
        while (marks < line.size && line.data[marks] == '>') {
            marks++;
            marks += marks < line.size && line.data[marks] == ' ';
        }
        buffer_append(out, line.data + marks, line.size - marks);
    }
}

static void
s_read_text(walk_t *self, GMimePart *part, bool is_html)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content == NULL)
        return;
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    slice_t bytes = {(const char *) array->data, array->len};
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    if (is_html)
        html_append_text(bytes, charset, s_left(self), self->out);
    else {
        buffer_t text = {0}, words = {0};
        plain_decode(bytes, charset, s_left(self), &text);
        s_append_unquoted(buffer_slice(&text), &words);
        buffer_append_slice(self->out, slice_trim(buffer_slice(&words)));
        buffer_free(&text);
        buffer_free(&words);
        s_end_paragraph(self);
    }
    g_object_unref(stream);
}

/* ---- parts ---- */

static bool
s_is_type(GMimeObject *part, const char *type, const char *subtype)
{
    return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

static bool
s_is_sealed(GMimeObject *part)
{
    return s_is_type(part, "multipart", "encrypted") ||
           s_is_type(part, "application", "pkcs7-mime") ||
           s_is_type(part, "application", "x-pkcs7-mime");
}

/* Reads one of an alternative's parts into `text`, unless that says more already. */
static void
s_try(walk_t *self, GMimeObject *part, buffer_t *text)
{
    buffer_t other = {0};
    walk_t walk = {.out = &other, .end = s_left(self), .depth = self->depth};
    s_read_part(&walk, part);
    self->has_sealed = self->has_sealed || walk.has_sealed;
    if (plain_count_characters(buffer_slice(&other)) > plain_count_characters(buffer_slice(text))) {
        buffer_t spare = *text;
        *text = other;
        other = spare;
    }
    buffer_free(&other);
}

/* The plain one, unless it only says that there is another; then the best first, which is last. */
static void
s_read_alternative(walk_t *self, GMimeMultipart *multipart)
{
    int count = g_mime_multipart_get_count(multipart);
    buffer_t text = {0};
    for (int i = 0; i < count; i++)
        if (s_is_type(g_mime_multipart_get_part(multipart, i), "text", "plain"))
            s_try(self, g_mime_multipart_get_part(multipart, i), &text);
    for (int i = count - 1; i >= 0; i--)
        if (plain_count_characters(buffer_slice(&text)) < TEXT_MIN_CHARACTERS)
            s_try(self, g_mime_multipart_get_part(multipart, i), &text);
    plain_clean(buffer_slice(&text), s_left(self), self->out);
    buffer_free(&text);
}

static void
s_read_message(walk_t *self, GMimeMessage *message)
{
    s_read_field(self, GMIME_OBJECT(message), "Subject");
    s_read_field(self, GMIME_OBJECT(message), "Keywords");
    GMimeObject *part = g_mime_message_get_mime_part(message);
    if (part)
        s_read_part(self, part);
}

static void
s_read_leaf(walk_t *self, GMimePart *part)
{
    const char *name = g_mime_part_get_filename(part);
    bool is_text = s_is_type(GMIME_OBJECT(part), "text", "*") &&
                   !s_is_type(GMIME_OBJECT(part), "text", "calendar") &&
                   !s_is_type(GMIME_OBJECT(part), "text", "css");
    if (is_text && !g_mime_part_is_attachment(part))
        s_read_text(self, part, s_is_type(GMIME_OBJECT(part), "text", "html"));
    else if (name && g_mime_part_is_attachment(part))
        s_read_name(self, name);
}

static void
s_read_parts(walk_t *self, GMimeMultipart *multipart)
{
    int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count; i++)
        s_read_part(self, g_mime_multipart_get_part(multipart, i));
}

static void
s_read_inner(walk_t *self, GMimeMessagePart *part)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    if (message)
        s_read_message(self, message);
}

typedef enum {
    KIND_OTHER,
    KIND_SEALED,
    KIND_ALTERNATIVE,
    KIND_PARTS,
    KIND_MESSAGE,
    KIND_LEAF
} kind_t;

static kind_t
s_kind(GMimeObject *part)
{
    if (s_is_sealed(part))
        return KIND_SEALED;
    if (GMIME_IS_MULTIPART(part))
        return s_is_type(part, "multipart", "alternative") ? KIND_ALTERNATIVE : KIND_PARTS;
    if (GMIME_IS_MESSAGE_PART(part))
        return KIND_MESSAGE;
    return GMIME_IS_PART(part) ? KIND_LEAF : KIND_OTHER;
}

static void
s_read_part(walk_t *self, GMimeObject *part)
{
    if (part == NULL || self->depth >= DEPTH_MAX || s_left(self) == 0)
        return;
    self->depth++;
    switch (s_kind(part)) {
    case KIND_OTHER: break;
    case KIND_SEALED: self->has_sealed = true; break;
    case KIND_ALTERNATIVE: s_read_alternative(self, GMIME_MULTIPART(part)); break;
    case KIND_PARTS: s_read_parts(self, GMIME_MULTIPART(part)); break;
    case KIND_MESSAGE: s_read_inner(self, GMIME_MESSAGE_PART(part)); break;
    case KIND_LEAF: s_read_leaf(self, GMIME_PART(part)); break;
    }
    self->depth--;
}

/* ---- the whole ---- */

static bool
s_begins_addresses(slice_t line)
{
    static const char *const names[] = {"From:", "To:", "Cc:", "Bcc:", "Sender:", "Reply-To:"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (line.size >= strlen(names[i]) &&
            strncasecmp(line.data, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* GMime 3.2 takes a field of addresses apart by recursion, and one of groups within groups without
 * end overflows its stack. Nobody reads these fields here, so they are cut. */
static void
s_bound_addresses(GByteArray *bytes)
{
    char *at = (char *) bytes->data, *end = at + bytes->len;
    size_t size = 0; /* of the field being read; 0: it is none of addresses */
    while (at < end) {
        char *feed = memchr(at, '\n', (size_t) (end - at));
        slice_t line = {at, (size_t) (feed ? feed + 1 - at : end - at)};
        bool is_more = size > 0 && (at[0] == ' ' || at[0] == '\t');
        if (!is_more)
            size = s_begins_addresses(line) ? 1 : 0;
        for (size_t i = 0; i < line.size && size > 0; i++)
            if (++size > ADDRESSES_MAX_BYTES && at[i] != '\n' && at[i] != '\r')
                at[i] = ' ';
        at += line.size;
    }
}

static GMimeStream *
s_open(slice_t bytes)
{
    GByteArray *array = g_byte_array_sized_new((guint) bytes.size);
    g_byte_array_append(array, (const guint8 *) bytes.data, (guint) bytes.size);
    s_bound_addresses(array);
    return g_mime_stream_mem_new_with_byte_array(array); /* takes it */
}

static void
s_read_all(GMimeParser *parser, walk_t *walk)
{
    for (int i = 0; i < MESSAGES_MAX && s_left(walk) > 0; i++) {
        GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
        if (message == NULL)
            return;
        s_read_message(walk, message);
        g_object_unref(message);
        if (g_mime_parser_eos(parser))
            return;
    }
}

void
email_read(const extract_request_t *request, reading_t *reading)
{
    slice_t bytes = request->bytes;
    GMimeStream *stream = s_open(bytes);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    if (bytes.size >= 5 && memcmp(bytes.data, "From ", 5) == 0)
        g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
    walk_t walk = {.out = &reading->text, .end = request->text_limit};
    s_read_all(parser, &walk);
    g_object_unref(parser);
    g_object_unref(stream);
    if (walk.has_sealed &&
        plain_count_characters(buffer_slice(&reading->text)) < TEXT_MIN_CHARACTERS) {
        reading->error = ERROR_ENCRYPTED;
        buffer_append_text(&reading->detail, "the message is encrypted");
    }
}

void
email_warm_up(void)
{
    g_mime_init();
    reading_t reading = {0};
    extract_request_t request = {
        1, EXTRACT_DETAIL_MAX_BYTES,
        SLICE("Subject: =?koi8-r?B?zcnS?=\nFrom: =?koi8-r?Q?=CD?= <a@example.org>\n"
              "Content-Type: text/plain; charset=koi8-r\n"
              "Content-Transfer-Encoding: base64\n\nzcnS\n")};
    email_read(&request, &reading);
    reading_free(&reading);
}

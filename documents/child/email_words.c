#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include "documents/child/email.h"
#include "documents/child/plain.h"

enum { LABEL_SIZE = 64 };

/* An encoded word: =?charset*language?B?text?= */
typedef struct {
    slice_t charset;
    char encoding; /* 'B' or 'Q' */
    slice_t text;
    size_t size; /* of all of it */
} word_t;

typedef struct {
    buffer_t *out;
    size_t end;     /* the size that `out` may reach */
    buffer_t bytes; /* of encoded words in a row: a letter may be cut between two of them */
    char charset[LABEL_SIZE];
} decoder_t;

/* Cuts what stands before the next question mark off `rest`. */
static bool
s_cut_field(slice_t *rest, slice_t *field)
{
    const char *mark = rest->size ? memchr(rest->data, '?', rest->size) : NULL;
    if (mark == NULL)
        return false;
    *field = (slice_t){rest->data, (size_t) (mark - rest->data)};
    *rest = slice_drop(*rest, field->size + 1);
    return true;
}

static bool
s_take_word(slice_t text, word_t *word)
{
    slice_t rest = text, encoding;
    if (text.size < 2 || memcmp(text.data, "=?", 2) != 0)
        return false;
    rest = slice_drop(rest, 2);
    if (!s_cut_field(&rest, &word->charset) || !s_cut_field(&rest, &encoding) ||
        !s_cut_field(&rest, &word->text) || rest.size == 0 || rest.data[0] != '=')
        return false;
    const char *language = memchr(word->charset.data, '*', word->charset.size);
    if (language)
        word->charset.size = (size_t) (language - word->charset.data);
    if (encoding.size != 1 || strchr("BbQq", encoding.data[0]) == NULL || word->charset.size == 0 ||
        word->charset.size >= LABEL_SIZE)
        return false;
    word->encoding = encoding.data[0] == 'B' || encoding.data[0] == 'b' ? 'B' : 'Q';
    word->size = (size_t) (rest.data + 1 - text.data);
    return true;
}

static void
s_flush(decoder_t *self)
{
    plain_decode(buffer_slice(&self->bytes), self->charset, self->end - self->out->size, self->out);
    buffer_clear(&self->bytes);
    self->charset[0] = '\0';
}

static void
s_decode_word(decoder_t *self, const word_t *word)
{
    bool is_same = strlen(self->charset) == word->charset.size &&
                   strncasecmp(self->charset, word->charset.data, word->charset.size) == 0;
    if (!is_same)
        s_flush(self);
    memcpy(self->charset, word->charset.data, word->charset.size);
    self->charset[word->charset.size] = '\0';
    GMimeEncoding step;
    bool is_base64 = word->encoding == 'B';
    g_mime_encoding_init_decode(&step, is_base64 ? GMIME_CONTENT_ENCODING_BASE64
                                                 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    buffer_t text = {0};
    buffer_append_slice(&text, word->text);
    for (size_t i = 0; i < text.size && !is_base64; i++)
        text.data[i] = text.data[i] == '_' ? ' ' : text.data[i];
    char *room = buffer_reserve(&self->bytes, g_mime_encoding_outlen(&step, text.size));
    if (text.size)
        self->bytes.size += g_mime_encoding_flush(&step, text.data, text.size, room);
    buffer_free(&text);
}

static size_t
s_space(slice_t text)
{
    size_t size = 0;
    while (size < text.size && strchr(" \t\r\n", text.data[size]) && text.data[size])
        size++;
    return size;
}

/* Returns how much of `text` there is before the next encoded word. */
static size_t
s_literal(slice_t text)
{
    size_t size = 1;
    while (size < text.size &&
           !(text.data[size] == '=' && size + 1 < text.size && text.data[size + 1] == '?'))
        size++;
    return size;
}

/* Fields are folded over lines: white space becomes single blanks. */
static void
s_join_lines(buffer_t *line)
{
    size_t put = 0;
    for (size_t at = 0; at < line->size; at++) {
        bool is_space = s_space((slice_t){line->data + at, 1}) > 0;
        if (!is_space || (put > 0 && line->data[put - 1] != ' '))
            line->data[put++] = is_space ? ' ' : line->data[at];
    }
    line->size = put;
}

/* White space between two encoded words is not part of the text. */
void
email_append_words(slice_t value, size_t limit, buffer_t *out)
{
    buffer_t line = {0};
    decoder_t self = {.out = &line, .end = limit};
    value = slice_trim(value);
    bool was_word = false;
    while (value.size) {
        size_t space = s_space(value);
        word_t word;
        if (s_take_word(slice_drop(value, space), &word)) {
            if (space && !was_word) {
                s_flush(&self);
                buffer_append_byte(&self.bytes, ' ');
            }
            s_decode_word(&self, &word);
            value = slice_drop(value, space + word.size);
            was_word = true;
            continue;
        }
        s_flush(&self);
        size_t size = s_literal(value);
        buffer_append(&self.bytes, value.data, size);
        s_flush(&self);
        value = slice_drop(value, size);
        was_word = false;
    }
    s_flush(&self);
    s_join_lines(&line);
    plain_clean(buffer_slice(&line), limit, out);
    buffer_free(&line);
    buffer_free(&self.bytes);
}

#include "documents/tagger/tagger_tokens.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ubrk.h>
#include <unicode/uchar.h>

#include "base/memory.h"
#include "base/text.h"
#include "documents/tagger/tagger_abbreviation.h"
#include "documents/tagger/tagger_address.h"
#include "documents/tagger/tagger_boilerplate.h"
#include "documents/tagger/unicode.h"

enum {
    PIECE_SIZE = 128 * 1024, /* bytes worked on at a time */
    PIECE_TAIL = 1024,       /* bytes in which a piece's end is moved back to white space */
    AMPERSAND_LETTERS = 3,   /* on either side of a name such as AT&T */
    SHORT_LINE = 30 /* units of a line that no margin has cut: a heading, a cell, a label */
};

struct tokenizer {
    UBreakIterator *iterator; /* NULL: ICU's data is missing; then no text has words */
    wide_t wide, scratch;
    buffer_t form;
    /* between two words: */
    uint32_t spaces, lines, hyphens, others;
    size_t line_start; /* in `wide` */
    bool starts;       /* no word yet in this text */
    /* of the running call: */
    lexicon_t *lexicon;
    tokens_t *tokens;
};

tokenizer_t *
tokenizer_new(void)
{
    UErrorCode status = U_ZERO_ERROR;
    tokenizer_t *self = memory_new(sizeof *self);
    self->iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    if (U_FAILURE(status))
        self->iterator = NULL;
    return self;
}

void
tokenizer_destroy(tokenizer_t **self_p)
{
    tokenizer_t *self = *self_p;
    if (self == NULL)
        return;
    if (self->iterator)
        ubrk_close(self->iterator);
    wide_free(&self->wide);
    wide_free(&self->scratch);
    buffer_free(&self->form);
    free(self);
    *self_p = NULL;
}

void
tokens_clear(tokens_t *self)
{
    self->count = self->lost = 0;
}

void
tokens_free(tokens_t *self)
{
    free(self->items);
    *self = (tokens_t){0};
}

static void
s_forget_gap(tokenizer_t *self)
{
    self->spaces = self->lines = self->hyphens = self->others = 0;
}

/* Where words stand without spaces, one divides phrases. */
static bool
s_is_divided(const tokenizer_t *self, UChar first)
{
    return self->spaces && first >= 0x80 && language_rules_is_spaceless(self->lexicon->rules);
}

/* A line's end inside a paragraph is a space; two are a paragraph's end. */
static joint_t
s_joint(const tokenizer_t *self, UChar first)
{
    if (self->starts || self->others || self->lines > 1 || self->hyphens > 1 ||
        s_is_divided(self, first))
        return JOINT_BREAK;
    if (self->hyphens)
        return self->spaces ? JOINT_BREAK : JOINT_HYPHEN;
    return self->spaces ? JOINT_SPACE : JOINT_NONE;
}

static void
s_take_gap(tokenizer_t *self, size_t at)
{
    UChar sign = self->wide.units[at];
    if (sign == '\n') {
        self->lines++;
        self->others += at - self->line_start < SHORT_LINE;
        self->line_start = at + 1;
    }
    if (sign == 0x2029)
        self->others++;
    if (sign == '-' || (sign >= 0x2010 && sign <= 0x2013))
        self->hyphens++;
    else if (u_isUWhiteSpace(sign))
        self->spaces++;
    else if (u_charType(sign) != U_FORMAT_CHAR)
        self->others++;
}

static void
s_push(tokenizer_t *self, slice_t form, joint_t joint)
{
    tokens_t *tokens = self->tokens;
    uint32_t number =
        tokens->count < TOKENS_LIMIT ? lexicon_require(self->lexicon, form) : WORDS_NONE;
    self->starts = false;
    s_forget_gap(self);
    if (number == WORDS_NONE) {
        self->others = 1;
        tokens->lost++;
        return;
    }
    if (tokens->count == tokens->capacity) {
        tokens->capacity = tokens->capacity ? tokens->capacity * 2 : 1024;
        tokens->items = memory_resize(tokens->items, tokens->capacity * sizeof *tokens->items);
    }
    tokens->items[tokens->count++] = (token_t){.form = number, .joint = (uint8_t) joint};
}

static bool
s_is_stop(tokenizer_t *self, slice_t word)
{
    buffer_t folded = {0};
    language_rules_fold(self->lexicon->rules, &folded, word);
    bool is_stop = language_rules_is_stop(self->lexicon->rules, buffer_slice(&folded));
    buffer_free(&folded);
    return is_stop;
}

/* A word with an apostrophe may be two (l'eau). */
static void
s_push_apostrophe(tokenizer_t *self, slice_t word, const char *apostrophe, joint_t joint)
{
    slice_t head = {word.data, (size_t) (apostrophe - word.data)};
    slice_t tail = {apostrophe + 1, word.size - head.size - 1};
    if (head.size && tail.size && language_rules_elides(self->lexicon->rules) &&
        !s_is_stop(self, word) && s_is_stop(self, head)) {
        s_push(self, head, joint);
        s_push(self, tail, JOINT_ELIDED);
    } else {
        s_push(self, word, joint);
    }
}

static void
s_take_word(tokenizer_t *self, size_t start, size_t end)
{
    joint_t joint = s_joint(self, self->wide.units[start]);
    size_t known = self->tokens->count;
    buffer_clear(&self->form);
    unicode_narrow(self->wide.units + start, end - start, &self->form);
    slice_t word = buffer_slice(&self->form);
    const char *apostrophe = word.size ? memchr(word.data, '\'', word.size) : NULL;
    if (apostrophe)
        s_push_apostrophe(self, word, apostrophe, joint);
    else if (word.size)
        s_push(self, word, joint);
    if (self->tokens->count > known)
        self->tokens->items[self->tokens->count - 1].is_cut =
            abbreviation_is(self->wide.units, self->wide.count, start, end);
}

/* Returns where the word that ICU ended at `end` ends for us: behind the signs of C++ and C#, and
 * behind the second half of AT&T. */
static size_t
s_extend(const tokenizer_t *self, size_t start, size_t end)
{
    const UChar *units = self->wide.units;
    size_t count = self->wide.count, at = end;
    if (end + 1 < count && units[end] == '&' && end - start <= AMPERSAND_LETTERS) {
        while (at + 1 < count && u_isalpha(units[at + 1]))
            at++;
        if (at > end && at - end <= AMPERSAND_LETTERS)
            return at + 1;
        return end;
    }
    if (end + 1 < count && units[end] == '+' && units[end + 1] == '+')
        at = end + 2;
    else if (end < count && units[end] == '#' && end - start == 1)
        at = end + 1;
    return at < count && u_isalnum(units[at]) ? end : at;
}

static bool
s_has_letter_or_digit(const UChar *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (u_isalnum(units[i]) || U16_IS_SURROGATE(units[i]))
            return true;
    }
    return false;
}

static void
s_take_gaps(tokenizer_t *self, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        s_take_gap(self, i);
}

/* Walks over the piece in `self->wide`. */
static void
s_take_piece(tokenizer_t *self)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t count = self->wide.count;
    size_t start = 0, done = 0, address_end = 0;
    self->line_start = 0;
    ubrk_setText(self->iterator, self->wide.units, (int32_t) count, &status);
    if (U_FAILURE(status))
        return;
    for (int32_t next = ubrk_next(self->iterator); next != UBRK_DONE;
         next = ubrk_next(self->iterator)) {
        size_t end = (size_t) next;
        if (end <= done) {
            start = end;
            continue;
        }
        if (start < done)
            start = done;
        bool is_word = ubrk_getRuleStatus(self->iterator) >= UBRK_WORD_NONE_LIMIT &&
                       s_has_letter_or_digit(self->wide.units + start, end - start);
        if (start >= address_end)
            address_end = address_find(self->wide.units, count, start);
        if (start < address_end) {
            self->others++;
            self->tokens->lost++;
        } else if (is_word) {
            done = s_extend(self, start, end);
            s_take_word(self, start, done);
            end = done > end ? done : end;
        } else {
            s_take_gaps(self, start, end);
        }
        start = end;
    }
}

/* Returns how much of `text` makes the next piece: up to white space, so that no word is cut. */
static size_t
s_piece(slice_t text)
{
    if (text.size <= PIECE_SIZE)
        return text.size;
    for (size_t size = PIECE_SIZE; size > PIECE_SIZE - PIECE_TAIL; size--) {
        if (text.data[size - 1] == ' ' || text.data[size - 1] == '\n')
            return size;
    }
    size_t size = text_cut(text, PIECE_SIZE);
    return size ? size : PIECE_SIZE;
}

/* In most languages a single vowel is a word of grammar, and a capital where it opens a title. */
static bool
s_is_vowel(slice_t form)
{
    return form.size == 1 && strchr("AEIOUY", form.data[0]);
}

/* 1000 to 2099. */
static bool
s_is_year(slice_t form)
{
    if (form.size != 4 || (form.data[0] != '1' && memcmp(form.data, "20", 2) != 0))
        return false;
    for (size_t i = 1; i < form.size; i++) {
        if (form.data[i] < '0' || form.data[i] > '9')
            return false;
    }
    return true;
}

/* The strongest of a compound's parts decides for all of them. */
static role_t
s_role(const lexicon_t *lexicon, const token_t *first, size_t count)
{
    static const role_t roles[] = {
        [KIND_STOP] = ROLE_NONE,    [KIND_WORD] = ROLE_SUBJECT, [KIND_NUMBER] = ROLE_INSIDE,
        [KIND_NUMERAL] = ROLE_TAIL, [KIND_LETTER] = ROLE_AIDE,  [KIND_DATE] = ROLE_AIDE,
    };
    role_t role = roles[lexicon_kind(lexicon, first->form)];
    if (count == 1 && role == ROLE_AIDE && s_is_vowel(lexicon_text(lexicon, first->form)))
        return ROLE_TAIL;
    for (size_t i = 1; i < count; i++) {
        role_t part = roles[lexicon_kind(lexicon, first[i].form)];
        if (part == ROLE_SUBJECT || role == ROLE_SUBJECT)
            role = ROLE_SUBJECT;
        else if (part != role)
            role = ROLE_NONE;
    }
    if (role == ROLE_INSIDE && count == 1 && s_is_year(lexicon_text(lexicon, first->form)))
        return ROLE_YEAR;
    if (role == ROLE_INSIDE && (count > 1 || lexicon_text(lexicon, first->form).size > 2))
        role = ROLE_NONE;
    return role;
}

static bool
s_is_name(const lexicon_t *lexicon, const token_t *token)
{
    return lexicon_kind(lexicon, token->form) == KIND_WORD &&
           lexicon_case(lexicon, token->form) != CASE_OTHER;
}

/* Sables d'Olonne, Marine Le Pen: a word of grammar between two names, in a language that writes
 * only names with capitals, in headings too. */
static bool
s_joins_names(const lexicon_t *lexicon, const tokens_t *tokens, size_t at)
{
    const token_t *token = &tokens->items[at];
    if (at + 1 == tokens->count || !language_rules_has_capital_names(lexicon->rules) ||
        !s_is_name(lexicon, token - 1) || token->joint != JOINT_SPACE ||
        !s_is_name(lexicon, token + 1) ||
        (token[1].joint != JOINT_SPACE && token[1].joint != JOINT_ELIDED))
        return false;
    return lexicon_case(lexicon, token->form) == CASE_TITLE ||
           language_rules_is_connector(lexicon->rules, lexicon_text(lexicon, token->form));
}

static bool
s_is_saint(const lexicon_t *lexicon, const tokens_t *tokens, size_t at)
{
    const token_t *token = &tokens->items[at];
    return at + 1 < tokens->count && token[1].joint == JOINT_SPACE &&
           language_rules_is_saint(lexicon->rules, lexicon_text(lexicon, token->form),
                                   lexicon_text(lexicon, token[1].form));
}

/* A stop word can be part of a name (New York, The Hague, São Paulo) or be one (WHO). Capitals
 * tell, but only in the middle of a sentence that is not a heading: behind a word in lower case. */
static role_t
s_name_role(const lexicon_t *lexicon, const tokens_t *tokens, size_t at)
{
    const token_t *token = &tokens->items[at];
    uint32_t form = token->form;
    if (lexicon_kind(lexicon, form) != KIND_STOP)
        return ROLE_NONE;
    if (s_is_saint(lexicon, tokens, at))
        return ROLE_AIDE;
    if (at == 0 || token->joint != JOINT_SPACE)
        return ROLE_NONE;
    if (s_joins_names(lexicon, tokens, at))
        return ROLE_INSIDE;
    if (lexicon_case(lexicon, token[-1].form) != CASE_OTHER ||
        lexicon_kind(lexicon, token[-1].form) == KIND_NUMBER) /* of a paragraph that starts here */
        return ROLE_NONE;
    if (language_rules_is_acronym(lexicon->rules, lexicon_text(lexicon, form)))
        return ROLE_SUBJECT;
    if (lexicon_case(lexicon, form) != CASE_TITLE || at + 1 == tokens->count ||
        language_rules_has_capital_nouns(lexicon->rules))
        return ROLE_NONE;
    bool is_name = token[1].joint == JOINT_SPACE &&
                   lexicon_kind(lexicon, token[1].form) == KIND_WORD &&
                   lexicon_case(lexicon, token[1].form) != CASE_OTHER;
    return is_name ? ROLE_AIDE : ROLE_NONE;
}

static void
s_set_roles(const lexicon_t *lexicon, tokens_t *tokens, size_t start)
{
    token_t *items = tokens->items;
    while (start < tokens->count) {
        size_t end = start + 1;
        while (end < tokens->count && items[end].joint == JOINT_HYPHEN)
            end++;
        role_t role = s_role(lexicon, items + start, end - start);
        if (items[end - 1].is_cut)
            role = ROLE_NONE;
        else if (role == ROLE_NONE && end == start + 1)
            role = s_name_role(lexicon, tokens, start);
        for (; start < end; start++)
            items[start].role = (uint8_t) role;
    }
}

void
tokenizer_run(tokenizer_t *self, slice_t text, lexicon_t *lexicon, tokens_t *tokens)
{
    size_t known = tokens->count;
    if (self->iterator == NULL)
        return;
    self->lexicon = lexicon;
    self->tokens = tokens;
    self->starts = true;
    s_forget_gap(self);
    while (text.size && tokens->count < TOKENS_LIMIT) {
        size_t size = s_piece(text);
        unicode_widen((slice_t){text.data, size}, &self->wide, &self->scratch);
        s_take_piece(self);
        text = (slice_t){text.data + size, text.size - size};
    }
    s_set_roles(lexicon, tokens, known);
    boilerplate_drop(tokens, known, lexicon);
}

#include "documents/child/encoding.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include "base/text.h"
#include "documents/child/encoding_forms.h"

enum {
    SAMPLE_BYTES = 8000,  /* more than ICU's detector looks at */
    AROUND_BYTES = 16,    /* kept before and behind what is not ASCII */
    FAULTS_MAX = 25,      /* per cent of the letters beyond ASCII that may be out of place */
    IN_RUNS_MAX = 60,     /* per cent of them that may stand in odd runs */
    LOW_CONFIDENCE = 10,  /* what the detector gives where it only saw no fault */
    SURE_CONFIDENCE = 90, /* many common letters, and no fault */
    SEQUENCES_SURE = 4,   /* by chance, letters of another encoding are hardly ever so many */
    NEARLY = 20,          /* good sequences that outweigh a bad one */
    SUBSTITUTE = 0x1a,    /* what ICU writes for a byte that means nothing */
    RUN_ODD = 4,          /* accented Latin letters in a row: words of another script */
    UTF16_BYTES = 4096,   /* looked at for text in UTF-16 without a mark */
    UTF16_UNITS_LEAST = 16,
    UTF16_BLOCKS_MAX = 8,
    UTF16_ASCII_SHARE = 10,
    UTF16_EAST_ASIAN_SHARE = 95, /* per cent of such a text, with what is ASCII in it */
};

static const char FALLBACK[] = "windows-1252";

/* Labels that mean more than they say, so that no letter is lost: the first of a pair is a label,
 * or a name that ICU's detector gives. */
static const char *const WIDER[][2] = {
    {"iso-8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"iso-8859-8-i", "windows-1255"},
    {"iso-8859-8", "windows-1255"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"shift_jis", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"x-sjis", "windows-31j"},
    {"euc-kr", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
    {"ksc5601", "windows-949"},
    {"koi8-r", "koi8-u"},
    {"x-mac-roman", "macintosh"},
    {"x-user-defined", "windows-1252"},
    {"iso-8859-8-visual", "iso-8859-8"},
};

/* ---- UTF-8 and UTF-16 by their form ---- */

/* Returns the bytes of the sequence that `text` begins with; 0: it is malformed. */
static size_t
s_sequence(slice_t text)
{
    uint8_t first = (uint8_t) text.data[0];
    size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return size <= text.size && text_is_utf8((slice_t){text.data, size}) ? size : 0;
}

/* One broken letter must not turn a whole UTF-8 file into another encoding. Returns false also
 * where `count`, the sequences of several bytes, is not worth its faults. */
static bool
s_is_nearly_utf8(slice_t text, size_t *count)
{
    size_t bad = 0;
    *count = 0;
    while (text.size) {
        size_t size = s_sequence(text);
        *count += size > 1;
        bad += size == 0;
        text = slice_drop(text, size ? size : 1);
    }
    return bad == 0 || *count / NEARLY >= bad;
}

static bool
s_is_text_unit(uint32_t unit)
{
    if (unit < 0x20)
        return unit == '\t' || unit == '\n' || unit == '\r' || unit == '\f';
    if (U16_IS_SURROGATE(unit))
        return true;
    return unit < 0x7f || (unit >= 0xa0 && u_isdefined((UChar32) unit) &&
                           u_charType((UChar32) unit) != U_PRIVATE_USE_CHAR);
}

/* Chinese, Japanese and Korean letters, and their signs. */
static bool
s_is_east_asian_block(uint8_t block)
{
    return block == 0x30 || (block >= 0x4e && block <= 0x9f) || (block >= 0xac && block <= 0xd7) ||
           block == 0xff;
}

typedef enum { UTF16_NOT, UTF16_EAST_ASIAN, UTF16_ALPHABETIC } utf16_t;

/* Letters of one alphabet, signs and blanks share few high bytes. Chinese, Japanese and Korean ones
 * have many, and what they are in the wrong order may be an alphabet's. */
static utf16_t
s_look_at_utf16(slice_t bytes, unsigned high)
{
    size_t units = bytes.size / 2, ascii = 0, blocks = 0, east_asian = 0;
    bool is_seen[256] = {false};
    for (size_t i = 0; i < units; i++) {
        uint8_t block = (uint8_t) bytes.data[2 * i + high];
        uint32_t unit = (uint32_t) block << 8 | (uint8_t) bytes.data[2 * i + 1 - high];
        if (!s_is_text_unit(unit))
            return UTF16_NOT;
        blocks += !is_seen[block];
        is_seen[block] = true;
        ascii += unit < 0x7f;
        east_asian += s_is_east_asian_block(block);
    }
    if (units < UTF16_UNITS_LEAST)
        return UTF16_NOT;
    if (blocks <= UTF16_BLOCKS_MAX && ascii * UTF16_ASCII_SHARE >= units)
        return UTF16_ALPHABETIC;
    return (east_asian + ascii) * 100 >= units * UTF16_EAST_ASIAN_SHARE && east_asian > ascii
               ? UTF16_EAST_ASIAN
               : UTF16_NOT;
}

const char *
encoding_find_utf16(slice_t bytes)
{
    slice_t start = slice_first(bytes, UTF16_BYTES);
    if (start.size == 0 || memchr(start.data, '\0', start.size) == NULL)
        return NULL;
    utf16_t little = s_look_at_utf16(start, 1), big = s_look_at_utf16(start, 0);
    if (little == UTF16_NOT && big == UTF16_NOT)
        return NULL;
    return little >= big ? "UTF-16LE" : "UTF-16BE";
}

/* ---- how well an encoding fits ---- */

/* Fills `sample` with what stands around the bytes beyond ASCII: that is where encodings differ. */
static slice_t
s_take_sample(slice_t bytes, char sample[SAMPLE_BYTES])
{
    size_t put = 0, from = 0; /* `from`: what was not yet taken */
    for (size_t at = 0; at < bytes.size && put < SAMPLE_BYTES; at++) {
        if ((uint8_t) bytes.data[at] < 0x80)
            continue;
        size_t start = at - from > AROUND_BYTES ? at - AROUND_BYTES : from;
        size_t end = at + 1;
        while (end < bytes.size && end - at <= AROUND_BYTES)
            if ((uint8_t) bytes.data[end++] >= 0x80)
                at = end - 1;
        size_t size = end - start < SAMPLE_BYTES - put ? end - start : SAMPLE_BYTES - put;
        memcpy(sample + put, bytes.data + start, size);
        put += size;
        from = end;
        at = end - 1;
    }
    return (slice_t){sample, put};
}

typedef struct {
    unsigned letters; /* beyond ASCII */
    unsigned faults;  /* of them: what is no letter, or not of its neighbours' script */
    unsigned in_runs; /* of them: in odd runs */
    unsigned run;     /* letters beyond ASCII in a row, up to here */
    bool has_latin;
    UScriptCode script; /* of the letter before; USCRIPT_COMMON: none */
} fit_t;

static bool
s_is_east_asian(UScriptCode script)
{
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
           script == USCRIPT_HANGUL || script == USCRIPT_BOPOMOFO;
}

/* Beside each other stand letters of one script; the East Asian ones mix, and Latin among them. */
static bool
s_is_mixed(UScriptCode before, UScriptCode script)
{
    return before != USCRIPT_COMMON && script != USCRIPT_COMMON && before != script &&
           !s_is_east_asian(before) && !s_is_east_asian(script);
}

static void
s_end_run(fit_t *self)
{
    if (self->run >= RUN_ODD && self->has_latin)
        self->in_runs += self->run;
    self->run = 0;
    self->has_latin = false;
}

static void
s_weigh(fit_t *self, UChar32 point)
{
    UErrorCode error = U_ZERO_ERROR;
    UScriptCode script = u_isalpha(point) ? uscript_getScript(point, &error) : USCRIPT_COMMON;
    if (script == USCRIPT_INHERITED)
        script = USCRIPT_COMMON;
    bool is_mixed = s_is_mixed(self->script, script);
    self->script = script;
    if (point < 0x80 && point != SUBSTITUTE) {
        self->faults += is_mixed;
        s_end_run(self);
        return;
    }
    self->letters++;
    self->run++;
    self->has_latin = self->has_latin || script == USCRIPT_LATIN;
    int8_t type = u_charType(point);
    self->faults += is_mixed || point == 0xfffd || type == U_CONTROL_CHAR || type == U_UNASSIGNED ||
                    type == U_PRIVATE_USE_CHAR;
}

static bool
s_fits(slice_t sample, const char *name)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &error);
    if (U_FAILURE(error))
        return false;
    fit_t fit = {.script = USCRIPT_COMMON};
    const char *at = sample.data, *end = sample.data + sample.size;
    while (at < end) {
        UChar32 point = ucnv_getNextUChar(converter, &at, end, &error);
        if (U_FAILURE(error))
            break;
        s_weigh(&fit, point);
    }
    ucnv_close(converter);
    s_end_run(&fit);
    return fit.faults * 100 <= fit.letters * FAULTS_MAX &&
           fit.in_runs * 100 <= fit.letters * IN_RUNS_MAX;
}

/* ---- names ---- */

static bool
s_is_utf(const char *label)
{
    return strncasecmp(label, "utf-16", 6) == 0 || strncasecmp(label, "utf-32", 6) == 0 ||
           strncasecmp(label, "ucs-", 4) == 0 || strncasecmp(label, "utf-7", 5) == 0 ||
           strcasecmp(label, "utf-8") == 0 || strcasecmp(label, "utf8") == 0 ||
           strncasecmp(label, "iso-10646", 9) == 0 || strncasecmp(label, "unicode", 7) == 0;
}

/* Returns the name of a converter that needs no file, or NULL. Forms of Unicode are told by their
 * form, and EBCDIC is none that a document could say its encoding in. */
static const char *
s_name(const char *label)
{
    if (label == NULL || s_is_utf(label))
        return NULL;
    for (size_t i = 0; i < sizeof WIDER / sizeof WIDER[0]; i++)
        if (strcasecmp(label, WIDER[i][0]) == 0)
            return WIDER[i][1];
    UErrorCode error = U_ZERO_ERROR;
    if (strchr(label, ',') || ucnv_countAliases(label, &error) == 0 || U_FAILURE(error))
        return NULL;
    const char *name = ucnv_getAlias(label, 0, &error);
    if (U_FAILURE(error) || strncasecmp(name, "ebcdic", 6) == 0)
        return NULL;
    UConverter *converter = ucnv_open(name, &error);
    bool has_ascii = false;
    if (U_SUCCESS(error)) {
        UChar letter[4];
        has_ascii = ucnv_toUChars(converter, letter, 4, "a", 1, &error) == 1 && letter[0] == 'a';
    }
    ucnv_close(converter);
    return has_ascii ? name : NULL;
}

static bool
s_has_wide_letters(const char *name)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &error);
    bool is_wide = U_SUCCESS(error) && ucnv_getMaxCharSize(converter) > 1;
    ucnv_close(converter);
    return is_wide;
}

/* ---- guessing ---- */

static const char *
s_pick(slice_t sample, const UCharsetMatch *const *matches, int32_t count)
{
    const char *formed = encoding_by_form(sample);
    if (formed)
        return formed;
    UErrorCode error = U_ZERO_ERROR;
    bool is_fallback_tried = false;
    for (int32_t i = 0; i < count; i++) {
        int32_t confidence = ucsdet_getConfidence(matches[i], &error);
        if (confidence <= LOW_CONFIDENCE && !is_fallback_tried) {
            is_fallback_tried = true;
            if (s_fits(sample, FALLBACK))
                return FALLBACK;
        }
        const char *name = s_name(ucsdet_getName(matches[i], &error));
        if (name && s_fits(sample, name))
            return name;
    }
    return FALLBACK;
}

/* True where the detector is sure of another encoding of several bytes a letter and sees nothing in
 * `name`: their letters overlap, so that one can be read as another. */
static bool
s_is_contradicted(const char *name, const UCharsetMatch *const *matches, int32_t count)
{
    UErrorCode error = U_ZERO_ERROR;
    for (int32_t i = 0; i < count; i++) {
        const char *match = s_name(ucsdet_getName(matches[i], &error));
        int32_t confidence = ucsdet_getConfidence(matches[i], &error);
        if (i == 0 && (!match || confidence < SURE_CONFIDENCE || !s_has_wide_letters(match)))
            return false;
        if (match && strcmp(match, name) == 0)
            return confidence <= LOW_CONFIDENCE;
    }
    return count > 0;
}

/* `name` is what the text says, or NULL. */
static const char *
s_choose(slice_t sample, const char *name)
{
    bool is_fitting = name && s_fits(sample, name);
    if (is_fitting && !s_has_wide_letters(name))
        return name;
    UErrorCode error = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&error);
    ucsdet_setText(detector, sample.data, (int32_t) sample.size, &error);
    int32_t count = 0;
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &count, &error);
    if (U_FAILURE(error))
        count = 0;
    if (!is_fitting || s_is_contradicted(name, matches, count))
        name = s_pick(sample, matches, count);
    ucsdet_close(detector);
    return name;
}

static const char *
s_take_mark(slice_t *bytes, bool *is_marked)
{
    static const struct {
        slice_t mark;
        const char *name;
    } marks[] = {
        {{"\xef\xbb\xbf", 3}, NULL},
        {{"\xff\xfe", 2}, "UTF-16LE"},
        {{"\xfe\xff", 2}, "UTF-16BE"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (slice_begins(*bytes, marks[i].mark)) {
            *is_marked = true;
            *bytes = slice_drop(*bytes, marks[i].mark.size);
            return marks[i].name;
        }
    *is_marked = false;
    return encoding_find_utf16(*bytes);
}

/* ISO-2022-JP and its kin are all ASCII, with escapes. */
static bool
s_is_escaped(slice_t bytes, const char *declared)
{
    return declared && strncasecmp(declared, "iso-2022", 8) == 0 && bytes.size &&
           memchr(bytes.data, 0x1b, bytes.size);
}

const char *
encoding_find(slice_t *bytes, const char *declared)
{
    bool is_marked;
    const char *name = s_take_mark(bytes, &is_marked);
    if (is_marked || name)
        return name;
    name = s_name(declared);
    if (s_is_escaped(*bytes, declared))
        return name;
    const char *escaped = encoding_by_escapes(*bytes);
    if (escaped)
        return escaped;
    size_t sequences;
    if (s_is_nearly_utf8(*bytes, &sequences) &&
        (sequences == 0 || sequences >= SEQUENCES_SURE || !name || !s_has_wide_letters(name)))
        return NULL;
    char memory[SAMPLE_BYTES];
    slice_t sample = s_take_sample(*bytes, memory);
    return s_choose(sample, name);
}

void
encoding_warm_up(void)
{
    slice_t text = SLICE("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0");
    encoding_find(&text, "koi8-r");
    encoding_find(&text, NULL);
}

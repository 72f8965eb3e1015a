#include "documents/tagger/language_rules.h"

#include <libstemmer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/udat.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/memory.h"
#include "documents/tagger/tagger_words.h"
#include "documents/tagger/unicode.h"
#include "documents/tagger/wordlists.h"

enum { NAME_SIZE = 64, DATE_WORD_LIMIT = 256, SHORT_WORD_LETTERS = 2, MODIFIER_LETTERS = 5 };

struct language_rules {
    char code[LANGUAGE_CODE_SIZE];
    words_t stop_words;            /* empty: none for this language */
    words_t common_words;          /* the same; both are hashed because every form is looked up */
    const wordlist_t *boilerplate; /* NULL: none for this language */
    struct sb_stemmer *stemmer;    /* NULL: none for this language */
    words_t boilerplate_words;     /* that its lines begin with */
    words_t date_words;
    language_rules_t *latin; /* owned; NULL: the language is written in Latin letters itself */
    bool elides;
    bool is_spaceless;
    bool is_turkic;
    bool is_english;
};

static bool
s_is_one_of(const char *code, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(code, *list) == 0)
            return true;
    }
    return false;
}

/* Takes in one of ICU's lists of names, case-folded. Names of more than one word are left out: a
 * date word is looked up alone. */
static void
s_take_names(language_rules_t *self, const UDateFormat *format, UDateFormatSymbolType type)
{
    int32_t count = udat_countSymbols(format, type);
    for (int32_t i = 0; i < count; i++) {
        UChar name[NAME_SIZE];
        char bytes[NAME_SIZE * 3];
        UErrorCode status = U_ZERO_ERROR;
        int32_t size = 0;
        int32_t length = udat_getSymbols(format, type, i, name, NAME_SIZE, &status);
        u_strToUTF8(bytes, sizeof bytes, &size, name, length, &status);
        if (U_FAILURE(status) || size == 0)
            continue;
        buffer_t folded = {0};
        language_rules_fold(self, &folded, (slice_t){bytes, (size_t) size});
        if (folded.size > 1 && !memchr(folded.data, ' ', folded.size))
            words_require(&self->date_words, buffer_slice(&folded), DATE_WORD_LIMIT);
        buffer_free(&folded);
    }
}

static void
s_take_date_words(language_rules_t *self, const char *locale)
{
    static const UDateFormatSymbolType types[] = {UDAT_MONTHS, UDAT_STANDALONE_MONTHS,
                                                  UDAT_WEEKDAYS, UDAT_STANDALONE_WEEKDAYS};
    UErrorCode status = U_ZERO_ERROR;
    UDateFormat *format = udat_open(UDAT_NONE, UDAT_LONG, locale, NULL, 0, NULL, 0, &status);
    if (U_FAILURE(status))
        return;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        s_take_names(self, format, types[i]);
    udat_close(format);
}

static void
s_take_boilerplate(language_rules_t *self, const char *language)
{
    self->boilerplate = wordlists_find(&wordlists_boilerplate, language);
    for (size_t i = 0; self->boilerplate && i < self->boilerplate->count; i++) {
        const char *line = self->boilerplate->words[i], *blank = strchr(line, ' ');
        if (blank)
            words_require(&self->boilerplate_words, (slice_t){line, (size_t) (blank - line)},
                          WORDS_NONE);
    }
}

static void
s_take_list(words_t *words, const wordlists_t *lists, const char *language)
{
    const wordlist_t *list = wordlists_find(lists, language);
    for (size_t i = 0; list && i < list->count; i++)
        words_require(words, slice_from(list->words[i]), WORDS_NONE);
}

language_rules_t *
language_rules_new(const char *code)
{
    static const char *const eliding[] = {"fr", "it", "ca", "oc", "ga", NULL};
    static const char *const turkic[] = {"tr", "az", NULL};
    static const char *const spaceless[] = {"ja", "km", "lo", "my", "th", "zh", NULL};
    static const char *const other_scripts[] = {
        "am", "ar", "be", "bg", "bn", "ckb", "el", "fa", "gu", "he", "hi",
        "hy", "ja", "ka", "km", "kn", "ko",  "lo", "mk", "ml", "mr", "my",
        "ne", "pa", "ru", "ta", "te", "th",  "uk", "ur", "yi", "zh", NULL};
    const char *used = code[0] ? code : "en";
    language_rules_t *self = memory_new(sizeof *self);
    snprintf(self->code, sizeof self->code, "%s", code);
    s_take_list(&self->stop_words, &wordlists_stopwords, used);
    s_take_list(&self->common_words, &wordlists_common, used);
    s_take_boilerplate(self, used);
    self->stemmer = sb_stemmer_new(used, "UTF_8");
    self->elides = s_is_one_of(used, eliding);
    self->is_turkic = s_is_one_of(used, turkic);
    self->is_spaceless = s_is_one_of(used, spaceless);
    self->is_english = strcmp(used, "en") == 0;
    s_take_date_words(self, used);
    if (s_is_one_of(used, other_scripts))
        self->latin = language_rules_new("en");
    return self;
}

void
language_rules_destroy(language_rules_t **self_p)
{
    language_rules_t *self = *self_p;
    if (self == NULL)
        return;
    language_rules_destroy(&self->latin);
    sb_stemmer_delete(self->stemmer);
    words_free(&self->stop_words);
    words_free(&self->common_words);
    words_free(&self->boilerplate_words);
    words_free(&self->date_words);
    free(self);
    *self_p = NULL;
}

const char *
language_rules_code(const language_rules_t *self)
{
    return self->code;
}

/* In Japanese what is written in hiragana alone is nearly always grammar, and so is a word that
 * ends in the hiragana of an inflection: a verb or an adjective. */
static bool
s_is_inflected(slice_t word)
{
    static const UChar32 endings[] = {0x3044, 0x3046, 0x304f, 0x3050, 0x3059, 0x305f,
                                      0x3060, 0x3064, 0x3066, 0x3067, 0x306a, 0x306b,
                                      0x306c, 0x3076, 0x3080, 0x308b, 0x308c, 0};
    int32_t at = 0, size = (int32_t) word.size;
    UChar32 letter = 0;
    bool is_hiragana = true;
    while (at < size) {
        U8_NEXT((const uint8_t *) word.data, at, size, letter);
        is_hiragana = is_hiragana && letter >= 0x3041 && letter <= 0x309f;
    }
    for (const UChar32 *ending = endings; *ending && !is_hiragana; ending++)
        is_hiragana = letter == *ending;
    return is_hiragana;
}

static bool
s_ends(slice_t word, const char *ending)
{
    size_t size = strlen(ending);
    return word.size >= size && memcmp(word.data + word.size - size, ending, size) == 0;
}

/* In Korean a verb that ends a sentence ends so; of two syllables it may be a noun. */
static bool
s_is_korean_verb(const language_rules_t *self, slice_t word)
{
    static const char ending[] = "다";
    return strcmp(self->code, "ko") == 0 && word.size > 2 * (sizeof ending - 1) &&
           s_ends(word, ending);
}

/* Returns the rules that a word comes under. */
static const language_rules_t *
s_for(const language_rules_t *self, slice_t word)
{
    if (self->latin == NULL)
        return self;
    for (size_t i = 0; i < word.size; i++) {
        if ((uint8_t) word.data[i] >= 0x80)
            return self;
    }
    return self->latin;
}

void
language_rules_fold(const language_rules_t *self, buffer_t *out, slice_t text)
{
    if (self->is_turkic)
        unicode_fold_turkic(out, text);
    else
        unicode_fold(out, text);
}

bool
language_rules_is_stop(const language_rules_t *self, slice_t folded)
{
    const language_rules_t *rules = s_for(self, folded);
    if (rules->stop_words.count == 0)
        return folded.size <= SHORT_WORD_LETTERS || /* most grammar is short, most subjects not */
               s_is_korean_verb(rules, folded);
    if (words_find(&rules->stop_words, folded) != WORDS_NONE)
        return true;
    return strcmp(rules->code, "ja") == 0 && s_is_inflected(folded);
}

bool
language_rules_has_stop_list(const language_rules_t *self)
{
    return self->stop_words.count > 0;
}

bool
language_rules_lists_stop(const language_rules_t *self, slice_t folded)
{
    return words_find(&self->stop_words, folded) != WORDS_NONE;
}

bool
language_rules_is_common(const language_rules_t *self, slice_t stem)
{
    return words_find(&s_for(self, stem)->common_words, stem) != WORDS_NONE;
}

bool
language_rules_is_boilerplate(const language_rules_t *self, slice_t folded)
{
    return wordlist_has(self->boilerplate, folded);
}

bool
language_rules_is_boilerplate_word(const language_rules_t *self, slice_t folded)
{
    return words_find(&self->boilerplate_words, folded) != WORDS_NONE;
}

bool
language_rules_starts_boilerplate(const language_rules_t *self, slice_t folded)
{
    return wordlist_has_start(self->boilerplate, folded);
}

/* English: quickly, normally, controlled; not family, assembly, speed. */
bool
language_rules_is_modifier(const language_rules_t *self, slice_t folded)
{
    if (!s_for(self, folded)->is_english || folded.size < MODIFIER_LETTERS)
        return false;
    char before = folded.data[folded.size - 3];
    if (s_ends(folded, "ed"))
        return before != 'e';
    if (s_ends(folded, "ly"))
        return strchr("cdeghkmnrt", before) ||
               (folded.size > MODIFIER_LETTERS + 1 && s_ends(folded, "ally"));
    return false;
}

bool
language_rules_is_date(const language_rules_t *self, slice_t folded)
{
    return words_find(&s_for(self, folded)->date_words, folded) != WORDS_NONE;
}

bool
language_rules_is_acronym(const language_rules_t *self, slice_t word)
{
    if (!self->is_english)
        return false;
    return slice_is(word, "US") || slice_is(word, "IT") || slice_is(word, "WHO");
}

/* True when the list has the word for the language. */
static bool
s_has_pair(const language_rules_t *self, const char *const (*pairs)[2], slice_t word)
{
    const char *code = self->code[0] ? self->code : "en";
    for (; (*pairs)[0]; pairs++) {
        if (strcmp((*pairs)[0], code) == 0 && slice_is(word, (*pairs)[1]))
            return true;
    }
    return false;
}

bool
language_rules_is_article(const language_rules_t *self, slice_t word)
{
    static const char *const articles[][2] = {
        {"en", "the"}, {"de", "der"}, {"de", "die"}, {"de", "das"}, {"nl", "het"}, {"fr", "les"},
        {"es", "los"}, {"es", "las"}, {"pt", "os"},  {"it", "gli"}, {NULL, NULL}};
    return s_has_pair(self, articles, word);
}

bool
language_rules_is_connector(const language_rules_t *self, slice_t word)
{
    static const char *const connectors[][2] = {
        {"fr", "de"},  {"fr", "du"},    {"fr", "des"}, {"fr", "d"},   {"es", "de"},  {"es", "del"},
        {"pt", "de"},  {"pt", "do"},    {"pt", "da"},  {"pt", "dos"}, {"pt", "das"}, {"it", "di"},
        {"it", "del"}, {"it", "della"}, {"it", "d"},   {"ca", "de"},  {"ca", "del"}, {"ca", "d"},
        {"gl", "de"},  {"gl", "do"},    {"gl", "da"},  {"nl", "van"}, {NULL, NULL}};
    return s_has_pair(self, connectors, word);
}

/* In Portuguese "são" is a verb too, so what follows has to tell; these are the saints that cities
 * and states are named after. */
bool
language_rules_is_saint(const language_rules_t *self, slice_t word, slice_t next)
{
    static const char *const saints[] = {"bento",     "bernardo", "caetano", "carlos", "francisco",
                                         "gonçalo",   "joão",     "josé",    "luís",   "leopoldo",
                                         "miguel",    "paulo",    "pedro",   "tomé",   "vicente",
                                         "sebastião", NULL};
    if (strcmp(self->code, "pt") != 0 || !slice_is(word, "são"))
        return false;
    for (size_t i = 0; saints[i]; i++) {
        if (slice_is(next, saints[i]))
            return true;
    }
    return false;
}

bool
language_rules_has_capital_names(const language_rules_t *self)
{
    static const char *const codes[] = {"ca", "es", "fr", "gl", "it", "nl", "pt", "ro", NULL};
    return s_is_one_of(self->code, codes);
}

bool
language_rules_has_capital_nouns(const language_rules_t *self)
{
    return strcmp(self->code, "de") == 0;
}

bool
language_rules_is_spaceless(const language_rules_t *self)
{
    return self->is_spaceless;
}

bool
language_rules_elides(const language_rules_t *self)
{
    return self->elides;
}

slice_t
language_rules_base(const language_rules_t *self, slice_t word)
{
    if (!s_for(self, word)->is_english || word.size < 3 || word.data[word.size - 2] != '\'' ||
        (word.data[word.size - 1] | 0x20) != 's')
        return word;
    return (slice_t){word.data, word.size - 2};
}

slice_t
language_rules_stem(language_rules_t *self, slice_t folded)
{
    struct sb_stemmer *stemmer = s_for(self, folded)->stemmer;
    if (stemmer == NULL)
        return folded;
    const sb_symbol *stem =
        sb_stemmer_stem(stemmer, (const sb_symbol *) folded.data, (int) folded.size);
    if (stem == NULL)
        return folded;
    return (slice_t){(const char *) stem, (size_t) sb_stemmer_length(stemmer)};
}

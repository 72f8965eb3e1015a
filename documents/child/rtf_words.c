#include "documents/child/rtf_words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define BREAK "\n\n"

/* In the order of strcmp. */
static const rtf_word_t WORDS[] = {
    {"ansicpg", RTF_ANSI_PAGE, NULL},
    {"author", RTF_SKIP, NULL},
    {"bin", RTF_BINARY, NULL},
    {"bkmkend", RTF_SKIP, NULL},
    {"bkmkstart", RTF_SKIP, NULL},
    {"bullet", RTF_TEXT, "\xe2\x80\xa2"},
    {"cell", RTF_TEXT, BREAK},
    {"colortbl", RTF_SKIP, NULL},
    {"datastore", RTF_SKIP, NULL},
    {"deff", RTF_FIRST_FONT, NULL},
    {"deleted", RTF_HIDDEN, NULL},
    {"emdash", RTF_TEXT, "\xe2\x80\x94"},
    {"emspace", RTF_TEXT, " "},
    {"endash", RTF_TEXT, "\xe2\x80\x93"},
    {"enspace", RTF_TEXT, " "},
    {"f", RTF_FONT, NULL},
    {"fcharset", RTF_FONT_CHARSET, NULL},
    {"fldinst", RTF_SKIP, NULL},
    {"fonttbl", RTF_FONTS, NULL},
    {"footer", RTF_SKIP, NULL},
    {"footerf", RTF_SKIP, NULL},
    {"footerl", RTF_SKIP, NULL},
    {"footerr", RTF_SKIP, NULL},
    {"footnote", RTF_ASIDE, NULL},
    {"header", RTF_SKIP, NULL},
    {"headerf", RTF_SKIP, NULL},
    {"headerl", RTF_SKIP, NULL},
    {"headerr", RTF_SKIP, NULL},
    {"info", RTF_SKIP, NULL},
    {"keywords", RTF_HEAD, NULL},
    {"ldblquote", RTF_TEXT, "\xe2\x80\x9c"},
    {"line", RTF_TEXT, "\n"},
    {"listtext", RTF_SKIP, NULL},
    {"lquote", RTF_TEXT, "\xe2\x80\x98"},
    {"mac", RTF_MAC, NULL},
    {"nestcell", RTF_TEXT, BREAK},
    {"nonshppict", RTF_SKIP, NULL},
    {"objdata", RTF_SKIP, NULL},
    {"page", RTF_TEXT, BREAK},
    {"par", RTF_TEXT, BREAK},
    {"pict", RTF_SKIP, NULL},
    {"plain", RTF_PLAIN, NULL},
    {"pntext", RTF_SKIP, NULL},
    {"qmspace", RTF_TEXT, " "},
    {"rdblquote", RTF_TEXT, "\xe2\x80\x9d"},
    {"row", RTF_TEXT, BREAK},
    {"rquote", RTF_TEXT, "\xe2\x80\x99"},
    {"rxe", RTF_SKIP, NULL},
    {"sect", RTF_TEXT, BREAK},
    {"shptxt", RTF_ASIDE, NULL},
    {"stylesheet", RTF_SKIP, NULL},
    {"subject", RTF_HEAD, NULL},
    {"tab", RTF_TEXT, "\t"},
    {"tc", RTF_SKIP, NULL},
    {"themedata", RTF_SKIP, NULL},
    {"title", RTF_HEAD, NULL},
    {"txe", RTF_SKIP, NULL},
    {"u", RTF_UNICODE, NULL},
    {"uc", RTF_UNICODE_SKIP, NULL},
    {"v", RTF_HIDDEN, NULL},
    {"xe", RTF_SKIP, NULL},
};

static int
s_compare(const void *key, const void *row)
{
    const slice_t *word = key;
    return slice_compare(*word, slice_from(((const rtf_word_t *) row)->word));
}

const rtf_word_t *
rtf_word(slice_t word)
{
    return bsearch(&word, WORDS, sizeof WORDS / sizeof WORDS[0], sizeof WORDS[0], s_compare);
}

int
rtf_charset_page(long charset)
{
    static const struct {
        short charset, page;
    } pages[] = {
        {2, -1},     {77, 10000}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},
        {136, 950},  {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256},
        {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850},
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (pages[i].charset == charset)
            return pages[i].page;
    return 0;
}

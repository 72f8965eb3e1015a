/* The control words of RTF that matter to those who only read. */
#ifndef TAGMILL_DOCUMENTS_CHILD_RTF_WORDS_H
#define TAGMILL_DOCUMENTS_CHILD_RTF_WORDS_H

#include "base/slice.h"

typedef enum {
    RTF_NONE,      /* anything else: it sets how text looks */
    RTF_TEXT,      /* stands for the text of its row */
    RTF_SKIP,      /* begins a destination that is not read */
    RTF_FONTS,     /* begins the table of fonts */
    RTF_HEAD,      /* begins a title, a subject, keywords */
    RTF_ASIDE,     /* begins a note, or the text of a box */
    RTF_ANSI_PAGE, /* the number is the document's code page */
    RTF_MAC,
    RTF_FONT, /* from here: letters of that font; in the table: the font that is described */
    RTF_FONT_CHARSET,
    RTF_FIRST_FONT,
    RTF_UNICODE,      /* a code unit of UTF-16 */
    RTF_UNICODE_SKIP, /* how many letters behind each of them say the same for older readers */
    RTF_BINARY,       /* so many bytes follow */
    RTF_PLAIN,        /* all as at first */
    RTF_HIDDEN,       /* 0: no more */
} rtf_kind_t;

typedef struct {
    const char *word;
    rtf_kind_t kind;
    const char *text;
} rtf_word_t;

/* Returns the row of a control word; NULL: there is none. */
const rtf_word_t *rtf_word(slice_t word);

/* Returns the code page of a font's charset; 0: that of the document; -1: signs, not letters. */
int rtf_charset_page(long charset);

#endif

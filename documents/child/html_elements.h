/* What the elements of HTML mean to those who only read. */
#ifndef TAGMILL_DOCUMENTS_CHILD_HTML_ELEMENTS_H
#define TAGMILL_DOCUMENTS_CHILD_HTML_ELEMENTS_H

enum {
    IS_BLOCK = 1 << 0,   /* stands on lines of its own */
    IS_SKIPPED = 1 << 1, /* none of it is to be read: scripts, controls, what is hidden */
    IS_ASIDE = 1 << 2,   /* a menu, a footer, a form, or what is named like one */
    IS_HEADER = 1 << 3,  /* aside too, but within the main part */
    IS_MAIN = 1 << 4,
    IS_HEADING = 1 << 5,
    IS_PRE = 1 << 6, /* keeps its lines */
    IS_LINK = 1 << 7,
    IS_TITLE = 1 << 8,
    IS_LINE = 1 << 9,   /* ends a line within its block */
    IS_APART = 1 << 10, /* stands apart from the word before: a footnote's mark */
    IS_META = 1 << 11,
    HTML_FLAG_COUNT = 12,
};

/* Returns the flags of an element by its name, in small letters, and its attributes: names and
 * values in turn, ended by NULL (or NULL: none), as libxml2 hands them out. */
unsigned html_element_flags(const char *name, const unsigned char **attributes);

/* Returns the value of an attribute; "": there is none, or it is empty. */
const char *html_attribute(const unsigned char **attributes, const char *name);

#endif

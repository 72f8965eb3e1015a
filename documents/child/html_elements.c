#include "documents/child/html_elements.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    const char *name;
    uint16_t flags;
} element_t;

/* In the order of strcmp. */
static const element_t ELEMENTS[] = {
    {"a", IS_LINK},
    {"address", IS_BLOCK},
    {"applet", IS_SKIPPED},
    {"article", IS_BLOCK | IS_MAIN},
    {"aside", IS_BLOCK | IS_ASIDE},
    {"audio", IS_SKIPPED},
    {"blockquote", IS_BLOCK},
    {"body", IS_BLOCK},
    {"br", IS_LINE},
    {"button", IS_SKIPPED},
    {"canvas", IS_SKIPPED},
    {"caption", IS_BLOCK},
    {"center", IS_BLOCK},
    {"datalist", IS_SKIPPED},
    {"dd", IS_BLOCK},
    {"details", IS_BLOCK},
    {"dialog", IS_BLOCK | IS_ASIDE},
    {"dir", IS_BLOCK},
    {"div", IS_BLOCK},
    {"dl", IS_BLOCK},
    {"dt", IS_BLOCK},
    {"embed", IS_SKIPPED},
    {"fieldset", IS_BLOCK | IS_ASIDE},
    {"figcaption", IS_BLOCK},
    {"figure", IS_BLOCK},
    {"footer", IS_BLOCK | IS_ASIDE},
    {"form", IS_BLOCK | IS_ASIDE},
    {"h1", IS_BLOCK | IS_HEADING},
    {"h2", IS_BLOCK | IS_HEADING},
    {"h3", IS_BLOCK | IS_HEADING},
    {"h4", IS_BLOCK | IS_HEADING},
    {"h5", IS_BLOCK | IS_HEADING},
    {"h6", IS_BLOCK | IS_HEADING},
    {"header", IS_BLOCK | IS_HEADER},
    {"hr", IS_BLOCK},
    {"iframe", IS_SKIPPED},
    {"li", IS_BLOCK},
    {"main", IS_BLOCK | IS_MAIN},
    {"math", IS_SKIPPED},
    {"menu", IS_BLOCK | IS_ASIDE},
    {"meta", IS_META},
    {"nav", IS_BLOCK | IS_ASIDE},
    {"noembed", IS_SKIPPED},
    {"noframes", IS_SKIPPED},
    {"noscript", IS_SKIPPED},
    {"object", IS_SKIPPED},
    {"ol", IS_BLOCK},
    {"optgroup", IS_SKIPPED},
    {"option", IS_SKIPPED},
    {"p", IS_BLOCK},
    {"pre", IS_BLOCK | IS_PRE},
    {"rp", IS_SKIPPED},
    {"rt", IS_SKIPPED},
    {"script", IS_SKIPPED},
    {"section", IS_BLOCK},
    {"select", IS_SKIPPED},
    {"style", IS_SKIPPED},
    {"summary", IS_BLOCK},
    {"sup", IS_APART},
    {"svg", IS_SKIPPED},
    {"table", IS_BLOCK},
    {"tbody", IS_BLOCK},
    {"td", IS_BLOCK},
    {"template", IS_SKIPPED},
    {"textarea", IS_SKIPPED},
    {"tfoot", IS_BLOCK},
    {"th", IS_BLOCK},
    {"thead", IS_BLOCK},
    {"title", IS_TITLE},
    {"tr", IS_BLOCK},
    {"ul", IS_BLOCK},
    {"video", IS_SKIPPED},
};

/* Words in the class or id of an element that stands aside. */
static const char *const ASIDE_WORDS[] = {
    "nav",    "navigation", "navbar",  "menu",   "breadcrumb", "breadcrumbs",
    "footer", "cookie",     "cookies", "share",  "ads",        "sharing",
    "social", "sidebar",    "banner",  "advert", "login",      "signin"};

static const char *const ASIDE_ROLES[] = {"navigation", "banner",  "contentinfo", "search",
                                          "menu",       "menubar", "dialog",      "complementary"};

const char *
html_attribute(const unsigned char **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (strcmp((const char *) attributes[0], name) == 0)
            return attributes[1] ? (const char *) attributes[1] : "";
    return "";
}

static bool
s_has_attribute(const unsigned char **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (strcmp((const char *) attributes[0], name) == 0)
            return true;
    return false;
}

static int
s_compare(const void *key, const void *element)
{
    return strcmp(key, ((const element_t *) element)->name);
}

static bool
s_is_one_of(const char *word, size_t size, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == size && strncasecmp(word, list[i], size) == 0)
            return true;
    return false;
}

static bool
s_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
s_names_aside(const char *text)
{
    while (*text) {
        size_t size = 0;
        while (s_is_letter(text[size]))
            size++;
        if (s_is_one_of(text, size, ASIDE_WORDS, sizeof ASIDE_WORDS / sizeof ASIDE_WORDS[0]))
            return true;
        text += size ? size : 1;
    }
    return false;
}

static bool
s_is_hidden(const unsigned char **attributes)
{
    const char *style = html_attribute(attributes, "style");
    return s_has_attribute(attributes, "hidden") ||
           strcmp(html_attribute(attributes, "aria-hidden"), "true") == 0 ||
           strcasestr(style, "display:none") || strcasestr(style, "display: none") ||
           strcasestr(style, "visibility:hidden") || strcasestr(style, "visibility: hidden");
}

unsigned
html_element_flags(const char *name, const unsigned char **attributes)
{
    const element_t *element = bsearch(name, ELEMENTS, sizeof ELEMENTS / sizeof ELEMENTS[0],
                                       sizeof ELEMENTS[0], s_compare);
    unsigned flags = element ? element->flags : 0;
    const char *role = html_attribute(attributes, "role");
    if (strcmp(role, "main") == 0)
        flags |= IS_MAIN;
    /* A page may hide all of itself until its scripts have run, and a body may be of a class that
     * tells of its menus. */
    if (strcmp(name, "body") == 0 || strcmp(name, "html") == 0 || flags & IS_MAIN)
        return flags;
    if (s_is_hidden(attributes))
        flags |= IS_SKIPPED;
    if (s_is_one_of(role, strlen(role), ASIDE_ROLES, sizeof ASIDE_ROLES / sizeof ASIDE_ROLES[0]))
        flags |= IS_ASIDE;
    if (flags & IS_BLOCK && !(flags & IS_HEADING) &&
        (s_names_aside(html_attribute(attributes, "id")) ||
         s_names_aside(html_attribute(attributes, "class"))))
        flags |= IS_ASIDE;
    return flags;
}

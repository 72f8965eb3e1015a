#include "documents/tagger/tagger_address.h"

#include <stdbool.h>

#include <unicode/uchar.h>

enum { ADDRESS_LIMIT = 4096 };

static bool
s_has(const UChar *units, size_t count, size_t at, const char *text)
{
    for (; *text; text++, at++) {
        if (at >= count || (units[at] | 0x20) != (UChar) (*text | 0x20))
            return false;
    }
    return true;
}

static bool
s_is_digit(UChar unit)
{
    return unit >= '0' && unit <= '9';
}

/* name@host, with something on either side. */
static bool
s_is_mail(const UChar *units, size_t count, size_t at, size_t start)
{
    return units[at] == '@' && at > start && at + 1 < count && u_isalnum(units[at - 1]) &&
           u_isalnum(units[at + 1]);
}

/* 10.1234/... (ISO 26324). */
static bool
s_is_doi(const UChar *units, size_t count, size_t at)
{
    if (!s_has(units, count, at, "10.") || at + 3 >= count)
        return false;
    size_t next = at + 3;
    while (next < count && s_is_digit(units[next]))
        next++;
    return next >= at + 7 && next < count && units[next] == '/';
}

/* host.tld/path, as people write it without a scheme. */
static bool
s_is_path(const UChar *units, size_t start, size_t at)
{
    size_t letters = 0;
    if (units[at] != '/')
        return false;
    while (at > start && u_isalpha(units[at - 1])) {
        letters++;
        at--;
    }
    return letters >= 2 && letters <= 6 && at > start + 1 && units[at - 1] == '.' &&
           u_isalnum(units[at - 2]);
}

/* host.tld or file.ext alone, for the endings that no sentence runs into by a forgotten space. */
static bool
s_is_host(const UChar *units, size_t count, size_t at)
{
    static const char *const endings[] = {
        ".com",  ".org",  ".net",  ".edu", ".gov", ".html", ".htm", ".php",  ".pdf",
        ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".ods",  ".rtf", ".epub", ".txt",
        ".md",   ".csv",  ".eml",  ".png", ".jpg", ".jpeg", ".tif", ".tiff", NULL};
    if (units[at] != '.')
        return false;
    for (size_t i = 0; endings[i]; i++) {
        size_t size = 0;
        while (endings[i][size])
            size++;
        if (s_has(units, count, at, endings[i]) &&
            (at + size >= count || !u_isalnum(units[at + size])))
            return true;
    }
    return false;
}

size_t
address_find(const UChar *units, size_t count, size_t start)
{
    bool found = false;
    size_t end = start;
    if (start > 0 && !u_isUWhiteSpace(units[start - 1]))
        return start;
    if (count - start > ADDRESS_LIMIT)
        count = start + ADDRESS_LIMIT;
    for (; end < count && !u_isUWhiteSpace(units[end]); end++) {
        UChar unit = units[end];
        if (found)
            continue;
        if (unit == ':')
            found = s_has(units, count, end, "://");
        else if (unit == 'w' || unit == 'W')
            found = s_has(units, count, end, "www.");
        else if (unit == '1')
            found = s_is_doi(units, count, end);
        else
            found = s_is_mail(units, count, end, start) || s_is_path(units, start, end) ||
                    (end > start && s_is_host(units, count, end));
    }
    return found ? end : start;
}

#include "documents/child/ocr_languages.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/uscript.h>

#include "base/memory.h"
#include "base/slice.h"

enum { SCRIPTS_MAX = 8 };

static const char SEPARATORS[] = ", +";

static bool
s_is_language(const char *name)
{
    size_t size = strlen(name);
    bool is_vertical = size > 5 && strcmp(name + size - 5, "_vert") == 0;
    return strcmp(name, "osd") != 0 && strcmp(name, "equ") != 0 && strcmp(name, "snum") != 0 &&
           strchr(name, '/') == NULL && !is_vertical;
}

static void
s_add(ocr_languages_t *self, slice_t name, char *const *installed)
{
    for (size_t i = 0; i < self->count; i++)
        if (slice_is(name, self->names[i]))
            return;
    for (; *installed; installed++) {
        if (slice_is(name, *installed) && s_is_language(*installed)) {
            self->names = memory_resize(self->names, (self->count + 1) * sizeof *self->names);
            self->names[self->count++] = slice_copy(name);
            return;
        }
    }
}

void
ocr_languages_choose(ocr_languages_t *self, char *const *installed, const char *wanted)
{
    if (wanted[strspn(wanted, SEPARATORS)] == '\0') {
        s_add(self, SLICE("eng"), installed);
        for (size_t i = 0; installed[i]; i++)
            s_add(self, slice_from(installed[i]), installed);
        return;
    }
    while (*wanted) {
        size_t size = strcspn(wanted, SEPARATORS);
        s_add(self, (slice_t){wanted, size}, installed);
        wanted += size;
        wanted += strspn(wanted, SEPARATORS);
    }
}

void
ocr_languages_free(ocr_languages_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->names[i]);
    free(self->names);
    *self = (ocr_languages_t){0};
}

/* tesseract names some languages by codes that CLDR does not know, and some writing systems, which
 * mix scripts, by words of its own. */
static const char *
s_known_name(const char *name)
{
    static const struct {
        const char *begin;
        const char *name;
    } names[] = {
        {"chi_", "zh"},       {"grc", "el"},   {"Japanese", "Hiragana"}, {"Korean", "Hangul"},
        {"Fraktur", "Latin"}, {"HanS", "Han"}, {"HanT", "Han"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(name, names[i].begin, strlen(names[i].begin)) == 0)
            return names[i].name;
    return name;
}

static int32_t
s_find_scripts(const char *name, UScriptCode *scripts)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t count = uscript_getCode(s_known_name(name), scripts, SCRIPTS_MAX, &status);
    if (U_SUCCESS(status) && count > 0)
        return count;
    scripts[0] = USCRIPT_LATIN;
    return 1;
}

bool
ocr_language_fits(const char *language, const char *script)
{
    UScriptCode has[SCRIPTS_MAX], wants[SCRIPTS_MAX];
    int32_t has_count = s_find_scripts(language, has);
    int32_t wants_count = s_find_scripts(script, wants);
    for (int32_t i = 0; i < has_count; i++)
        for (int32_t j = 0; j < wants_count; j++)
            if (has[i] == wants[j])
                return true;
    return false;
}

bool
ocr_language_is(const char *language, const char *code)
{
    const char *three = uloc_getISO3Language(code);
    return three[0] && strncmp(language, three, strlen(three)) == 0;
}

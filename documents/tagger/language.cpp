#include "documents/tagger/language.h"

#include <cstdio> // the next header uses FILE and does not say so
#include <cstring>

#include <cld2/public/compact_lang_det.h>

namespace {

/* Codes that name the same language for a tagger: older codes, and the two written norms of
 * Norwegian. */
struct synonym_t {
    const char *from;
    const char *to;
};
const synonym_t s_synonyms[] = {{"nb", "no"}, {"nn", "no"}, {"iw", "he"},
                                {"in", "id"}, {"ji", "yi"}, {"jw", "jv"}};

bool
s_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

} // namespace

bool
language_normalise(slice_t tag, char *code)
{
    size_t size = 0;
    code[0] = '\0';
    while (size < tag.size && s_letter(tag.data[size]))
        size++;
    if (size < 2 || size > 3)
        return false;
    if (size < tag.size && tag.data[size] != '-' && tag.data[size] != '_')
        return false;
    for (size_t i = 0; i < size; i++)
        code[i] = static_cast<char>(tag.data[i] | 0x20);
    code[size] = '\0';
    for (const synonym_t &synonym : s_synonyms) {
        if (strcmp(code, synonym.from) == 0)
            memcpy(code, synonym.to, strlen(synonym.to) + 1);
    }
    return true;
}

bool
language_detect(slice_t text, char *code)
{
    const int limit = 1 << 30;
    int size = text.size < static_cast<size_t>(limit) ? static_cast<int>(text.size) : limit;
    int valid = 0;
    bool reliable = false;
    code[0] = '\0';
    if (size == 0)
        return false;
    CLD2::Language found = CLD2::DetectLanguageCheckUTF8(text.data, size, true, &reliable, &valid);
    if (valid > 0 && valid < size)
        found = CLD2::DetectLanguage(text.data, valid, true, &reliable);
    if (!reliable || found == CLD2::UNKNOWN_LANGUAGE)
        return false;
    const char *name = CLD2::LanguageCode(found);
    return language_normalise(slice_t{name, strlen(name)}, code) && strcmp(code, "un") != 0;
}

#include "documents/tagger/language.h"

#include <cstdio> // the next header uses FILE and does not say so
#include <cstring>
#include <map>

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

enum {
    TEXT_MAX = 1 << 30,
    TOP_LANGUAGES = 3,     /* that a summary names */
    PERCENT_OF_ONE = 90,   /* a text with more of one language is in that one */
    PERCENT_OF_A_PART = 5, /* less of a language is a quotation, or a mistake */
};

/* The shares of the languages in a text. */
struct summary_t {
    CLD2::Language main;
    bool is_reliable;
    int largest_percent;
    slice_t text; /* as much of it as is UTF-8 */
};

bool
s_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

int
s_size(slice_t text)
{
    return text.size < TEXT_MAX ? static_cast<int>(text.size) : TEXT_MAX;
}

/* Returns how many bytes of `text` are UTF-8; `chunks`, where it is not null, is filled too. */
int
s_run(slice_t text, summary_t *summary, CLD2::ResultChunkVector *chunks)
{
    CLD2::Language languages[TOP_LANGUAGES];
    int percents[TOP_LANGUAGES], text_bytes, valid = 0;
    double scores[TOP_LANGUAGES];
    summary->main = CLD2::ExtDetectLanguageSummaryCheckUTF8(
        text.data, s_size(text), true, nullptr, 0, languages, percents, scores, chunks, &text_bytes,
        &summary->is_reliable, &valid);
    summary->largest_percent = percents[0];
    summary->text = slice_t{text.data, static_cast<size_t>(valid)};
    return valid;
}

void
s_summarise(slice_t text, summary_t *summary)
{
    int valid = s_run(text, summary, nullptr);
    if (valid > 0 && valid < s_size(text))
        s_run(summary->text, summary, nullptr);
}

bool
s_code(CLD2::Language language, char *code)
{
    const char *name = CLD2::LanguageCode(language);
    code[0] = '\0';
    if (language == CLD2::UNKNOWN_LANGUAGE || strcmp(name, "un") == 0)
        return false;
    return language_normalise(slice_t{name, strlen(name)}, code);
}

bool
s_main_code(const summary_t &summary, char *code)
{
    code[0] = '\0';
    return summary.is_reliable && s_code(summary.main, code);
}

/* Moves the languages with the largest shares to `mix`. */
void
s_take_parts(std::map<uint16_t, size_t> *shares, size_t total, language_mix_t *mix)
{
    while (mix->part_count < LANGUAGE_PARTS_MAX) {
        auto largest = shares->begin();
        for (auto at = shares->begin(); at != shares->end(); ++at)
            if (at->second > largest->second)
                largest = at;
        if (largest == shares->end() || largest->second * 100 < total * PERCENT_OF_A_PART)
            return;
        if (s_code(static_cast<CLD2::Language>(largest->first), mix->parts[mix->part_count]))
            mix->part_count++;
        shares->erase(largest);
    }
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
    summary_t summary;
    code[0] = '\0';
    if (text.size == 0)
        return false;
    s_summarise(text, &summary);
    return s_main_code(summary, code);
}

void
language_detect_mix(slice_t text, language_mix_t *mix)
{
    summary_t summary;
    CLD2::ResultChunkVector chunks;
    std::map<uint16_t, size_t> shares;
    size_t total = 0;
    *mix = language_mix_t{};
    if (text.size == 0)
        return;
    s_summarise(text, &summary);
    s_main_code(summary, mix->main);
    if (summary.largest_percent >= PERCENT_OF_ONE || summary.text.size == 0)
        return;
    s_run(summary.text, &summary, &chunks);
    for (const CLD2::ResultChunk &chunk : chunks) {
        shares[chunk.lang1] += static_cast<size_t>(chunk.bytes);
        total += static_cast<size_t>(chunk.bytes);
    }
    s_take_parts(&shares, total, mix);
}

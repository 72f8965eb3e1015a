#include "documents/child/ocr.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>

#include "documents/child/legible.h"
#include "documents/child/ocr_languages.h"
#include "documents/extract_frame.h"
#include "documents/tagger/language.h"

enum {
    DARK_BELOW = 130, /* of 255: ink, where only a rough look is taken */
    INK_MIN_PIXELS = 100,
    TURN_MIN_SURE = 4, /* tesseract's orientation confidence: right ones are mostly above 15 */
    GOOD_PERCENT = 75, /* the right language gives 85 to 95, a wrong script 20 to 45 */
    WORD_PERCENT = 35, /* a page below is no text: photographs, noise */
    OTHERS_MAX = 3,    /* further languages or turns that a poor reading is tried with */
    QUARTERS = 4,
    CONNECTIVITY = 8,
    SPECK_PIXELS = 4,
    PARTS_MIN = 10000,
    PIXELS_A_PART = 100,
    FINE_DPI = 300,
    COARSE_DPI = 150,
    COARSE_DPI_MIN = 50, /* less is no resolution, but what a program put in its place */
    PIXELS_COARSE = 4000000,
    SKEW_SWEEP_SHRINK = 4, /* how much smaller the image is for a first look */
    SKEW_SEARCH_SHRINK = 2,
};

/* Sources: pixFindSkew's documentation names 3 as the least confidence to trust, and its source the
 * steps, but only 7 degrees to either side; below a quarter of a degree tesseract follows the lines
 * itself. */
static const float SKEW_MIN_SURE = 3.0F, SKEW_MIN_DEGREES = 0.25F, DEGREE = 0.01745329F;
static const float SKEW_RANGE = 12.0F, SKEW_STEP = 1.0F, SKEW_FINEST = 0.01F;

/* The engine of this process. */
static struct {
    const char *wanted; /* languages; NULL: all */
    bool is_loaded;
    ocr_languages_t languages;
    TessBaseAPI *finder; /* of orientation and script; NULL: its data is not installed */
    TessBaseAPI *reader;
    char language[OCR_LANGUAGE_SIZE]; /* that the reader has loaded; "": none */
} s_engine;

/* One reading of an image. */
typedef struct {
    buffer_t text;
    const char *language; /* borrowed from the engine */
    uint64_t words;
    uint64_t sum;
} attempt_t;

/* ---- the engine ---- */

void
ocr_configure(const char *languages)
{
    s_engine.wanted = languages;
}

static TessBaseAPI *
s_open(const char *data, TessOcrEngineMode mode)
{
    TessBaseAPI *api = TessBaseAPICreate();
    if (TessBaseAPIInit2(api, NULL, data, mode) == 0)
        return api;
    TessBaseAPIDelete(api);
    return NULL;
}

static bool
s_load_language(const char *language)
{
    if (strcmp(s_engine.language, language) == 0)
        return true;
    if (s_engine.reader)
        TessBaseAPIDelete(s_engine.reader);
    s_engine.reader = s_open(language, OEM_LSTM_ONLY);
    snprintf(s_engine.language, sizeof s_engine.language, "%s", s_engine.reader ? language : "");
    return s_engine.reader != NULL;
}

/* Without the finder's data the list of languages comes from a reader of English. */
static void
s_load(void)
{
    s_engine.is_loaded = true;
    setMsgSeverity(L_SEVERITY_NONE);
    const char *wanted = s_engine.wanted ? s_engine.wanted : "";
    if (strcmp(wanted, "none") == 0)
        return;
    s_engine.finder = s_open("osd", OEM_TESSERACT_ONLY);
    TessBaseAPI *api = s_engine.finder;
    if (api == NULL && s_load_language("eng"))
        api = s_engine.reader;
    if (api == NULL)
        return;
    char **installed = TessBaseAPIGetAvailableLanguagesAsVector(api);
    ocr_languages_choose(&s_engine.languages, installed, wanted);
    TessDeleteTextArray(installed);
}

bool
ocr_is_available(void)
{
    if (!s_engine.is_loaded)
        s_load();
    return s_engine.languages.count > 0;
}

void
ocr_close(void)
{
    if (s_engine.finder)
        TessBaseAPIDelete(s_engine.finder);
    if (s_engine.reader)
        TessBaseAPIDelete(s_engine.reader);
    ocr_languages_free(&s_engine.languages);
    const char *wanted = s_engine.wanted;
    memset(&s_engine, 0, sizeof s_engine);
    s_engine.wanted = wanted;
}

/* ---- the image ---- */

/* Returns by how much an image should be scaled: a fine one takes long and reads no better (600
 * dpi: twice the time of 300, no word more), a coarse one loses words. */
static float
s_scale(PIX *grey)
{
    float dpi = (float) pixGetXRes(grey);
    float pixels = (float) pixGetWidth(grey) * (float) pixGetHeight(grey);
    if (dpi > FINE_DPI)
        return FINE_DPI / dpi;
    if (dpi >= COARSE_DPI_MIN && dpi < COARSE_DPI && pixels < PIXELS_COARSE)
        return OCR_DPI / dpi;
    return 1;
}

/* Returns owned: `image` (taken) in shades of grey without transparency, in a size to be read;
 * NULL: it cannot be had. */
static PIX *
s_prepare(PIX *image)
{
    PIX *opaque = image ? pixRemoveAlpha(image) : NULL;
    PIX *grey = opaque ? pixConvertTo8(opaque, 0) : NULL;
    pixDestroy(&image);
    pixDestroy(&opaque);
    float scale = grey ? s_scale(grey) : 1;
    if (scale == 1)
        return grey;
    PIX *scaled = pixScale(grey, scale, scale);
    pixDestroy(&grey);
    return scaled;
}

/* Looks at the `ink` of a page (borrowed). Dense text has one or two connected parts in a thousand
 * pixels; on noise, which has a hundred, tesseract works for minutes. */
static bool
s_is_noise(PIX *ink)
{
    l_int32 parts = 0;
    pixCountConnComp(ink, CONNECTIVITY, &parts);
    return parts > PARTS_MIN + pixGetWidth(ink) * pixGetHeight(ink) / PIXELS_A_PART;
}

/* Returns owned: `grey` (taken), or what a noisy scan leaves without its specks; NULL: there is
 * nothing to read. */
static PIX *
s_quieten(PIX *grey)
{
    PIX *ink = grey ? pixConvertTo1(grey, DARK_BELOW) : NULL;
    l_int32 count = 0;
    if (ink)
        pixCountPixels(ink, &count, NULL);
    bool is_noisy = count >= INK_MIN_PIXELS && s_is_noise(ink);
    if (count < INK_MIN_PIXELS || is_noisy)
        pixDestroy(&grey);
    if (is_noisy) {
        PIX *clean = pixSelectBySize(ink, SPECK_PIXELS, SPECK_PIXELS, CONNECTIVITY,
                                     L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL);
        if (clean && !s_is_noise(clean))
            grey = pixConvertTo8(clean, 0);
        pixDestroy(&clean);
    }
    pixDestroy(&ink);
    return grey;
}

/* Finds how many quarter turns clockwise would make the image upright, and the script (borrowed; ""
 * where it cannot be told). */
static int
s_find_turn(PIX *grey, const char **script)
{
    int degrees = 0;
    float turn_sure = 0, script_sure = 0;
    *script = "";
    if (s_engine.finder == NULL)
        return 0;
    TessBaseAPISetImage2(s_engine.finder, grey);
    bool is_found = TessBaseAPIDetectOrientationScript(s_engine.finder, &degrees, &turn_sure,
                                                       script, &script_sure);
    TessBaseAPIClear(s_engine.finder);
    if (!is_found || *script == NULL) {
        *script = "";
        return 0;
    }
    return turn_sure < TURN_MIN_SURE ? 0 : (QUARTERS - degrees / 90) % QUARTERS;
}

/* Returns owned: a copy of `grey`, turned and made level. */
static PIX *
s_straighten(PIX *grey, int quarters)
{
    PIX *turned = pixRotateOrth(grey, quarters);
    PIX *ink = turned ? pixConvertTo1(turned, DARK_BELOW) : NULL;
    l_float32 degrees = 0, sure = 0;
    bool is_skewed =
        ink &&
        pixFindSkewSweepAndSearch(ink, &degrees, &sure, SKEW_SWEEP_SHRINK, SKEW_SEARCH_SHRINK,
                                  SKEW_RANGE, SKEW_STEP, SKEW_FINEST) == 0 &&
        sure >= SKEW_MIN_SURE && fabsf(degrees) >= SKEW_MIN_DEGREES;
    pixDestroy(&ink);
    if (!is_skewed)
        return turned;
    PIX *level = pixRotate(turned, DEGREE * degrees, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    pixDestroy(&turned);
    return level;
}

/* ---- reading ---- */

static unsigned
s_percent(const attempt_t *attempt)
{
    return attempt->words ? (unsigned) (attempt->sum / attempt->words) : 0;
}

static void
s_count_words(TessBaseAPI *api, attempt_t *attempt)
{
    int *confidences = TessBaseAPIAllWordConfidences(api);
    for (size_t i = 0; confidences && confidences[i] >= 0; i++) {
        attempt->words++;
        attempt->sum += (unsigned) confidences[i];
    }
    TessDeleteIntArray(confidences);
}

/* Reads `upright` (borrowed) in `language` and keeps what came of it in `best` where that is surer.
 */
static void
s_try(PIX *upright, const char *language, attempt_t *best)
{
    attempt_t attempt = {.language = language};
    if (upright == NULL || !s_load_language(language))
        return;
    TessBaseAPISetPageSegMode(s_engine.reader, PSM_AUTO);
    TessBaseAPISetImage2(s_engine.reader, upright);
    if (pixGetXRes(upright) == 0)
        TessBaseAPISetSourceResolution(s_engine.reader, OCR_DPI);
    char *text = TessBaseAPIGetUTF8Text(s_engine.reader);
    if (text)
        buffer_append_text(&attempt.text, text);
    s_count_words(s_engine.reader, &attempt);
    TessDeleteText(text);
    TessBaseAPIClear(s_engine.reader);
    if (best->language == NULL || s_percent(&attempt) > s_percent(best)) {
        buffer_free(&best->text);
        *best = attempt;
    } else
        buffer_free(&attempt.text);
}

/* The language to begin with: the document's so far, or the first, of those that fit the script. */
static const char *
s_first_language(const ocr_session_t *self, const char *script)
{
    const ocr_languages_t *languages = &s_engine.languages;
    const char *fitting = NULL;
    for (size_t i = 0; i < languages->count; i++) {
        const char *name = languages->names[i];
        bool is_usual = strcmp(name, self->language) == 0;
        bool fits = script[0] ? ocr_language_fits(name, script) : is_usual;
        if (fits && (fitting == NULL || is_usual))
            fitting = name;
    }
    return fitting ? fitting : languages->names[0];
}

/* Languages of one script look alike: what was read tells which it is. */
static void
s_try_what_it_says(PIX *upright, attempt_t *best)
{
    char code[LANGUAGE_CODE_SIZE];
    if (!language_detect(buffer_slice(&best->text), code) || ocr_language_is(best->language, code))
        return;
    for (size_t i = 0; i < s_engine.languages.count; i++) {
        const char *name = s_engine.languages.names[i];
        if (ocr_language_is(name, code)) {
            s_try(upright, name, best);
            return;
        }
    }
}

/* The script, or the turn, was told wrong. */
static void
s_try_others(PIX *grey, PIX *upright, int quarters, attempt_t *best)
{
    const char *first = best->language;
    size_t tried = 0;
    if (quarters != 0) {
        PIX *unturned = s_straighten(grey, 0);
        s_try(unturned, first, best);
        pixDestroy(&unturned);
        tried++;
    }
    for (size_t i = 0; i < s_engine.languages.count && tried < OTHERS_MAX; i++) {
        if (s_percent(best) >= GOOD_PERCENT)
            return;
        if (strcmp(s_engine.languages.names[i], first) != 0) {
            s_try(upright, s_engine.languages.names[i], best);
            tried++;
        }
    }
}

static void
s_keep(ocr_session_t *self, const attempt_t *best, buffer_t *out)
{
    bool has_letters = legible_count(buffer_slice(&best->text)) > 0;
    if (!has_letters || best->words == 0 || s_percent(best) < WORD_PERCENT)
        return;
    buffer_append_slice(out, buffer_slice(&best->text));
    snprintf(self->language, sizeof self->language, "%s", best->language);
    self->words += best->words;
    self->sum += best->sum;
}

void
ocr_read(ocr_session_t *self, PIX *image, buffer_t *out)
{
    PIX *grey = s_quieten(s_prepare(image));
    if (grey && ocr_is_available()) {
        const char *script;
        attempt_t best = {0};
        int quarters = s_find_turn(grey, &script);
        PIX *upright = s_straighten(grey, quarters);
        s_try(upright, s_first_language(self, script), &best);
        if (best.words && s_percent(&best) < GOOD_PERCENT)
            s_try_others(grey, upright, quarters, &best);
        if (best.words)
            s_try_what_it_says(upright, &best);
        pixDestroy(&upright);
        s_keep(self, &best, out);
        buffer_free(&best.text);
    }
    pixDestroy(&grey);
}

uint16_t
ocr_confidence(const ocr_session_t *self)
{
    return self->words ? (uint16_t) (self->sum * 10 / self->words) : EXTRACT_CONFIDENCE_NONE;
}

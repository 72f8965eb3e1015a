#include "documents/child/encoding.h"

#include <iconv.h>
#include <stdio.h>

#include "base/text.h"
#include "documents/child/format.h"
#include "documents/child/plain.h"
#include "tests/support/cmocka_all.h"

#define RUSSIAN                                                                                    \
    "Москва является столицей России, городом федерального значения и крупнейшим городом."
#define CZECH     "Praha je hlavní město České republiky. Žluťoučký kůň úpěl ďábelské ódy."
#define POLISH    "Warszawa jest największym miastem Polski. Zażółć gęślą jaźń, proszę."
#define GREEK     "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας και μια από τις παλαιότερες πόλεις."
#define TURKISH   "Ankara, Türkiye'nin başkenti ve en kalabalık ikinci şehridir, çok ışıklı ve güzel."
#define HEBREW    "ירושלים היא עיר הבירה של מדינת ישראל והעיר הגדולה ביותר בה."
#define ARABIC    "القاهرة هي عاصمة جمهورية مصر العربية وأكبر مدنها."
#define FRENCH    "L'été dernier, nous avons visité la forêt près de l'église où ma mère était née."
#define GERMAN    "Die Straße führt über den Fluss zur Mühle am großen Teich, schön und öde."
#define JAPANESE  "東京は日本の首都であり、世界最大級の都市である。かつては江戸と呼ばれていた。"
#define CHINESE   "北京是中华人民共和国的首都,也是全国的政治中心和文化中心,历史悠久。"
#define TAIWANESE "臺北市是中華民國的首都，也是臺灣的政治、文化、商業、娛樂中心。"
#define UKRAINIAN                                                                                                                                                   \
    "Київ є столицею України та найбільшим містом країни. Метро щодня перевозить мільйони " \
    "пасажирів, а Софійський собор приваблює туристів з усього світу."
#define THAI   "กรุงเทพมหานครเป็นเมืองหลวงและนครที่มีประชากรมากที่สุดของประเทศไทย"
#define KOREAN "서울은 대한민국의 수도이자 최대 도시이다. 한강을 끼고 있는 도시이다."

static buffer_t s_bytes, s_text;

static int
teardown(void **state)
{
    (void) state;
    buffer_free(&s_bytes);
    buffer_free(&s_text);
    return 0;
}

static slice_t
s_encode(const char *text, const char *charset)
{
    iconv_t converter = iconv_open(charset, "UTF-8");
    assert_true(converter != (iconv_t) -1);
    size_t size = strlen(text), room = size * 4;
    buffer_clear(&s_bytes);
    char *from = (char *) (uintptr_t) text, *to = buffer_reserve(&s_bytes, room);
    if (iconv(converter, &from, &size, &to, &room) != 0)
        fail_msg("%s in %s", text, charset);
    iconv_close(converter);
    s_bytes.size = (size_t) (to - s_bytes.data);
    return buffer_slice(&s_bytes);
}

static void
s_assert_decoded(slice_t bytes, const char *declared, const char *text)
{
    buffer_clear(&s_text);
    plain_decode(bytes, declared, 100000, &s_text);
    if (!slice_is(buffer_slice(&s_text), text))
        fail_msg("declared %s: \"%s\" became \"%.*s\"", declared ? declared : "nothing", text,
                 SLICE_ARG(buffer_slice(&s_text)));
}

static const struct {
    const char *text, *charset;
} TEXTS[] = {
    {RUSSIAN, "windows-1251"}, {RUSSIAN, "KOI8-R"},      {RUSSIAN, "ISO-8859-5"},
    {CZECH, "windows-1250"},   {CZECH, "ISO-8859-2"},    {POLISH, "ISO-8859-2"},
    {POLISH, "windows-1250"},  {GREEK, "windows-1253"},  {GREEK, "ISO-8859-7"},
    {TURKISH, "windows-1254"}, {HEBREW, "windows-1255"}, {ARABIC, "windows-1256"},
    {ARABIC, "ISO-8859-6"},    {FRENCH, "ISO-8859-1"},   {GERMAN, "windows-1252"},
    {JAPANESE, "Shift_JIS"},   {JAPANESE, "EUC-JP"},     {CHINESE, "GB18030"},
    {CHINESE, "GBK"},          {TAIWANESE, "BIG5"},      {KOREAN, "EUC-KR"},
    {UKRAINIAN, "KOI8-U"},     {RUSSIAN, "CP866"},       {THAI, "TIS-620"},
    {JAPANESE, "ISO-2022-JP"},
};

static void
each_encoding_is_guessed(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        s_assert_decoded(s_encode(TEXTS[i].text, TEXTS[i].charset), NULL, TEXTS[i].text);
}

static void
each_encoding_is_guessed_behind_a_long_start_in_ascii(void **state)
{
    (void) state;
    buffer_t text = {0};
    for (int i = 0; i < 1000; i++)
        buffer_append_text(&text, "All of this is plain.\n");
    size_t start = text.size;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        text.size = start;
        buffer_append_text(&text, TEXTS[i].text);
        s_assert_decoded(s_encode(text.data, TEXTS[i].charset), NULL, text.data);
    }
    buffer_free(&text);
}

static void
a_right_declaration_is_followed(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        s_assert_decoded(s_encode(TEXTS[i].text, TEXTS[i].charset), TEXTS[i].charset,
                         TEXTS[i].text);
    s_assert_decoded(s_encode("Łódź", "ISO-8859-2"), "iso-8859-2", "Łódź");
    s_assert_decoded(s_encode("中文", "GBK"), "gb2312", "中文");
    s_assert_decoded(s_encode("ภาษาไทย", "TIS-620"), "TIS-620", "ภาษาไทย");
    s_assert_decoded(s_encode("東京の都市", "ISO-2022-JP"), "iso-2022-jp", "東京の都市");
    s_assert_decoded(s_encode("мир", "CP866"), "cp866", "мир");
}

static void
a_wrong_declaration_yields(void **state)
{
    (void) state;
    static const char *const wrong[] = {"utf-8",         "us-ascii", "utf-16",
                                        "no-such-thing", "a,b=c",    "ebcdic-cp-us"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        for (size_t j = 0; j < sizeof wrong / sizeof wrong[0]; j++)
            s_assert_decoded(s_encode(TEXTS[i].text, TEXTS[i].charset), wrong[j], TEXTS[i].text);
    s_assert_decoded(s_encode(RUSSIAN, "windows-1251"), "iso-8859-1", RUSSIAN);
    s_assert_decoded(s_encode(GREEK, "ISO-8859-7"), "windows-1252", GREEK);
    s_assert_decoded(s_encode(JAPANESE, "Shift_JIS"), "iso-8859-1", JAPANESE);
    s_assert_decoded(s_encode(FRENCH, "windows-1252"), "windows-1251", FRENCH);
    s_assert_decoded(s_encode(CHINESE, "GBK"), "euc-kr", CHINESE);
}

static void
utf8_stays_utf8_however_short_and_whatever_it_says(void **state)
{
    (void) state;
    static const char *const texts[] = {"",       "a",     "plain", "é",      "grün",    "東京",
                                        "Łódź\n", "100 €", "мир",   "naïve?", "ภาษาไทย", "a – b"};
    static const char *const declared[] = {NULL, "iso-8859-1", "windows-1251", "utf-8", "koi8-r"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (size_t j = 0; j < sizeof declared / sizeof declared[0]; j++)
            s_assert_decoded(slice_from(texts[i]), declared[j], texts[i]);
    s_assert_decoded(SLICE(CHINESE), "gbk", CHINESE);
    s_assert_decoded(SLICE(JAPANESE), "shift_jis", JAPANESE);
}

static void
short_western_text_is_not_taken_for_anything_far(void **state)
{
    (void) state;
    static const char *const texts[] = {
        "gr\u00fc\u00df",      "Stra\u00dfe",
        "caf\u00e9",           "Espa\u00f1a",
        "\u00a9 2020 Example", "20 \u00b0C",
        "50 \u00b5m",          "A \u2013 B \u201cquoted\u201d \u20ac 5"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        s_assert_decoded(s_encode(texts[i], "windows-1252"), NULL, texts[i]);
}

static void
utf16_is_known_by_its_mark_or_its_form(void **state)
{
    (void) state;
    s_assert_decoded(s_encode("\ufeff中文", "UTF-16LE"), NULL, "中文");
    s_assert_decoded(s_encode("\ufeff中文", "UTF-16BE"), "utf-8", "中文");
    static const char *const texts[] = {RUSSIAN,      FRENCH,        GREEK,      HEBREW,
                                        CHINESE "\n", JAPANESE "\n", KOREAN "\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        s_assert_decoded(s_encode(texts[i], "UTF-16LE"), NULL, texts[i]);
        s_assert_decoded(s_encode(texts[i], "UTF-16BE"), NULL, texts[i]);
        const char *name;
        assert_int_equal(format_detect(buffer_slice(&s_bytes), &name), FORMAT_TEXT);
    }
    assert_null(encoding_find_utf16(SLICE("\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7\0\1")));
}

static void
broken_letters_are_replaced_and_the_rest_is_kept(void **state)
{
    (void) state;
    slice_t bytes = s_encode(JAPANESE, "Shift_JIS");
    plain_decode((slice_t){bytes.data, bytes.size - 1}, "shift_jis", 1000, &s_text);
    assert_memory_equal(s_text.data, JAPANESE, strlen(JAPANESE) - 3);
    assert_true(s_text.size > strlen(JAPANESE) - 3);
}

/* Bytes of a generator (Knuth's), the same in every run. */
static void
any_bytes_become_utf8(void **state)
{
    (void) state;
    static const char *const declared[] = {NULL,   "shift_jis", "gb18030", "iso-2022-jp", "utf-16",
                                           "big5", "euc-kr",    "koi8-r",  "utf-7",       "hz"};
    uint64_t random = 1;
    char bytes[400];
    for (size_t round = 0; round < 1000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[i] = (char) (uint8_t) (random >> (round % 2 ? 56 : 57));
        }
        buffer_clear(&s_text);
        slice_t text = {bytes, round % sizeof bytes};
        plain_decode(text, declared[round % (sizeof declared / sizeof declared[0])], 1000, &s_text);
        assert_true(text_is_utf8(buffer_slice(&s_text)));
        assert_true(s_text.size <= 1000);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_encoding_is_guessed),
        TEST(each_encoding_is_guessed_behind_a_long_start_in_ascii),
        TEST(a_right_declaration_is_followed),
        TEST(a_wrong_declaration_yields),
        TEST(utf8_stays_utf8_however_short_and_whatever_it_says),
        TEST(short_western_text_is_not_taken_for_anything_far),
        TEST(utf16_is_known_by_its_mark_or_its_form),
        TEST(any_bytes_become_utf8),
        TEST(broken_letters_are_replaced_and_the_rest_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The engine in this process, with the languages that tools/install brings: English and Hindi. */
#include "documents/child/ocr.h"

#include <leptonica/allheaders.h>
#include <unistd.h>

#include "base/file.h"
#include "documents/child/reading.h"
#include "tests/documents/word_recall.h"
#include "tests/support/cmocka_all.h"
#include "tests/support/test_file.h"

static buffer_t s_bytes;
static reading_t s_reading;

static int
teardown(void **state)
{
    (void) state;
    reading_free(&s_reading);
    buffer_free(&s_bytes);
    return 0;
}

static int
close_engine(void **state)
{
    (void) state;
    ocr_close();
    return 0;
}

static slice_t
s_file(const char *name)
{
    test_file_load(name, &s_bytes);
    return buffer_slice(&s_bytes);
}

static void
s_make(slice_t bytes)
{
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &s_reading);
}

/* Returns owned: the upper part of a page of English. */
static PIX *
s_english(void)
{
    slice_t bytes = s_file("scan-en-unlv1.tif");
    PIX *page = pixReadMem((const l_uint8 *) bytes.data, bytes.size);
    assert_non_null(page);
    BOX *upper = boxCreate(0, 0, pixGetWidth(page), pixGetHeight(page) / 3);
    PIX *part = pixClipRectangle(page, upper, NULL);
    boxDestroy(&upper);
    pixDestroy(&page);
    assert_non_null(part);
    return part;
}

static void
a_scanned_page_gives_nearly_all_its_words(void **state)
{
    (void) state;
    s_make(s_file("scan-en-skew.pdf"));
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_int_equal(s_reading.method, EXTRACT_METHOD_OCR);
    assert_true(s_reading.is_scanned);
    assert_int_equal(s_reading.page_count, 1);
    assert_in_range(s_reading.confidence, 850, 1000);
    double recall = word_recall(s_file("scan-en-linn.txt"), buffer_slice(&s_reading.text));
    if (recall < 0.945)
        fail_msg("word recall is %.3f", recall);
}

static void
a_picture_in_another_script_is_read_in_its_language(void **state)
{
    (void) state;
    s_make(s_file("scan-hi-devatest.png"));
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_int_equal(s_reading.method, EXTRACT_METHOD_OCR);
    assert_in_range(s_reading.confidence, 700, 1000);
    assert_non_null(strstr(s_reading.text.data, "सभी मनुष्यों को गौरव और अधिकारों के मामले में"));
}

static void
every_turn_of_a_page_is_found(void **state)
{
    (void) state;
    PIX *upright = s_english();
    buffer_t expected = {0};
    ocr_session_t session = {0};
    ocr_read(&session, pixClone(upright), &expected);
    assert_string_equal(session.language, "eng");
    assert_true(expected.size > 500);
    for (int quarters = 1; quarters < 4; quarters++) {
        buffer_t text = {0};
        ocr_read(&session, pixRotateOrth(upright, quarters), &text);
        double recall = word_recall(buffer_slice(&expected), buffer_slice(&text));
        if (recall < 0.945)
            fail_msg("turned by %d quarters: word recall is %.3f", quarters, recall);
        buffer_free(&text);
    }
    assert_in_range(ocr_confidence(&session), 850, 1000);
    buffer_free(&expected);
    pixDestroy(&upright);
}

static void
a_page_that_lies_far_askew_is_made_level(void **state)
{
    (void) state;
    PIX *part = s_english();
    PIX *level = pixConvertTo8(part, 0);
    PIX *askew = pixRotate(level, 9 * 0.01745F, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE,
                           pixGetWidth(level), pixGetHeight(level));
    buffer_t expected = {0}, text = {0};
    ocr_session_t session = {0};
    ocr_read(&session, level, &expected);
    ocr_read(&session, askew, &text);
    double recall = word_recall(buffer_slice(&expected), buffer_slice(&text));
    if (expected.size < 500 || recall < 0.945)
        fail_msg("%zu bytes, word recall is %.3f", expected.size, recall);
    buffer_free(&expected);
    buffer_free(&text);
    pixDestroy(&part);
}

static void
what_is_no_text_gives_none(void **state)
{
    (void) state;
    ocr_session_t session = {0};
    buffer_t text = {0};
    ocr_read(&session, NULL, &text);
    ocr_read(&session, pixCreate(500, 500, 1), &text); /* white */
    PIX *noise = pixCreate(600, 600, 8);
    uint32_t random = 1;
    for (int i = 0; i < 600 * 600; i++) {
        random = random * 1664525 + 1013904223;
        pixSetPixel(noise, i % 600, i / 600, random >> 24);
    }
    ocr_read(&session, noise, &text);
    assert_string_equal(text.data ? text.data : "", "");
    assert_int_equal(ocr_confidence(&session), EXTRACT_CONFIDENCE_NONE);
    buffer_free(&text);
}

static void
all_pages_of_a_tiff_are_read(void **state)
{
    (void) state;
    char path[] = "/tmp/tagmill-pages-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    PIX *page = s_english();
    assert_int_equal(pixWriteTiff(path, page, IFF_TIFF_G4, "w"), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pixWriteTiff(path, page, IFF_TIFF_G4, "a"), 0);
    pixDestroy(&page);
    buffer_t bytes = {0};
    fault_t fault;
    assert_int_equal(file_read(path, 10000000, &bytes, &fault), STATUS_OK);
    unlink(path);
    extract_request_t request = {2, EXTRACT_TEXT_MAX_BYTES, buffer_slice(&bytes)};
    reading_make(&request, &s_reading);
    buffer_free(&bytes);
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_int_equal(s_reading.page_count, 4);
    const char *first = strstr(s_reading.text.data, "injured");
    assert_non_null(first);
    assert_non_null(strstr(s_reading.text.data + s_reading.text.size / 2, "injured"));
}

static void
an_image_with_too_many_pixels_is_not_decoded(void **state)
{
    (void) state;
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\2\0\0\0"
                              "\0\0\0\0\0\0\0\0\0IDAT\0\0\0\0\0\0\0\0";
    s_make((slice_t){png, sizeof png});
    assert_int_equal(s_reading.error, ERROR_TOO_LARGE);
    assert_string_equal(s_reading.detail.data,
                        "the image has 30000 x 30000 pixels; 40 million are the limit");
}

static void
a_damaged_image_is_corrupt(void **state)
{
    (void) state;
    static const slice_t damaged[] = {
        {"\x89PNG\r\n\x1a\n....", 12},
        {"\xff\xd8\xff\xe0....", 8},
        {"II*\0.", 5},
        {"II*\0\x08\0\0\0\xff\xff", 10},
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        s_make(damaged[i]);
        assert_int_equal(s_reading.error, ERROR_CORRUPT);
    }
    slice_t whole = s_file("scan-hi-devatest.png");
    s_make((slice_t){whole.data, 2000});
    assert_int_equal(s_reading.error, ERROR_CORRUPT);
}

static void
none_switches_reading_of_images_off(void **state)
{
    (void) state;
    ocr_close();
    ocr_configure("none");
    assert_false(ocr_is_available());
    s_make(s_file("scan-hi-devatest.png"));
    assert_int_equal(s_reading.error, ERROR_NO_TEXT);
    assert_non_null(strstr(s_reading.detail.data, "switched off"));
    assert_true(s_reading.is_scanned);
    assert_int_equal(s_reading.confidence, EXTRACT_CONFIDENCE_NONE);
    ocr_close();
    ocr_configure("hin");
    assert_true(ocr_is_available());
    ocr_close();
    ocr_configure("");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_scanned_page_gives_nearly_all_its_words),
        TEST(a_picture_in_another_script_is_read_in_its_language),
        TEST(every_turn_of_a_page_is_found),
        TEST(a_page_that_lies_far_askew_is_made_level),
        TEST(what_is_no_text_gives_none),
        TEST(all_pages_of_a_tiff_are_read),
        TEST(an_image_with_too_many_pixels_is_not_decoded),
        TEST(a_damaged_image_is_corrupt),
        TEST(none_switches_reading_of_images_off),
    };
    return cmocka_run_group_tests(tests, NULL, close_engine);
}

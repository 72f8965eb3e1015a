#include "documents/child/pdf.h"

#include <poppler.h>

#include "documents/child/ocr.h"
#include "documents/child/pdf_picture.h"
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

static void
s_make(slice_t bytes, uint32_t page_limit)
{
    reading_free(&s_reading);
    extract_request_t request = {page_limit, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &s_reading);
}

/* Writes a PDF whose pages, of `width` by `height` points, hold `lines` of text; poppler mends the
 * missing table of references. */
static void
s_write(const char *const *pages, size_t count, int width, int height)
{
    buffer_clear(&s_bytes);
    buffer_append_text(&s_bytes, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                 "2 0 obj<</Type/Pages/Kids[");
    for (size_t i = 0; i < count; i++)
        buffer_printf(&s_bytes, "%zu 0 R ", 10 + 2 * i);
    buffer_printf(&s_bytes, "]/Count %zu>>endobj\n", count);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(&s_bytes,
                      "%zu 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %zu 0 R"
                      "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
                      "endobj\n%zu 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n",
                      10 + 2 * i, width, height, 11 + 2 * i, 11 + 2 * i, strlen(pages[i]),
                      pages[i]);
    }
    buffer_append_text(&s_bytes, "trailer<</Root 1 0 R>>\n");
}

static void
s_assert_text(const char *const *parts)
{
    assert_int_equal(s_reading.error, ERROR_NONE);
    for (; *parts; parts++)
        if (strstr(s_reading.text.data, *parts) == NULL)
            fail_msg("\"%s\" is missing in: %.300s", *parts, s_reading.text.data);
}

static void
text_layers_are_read_without_looking_at_the_pages(void **state)
{
    (void) state;
    static const struct {
        const char *file;
        const char *parts[3];
    } rows[] = {
        {"en-4pages.pdf", {"some text without a meaning"}},
        {"en-pdfa-crazyones.pdf", {"The Crazy Ones", "misfits"}},
        {"la-twocolumn.pdf", {"Two-Column Document"}},
        {"th-math.pdf", {"\xe0\xb8"}},
        {"ru-drawing-stamp.pdf", {"Подп. и дата"}},
        {"ja-finance.pdf", {"マーケットモデル"}},
        {"hi-made-here.pdf", {"कूट-शब्द", "कम्प्यूटर"}},
        {"en-googledoc.pdf", {"Beautiful is better than ugly"}},
        {"en-pmc4179036.pdf", {"Service Oriented Architecture"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_file_load(rows[i].file, &s_bytes);
        s_make(buffer_slice(&s_bytes), 3);
        s_assert_text(rows[i].parts);
        assert_int_equal(s_reading.method, EXTRACT_METHOD_PDF_TEXT);
        assert_int_equal(s_reading.confidence, EXTRACT_CONFIDENCE_NONE);
        assert_false(s_reading.is_scanned);
    }
}

static void
running_heads_and_page_numbers_are_dropped(void **state)
{
    (void) state;
    static const char *const pages[] = {
        "BT /F 9 Tf 50 700 Td (The Annual Report) Tj 0 -300 Td (Words that stand on the first page "
        "alone) Tj 0 -300 Td (7) Tj ET",
        "BT /F 9 Tf 50 700 Td (The Annual Report) Tj 0 -300 Td (Others that stand on the second "
        "one) "
        "Tj 0 -300 Td (8) Tj ET",
    };
    s_write(pages, 2, 600, 800);
    s_make(buffer_slice(&s_bytes), 3);
    const char *parts[] = {"first page", "second one", NULL};
    s_assert_text(parts);
    assert_null(strstr(s_reading.text.data, "Annual"));
    assert_null(strpbrk(s_reading.text.data, "78"));
}

static void
what_is_filled_into_a_form_is_read(void **state)
{
    (void) state;
    test_file_load("form-filled.pdf", &s_bytes);
    s_make(buffer_slice(&s_bytes), 3);
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_string_equal(s_reading.text.data, "Application\nLicence for Thorvald Stoltenberg\n"
                                             "A lake in the mountains, with trout\nFly rod\n\n");
}

static void
shapes_of_arabic_letters_come_in_reading_order(void **state)
{
    (void) state;
    test_file_load("ar-cid-truetype.pdf", &s_bytes);
    s_make(buffer_slice(&s_bytes), 3);
    size_t count = 0; /* the page says it four times */
    for (const char *at = s_reading.text.data; (at = strstr(at, "الخطوط العربية")); at++)
        count++;
    assert_int_equal(count, 4);
}

static void
a_page_with_an_illegible_layer_is_read_as_a_picture(void **state)
{
    (void) state;
    test_file_load("en-paper-23pages.pdf", &s_bytes);
    s_make(buffer_slice(&s_bytes), 2);
    const char *parts[] = {"Technology Acceptance Model", "field of study", "Introduction",
                           "Information Systems", NULL};
    s_assert_text(parts);
    assert_null(strstr(s_reading.text.data, "\xc7\xa1")); /* as the layer of page 2 has it */
    assert_int_equal(s_reading.page_count, 23);
    assert_in_range(s_reading.confidence, 850, 1000);
    assert_int_equal(s_reading.method, EXTRACT_METHOD_PDF_TEXT); /* of page 1 */
    assert_false(s_reading.is_scanned);
}

static void
letters_without_a_mapping_are_seen(void **state)
{
    (void) state;
    test_file_load("bad-font-nomapping.pdf", &s_bytes);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, buffer_slice(&s_bytes)};
    pdf_read(&request, &s_reading);
    assert_null(strstr(s_reading.text.data, "7+%"));
}

static void
a_page_is_rendered_within_its_bounds(void **state)
{
    (void) state;
    static const struct {
        int width, height; /* points */
        double scale;      /* pixels a point; 0: as large as it may be */
    } sizes[] = {
        {595, 842, 200.0 / 72},
        {20000, 20000, 0},
        {14400, 10, 30000.0 / 14400},
    };
    static const char *const page[] = {"BT /F 9 Tf 5 5 Td (x) Tj ET"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double scale = pdf_picture_scale(sizes[i].width, sizes[i].height);
        if (sizes[i].scale != 0)
            assert_true(scale > sizes[i].scale * 0.999 && scale < sizes[i].scale * 1.001);
        double pixels = scale * sizes[i].width * scale * sizes[i].height;
        assert_true(pixels <= OCR_PIXELS_MAX * 1.001 && pixels > 100000);
    }
    assert_true(pdf_picture_scale(0, 100) == 0 && pdf_picture_scale(-5, -5) == 0);
    s_write(page, 1, 20000, 20000);
    s_make(buffer_slice(&s_bytes), 1);
    assert_int_equal(s_reading.error, ERROR_NO_TEXT);
}

static void
pages_without_anything_are_no_text(void **state)
{
    (void) state;
    static const char *const files[] = {"bad-page-without-contents.pdf", "bad-page-hugemono.pdf",
                                        "bad-fuzzed-pdfbox3148.pdf"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        test_file_load(files[i], &s_bytes);
        s_make(buffer_slice(&s_bytes), 3);
        assert_int_equal(s_reading.error, ERROR_NO_TEXT);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(text_layers_are_read_without_looking_at_the_pages),
        TEST(running_heads_and_page_numbers_are_dropped),
        TEST(what_is_filled_into_a_form_is_read),
        TEST(shapes_of_arabic_letters_come_in_reading_order),
        TEST(a_page_with_an_illegible_layer_is_read_as_a_picture),
        TEST(letters_without_a_mapping_are_seen),
        TEST(a_page_is_rendered_within_its_bounds),
        TEST(pages_without_anything_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, close_engine);
}

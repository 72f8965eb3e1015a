#include "tests/documents/office_case.h"

#include "base/text.h"

buffer_t office_zip;
reading_t office_reading;

int
office_teardown(void **state)
{
    (void) state;
    reading_free(&office_reading);
    buffer_free(&office_zip);
    return 0;
}

void
office_read_bytes(slice_t bytes, uint32_t page_limit)
{
    reading_free(&office_reading);
    extract_request_t request = {page_limit, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &office_reading);
    assert_true(text_is_utf8(buffer_slice(&office_reading.text)));
    assert_true((office_reading.error == ERROR_NONE) == (office_reading.detail.size == 0));
}

void
office_read(const zip_part_t *parts, size_t count, uint32_t page_limit)
{
    buffer_clear(&office_zip);
    zip_build(parts, count, &office_zip);
    office_read_bytes(buffer_slice(&office_zip), page_limit);
}

void
office_assert_text(extract_method_t method, const char *expected)
{
    if (office_reading.error != ERROR_NONE)
        fail_msg("%s: %s", error_type_word(office_reading.error), office_reading.detail.data);
    assert_string_equal(office_reading.text.data, expected);
    assert_int_equal(office_reading.method, method);
}

void
office_assert_error(error_type_t error, const char *says)
{
    if (office_reading.error != error || strstr(office_reading.detail.data, says) == NULL)
        fail_msg("%s: %s", error_type_word(office_reading.error),
                 office_reading.detail.size ? office_reading.detail.data
                                            : office_reading.text.data);
}

void
office_damage(slice_t whole)
{
    buffer_t bytes = {0};
    for (size_t step = 0; step < 150; step++) {
        size_t at = step * whole.size / 150;
        office_read_bytes((slice_t){whole.data, at}, 10);
        buffer_clear(&bytes);
        buffer_append_slice(&bytes, whole);
        bytes.data[at] = (char) (bytes.data[at] ^ (1 << step % 8));
        office_read_bytes(buffer_slice(&bytes), 10);
    }
    buffer_free(&bytes);
}

void
office_damage_parts(const zip_part_t *parts, size_t count)
{
    buffer_t zip = {0};
    zip_build(parts, count, &zip);
    office_damage(buffer_slice(&zip));
    buffer_free(&zip);
}

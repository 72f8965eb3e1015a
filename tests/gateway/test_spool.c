#include "gateway/spool.h"

#include <stdio.h>

#include "tests/support/cmocka_all.h"

static void
s_round_trip(uint32_t count, size_t size)
{
    spool_t *spool = spool_new("/tmp");
    buffer_t text = {0}, read = {0};
    uint64_t ended = 0;
    for (uint32_t i = 0; i < count; i++) {
        buffer_clear(&text);
        buffer_printf(&text, "%0*u", (int) size, i);
        assert_int_equal(spool_write(spool, (slice_t){text.data, size / 2}, NULL), STATUS_OK);
        assert_int_equal(spool_write(spool, (slice_t){text.data + size / 2, size - size / 2}, NULL),
                         STATUS_OK);
        assert_int_equal(spool_end_text(spool, &ended, NULL), STATUS_OK);
        assert_int_equal(ended, size);
    }
    assert_int_equal(spool_count(spool), count);
    for (uint32_t i = 0; i < count; i++) {
        buffer_clear(&text);
        buffer_printf(&text, "%0*u", (int) size, i);
        assert_int_equal(spool_read(spool, &read, NULL), STATUS_OK);
        assert_true(slice_equal(buffer_slice(&text), buffer_slice(&read)));
    }
    assert_int_equal(spool_read(spool, &read, NULL), STATUS_NOT_FOUND);
    buffer_free(&text);
    buffer_free(&read);
    spool_destroy(&spool);
}

static void
texts_come_back_in_order(void **state)
{
    (void) state;
    s_round_trip(0, 10);
    s_round_trip(3, 10);
    s_round_trip(20000, 50);
    s_round_trip(7, 300000);
}

static void
an_empty_text_is_one(void **state)
{
    (void) state;
    spool_t *spool = spool_new("/tmp");
    buffer_t read = {0};
    uint64_t size = 9;
    assert_int_equal(spool_end_text(spool, &size, NULL), STATUS_OK);
    assert_int_equal(size, 0);
    assert_int_equal(spool_read(spool, &read, NULL), STATUS_OK);
    assert_int_equal(read.size, 0);
    buffer_free(&read);
    spool_destroy(&spool);
}

static void
a_directory_that_is_not_there_is_a_fault_only_when_it_is_needed(void **state)
{
    (void) state;
    spool_t *spool = spool_new("/nonexistent");
    buffer_t text = {0};
    fault_t fault = {0};
    buffer_printf(&text, "%0*d", 1000, 0);
    status_t status = STATUS_OK;
    int written = 0;
    for (; written < 1000 && status == STATUS_OK; written++)
        status = spool_write(spool, buffer_slice(&text), &fault);
    assert_int_equal(status, STATUS_IO_ERROR);
    assert_true(written > 100);
    assert_null(strstr(fault.detail, "nonexistent"));
    buffer_free(&text);
    spool_destroy(&spool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_back_in_order),
        cmocka_unit_test(an_empty_text_is_one),
        cmocka_unit_test(a_directory_that_is_not_there_is_a_fault_only_when_it_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

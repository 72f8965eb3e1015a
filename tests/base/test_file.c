#include "base/file.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/cmocka_all.h"

static char s_directory[64];

static int
setup(void **state)
{
    (void) state;
    strcpy(s_directory, "/tmp/tagmill-file-XXXXXX");
    return mkdtemp(s_directory) ? 0 : -1;
}

static int
teardown(void **state)
{
    (void) state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s_directory);
    return system(command);
}

static const char *
s_path(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", s_directory, name);
    return path;
}

static void
a_secret_is_made_once_and_only_its_owner_reads_it(void **state)
{
    (void) state;
    buffer_t first = {0}, second = {0};
    fault_t fault = {0};
    assert_int_equal(file_secret(s_path("secret"), 32, 32, &first, &fault), STATUS_OK);
    assert_int_equal(first.size, 64);
    assert_int_equal(file_secret(s_path("secret"), 32, 32, &second, &fault), STATUS_OK);
    assert_true(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    struct stat info;
    assert_int_equal(stat(s_path("secret"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    buffer_free(&first);
    buffer_free(&second);
}

static void
a_secret_that_others_can_read_is_refused(void **state)
{
    (void) state;
    buffer_t secret = {0};
    fault_t fault = {0};
    assert_int_equal(file_secret(s_path("secret"), 32, 32, &secret, &fault), STATUS_OK);
    assert_int_equal(chmod(s_path("secret"), 0644), 0);
    assert_int_equal(file_secret(s_path("secret"), 32, 32, &secret, &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "chmod 600"));
    buffer_free(&secret);
}

static void
a_short_secret_is_refused(void **state)
{
    (void) state;
    buffer_t secret = {0};
    fault_t fault = {0};
    FILE *file = fopen(s_path("short"), "w");
    assert_non_null(file);
    fputs("0123456789\n", file);
    fclose(file);
    assert_int_equal(chmod(s_path("short"), 0600), 0);
    assert_int_equal(file_secret(s_path("short"), 32, 32, &secret, &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "10 bytes"));
    buffer_free(&secret);
}

static void
directories_are_made_with_those_above_them(void **state)
{
    (void) state;
    fault_t fault = {0};
    assert_int_equal(file_make_directory(s_path("a/b/c"), &fault), STATUS_OK);
    assert_int_equal(file_make_directory(s_path("a/b/c"), &fault), STATUS_OK);
    assert_int_equal(access(s_path("a/b/c"), W_OK), 0);
}

static void
reading_keeps_to_its_limit(void **state)
{
    (void) state;
    FILE *file = fopen(s_path("text"), "w");
    assert_non_null(file);
    fputs("0123456789", file);
    fclose(file);
    buffer_t text = {0};
    fault_t fault = {0};
    assert_int_equal(file_read(s_path("text"), 10, &text, &fault), STATUS_OK);
    assert_true(slice_is(buffer_slice(&text), "0123456789"));
    assert_int_equal(file_read(s_path("text"), 9, &text, &fault), STATUS_TOO_LARGE);
    assert_int_equal(file_read(s_path("none"), 9, &text, &fault), STATUS_NOT_FOUND);
    buffer_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_secret_is_made_once_and_only_its_owner_reads_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_secret_that_others_can_read_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_short_secret_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(directories_are_made_with_those_above_them, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(reading_keeps_to_its_limit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

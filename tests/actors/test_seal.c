#include "actors/seal.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/cmocka_all.h"

typedef struct {
    char directory[40], path[64];
    seal_t *seal;
    buffer_t sealed, text;
} fixture_t;

static void
s_open(fixture_t *self)
{
    fault_t fault = {0};
    if (seal_open(&self->seal, self->path, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
}

static int
s_setup(void **state)
{
    static fixture_t fixture;
    fixture = (fixture_t){.directory = "/tmp/tagmill-seal-XXXXXX"};
    assert_non_null(mkdtemp(fixture.directory));
    snprintf(fixture.path, sizeof fixture.path, "%s/seal.key", fixture.directory);
    s_open(&fixture);
    *state = &fixture;
    return 0;
}

static int
s_teardown(void **state)
{
    fixture_t *self = *state;
    seal_close(&self->seal);
    buffer_free(&self->sealed);
    buffer_free(&self->text);
    unlink(self->path);
    return rmdir(self->directory);
}

static void
a_sealed_text_comes_back_also_after_a_restart(void **state)
{
    fixture_t *self = *state;
    seal_text(self->seal, SLICE("sk-secret"), &self->sealed);
    assert_null(memmem(self->sealed.data, self->sealed.size, "secret", 6));
    seal_close(&self->seal);
    s_open(self);
    assert_int_equal(seal_break(self->seal, buffer_slice(&self->sealed), &self->text), STATUS_OK);
    assert_string_equal(self->text.data, "sk-secret");
}

static void
the_same_text_is_sealed_differently_each_time(void **state)
{
    fixture_t *self = *state;
    seal_text(self->seal, SLICE("sk-secret"), &self->sealed);
    seal_text(self->seal, SLICE("sk-secret"), &self->text);
    assert_false(slice_equal(buffer_slice(&self->sealed), buffer_slice(&self->text)));
}

static void
what_was_changed_cut_or_sealed_otherwise_does_not_open(void **state)
{
    fixture_t *self = *state;
    seal_text(self->seal, SLICE("sk-secret"), &self->sealed);
    slice_t sealed = buffer_slice(&self->sealed);
    for (size_t size = 0; size < sealed.size; size++)
        assert_int_equal(seal_break(self->seal, (slice_t){sealed.data, size}, &self->text),
                         STATUS_MALFORMED);
    for (size_t i = 0; i < sealed.size; i++) {
        self->sealed.data[i] ^= 1;
        assert_int_equal(seal_break(self->seal, sealed, &self->text), STATUS_MALFORMED);
        self->sealed.data[i] ^= 1;
    }
    assert_int_equal(self->text.size, 0);
    seal_close(&self->seal);
    unlink(self->path);
    s_open(self);
    assert_int_equal(seal_break(self->seal, sealed, &self->text), STATUS_MALFORMED);
}

static void
its_file_is_for_its_owner_only_and_must_be_a_seal(void **state)
{
    fixture_t *self = *state;
    struct stat about;
    fault_t fault = {0};
    assert_int_equal(stat(self->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    seal_close(&self->seal);
    chmod(self->path, 0640);
    assert_int_equal(seal_open(&self->seal, self->path, &fault), STATUS_BAD_REQUEST);
    chmod(self->path, 0600);
    FILE *file = fopen(self->path, "w");
    fputs("this is no seal, however long it may be: it is not hexadecimal .", file);
    fclose(file);
    assert_int_equal(seal_open(&self->seal, self->path, &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "64 hexadecimal digits"));
    assert_null(self->seal);
}

static void
a_name_is_the_same_for_the_same_key_in_this_process_only(void **state)
{
    fixture_t *self = *state;
    char first[SEAL_NAME_SIZE], again[SEAL_NAME_SIZE], other[SEAL_NAME_SIZE];
    seal_name(self->seal, SLICE("sk-secret"), first);
    seal_name(self->seal, SLICE("sk-secret"), again);
    seal_name(self->seal, SLICE("sk-other"), other);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    seal_close(&self->seal);
    s_open(self);
    seal_name(self->seal, SLICE("sk-secret"), again);
    assert_string_not_equal(first, again);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sealed_text_comes_back_also_after_a_restart),
        TEST(the_same_text_is_sealed_differently_each_time),
        TEST(what_was_changed_cut_or_sealed_otherwise_does_not_open),
        TEST(its_file_is_for_its_owner_only_and_must_be_a_seal),
        TEST(a_name_is_the_same_for_the_same_key_in_this_process_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "documents/acquire/acquire.h"
#include "tests/support/cmocka_all.h"

enum { LIMIT = 1000 };

static char s_base[64], s_root[80];
static acquirer_t *s_acquirer;
static buffer_t s_out;
static acquire_facts_t s_facts;
static failure_t s_failure;

static const char *
s_path(const char *name)
{
    static char path[2][PATH_MAX];
    static unsigned turn;
    turn++;
    snprintf(path[turn % 2], PATH_MAX, "%s/%s", s_base, name);
    return path[turn % 2];
}

static void
s_write(const char *name, size_t size)
{
    FILE *file = fopen(s_path(name), "w");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        fputc('x', file);
    assert_int_equal(fclose(file), 0);
}

static acquirer_t *
s_acquirer_with(const char *root)
{
    acquire_options_t options = {
        .root = root, .allow_networks = "", .max_bytes = LIMIT, .fetch_ms = 1000};
    return acquirer_new(&options);
}

static int
setup(void **state)
{
    (void) state;
    strcpy(s_base, "/tmp/tagmill-local-XXXXXX");
    if (mkdtemp(s_base) == NULL)
        return -1;
    snprintf(s_root, sizeof s_root, "%s/root", s_base);
    mkdir(s_root, 0700);
    mkdir(s_path("root/sub"), 0700);
    s_write("root/report.pdf", 10);
    s_write("root/sub/deep.txt", 20);
    s_write("secret.txt", 5);
    s_acquirer = s_acquirer_with(s_root);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    buffer_free(&s_out);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s_base);
    return system(command);
}

static error_type_t
s_fetch_slice(slice_t path)
{
    static atomic_bool never;
    acquire_request_t request = {.source = SOURCE_LOCAL,
                                 .path = path,
                                 .deadline_ms = clock_monotonic_ms() + 5000,
                                 .cancel = &never};
    return acquirer_fetch(s_acquirer, &request, &s_out, &s_facts, &s_failure);
}

static error_type_t
s_fetch(const char *path)
{
    return s_fetch_slice(slice_from(path));
}

static void
s_assert_refused(const char *path, error_type_t type, const char *why)
{
    if (s_fetch(path) != type || strstr(s_failure.detail, why) == NULL)
        fail_msg("%s: %s: %s", path, error_type_word(s_failure.type), s_failure.detail);
    assert_int_equal(s_failure.type, type);
}

static void
relative_paths_are_read_below_the_root(void **state)
{
    (void) state;
    assert_int_equal(s_fetch("report.pdf"), ERROR_NONE);
    assert_int_equal(s_out.size, 10);
    assert_int_equal(s_fetch("sub/deep.txt"), ERROR_NONE);
    assert_int_equal(s_out.size, 20);
    assert_int_equal(s_fetch("./sub/../report.pdf"), ERROR_NONE);
}

static void
absolute_paths_are_read_where_they_begin_with_the_root(void **state)
{
    (void) state;
    assert_int_equal(s_fetch(s_path("root/report.pdf")), ERROR_NONE);
    assert_int_equal(s_fetch(s_path("root//sub/deep.txt")), ERROR_NONE);
    s_assert_refused(s_path("secret.txt"), ERROR_FORBIDDEN, "out of the documents root");
    s_assert_refused(s_path("rootless/report.pdf"), ERROR_FORBIDDEN, "out of the documents root");
    s_assert_refused("/etc/passwd", ERROR_FORBIDDEN, "out of the documents root");
    s_assert_refused(s_path("root/../secret.txt"), ERROR_FORBIDDEN, "out of the documents root");
}

static void
a_root_may_end_in_slashes(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    s_acquirer = s_acquirer_with(s_path("root//"));
    assert_int_equal(s_fetch(s_path("root/report.pdf")), ERROR_NONE);
}

static void
paths_that_climb_out_are_refused(void **state)
{
    (void) state;
    s_assert_refused("../secret.txt", ERROR_FORBIDDEN, "out of the documents root");
    s_assert_refused("sub/../../secret.txt", ERROR_FORBIDDEN, "out of the documents root");
    s_assert_refused("sub/../../root/report.pdf", ERROR_FORBIDDEN, "out of the documents root");
}

static void
symbolic_links_are_refused_anywhere_on_the_way(void **state)
{
    (void) state;
    assert_int_equal(symlink(s_path("secret.txt"), s_path("root/link")), 0);
    assert_int_equal(symlink("report.pdf", s_path("root/inside")), 0);
    assert_int_equal(symlink("sub", s_path("root/way")), 0);
    assert_int_equal(symlink("/proc/self/root/etc", s_path("root/magic")), 0);
    s_assert_refused("link", ERROR_FORBIDDEN, "symbolic link");
    s_assert_refused("inside", ERROR_FORBIDDEN, "symbolic link");
    s_assert_refused("way/deep.txt", ERROR_FORBIDDEN, "symbolic link");
    s_assert_refused("magic/passwd", ERROR_FORBIDDEN, "symbolic link");
}

static void
hard_links_are_refused(void **state)
{
    (void) state;
    assert_int_equal(link(s_path("secret.txt"), s_path("root/hard")), 0);
    s_assert_refused("hard", ERROR_FORBIDDEN, "hard links");
}

static void
what_is_no_regular_file_is_refused_without_waiting(void **state)
{
    (void) state;
    assert_int_equal(mkfifo(s_path("root/fifo"), 0600), 0);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, s_path("root/socket"), sizeof address.sun_path - 1);
    assert_int_equal(bind(listener, (struct sockaddr *) &address, sizeof address), 0);
    int64_t start_ms = clock_monotonic_ms();
    s_assert_refused("fifo", ERROR_FORBIDDEN, "not a regular file");
    s_assert_refused("socket", ERROR_FORBIDDEN, "not a regular file");
    if (mknod(s_path("root/null"), S_IFCHR | 0600, makedev(1, 3)) == 0) /* root may */
        s_assert_refused("null", ERROR_FORBIDDEN, "");
    else
        assert_int_equal(errno, EPERM);
    s_assert_refused("sub", ERROR_FORBIDDEN, "not a regular file");
    s_assert_refused(".", ERROR_FORBIDDEN, "not a regular file");
    assert_true(clock_monotonic_ms() - start_ms < 1000);
    close(listener);
}

static void
what_is_not_there_is_not_found(void **state)
{
    (void) state;
    s_assert_refused("missing.pdf", ERROR_NOT_FOUND, "no such file");
    s_assert_refused("report.pdf/more", ERROR_NOT_FOUND, "no such file");
    s_assert_refused("", ERROR_NOT_FOUND, "no such file");
    s_assert_refused("file:///etc/passwd", ERROR_NOT_FOUND, "no such file");
    assert_int_equal(s_fetch_slice(SLICE("report.pdf\0x")), ERROR_NOT_FOUND);
}

static void
a_file_over_the_limit_is_too_large(void **state)
{
    (void) state;
    s_write("root/fits", LIMIT);
    s_write("root/large", LIMIT + 1);
    assert_int_equal(s_fetch("fits"), ERROR_NONE);
    assert_int_equal(s_out.size, LIMIT);
    s_assert_refused("large", ERROR_TOO_LARGE, "1001 bytes");
}

static void
without_a_root_local_files_are_off(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    s_acquirer = s_acquirer_with("");
    s_assert_refused("report.pdf", ERROR_FORBIDDEN, "documents/root");
    s_assert_refused("/etc/passwd", ERROR_FORBIDDEN, "documents/root");
}

static void
a_root_that_is_gone_is_the_servers_fault(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    s_acquirer = s_acquirer_with(s_path("gone"));
    s_assert_refused("report.pdf", ERROR_INTERNAL, "documents root cannot be opened");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(relative_paths_are_read_below_the_root),
        TEST(absolute_paths_are_read_where_they_begin_with_the_root),
        TEST(a_root_may_end_in_slashes),
        TEST(paths_that_climb_out_are_refused),
        TEST(symbolic_links_are_refused_anywhere_on_the_way),
        TEST(hard_links_are_refused),
        TEST(what_is_no_regular_file_is_refused_without_waiting),
        TEST(what_is_not_there_is_not_found),
        TEST(a_file_over_the_limit_is_too_large),
        TEST(without_a_root_local_files_are_off),
        TEST(a_root_that_is_gone_is_the_servers_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

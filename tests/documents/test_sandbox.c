#include "documents/child/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/cmocka_all.h"

enum { SEALED = 40, UNSEALED = 41 }; /* exit codes that nothing else gives */

typedef int (*deed_t)(void);

/* Runs `deed` in a sealed process; returns how that ended, as waitpid does. */
static int
s_try(deed_t deed)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        sandbox_limits_t limits = {.memory_bytes = 1 << 28};
        _exit(sandbox_enter(&limits) ? deed() : UNSEALED);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static bool
s_has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

static int
s_open_for(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    return fd >= 0 ? 0 : errno;
}

static int
s_read_passwords(void)
{
    return s_open_for("/etc/passwd", O_RDONLY);
}

static int
s_read_itself(void)
{
    return s_open_for("/proc/self/environ", O_RDONLY);
}

static int
s_read_fonts(void)
{
    return s_open_for("/usr/share/fonts", O_RDONLY | O_DIRECTORY);
}

static int
s_write_file(void)
{
    return s_open_for("/tmp/tagmill-sandbox-test", O_WRONLY | O_CREAT);
}

static int
s_make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : SEALED;
}

static int
s_make_process(void)
{
    return fork() >= 0 ? 0 : SEALED;
}

static int
s_run_program(void)
{
    execl("/bin/true", "true", (char *) NULL);
    return SEALED;
}

static int
s_make_code(void)
{
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code == MAP_FAILED ? SEALED : 0;
}

static int
s_take_memory(void)
{
    void *block = mmap(NULL, 1 << 29, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? SEALED : 0;
}

static int
s_abort(void)
{
    abort();
}

static void
only_fonts_and_tables_can_be_read(void **state)
{
    (void) state;
    if (!s_has_landlock())
        skip();
    assert_int_equal(WEXITSTATUS(s_try(s_read_fonts)), 0);
    assert_int_equal(WEXITSTATUS(s_try(s_read_passwords)), EACCES);
    assert_int_equal(WEXITSTATUS(s_try(s_read_itself)), EACCES);
}

static void
no_file_can_be_written(void **state)
{
    (void) state;
    int status = s_try(s_write_file);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EACCES);
}

static void
what_reading_does_not_need_ends_the_process(void **state)
{
    (void) state;
#ifdef TAGMILL_SANITIZED
    skip(); /* a build with sanitizers has no filter of system calls */
#endif
    static const deed_t deeds[] = {s_make_socket, s_make_process, s_run_program};
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        int status = s_try(deeds[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

static void
memory_is_bounded_and_never_code(void **state)
{
    (void) state;
#ifdef TAGMILL_SANITIZED
    skip();
#endif
    assert_int_equal(WEXITSTATUS(s_try(s_make_code)), SEALED);
    assert_int_equal(WEXITSTATUS(s_try(s_take_memory)), SEALED);
}

static void
an_abort_is_seen_as_an_abort(void **state)
{
    (void) state;
    int status = s_try(s_abort);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_fonts_and_tables_can_be_read),
        cmocka_unit_test(no_file_can_be_written),
        cmocka_unit_test(what_reading_does_not_need_ends_the_process),
        cmocka_unit_test(memory_is_bounded_and_never_code),
        cmocka_unit_test(an_abort_is_seen_as_an_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

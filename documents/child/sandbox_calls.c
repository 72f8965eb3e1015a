#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "documents/child/sandbox_layers.h"

/* What the C library, glib, fontconfig, poppler and tesseract use to compute, to read files and to
 * die. */
static const int ALLOWED[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(fcntl),
    SCMP_SYS(fadvise64),
    SCMP_SYS(getcwd),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
};

/* What libraries try and can do without: writing caches, asking a terminal, lowering limits. */
static const int REFUSED[] = {
    SCMP_SYS(mkdir),  SCMP_SYS(mkdirat),   SCMP_SYS(unlink),    SCMP_SYS(unlinkat),
    SCMP_SYS(rename), SCMP_SYS(renameat),  SCMP_SYS(renameat2), SCMP_SYS(link),
    SCMP_SYS(linkat), SCMP_SYS(symlink),   SCMP_SYS(chmod),     SCMP_SYS(fchmod),
    SCMP_SYS(ioctl),  SCMP_SYS(ftruncate), SCMP_SYS(utimensat), SCMP_SYS(prlimit64),
};

static int
s_add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = seccomp_rule_add(filter, action, calls[i], 0);
    return result;
}

/* Adds `action` for the calls whose argument, under `mask`, is `value`. */
static int
s_add_masked(scmp_filter_ctx filter, uint32_t action, int call, unsigned argument,
             scmp_datum_t mask, scmp_datum_t value)
{
    struct scmp_arg_cmp compare = {argument, SCMP_CMP_MASKED_EQ, mask, value};
    return seccomp_rule_add_array(filter, action, call, 1, &compare);
}

/* Files may be opened to be read. Asked to write, the answer is an error. */
static int
s_add_open(scmp_filter_ctx filter, int call, unsigned flags_argument)
{
    static const scmp_datum_t writing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND};
    scmp_datum_t all = 0;
    int result = 0;
    for (size_t i = 0; i < sizeof writing / sizeof writing[0] && result == 0; i++) {
        all |= writing[i];
        result = s_add_masked(filter, SCMP_ACT_ERRNO(EACCES), call, flags_argument, writing[i],
                              writing[i]);
    }
    return result ? result : s_add_masked(filter, SCMP_ACT_ALLOW, call, flags_argument, all, 0);
}

/* Memory never becomes code: what is code has been mapped by now. */
static int
s_add_memory(scmp_filter_ctx filter, int call)
{
    int result = s_add_masked(filter, SCMP_ACT_ALLOW, call, 2, PROT_EXEC, 0);
    return result ? result
                  : s_add_masked(filter, SCMP_ACT_ERRNO(EACCES), call, 2, PROT_EXEC, PROT_EXEC);
}

/* abort() and assertions signal their own thread; no other process may be signalled. */
static int
s_add_abort(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp compare = {0, SCMP_CMP_EQ, (scmp_datum_t) getpid(), 0};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &compare);
}

bool
sandbox_restrict_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int result = filter ? 0 : -ENOMEM;
    if (result == 0)
        result = s_add_all(filter, SCMP_ACT_ALLOW, ALLOWED, sizeof ALLOWED / sizeof ALLOWED[0]);
    if (result == 0)
        result =
            s_add_all(filter, SCMP_ACT_ERRNO(EACCES), REFUSED, sizeof REFUSED / sizeof REFUSED[0]);
    if (result == 0)
        result = s_add_open(filter, SCMP_SYS(openat), 2);
    if (result == 0)
        result = s_add_open(filter, SCMP_SYS(open), 1);
    if (result == 0)
        result = s_add_memory(filter, SCMP_SYS(mmap));
    if (result == 0)
        result = s_add_memory(filter, SCMP_SYS(mprotect));
    if (result == 0)
        result = s_add_abort(filter);
    if (result == 0)
        result = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    if (result != 0)
        fprintf(stderr, "tagmill-extract: seccomp: %s\n", strerrordesc_np(-result));
    return result == 0;
}

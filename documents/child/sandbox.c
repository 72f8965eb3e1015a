#include "documents/child/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "documents/child/sandbox_layers.h"

enum { FILES_MAX = 32 };

static bool
s_limit(int resource, rlim_t most, const char *name)
{
    struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    if (setrlimit((__rlimit_resource_t) resource, &limit) == 0)
        return true;
    fprintf(stderr, "tagmill-extract: cannot limit %s: %s\n", name, strerrordesc_np(errno));
    return false;
}

static bool
s_set_limits(const sandbox_limits_t *limits)
{
#ifdef TAGMILL_SANITIZED
    /* shadow memory takes terabytes of addresses, the symbolizer a process */
#else
    if (!s_limit(RLIMIT_AS, limits->memory_bytes, "memory") ||
        !s_limit(RLIMIT_NPROC, 0, "processes"))
        return false;
#endif
    if (!limits->may_fill_files && !s_limit(RLIMIT_FSIZE, 0, "written files"))
        return false;
    return s_limit(RLIMIT_NOFILE, FILES_MAX, "open files") && s_limit(RLIMIT_CORE, 0, "core dumps");
}

static bool
s_set_process(void)
{
    pid_t parent = getppid();
    /* Not dumpable: no core, and no other process of this user may look into it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_DUMPABLE, 0) == 0)
        return parent == getppid(); /* it may have died before the signal was asked for */
    fprintf(stderr, "tagmill-extract: prctl: %s\n", strerrordesc_np(errno));
    return false;
}

/* For a service that runs as root: to this process, root is a user like any other. */
static bool
s_drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capset, &header, none) == 0)
        return true;
    fprintf(stderr, "tagmill-extract: cannot drop capabilities: %s\n", strerrordesc_np(errno));
    return false;
}

bool
sandbox_enter(const sandbox_limits_t *limits)
{
    if (!s_set_process() || !s_set_limits(limits) || !s_drop_capabilities() ||
        !sandbox_restrict_files())
        return false;
#ifdef TAGMILL_SANITIZED
    return true;
#else
    return sandbox_restrict_calls();
#endif
}

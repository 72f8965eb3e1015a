#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "documents/child/sandbox_layers.h"

static const char *const READABLE[] = {
    "/usr/share/fonts",          "/usr/local/share/fonts",
    "/usr/share/poppler",        "/etc/fonts",
    "/usr/share/fontconfig",     "/var/cache/fontconfig",
    "/usr/share/tesseract-ocr",  "/usr/share/tessdata",
    "/usr/local/share/tessdata",
};

/* The rights on files that each version of the interface knows, as a count of low bits: naming one
 * that the kernel does not know is an error, leaving one out leaves it open. */
static uint64_t
s_all_rights(long version)
{
    static const unsigned bits[] = {0, 13, 14, 15, 15, 16};
    size_t last = sizeof bits / sizeof bits[0] - 1;
    return (UINT64_C(1) << bits[(size_t) version < last ? (size_t) version : last]) - 1;
}

static bool
s_allow(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC),
    };
    if (rule.parent_fd < 0)
        return errno == ENOENT || errno == ENOTDIR; /* not every system has every directory */
    long failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return failed == 0;
}

static bool
s_restrict(int ruleset)
{
    for (size_t i = 0; i < sizeof READABLE / sizeof READABLE[0]; i++)
        if (!s_allow(ruleset, READABLE[i]))
            return false;
    return syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}

bool
sandbox_restrict_files(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        fputs("tagmill-extract: this kernel has no Landlock: "
              "files are guarded by permissions and seccomp alone\n",
              stderr);
        return true;
    }
    struct landlock_ruleset_attr attributes = {.handled_access_fs = s_all_rights(version)};
    int ruleset = (int) syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    bool is_sealed = ruleset >= 0 && s_restrict(ruleset);
    if (!is_sealed)
        fprintf(stderr, "tagmill-extract: Landlock: %s\n", strerrordesc_np(errno));
    if (ruleset >= 0)
        close(ruleset);
    return is_sealed;
}

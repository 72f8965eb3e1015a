#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "documents/acquire/acquire_sources.h"

enum { READ_STEP_BYTES = 256 * 1024, RACE_TRIES = 8 };

/* The part of `path` below `root`; an absolute path must begin with the root, at a "/". */
static bool
s_below_root(const char *root, slice_t path, slice_t *out)
{
    if (path.data[0] == '/') {
        size_t size = strlen(root);
        while (size > 0 && root[size - 1] == '/')
            size--;
        if (path.size <= size || memcmp(path.data, root, size) != 0 || path.data[size] != '/')
            return false;
        path = (slice_t){path.data + size, path.size - size};
        while (path.size && path.data[0] == '/')
            path = (slice_t){path.data + 1, path.size - 1};
    }
    *out = path;
    return true;
}

static int
s_openat2(int directory, const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;
    /* EAGAIN: something was renamed while the kernel walked the path, so it cannot vouch for it. */
    for (int tries = 0; tries < RACE_TRIES; tries++) {
        fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return (int) fd;
}

static error_type_t
s_open_failure(int error, failure_t *failure)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG: return failure_set(failure, ERROR_NOT_FOUND, "there is no such file");
    case EXDEV:
        return failure_set(failure, ERROR_FORBIDDEN, "the path leads out of the documents root");
    case ELOOP:
        return failure_set(failure, ERROR_FORBIDDEN,
                           "the path holds a symbolic link, which is not followed");
    case EACCES:
    case EPERM: return failure_set(failure, ERROR_FORBIDDEN, "the server may not read this file");
    case ENXIO:
    case ENODEV: return failure_set(failure, ERROR_FORBIDDEN, "this is not a regular file");
    default:
        return failure_set(failure, ERROR_INTERNAL, "the file cannot be opened: %s",
                           strerrordesc_np(error));
    }
}

static error_type_t
s_check(int fd, size_t max_bytes, int64_t *size, failure_t *failure)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return s_open_failure(errno, failure);
    if (!S_ISREG(info.st_mode))
        return failure_set(failure, ERROR_FORBIDDEN, "this is not a regular file");
    if (info.st_nlink != 1)
        return failure_set(failure, ERROR_FORBIDDEN,
                           "this file has several hard links and may lie elsewhere");
    if ((uint64_t) info.st_size > max_bytes)
        return failure_set(failure, ERROR_TOO_LARGE,
                           "the file has %lld bytes; at most %zu are read",
                           (long long) info.st_size, max_bytes);
    *size = info.st_size;
    return ERROR_NONE;
}

/* Counts what is read too: a file may grow after its size was asked for. */
static error_type_t
s_read(int fd, const fetch_t *what, buffer_t *out, failure_t *failure)
{
    for (;;) {
        if (atomic_load(what->cancel))
            return failure_set(failure, ERROR_INTERNAL, "cancelled");
        if (clock_monotonic_ms() >= what->deadline_ms)
            return failure_set(failure, ERROR_TIMEOUT, "reading the file took too long");
        char *end = buffer_reserve(out, READ_STEP_BYTES);
        ssize_t got = read(fd, end, READ_STEP_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failure_set(failure, ERROR_INTERNAL, "the file cannot be read: %s",
                               strerrordesc_np(errno));
        if (got == 0)
            return ERROR_NONE;
        out->size += (size_t) got;
        out->data[out->size] = '\0';
        if (out->size > what->max_bytes)
            return failure_set(failure, ERROR_TOO_LARGE,
                               "the file is larger than the %zu bytes that are read",
                               what->max_bytes);
    }
}

/* Opens the file at `below` as the rules allow and says how large it is. */
static error_type_t
s_open_below(int directory, slice_t below, size_t max_bytes, int *fd, int64_t *size,
             failure_t *failure)
{
    char *path = slice_copy(below);
    *fd = s_openat2(directory, path);
    int error = errno;
    free(path);
    if (*fd < 0)
        return s_open_failure(error, failure);
    error_type_t type = s_check(*fd, max_bytes, size, failure);
    if (type != ERROR_NONE)
        close(*fd);
    return type;
}

/* Finds `path` below `root` and opens it. */
static error_type_t
s_open(const char *root, slice_t path, size_t max_bytes, int *fd, int64_t *size, failure_t *failure)
{
    if (root[0] == '\0')
        return failure_set(failure, ERROR_FORBIDDEN,
                           "local files are switched off on this server (documents/root is empty)");
    if (path.size == 0 || memchr(path.data, '\0', path.size))
        return failure_set(failure, ERROR_NOT_FOUND, "there is no such file");
    slice_t below;
    if (!s_below_root(root, path, &below))
        return failure_set(failure, ERROR_FORBIDDEN,
                           "the path leads out of the documents root, the directory below which "
                           "this server reads local files");
    int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) {
        log_error("acquire", "the documents root cannot be opened", LOG_S("root", root),
                  LOG_S("error", strerrordesc_np(errno)));
        return failure_set(failure, ERROR_INTERNAL, "the documents root cannot be opened");
    }
    error_type_t type = s_open_below(directory, below, max_bytes, fd, size, failure);
    close(directory);
    return type;
}

error_type_t
acquire_local(const char *root, const fetch_t *what, buffer_t *out, acquire_facts_t *facts,
              failure_t *failure)
{
    int fd = -1;
    error_type_t type = s_open(root, what->path, what->max_bytes, &fd, &facts->size, failure);
    if (type != ERROR_NONE)
        return type;
    if (!what->is_check)
        type = s_read(fd, what, out, failure);
    close(fd);
    return type;
}

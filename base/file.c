#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { SECRET_SIZE_MAX = 64 * 1024, SECRET_RANDOM_MAX = 64 };

static status_t
s_read_all(int fd, const char *path, size_t limit, buffer_t *out, fault_t *fault)
{
    size_t start = out->size;
    for (;;) {
        char *end = buffer_reserve(out, 4096);
        ssize_t got = read(fd, end, 4096);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(fault, STATUS_IO_ERROR, "cannot read %s: %s", path,
                             strerrordesc_np(errno));
        if (got == 0)
            return STATUS_OK;
        out->size += (size_t) got;
        out->data[out->size] = '\0';
        if (out->size - start > limit)
            return fault_set(fault, STATUS_TOO_LARGE, "%s is longer than %zu bytes", path, limit);
    }
}

status_t
file_read(const char *path, size_t limit, buffer_t *out, fault_t *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        status_t status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO_ERROR;
        return fault_set(fault, status, "cannot open %s: %s", path, strerrordesc_np(errno));
    }
    status_t status = s_read_all(fd, path, limit, out, fault);
    close(fd);
    return status;
}

status_t
file_make_directory(const char *path, fault_t *fault)
{
    buffer_t made = {0};
    status_t status = STATUS_OK;
    for (const char *rest = path; status == STATUS_OK && *rest;) {
        size_t step = strcspn(rest + 1, "/") + 1;
        buffer_append(&made, rest, step);
        rest += step;
        if (mkdir(made.data, 0700) != 0 && errno != EEXIST)
            status = fault_set(fault, STATUS_IO_ERROR, "cannot make directory %s: %s", made.data,
                               strerrordesc_np(errno));
    }
    struct stat info;
    if (status == STATUS_OK && (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)))
        status = fault_set(fault, STATUS_IO_ERROR, "%s is not a directory", path);
    buffer_free(&made);
    return status;
}

/* Written beside and linked into place: two processes that start at once end up with one secret,
 * and a crash leaves none half-written. */
static status_t
s_make_secret(const char *path, size_t size, fault_t *fault)
{
    uint8_t bytes[SECRET_RANDOM_MAX];
    if (size > sizeof bytes || getrandom(bytes, size, 0) != (ssize_t) size)
        return fault_set(fault, STATUS_IO_ERROR, "cannot draw %zu random bytes", size);
    buffer_t text = {0}, beside = {0};
    text_hex(&text, bytes, size);
    buffer_append_byte(&text, '\n');
    buffer_printf(&beside, "%s.%d.new", path, (int) getpid());
    status_t status = STATUS_OK;
    int fd = open(beside.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text.data, text.size) != (ssize_t) text.size || fsync(fd) != 0 ||
        (link(beside.data, path) != 0 && errno != EEXIST))
        status =
            fault_set(fault, STATUS_IO_ERROR, "cannot write %s: %s", path, strerrordesc_np(errno));
    if (fd >= 0)
        close(fd);
    unlink(beside.data);
    buffer_free(&text);
    buffer_free(&beside);
    return status;
}

status_t
file_secret(const char *path, size_t size_min, size_t size_new, buffer_t *out, fault_t *fault)
{
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        status_t made = s_make_secret(path, size_new, fault);
        if (made != STATUS_OK)
            return made;
    }
    struct stat info;
    if (stat(path, &info) != 0)
        return fault_set(fault, STATUS_IO_ERROR, "cannot read %s: %s", path,
                         strerrordesc_np(errno));
    if (info.st_mode & 077)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "%s may be read by others than its owner: chmod 600 it", path);
    status_t status = file_read(path, SECRET_SIZE_MAX, out, fault);
    if (status != STATUS_OK)
        return status;
    out->size = (size_t) (slice_trim(buffer_slice(out)).data - out->data) +
                slice_trim(buffer_slice(out)).size;
    if (out->size < size_min)
        return fault_set(fault, STATUS_BAD_REQUEST, "%s holds %zu bytes; at least %zu are needed",
                         path, out->size, size_min);
    return STATUS_OK;
}

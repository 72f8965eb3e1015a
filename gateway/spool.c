#include "gateway/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"

/* Each text is followed by a terminator, which JSON text never holds. */
enum { TERMINATOR = 0, READ_SIZE = 65536 };

struct spool {
    const char *directory;
    int file;         /* -1: all is in memory */
    buffer_t memory;  /* while writing: what the file does not have yet; while reading: ahead */
    size_t read_from; /* bytes of `memory` that were read */
    uint64_t text_size;
    uint32_t count;
    uint32_t read_count;
    bool is_reading;
};

spool_t *
spool_new(const char *directory)
{
    spool_t *self = memory_new(sizeof *self);
    self->directory = directory;
    self->file = -1;
    return self;
}

void
spool_destroy(spool_t **self_p)
{
    if (*self_p == NULL)
        return;
    if ((*self_p)->file >= 0)
        close((*self_p)->file);
    buffer_free(&(*self_p)->memory);
    free(*self_p);
    *self_p = NULL;
}

static status_t
s_failed(fault_t *fault, const char *what)
{
    log_error("gateway", "a start cannot be kept until it is whole", LOG_S("what", what),
              LOG_S("why", strerrordesc_np(errno)));
    return fault_set(fault, STATUS_IO_ERROR, "the documents cannot be kept until all are here");
}

static status_t
s_write_out(spool_t *self, fault_t *fault)
{
    if (self->file < 0)
        self->file = open(self->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (self->file < 0)
        return s_failed(fault, "open");
    for (size_t done = 0; done < self->memory.size;) {
        ssize_t written = write(self->file, self->memory.data + done, self->memory.size - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return s_failed(fault, "write");
        done += (size_t) written;
    }
    buffer_clear(&self->memory);
    return STATUS_OK;
}

status_t
spool_write(spool_t *self, slice_t bytes, fault_t *fault)
{
    buffer_append_slice(&self->memory, bytes);
    self->text_size += bytes.size;
    return self->memory.size > SPOOL_MEMORY_MAX ? s_write_out(self, fault) : STATUS_OK;
}

status_t
spool_end_text(spool_t *self, uint64_t *size, fault_t *fault)
{
    *size = self->text_size;
    status_t status = spool_write(self, (slice_t){"", 1}, fault);
    self->text_size = 0;
    self->count++;
    return status;
}

uint32_t
spool_count(const spool_t *self)
{
    return self->count;
}

/* From writing to reading: what is not in the file yet follows it there. */
static status_t
s_turn(spool_t *self, fault_t *fault)
{
    self->is_reading = true;
    if (self->file < 0)
        return STATUS_OK;
    status_t status = s_write_out(self, fault);
    if (status == STATUS_OK && lseek(self->file, 0, SEEK_SET) != 0)
        return s_failed(fault, "seek");
    return status;
}

/* Reads on into memory, behind what has not been taken yet. */
static status_t
s_read_ahead(spool_t *self, fault_t *fault)
{
    size_t left = self->memory.size - self->read_from;
    if (self->read_from)
        memmove(self->memory.data, self->memory.data + self->read_from, left);
    self->memory.size = left;
    self->read_from = 0;
    ssize_t got = -1;
    do
        got = read(self->file, buffer_reserve(&self->memory, READ_SIZE), READ_SIZE);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return s_failed(fault, "read");
    self->memory.size += (size_t) got;
    return STATUS_OK;
}

status_t
spool_read(spool_t *self, buffer_t *out, fault_t *fault)
{
    status_t status = self->is_reading ? STATUS_OK : s_turn(self, fault);
    buffer_clear(out);
    if (status == STATUS_OK && self->read_count == self->count)
        return fault_set(fault, STATUS_NOT_FOUND, "there is no further text");
    size_t looked = 0;
    while (status == STATUS_OK) {
        slice_t ahead = {self->memory.data + self->read_from, self->memory.size - self->read_from};
        const char *end = ahead.size > looked
                              ? memchr(ahead.data + looked, TERMINATOR, ahead.size - looked)
                              : NULL;
        if (end) {
            buffer_append(out, ahead.data, (size_t) (end - ahead.data));
            self->read_from += (size_t) (end - ahead.data) + 1;
            self->read_count++;
            break;
        }
        looked = ahead.size;
        status = s_read_ahead(self, fault);
    }
    return status;
}

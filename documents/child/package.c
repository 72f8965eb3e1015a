#include "documents/child/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"

typedef struct {
    char *name;
    size_t place; /* in the archive */
    buffer_t bytes;
    size_t find_count; /* finds that have not been released */
    bool is_packed;    /* unpacking it has not been tried */
} part_t;

struct package {
    slice_t archive;
    int (*format)(struct archive *); /* with the list at the end, or without */
    part_t *parts;                   /* sorted by name once all are listed */
    size_t count, capacity;
    size_t unpacked_bytes, unpack_limit;
    bool is_encrypted, is_too_large, is_damaged;
};

/* libarchive hands out names in the encoding of the locale; with this one, none is lost. */
static locale_t
s_locale(void)
{
    static locale_t locale; /* kept for good: its tables are files, out of reach once sealed */
    if (locale == (locale_t) 0)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
    return locale;
}

static locale_t
s_enter_locale(void)
{
    return s_locale() ? uselocale(s_locale()) : (locale_t) 0;
}

static void
s_leave_locale(locale_t before)
{
    if (before)
        uselocale(before);
}

static size_t
s_unpack_limit(size_t archive_bytes)
{
    size_t limit = archive_bytes * PACKAGE_RATIO;
    return limit > PACKAGE_RATIO_FROM_BYTES ? limit : PACKAGE_RATIO_FROM_BYTES;
}

static part_t *
s_add_part(package_t *self, const char *name)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 64;
        self->parts = memory_resize(self->parts, self->capacity * sizeof *self->parts);
    }
    while (*name == '/' || (name[0] == '.' && name[1] == '/'))
        name++;
    part_t *part = &self->parts[self->count++];
    *part = (part_t){
        .name = memory_copy_string(name, strlen(name)),
        .place = self->count - 1,
        .is_packed = true,
    };
    for (char *at = part->name; *at; at++)
        if (*at == '\\') /* some writers take it for the separator */
            *at = '/';
    return part;
}

static void
s_unpack(package_t *self, struct archive *archive, struct archive_entry *entry, part_t *part)
{
    const void *block;
    size_t size;
    la_int64_t offset;
    int result = ARCHIVE_OK;
    part->is_packed = false;
    if (archive_entry_is_data_encrypted(entry)) {
        self->is_encrypted = true;
        return;
    }
    while (part->bytes.size < PACKAGE_PART_BYTES &&
           (result = archive_read_data_block(archive, &block, &size, &offset)) == ARCHIVE_OK) {
        self->unpacked_bytes += size;
        self->is_too_large = self->unpacked_bytes > self->unpack_limit;
        if (self->is_too_large)
            return;
        buffer_append(&part->bytes, block, size);
    }
    if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
        self->is_damaged = true;
}

/* Returns NULL where the archive cannot be opened. */
static struct archive *
s_begin_pass(package_t *self)
{
    struct archive *archive = archive_read_new();
    if (archive && self->format(archive) == ARCHIVE_OK &&
        archive_read_open_memory(archive, self->archive.data, self->archive.size) == ARCHIVE_OK)
        return archive;
    archive_read_free(archive);
    self->is_damaged = true;
    return NULL;
}

static const char *
s_name(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    return name ? name : archive_entry_pathname(entry);
}

/* Returns the next entry that has a name; NULL: there is none. */
static struct archive_entry *
s_next_entry(package_t *self, struct archive *archive)
{
    for (;;) {
        struct archive_entry *entry;
        int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF)
            return NULL;
        if (result < ARCHIVE_WARN)
            self->is_damaged = true;
        if (result < ARCHIVE_FAILED)
            return NULL;
        if (result != ARCHIVE_FAILED && s_name(entry) && s_name(entry)[0])
            return entry;
    }
}

/* A size that is not known is not small. */
static bool
s_is_small(const package_t *self, struct archive_entry *entry)
{
    return archive_entry_size_is_set(entry) &&
           archive_entry_size(entry) <= PACKAGE_SMALL_PART_BYTES &&
           self->unpacked_bytes < PACKAGE_SMALL_BYTES;
}

static void
s_list(package_t *self, bool (*is_wanted)(slice_t name))
{
    locale_t before = s_enter_locale();
    struct archive *archive = s_begin_pass(self);
    struct archive_entry *entry;
    while (archive && !self->is_too_large && (entry = s_next_entry(self, archive))) {
        if (self->count == PACKAGE_PARTS_MAX) {
            self->is_too_large = true;
            break;
        }
        part_t *part = s_add_part(self, s_name(entry));
        if (is_wanted(slice_from(part->name)) && s_is_small(self, entry))
            s_unpack(self, archive, entry, part);
    }
    archive_read_free(archive);
    s_leave_locale(before);
}

static void
s_load(package_t *self, part_t *part)
{
    locale_t before = s_enter_locale();
    struct archive *archive = s_begin_pass(self);
    struct archive_entry *entry = archive ? s_next_entry(self, archive) : NULL;
    for (size_t place = 0; entry && place < part->place; place++)
        entry = s_next_entry(self, archive);
    if (entry)
        s_unpack(self, archive, entry, part);
    archive_read_free(archive);
    s_leave_locale(before);
}

static int
s_compare(const void *a, const void *b)
{
    return strcasecmp(((const part_t *) a)->name, ((const part_t *) b)->name);
}

void
package_warm_up(void)
{
    s_locale();
}

package_t *
package_open(slice_t bytes, bool (*is_wanted)(slice_t name))
{
    package_t *self = memory_new(sizeof *self);
    self->archive = bytes;
    self->unpack_limit = s_unpack_limit(bytes.size);
    self->format = archive_read_support_format_zip_seekable;
    s_list(self, is_wanted);
    if (self->count == 0 && self->is_damaged) { /* the list at the end; the parts may be there */
        self->format = archive_read_support_format_zip_streamable;
        s_list(self, is_wanted);
    }
    if (self->count)
        qsort(self->parts, self->count, sizeof *self->parts, s_compare);
    return self;
}

void
package_destroy(package_t **self_p)
{
    package_t *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        free(self->parts[i].name);
        buffer_free(&self->parts[i].bytes);
    }
    free(self->parts);
    free(self);
    *self_p = NULL;
}

size_t
package_count(const package_t *self)
{
    return self->count;
}

slice_t
package_name(const package_t *self, size_t index)
{
    return slice_from(self->parts[index].name);
}

static part_t *
s_find(const package_t *self, slice_t name)
{
    if (self->count == 0)
        return NULL;
    part_t key = {.name = slice_copy(name)};
    part_t *part = bsearch(&key, self->parts, self->count, sizeof key, s_compare);
    free(key.name);
    return part;
}

bool
package_has(const package_t *self, slice_t name)
{
    return s_find(self, name) != NULL;
}

bool
package_find(package_t *self, slice_t name, slice_t *bytes)
{
    part_t *part = s_find(self, name);
    if (part && part->is_packed && !self->is_too_large)
        s_load(self, part);
    if (part == NULL || part->bytes.size == 0 || self->is_too_large)
        return false;
    part->find_count++;
    *bytes = buffer_slice(&part->bytes);
    return true;
}

void
package_release(package_t *self, slice_t name)
{
    part_t *part = s_find(self, name);
    if (part == NULL || part->find_count == 0 || --part->find_count > 0)
        return;
    buffer_free(&part->bytes);
    part->is_packed = true;
}

bool
package_is_encrypted(const package_t *self)
{
    return self->is_encrypted;
}

bool
package_is_too_large(const package_t *self)
{
    return self->is_too_large;
}

bool
package_is_damaged(const package_t *self)
{
    return self->is_damaged;
}

static void
s_drop_segment(buffer_t *path, size_t start)
{
    while (path->size > start && path->data[path->size - 1] != '/')
        path->size--;
    if (path->size > start)
        path->size--;
}

static void
s_append_segments(slice_t path, size_t start, buffer_t *out)
{
    while (path.size) {
        const char *slash = memchr(path.data, '/', path.size);
        slice_t segment = {path.data, slash ? (size_t) (slash - path.data) : path.size};
        size_t taken = segment.size + (slash != NULL);
        path = (slice_t){path.data + taken, path.size - taken};
        if (slice_is(segment, "..")) {
            s_drop_segment(out, start);
        } else if (segment.size && !slice_is(segment, ".")) {
            if (out->size > start)
                buffer_append_byte(out, '/');
            buffer_append_slice(out, segment);
        }
    }
}

void
package_resolve(slice_t base, slice_t target, buffer_t *out)
{
    size_t end = 0, start = out->size;
    while (end < target.size && target.data[end] != '#' && target.data[end] != '?')
        end++;
    buffer_t path = {0};
    if (!text_percent_decode(&path, (slice_t){target.data, end}))
        buffer_append_slice(&path, (slice_t){target.data, end});
    const char *slash = base.size ? memrchr(base.data, '/', base.size) : NULL;
    if (slash && !(path.size && path.data[0] == '/'))
        s_append_segments((slice_t){base.data, (size_t) (slash - base.data)}, start, out);
    s_append_segments(buffer_slice(&path), start, out);
    buffer_append(out, "", 0);
    if (out->data)
        out->data[out->size] = '\0';
    buffer_free(&path);
}

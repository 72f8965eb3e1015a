#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "documents/child/format_containers.h"

/* Offsets and sizes of MS-CFB 2.2 (header) and 2.6 (directory). */
enum {
    HEAD_BYTES = 512,
    HEAD_SECTOR_SHIFT = 30,
    HEAD_DIRECTORY = 48,
    HEAD_MORE_FAT = 68, /* the first sector that goes on with the list of FAT sectors */
    HEAD_FAT = 76,
    HEAD_FAT_COUNT = 109,
    ENTRY_BYTES = 128,
    ENTRY_NAME_SIZE = 64, /* in bytes, its NUL included */
    ENTRY_LEFT = 68,
    ENTRY_RIGHT = 72,
    ENTRY_CHILD = 76,
    DIRECTORY_MAX_BYTES = 1 << 20,
    ROOT_NAMES_MAX = 256,
};

static const uint32_t SECTOR_MAX = 0xfffffff9; /* what is higher is no sector */

typedef struct {
    slice_t bytes;
    size_t sector_bytes;
} compound_t;

static uint32_t
s_number(slice_t bytes, size_t at)
{
    uint32_t number = 0;
    for (size_t i = 0; i < 4; i++)
        number |= (uint32_t) (uint8_t) bytes.data[at + i] << 8 * i;
    return number;
}

/* Returns the empty slice where the file does not have that sector. */
static slice_t
s_sector(const compound_t *self, uint32_t sector)
{
    uint64_t start = ((uint64_t) sector + 1) * self->sector_bytes;
    if (sector > SECTOR_MAX || start + self->sector_bytes > self->bytes.size)
        return (slice_t){0};
    return (slice_t){self->bytes.data + start, self->sector_bytes};
}

/* Returns the sector that holds the `index`th run of the FAT. */
static uint32_t
s_fat_sector(const compound_t *self, size_t index)
{
    if (index < HEAD_FAT_COUNT)
        return s_number(self->bytes, HEAD_FAT + 4 * index);
    size_t per_sector = self->sector_bytes / 4 - 1;
    index -= HEAD_FAT_COUNT;
    slice_t list = s_sector(self, s_number(self->bytes, HEAD_MORE_FAT));
    for (; index >= per_sector && list.size; index -= per_sector)
        list = s_sector(self, s_number(list, 4 * per_sector));
    return list.size ? s_number(list, 4 * index) : UINT32_MAX;
}

static uint32_t
s_next(const compound_t *self, uint32_t sector)
{
    size_t per_sector = self->sector_bytes / 4;
    slice_t fat = s_sector(self, s_fat_sector(self, sector / per_sector));
    return fat.size ? s_number(fat, 4 * (sector % per_sector)) : UINT32_MAX;
}

static void
s_read_directory(const compound_t *self, buffer_t *out)
{
    uint32_t sector = s_number(self->bytes, HEAD_DIRECTORY);
    while (out->size < DIRECTORY_MAX_BYTES) {
        slice_t run = s_sector(self, sector);
        if (run.size == 0)
            return;
        buffer_append_slice(out, run);
        sector = s_next(self, sector);
    }
}

/* The entry's name is UTF-16; all that are looked for are ASCII. */
static bool
s_is_named(slice_t entry, const char *name)
{
    size_t count = strlen(name);
    if ((uint8_t) entry.data[ENTRY_NAME_SIZE] != 2 * (count + 1))
        return false;
    for (size_t i = 0; i < count; i++)
        if (entry.data[2 * i] != name[i] || entry.data[2 * i + 1] != '\0')
            return false;
    return true;
}

typedef struct {
    const char *stream;
    format_t format;
    const char *name;
} kind_t;

static const kind_t KINDS[] = {
    {"EncryptedPackage", FORMAT_ENCRYPTED, "an Office document"},
    {"WordDocument", FORMAT_OTHER, "an older Word document"},
    {"PowerPoint Document", FORMAT_OTHER, "an older PowerPoint presentation"},
    {"Workbook", FORMAT_OTHER, "an older Excel workbook"},
    {"Book", FORMAT_OTHER, "an older Excel workbook"},
    {"VisioDocument", FORMAT_OTHER, "an older Visio drawing"},
    {"__properties_version1.0", FORMAT_OTHER, "an Outlook message"},
};

static const kind_t *
s_kind_of_entry(slice_t entry)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (s_is_named(entry, KINDS[i].stream))
            return &KINDS[i];
    return NULL;
}

/* The root's children form a tree by their left and right; theirs are not looked at: a document may
 * have others embedded. */
static const kind_t *
s_kind_of_root(slice_t directory)
{
    uint32_t waiting[2 * ROOT_NAMES_MAX + 1] = {s_number(directory, ENTRY_CHILD)};
    size_t count = 1;
    for (size_t seen = 0; count && seen < ROOT_NAMES_MAX; seen++) {
        uint32_t id = waiting[--count];
        if (id >= directory.size / ENTRY_BYTES)
            continue;
        slice_t entry = {directory.data + (size_t) id * ENTRY_BYTES, ENTRY_BYTES};
        const kind_t *kind = s_kind_of_entry(entry);
        if (kind)
            return kind;
        waiting[count++] = s_number(entry, ENTRY_LEFT);
        waiting[count++] = s_number(entry, ENTRY_RIGHT);
    }
    return NULL;
}

format_t
format_of_compound(slice_t bytes, const char **name)
{
    static const kind_t other = {"", FORMAT_OTHER, "an older Office document"};
    const kind_t *kind = NULL;
    buffer_t directory = {0};
    unsigned shift = bytes.size < HEAD_BYTES ? 0 : (uint8_t) bytes.data[HEAD_SECTOR_SHIFT];
    if (shift == 9 || shift == 12) {
        compound_t compound = {bytes, (size_t) 1 << shift};
        s_read_directory(&compound, &directory);
    }
    if (directory.size)
        kind = s_kind_of_root(buffer_slice(&directory));
    buffer_free(&directory);
    kind = kind ? kind : &other;
    *name = kind->name;
    return kind->format;
}

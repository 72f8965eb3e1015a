#include "documents/child/format.h"

#include <stdbool.h>
#include <string.h>

#include "documents/child/format_containers.h"
#include "documents/child/format_text.h"

enum {
    PDF_HEADER_WITHIN = 1024, /* readers accept junk before the header, this much */
};

typedef struct {
    size_t offset;
    slice_t mark;
    format_t format;
    const char *name;
} mark_t;

#define MARK_OF(format_, offset_, mark_, name_)                                                    \
    {                                                                                              \
        .offset = (offset_), .mark = {(mark_), sizeof(mark_) - 1}, .format = (format_),            \
        .name = (name_)                                                                            \
    }
#define MARK(offset, mark, name) MARK_OF(FORMAT_OTHER, offset, mark, name)

/* The first that fits wins. */
static const mark_t MARKS[] = {
    MARK_OF(FORMAT_IMAGE, 0, "\x89PNG\r\n\x1a\n", "a PNG image"),
    MARK_OF(FORMAT_IMAGE, 0, "\xff\xd8\xff", "a JPEG image"),
    MARK(0, "GIF87a", "a GIF image"),
    MARK(0, "GIF89a", "a GIF image"),
    MARK_OF(FORMAT_IMAGE, 0, "II*\0", "a TIFF image"),
    MARK_OF(FORMAT_IMAGE, 0, "MM\0*", "a TIFF image"),
    MARK_OF(FORMAT_IMAGE, 0, "MM\0+", "a TIFF image"),
    MARK_OF(FORMAT_IMAGE, 0, "II+\0", "a TIFF image"),
    MARK(8, "WEBP", "a WebP image"),
    MARK(0, "\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"),
    MARK(0, "8BPS", "a Photoshop image"),
    MARK(0, "AT&TFORM", "a DjVu document"),
    MARK_OF(FORMAT_RTF, 0, "{\\rtf", "an RTF document"),
    MARK(0, "%!PS", "a PostScript document"),
    MARK(0, "\x1f\x8b", "a gzip archive"),
    MARK(0, "BZh", "a bzip2 archive"),
    MARK(0,
         "\xfd"
         "7zXZ\0",
         "an xz archive"),
    MARK(0, "7z\xbc\xaf\x27\x1c", "a 7z archive"),
    MARK(0, "\x28\xb5\x2f\xfd", "a zstd archive"),
    MARK(0, "Rar!\x1a\x07", "a RAR archive"),
    MARK(257, "ustar", "a tar archive"),
    MARK(0,
         "\x7f"
         "ELF",
         "a program"),
    MARK(0, "\xca\xfe\xba\xbe", "a program"),
    MARK(0, "SQLite format 3\0", "an SQLite database"),
    MARK(0, "OggS", "an Ogg recording"),
    MARK(0, "ID3", "an MP3 recording"),
    MARK(0, "fLaC", "a FLAC recording"),
    MARK(8, "WAVE", "a WAV recording"),
    MARK(4, "ftyp", "an MP4 or HEIF recording or image"),
    MARK(0, "\x1a\x45\xdf\xa3", "a Matroska or WebM recording"),
};

/* Marks so short that a text may begin with them. */
static const mark_t BINARY_MARKS[] = {
    MARK(0, "MZ", "a program"),
    MARK(0, "BM", "a BMP image"),
    MARK(0, "\xff\xfb", "an MP3 recording"),
    MARK(0, "\xff\xf3", "an MP3 recording"),
    MARK(0, "\xff\xf2", "an MP3 recording"),
};

/* Returns FORMAT_BINARY where nothing marks a format. */
static format_t
s_marked_format(const mark_t *marks, size_t count, slice_t bytes, const char **name)
{
    for (size_t i = 0; i < count; i++) {
        const mark_t *mark = &marks[i];
        if (bytes.size > mark->offset &&
            slice_begins((slice_t){bytes.data + mark->offset, bytes.size - mark->offset},
                         mark->mark)) {
            *name = mark->name;
            return mark->format;
        }
    }
    return FORMAT_BINARY;
}

format_t
format_detect(slice_t bytes, const char **name)
{
    *name = "an empty file";
    if (bytes.size == 0)
        return FORMAT_EMPTY;
    *name = "a PDF document";
    if (slice_begins(bytes, SLICE("%PDF-")))
        return FORMAT_PDF;
    if (slice_begins(bytes, SLICE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
        return format_of_compound(bytes, name);
    if (slice_begins(bytes, SLICE("PK\3\4")) || slice_begins(bytes, SLICE("PK\5\6")))
        return format_of_zip(bytes, name);
    format_t marked = s_marked_format(MARKS, sizeof MARKS / sizeof MARKS[0], bytes, name);
    if (marked != FORMAT_BINARY)
        return marked;
    bool is_text = format_is_text(bytes);
    if (slice_holds(slice_first(bytes, PDF_HEADER_WITHIN), SLICE("%PDF-")) &&
        (!is_text || slice_holds(bytes, SLICE("\nstartxref"))))
        return FORMAT_PDF;
    format_t kind = format_text_detect(bytes, name);
    if (is_text || kind == FORMAT_HTML)
        return kind;
    *name = "a file of unknown kind";
    return s_marked_format(BINARY_MARKS, sizeof BINARY_MARKS / sizeof BINARY_MARKS[0], bytes, name);
}

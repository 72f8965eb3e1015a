#include "tests/documents/zip_builder.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include "tests/support/cmocka_all.h"

struct zip_builder {
    struct archive *archive;
    locale_t locale;
};

static la_ssize_t
s_on_bytes(struct archive *archive, void *out, const void *bytes, size_t size)
{
    (void) archive;
    buffer_append(out, bytes, size);
    return (la_ssize_t) size;
}

zip_builder_t *
zip_begin(buffer_t *out, const char *password)
{
    zip_builder_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
    assert_true(self->locale != (locale_t) 0);
    self->archive = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(self->archive), ARCHIVE_OK);
    archive_write_set_bytes_per_block(self->archive, 0);
    if (password) {
        assert_int_equal(archive_write_set_options(self->archive, "zip:encryption=aes256"),
                         ARCHIVE_OK);
        archive_write_set_passphrase(self->archive, password);
    }
    assert_int_equal(archive_write_open(self->archive, out, NULL, s_on_bytes, NULL), ARCHIVE_OK);
    return self;
}

void
zip_add(zip_builder_t *self, const char *name, slice_t bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, name);
    archive_entry_set_size(entry, (la_int64_t) bytes.size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    locale_t before = uselocale(self->locale); /* so that names are marked as UTF-8 */
    assert_int_equal(archive_write_header(self->archive, entry), ARCHIVE_OK);
    uselocale(before);
    assert_int_equal(archive_write_data(self->archive, bytes.data, bytes.size), bytes.size);
    archive_entry_free(entry);
}

void
zip_end(zip_builder_t **self_p)
{
    assert_int_equal(archive_write_close((*self_p)->archive), ARCHIVE_OK);
    archive_write_free((*self_p)->archive);
    freelocale((*self_p)->locale);
    free(*self_p);
    *self_p = NULL;
}

void
zip_build(const zip_part_t *parts, size_t count, buffer_t *out)
{
    zip_builder_t *builder = zip_begin(out, NULL);
    for (size_t i = 0; i < count; i++)
        zip_add(builder, parts[i].name, slice_from(parts[i].text));
    zip_end(&builder);
}

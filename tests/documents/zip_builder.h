/* Makes zip archives for tests of what reads them. */
#ifndef TAGMILL_TESTS_DOCUMENTS_ZIP_BUILDER_H
#define TAGMILL_TESTS_DOCUMENTS_ZIP_BUILDER_H

#include "base/buffer.h"
#include "base/slice.h"

typedef struct zip_builder zip_builder_t;

typedef struct {
    const char *name;
    const char *text;
} zip_part_t;

/* Returns owned: a builder whose archive zip_end appends to `out` (borrowed until then). With a
 * `password`, what is added is encrypted. */
zip_builder_t *zip_begin(buffer_t *out, const char *password);

/* Adds a part. */
void zip_add(zip_builder_t *self, const char *name, slice_t bytes);

/* Completes the archive and frees the builder. */
void zip_end(zip_builder_t **self_p);

/* Appends an archive of `count` parts to `out`. */
void zip_build(const zip_part_t *parts, size_t count, buffer_t *out);

#endif

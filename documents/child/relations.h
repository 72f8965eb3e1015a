/* Which part of an Office Open XML package refers to which (ISO/IEC 29500-2, Relationships). */
#ifndef TAGMILL_DOCUMENTS_CHILD_RELATIONS_H
#define TAGMILL_DOCUMENTS_CHILD_RELATIONS_H

#include <stddef.h>

#include "base/slice.h"
#include "documents/child/package.h"

typedef struct {
    char *id;
    char *type;   /* the last segment of its URI: "header" */
    char *target; /* the name of a part */
} relation_t;

/* A zeroed struct is empty. */
typedef struct {
    relation_t *items;
    size_t count, capacity;
} relations_t;

/* Reads the relationships of the part `source` ("": those of the package) into `out`, which must be
 * empty; external targets are left out. */
void relations_read(package_t *package, slice_t source, relations_t *out);

/* Returns the target (borrowed) of the relationship `id`, or of the first that has `type`; the
 * empty slice where there is none. */
slice_t relations_by_id(const relations_t *self, slice_t id);
slice_t relations_by_type(const relations_t *self, const char *type);

/* Frees what the relations hold and leaves them empty. */
void relations_free(relations_t *self);

#endif

/* The formats of format.h that are files within a file; for format.c only. What they are is told by
 * the container's own list of what is inside, never by bytes that stand anywhere. */
#ifndef TAGMILL_DOCUMENTS_CHILD_FORMAT_CONTAINERS_H
#define TAGMILL_DOCUMENTS_CHILD_FORMAT_CONTAINERS_H

#include "documents/child/format.h"

/* A zip archive: by its part "mimetype" (OpenDocument, EPUB), by its content types (Office Open
 * XML), by the names of its parts. An archive whose list is broken, and that is none of these by
 * what is left of it, is FORMAT_DAMAGED. */
format_t format_of_zip(slice_t bytes, const char **name);

/* A compound file (MS-CFB), by the streams in its root: an Office document that is encrypted
 * (MS-OFFCRYPTO 2.3.4), or an older one. */
format_t format_of_compound(slice_t bytes, const char **name);

#endif

/* A zip archive in memory: what DOCX, PPTX, XLSX, OpenDocument and EPUB files are (APPNOTE.TXT;
 * ISO/IEC 29500-2, Open Packaging Conventions).
 *
 * Unpacking is bounded, whatever the archive claims: a part is unpacked up to PACKAGE_PART_BYTES
 * and left there; all that is ever unpacked must stay under PACKAGE_RATIO times the archive's own
 * size, where that is more than PACKAGE_RATIO_FROM_BYTES. Archives inside are not entered. Damage
 * costs the parts that it hits.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_PACKAGE_H
#define TAGMILL_DOCUMENTS_CHILD_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

enum {
    PACKAGE_PARTS_MAX = 20000,
    PACKAGE_PART_BYTES = 48 * 1024 * 1024,
    PACKAGE_RATIO = 200, /* XML shrinks to a twentieth, a bomb to a thousandth */
    PACKAGE_RATIO_FROM_BYTES = 16 * 1024 * 1024,
    PACKAGE_SMALL_PART_BYTES = 1024 * 1024,
    PACKAGE_SMALL_BYTES = 64 * 1024 * 1024,
};

typedef struct package package_t;

/* Lists the parts of the archive `bytes` (borrowed until the package is destroyed). To find a part
 * means to pass over those before it, so the small ones whose name `is_wanted` says yes to are
 * unpacked on the way, PACKAGE_SMALL_BYTES of them at most. Returns owned, never NULL: what is not
 * an archive has no parts. */
package_t *package_open(slice_t bytes, bool (*is_wanted)(slice_t name));

/* Loads what package_open needs of the system's files, before the process is sealed. */
void package_warm_up(void);

/* Frees the package and nulls the caller's pointer. NULL-safe. */
void package_destroy(package_t **self_p);

/* Returns how many parts are listed, and a part's name (borrowed), in the order of a sorted list.
 */
size_t package_count(const package_t *self);
slice_t package_name(const package_t *self, size_t index);

/* True when there is a part `name`, letter case ignored (as ISO/IEC 29500-2 wants it). */
bool package_has(const package_t *self, slice_t name);

/* Finds the bytes of the part `name`, unpacking it if need be. They are borrowed until they have
 * been released as often as found, or the package is destroyed. Returns false where there is no
 * such part, or nothing of it can be unpacked. */
bool package_find(package_t *self, slice_t name, slice_t *bytes);

/* Gives back what one package_find has found; the last to do so frees the bytes. */
void package_release(package_t *self, slice_t name);

/* True when a part that was to be unpacked is encrypted. */
bool package_is_encrypted(const package_t *self);

/* True when the archive broke one of the bounds: nothing more is unpacked then. */
bool package_is_too_large(const package_t *self);

/* True when the list of parts, or a part that was to be unpacked, is damaged. */
bool package_is_damaged(const package_t *self);

/* Appends to `out` the name of the part that `target` (a relative reference, RFC 3986) means when
 * it stands in the part `base`: percent-encoding, query, fragment, "." and ".." are resolved. */
void package_resolve(slice_t base, slice_t target, buffer_t *out);

#endif

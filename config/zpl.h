/* Where the names of a ZPL text stand.
 *
 * czmq's zconfig reads the values; it keeps no line numbers, writes its complaints to standard
 * error and cuts lines at 1,024 bytes without a word. So the text is first scanned here: what
 * zconfig would refuse or misread is refused with its line, and each name is given its line. The
 * scan and zconfig's tree agree in order: the tree walked from parent to children, first to last,
 * is the text read from top to bottom.
 */
#ifndef TAGMILL_CONFIG_ZPL_H
#define TAGMILL_CONFIG_ZPL_H

#include "base/fault.h"
#include "base/slice.h"

typedef struct {
    size_t line;    /* from 1 */
    bool has_value; /* an '=' follows the name */
} zpl_item_t;

typedef struct {
    zpl_item_t *items; /* one for each name, in the order of the text */
    size_t count;
} zpl_t;

/* Scans `text` (borrows); `path` names it in messages. Fills `*self` (zeroed by the caller).
 * BAD_REQUEST: malformed; the detail begins with "PATH:LINE: ". */
status_t zpl_scan(zpl_t *self, slice_t text, const char *path, fault_t *fault);

/* Frees what the scan filled in. */
void zpl_free(zpl_t *self);

#endif

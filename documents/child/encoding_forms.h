/* Encodings that ICU's detector does not know, told by how their letters stand. For encoding.c
 * only.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_ENCODING_FORMS_H
#define TAGMILL_DOCUMENTS_CHILD_ENCODING_FORMS_H

#include "base/slice.h"

/* Returns the name of ICU's converter (static) for `text` (borrowed) in Thai or in the Cyrillic of
 * DOS, else NULL. Sources: TIS 620-2533 and how Thai is spelt (Unicode Standard, 16.1); IBM's code
 * page 866. */
const char *encoding_by_form(slice_t text);

/* Returns "ISO-2022-JP" where `text`, all of it ASCII, holds the escapes of it, else NULL. Source:
 * RFC 1468. */
const char *encoding_by_escapes(slice_t text);

#endif

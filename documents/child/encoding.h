/* Which encoding the bytes of a text are in: by their mark, their form, what the document says of
 * itself, and by how the letters are spread (ICU's detector). What is said is often wrong, so it
 * yields where the letters that it gives make no words.
 *
 * Sources: WHATWG Encoding Standard (labels), ICU's ucsdet.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_ENCODING_H
#define TAGMILL_DOCUMENTS_CHILD_ENCODING_H

#include "base/slice.h"

/* Returns the name of ICU's converter for `bytes` (static memory; NULL: they are UTF-8) and takes a
 * byte order mark off them. `declared` (borrowed; NULL: none) is the label that the document gives.
 * Text that is well-formed UTF-8, or nearly so, is UTF-8 whatever it says, but where it says an
 * encoding of several bytes a letter and is short. */
const char *encoding_find(slice_t *bytes, const char *declared);

/* Returns "UTF-16LE" or "UTF-16BE" where `bytes` are text in it without a mark, else NULL. Text
 * without one ASCII letter, line feeds included, is not known for it. */
const char *encoding_find_utf16(slice_t bytes);

/* Makes ICU load what it loads late. */
void encoding_warm_up(void);

#endif

/* Addresses inside running text: URLs, host names, e-mail addresses, DOIs. None is ever a tag. */
#ifndef TAGMILL_DOCUMENTS_TAGGER_ADDRESS_H
#define TAGMILL_DOCUMENTS_TAGGER_ADDRESS_H

#include <stddef.h>

#include <unicode/umachine.h>

/* Looks at the word-like piece (up to white space) that starts at `start` of `units`, where
 * `start` is the first of a piece. Returns where an address in it ends, or `start` where there is
 * none or `start` lies inside a piece. Pure; any thread. */
size_t address_find(const UChar *units, size_t count, size_t start);

#endif

/* Words that a dot cuts short: "Inv. no.", "Proc. Natl. Acad.", "D. E. Knuth". None is ever a tag.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_ABBREVIATION_H
#define TAGMILL_DOCUMENTS_TAGGER_ABBREVIATION_H

#include <stdbool.h>
#include <stddef.h>

#include <unicode/umachine.h>

/* True when the word from `start` to `end` of `units` is cut short by a dot behind it, as far as
 * what comes next tells a dot like that from a sentence's end. Pure; any thread. */
bool abbreviation_is(const UChar *units, size_t count, size_t start, size_t end);

#endif

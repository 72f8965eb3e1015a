/* Running heads and feet: the lines that a typesetter repeats on every page. */
#ifndef TAGMILL_DOCUMENTS_CHILD_RUNNING_H
#define TAGMILL_DOCUMENTS_CHILD_RUNNING_H

#include <stddef.h>

#include "base/buffer.h"

/* Removes from each of the `count` pages (UTF-8) the lines among its first and last ones that stand
 * there on another page too; numbers are taken as equal, so that page numbers go. A page that is
 * mostly the same as others, or nothing but such lines, is left as it is. */
void running_drop(buffer_t *pages, size_t count);

#endif

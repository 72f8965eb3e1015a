/* The two layers behind sandbox.h that have files of their own; for sandbox.c only. */
#ifndef TAGMILL_DOCUMENTS_CHILD_SANDBOX_LAYERS_H
#define TAGMILL_DOCUMENTS_CHILD_SANDBOX_LAYERS_H

#include <stdbool.h>

/* Landlock: fonts, fontconfig, poppler's tables and tesseract's data may be read, no other file in
 * any way. True also where the kernel has no Landlock (said on standard error); false when it has
 * and refuses. */
bool sandbox_restrict_files(void);

/* seccomp: calls that are not on the list kill the process; those that libraries try and can do
 * without fail with an errno. */
bool sandbox_restrict_calls(void);

#endif

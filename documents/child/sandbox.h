/* Takes from the extract process what reading a document does not need.
 *
 * Afterwards it can compute, answer on the descriptors that it has, and read fonts, the tables of
 * poppler and the data of tesseract; it cannot make a socket or a process, run a program, or open
 * any other file. Sources: prctl(2), getrlimit(2), capset(2), landlock(7), seccomp(2).
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_SANDBOX_H
#define TAGMILL_DOCUMENTS_CHILD_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t memory_bytes; /* of address space */
    bool may_fill_files;   /* files that are open by now may be written to */
} sandbox_limits_t;

/* Makes this process die with the one that started it and seals it, for good. The process must have
 * one thread. Where the kernel lacks Landlock, says so on
 * standard error and goes on; returns false, with the reason on standard error, when anything else
 * cannot be set. A build with sanitizers keeps its system calls and its address space, which
 * sanitizers need. */
bool sandbox_enter(const sandbox_limits_t *limits);

#endif

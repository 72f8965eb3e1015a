/* The two ways in which the extract program runs. */
#ifndef TAGMILL_DOCUMENTS_CHILD_SERVE_H
#define TAGMILL_DOCUMENTS_CHILD_SERVE_H

#include <stdint.h>

/* Both seal the process first (sandbox.h), with at most `memory_bytes` of address space, and return
 * an exit code. They leave libraries in a state to be ended with _exit only: their clean-up may
 * want calls that the sandbox kills for. */

/* Answers the requests (extract_frame.h) that come on standard input on standard output, one by
 * one, until the input ends (0) or is malformed (1). */
int serve_requests(uint64_t memory_bytes);

/* Reads one file and prints its text, and a summary line on standard error. Returns 0 when text was
 * found, 1 when not, 2 when the file cannot be read. */
int serve_file(const char *path, uint32_t page_limit, uint64_t memory_bytes);

#endif

/* What a fuzz target is: one function that libFuzzer, or replay.c, calls with an input. */
#ifndef TAGMILL_TESTS_FUZZ_TARGET_H
#define TAGMILL_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Tries one input. Ends the process (abort, a sanitizer) when something is wrong. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

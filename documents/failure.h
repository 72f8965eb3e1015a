/* Why a step of the pipeline failed: a type for programs and a sentence for the user.
 *
 * The sentence goes into the results of a job, so it never holds a credential, an address inside
 * the server's network or a path outside the documents root.
 */
#ifndef TAGMILL_DOCUMENTS_FAILURE_H
#define TAGMILL_DOCUMENTS_FAILURE_H

#include <stdint.h>

#include "base/vocabulary.h"

enum { FAILURE_DETAIL_SIZE = 512 };

typedef struct {
    error_type_t type;
    uint32_t retry_after_ms;          /* where a server asked for it; 0: it did not */
    char detail[FAILURE_DETAIL_SIZE]; /* NUL-terminated; empty where type is ERROR_NONE */
} failure_t;

/* Fills `failure` with `type` and a formatted sentence, cut where it does not fit and made valid
 * UTF-8 ("?" for what is not); leaves retry_after_ms alone. Returns `type`, so that a function can
 * end with `return failure_set(...)`. Any thread. */
error_type_t failure_set(failure_t *failure, error_type_t type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

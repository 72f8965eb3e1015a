/* The words that every part shares: states, outcomes, error types, sources.
 *
 * Each is one table; the number is what stands in messages and in the store (append only), the
 * word is what stands in JSON.
 */
#ifndef TAGMILL_BASE_VOCABULARY_H
#define TAGMILL_BASE_VOCABULARY_H

#include <stdbool.h>

#include "base/slice.h"

/* JOB_STATE(symbol, number, word, final) */
#define JOB_STATE_TABLE(JOB_STATE)                                                                 \
    JOB_STATE(PENDING, 0, "pending", false)                                                        \
    JOB_STATE(PROCESSING, 1, "processing", false)                                                  \
    JOB_STATE(PAUSED, 2, "paused", false)                                                          \
    JOB_STATE(COMPLETED, 3, "completed", true)                                                     \
    JOB_STATE(FAILED, 4, "failed", true)                                                           \
    JOB_STATE(CANCELLED, 5, "cancelled", true)

typedef enum {
#define JOB_STATE(symbol, number, word, final) JOB_##symbol = (number),
    JOB_STATE_TABLE(JOB_STATE)
#undef JOB_STATE
        JOB_STATE_COUNT
} job_state_t;

/* JOB_COMMAND(symbol, number, word): what a client may ask of a job. */
#define JOB_COMMAND_TABLE(JOB_COMMAND)                                                             \
    JOB_COMMAND(PAUSE, 0, "pause")                                                                 \
    JOB_COMMAND(RESUME, 1, "resume")                                                               \
    JOB_COMMAND(CANCEL, 2, "cancel")                                                               \
    JOB_COMMAND(RETRY, 3, "retry")

typedef enum {
#define JOB_COMMAND(symbol, number, word) JOB_COMMAND_##symbol = (number),
    JOB_COMMAND_TABLE(JOB_COMMAND)
#undef JOB_COMMAND
        JOB_COMMAND_COUNT
} job_command_t;

/* ERROR_TYPE(symbol, number, word, passing): why a document's attempt failed, and whether trying
 * again can help. RATE_LIMIT is passing but never counts as an attempt. */
#define ERROR_TYPE_TABLE(ERROR_TYPE)                                                               \
    ERROR_TYPE(NONE, 0, "", false)                                                                 \
    ERROR_TYPE(NOT_FOUND, 1, "not-found", false)                                                   \
    ERROR_TYPE(FORBIDDEN, 2, "forbidden", false)                                                   \
    ERROR_TYPE(NETWORK, 3, "network", true)                                                        \
    ERROR_TYPE(TIMEOUT, 4, "timeout", true)                                                        \
    ERROR_TYPE(TOO_LARGE, 5, "too-large", false)                                                   \
    ERROR_TYPE(UNSUPPORTED_FORMAT, 6, "unsupported-format", false)                                 \
    ERROR_TYPE(ENCRYPTED, 7, "encrypted", false)                                                   \
    ERROR_TYPE(CORRUPT, 8, "corrupt", false)                                                       \
    ERROR_TYPE(NO_TEXT, 9, "no-text", false)                                                       \
    ERROR_TYPE(RATE_LIMIT, 10, "rate-limit", true)                                                 \
    ERROR_TYPE(AUTH, 11, "auth", false)                                                            \
    ERROR_TYPE(MODEL_ERROR, 12, "model-error", true)                                               \
    ERROR_TYPE(CRASHED, 13, "crashed", true)                                                       \
    ERROR_TYPE(INTERNAL, 14, "internal", true)

typedef enum {
#define ERROR_TYPE(symbol, number, word, passing) ERROR_##symbol = (number),
    ERROR_TYPE_TABLE(ERROR_TYPE)
#undef ERROR_TYPE
        ERROR_TYPE_COUNT
} error_type_t;

/* SOURCE_TYPE(symbol, number, word): where a document comes from. */
#define SOURCE_TYPE_TABLE(SOURCE_TYPE)                                                             \
    SOURCE_TYPE(URL, 0, "url")                                                                     \
    SOURCE_TYPE(S3, 1, "s3")                                                                       \
    SOURCE_TYPE(LOCAL, 2, "local")

typedef enum {
#define SOURCE_TYPE(symbol, number, word) SOURCE_##symbol = (number),
    SOURCE_TYPE_TABLE(SOURCE_TYPE)
#undef SOURCE_TYPE
        SOURCE_TYPE_COUNT
} source_type_t;

/* Words for numbers; the number must be in the table (check with < ..._COUNT what came from
 * outside). Any thread. */
const char *job_state_word(job_state_t state);
const char *job_command_word(job_command_t command);
const char *error_type_word(error_type_t type);
const char *source_type_word(source_type_t type);

/* True for completed, failed and cancelled. */
bool job_state_is_final(job_state_t state);

/* True when another attempt at the document can help. */
bool error_type_is_passing(error_type_t type);

/* Numbers for words, matched exactly. Return false, `*out` untouched, for any other word. */
bool source_type_parse(slice_t word, source_type_t *out);
bool job_state_parse(slice_t word, job_state_t *out);
bool job_command_parse(slice_t word, job_command_t *out);

#endif

/* The worker's side of the extract process: starts it, keeps it warm, and survives what becomes of
 * it.
 *
 * An extractor belongs to one thread and has at most one process, which is started with the first
 * document that needs it and replaced after a number of documents, a time-out, a crash or an answer
 * that makes no sense. The process gets one socket, no environment and no other descriptor. A
 * document is read when a whole answer has come; how the process ended never says so.
 */
#ifndef TAGMILL_DOCUMENTS_EXTRACTOR_H
#define TAGMILL_DOCUMENTS_EXTRACTOR_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/slice.h"
#include "documents/extract_frame.h"
#include "documents/failure.h"

typedef struct extractor extractor_t;

typedef struct {
    const char *program;       /* "": tagmill-extract beside the running program */
    uint32_t documents;        /* that one process reads before it is replaced */
    uint64_t memory_bytes;     /* of address space that a process may take */
    const char *ocr_languages; /* as ocr_configure takes them */
} extractor_options_t;

/* Returns owned: an extractor (options are copied). Starts nothing yet. */
extractor_t *extractor_new(const extractor_options_t *options);

/* Kills the process, waits for it, frees the extractor and nulls the caller's pointer. Null-safe.
 */
void extractor_destroy(extractor_t **self_p);

/* Has `request` (borrowed) read. Returns by `deadline_ms` (clock_monotonic_ms) and within 200 ms
 * once
 * `*cancel` becomes true. Returns ERROR_NONE, with `answer` pointing into the extractor until its
 * next call, or what it also says in `failure` (what the process said about the document included;
 * `answer` then holds its page_count and is_scanned, if any):
 *   TIMEOUT    the deadline passed; the process was killed
 *   CRASHED    the process ended, or answered what is no answer
 *   INTERNAL   the process cannot be started, or cancelled
 *   and those of reading_make. */
error_type_t extractor_run(extractor_t *self, const extract_request_t *request, int64_t deadline_ms,
                           const atomic_bool *cancel, extract_answer_t *answer, failure_t *failure);

#endif

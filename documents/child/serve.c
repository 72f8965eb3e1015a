#include "documents/child/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "documents/child/email.h"
#include "documents/child/encoding.h"
#include "documents/child/html.h"
#include "documents/child/package.h"
#include "documents/child/pdf.h"
#include "documents/child/reading.h"
#include "documents/child/sandbox.h"

/* Reads until `input` holds `needed` bytes. Returns false where the input ends before. */
static bool
s_read_until(buffer_t *input, size_t needed)
{
    while (input->size < needed) {
        char *end = buffer_reserve(input, needed - input->size);
        ssize_t got = read(STDIN_FILENO, end, needed - input->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        input->size += (size_t) got;
    }
    return true;
}

static bool
s_write_all(slice_t output)
{
    while (output.size) {
        ssize_t put = write(STDOUT_FILENO, output.data, output.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        output = (slice_t){output.data + put, output.size - (size_t) put};
    }
    return true;
}

static bool
s_answer(const extract_request_t *request)
{
    reading_t reading = {0};
    reading_make(request, &reading);
    slice_t detail = buffer_slice(&reading.detail);
    detail.size = text_cut(detail, EXTRACT_DETAIL_MAX_BYTES);
    extract_answer_t answer = {
        .error = reading.error,
        .method = reading.method,
        .is_scanned = reading.is_scanned,
        .page_count = reading.page_count,
        .confidence = reading.confidence,
        .detail = detail,
        .text = buffer_slice(&reading.text),
    };
    buffer_t output = {0};
    extract_answer_encode(&answer, &output);
    bool is_written = s_write_all(buffer_slice(&output));
    buffer_free(&output);
    reading_free(&reading);
    return is_written;
}

/* What libraries say about a document is of use to nobody, and a document could make them say it
 * without end. The descriptor is opened before the sandbox, put in place after it, so that the
 * sandbox is heard; so must sanitizers be. */
static bool
s_silence(int null)
{
#ifndef TAGMILL_SANITIZED
    if (null < 0 || dup2(null, STDERR_FILENO) < 0)
        return false;
#endif
    return null < 0 || null <= STDERR_FILENO || close(null) == 0;
}

/* What libraries load and set up once is had before the process is sealed. */
static void
s_warm_up(void)
{
    pdf_warm_up();
    encoding_warm_up();
    html_warm_up();
    package_warm_up();
    email_warm_up();
}

int
serve_requests(uint64_t memory_bytes)
{
    s_warm_up();
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    sandbox_limits_t limits = {.memory_bytes = memory_bytes};
    if (!sandbox_enter(&limits) || !s_silence(null))
        return 1;
    for (;;) {
        buffer_t input = {0};
        extract_request_t request;
        size_t needed = 0;
        frame_state_t state = extract_request_decode(buffer_slice(&input), &request, &needed);
        while (state == FRAME_PARTIAL && s_read_until(&input, needed))
            state = extract_request_decode(buffer_slice(&input), &request, &needed);
        bool is_end = state == FRAME_PARTIAL && input.size == 0;
        bool is_answered = state == FRAME_COMPLETE && s_answer(&request);
        buffer_free(&input);
        if (!is_answered)
            return is_end ? 0 : 1;
    }
}

int
serve_file(const char *path, uint32_t page_limit, uint64_t memory_bytes)
{
    buffer_t bytes = {0};
    fault_t fault = {0};
    if (file_read(path, EXTRACT_DOCUMENT_MAX_BYTES, &bytes, &fault) != STATUS_OK) {
        fprintf(stderr, "tagmill-extract: %s\n", fault.detail);
        return 2;
    }
    s_warm_up();
    sandbox_limits_t limits = {.memory_bytes = memory_bytes, .may_fill_files = true};
    if (!sandbox_enter(&limits))
        return 2;
    int64_t start_ms = clock_monotonic_ms();
    reading_t reading = {0};
    extract_request_t request = {page_limit, EXTRACT_TEXT_MAX_BYTES, buffer_slice(&bytes)};
    reading_make(&request, &reading);
    s_write_all(buffer_slice(&reading.text));
    fprintf(stderr, "%s: %s, method %s, %u pages, %zu bytes of text, %lld ms%s%s\n", path,
            reading.error == ERROR_NONE ? "ok" : error_type_word(reading.error),
            extract_method_word(reading.method), reading.page_count, reading.text.size,
            (long long) (clock_monotonic_ms() - start_ms), reading.detail.size ? ": " : "",
            reading.detail.size ? reading.detail.data : "");
    int code = reading.error == ERROR_NONE ? 0 : 1;
    reading_free(&reading);
    buffer_free(&bytes);
    return code;
}

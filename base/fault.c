#include "base/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct {
    const char *word;
    const char *title;
    int http;
    bool may_succeed_later;
} status_row_t;

static const status_row_t s_rows[STATUS_COUNT] = {
#define STATUS(symbol, word_, http_, later, title_)                                                \
    [STATUS_##symbol] = {.word = word_, .title = title_, .http = http_, .may_succeed_later = later},
    STATUS_TABLE(STATUS)
#undef STATUS
};

static const status_row_t *
s_row(status_t status)
{
    assert(status < STATUS_COUNT);
    return &s_rows[status];
}

const char *
status_word(status_t status)
{
    return s_row(status)->word;
}

const char *
status_title(status_t status)
{
    return s_row(status)->title;
}

int
status_http(status_t status)
{
    return s_row(status)->http;
}

bool
status_may_succeed_later(status_t status)
{
    return s_row(status)->may_succeed_later;
}

status_t
fault_set(fault_t *fault, status_t status, const char *format, ...)
{
    if (fault) {
        fault->status = status;
        va_list args;
        va_start(args, format);
        vsnprintf(fault->detail, sizeof fault->detail, format, args);
        va_end(args);
    }
    return status;
}

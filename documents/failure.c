#include "documents/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

error_type_t
failure_set(failure_t *failure, error_type_t type, const char *format, ...)
{
    char whole[2 * FAILURE_DETAIL_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(whole, sizeof whole, format, args);
    va_end(args);
    size_t kept = text_cut(slice_from(whole), FAILURE_DETAIL_SIZE - 1);
    memcpy(failure->detail, whole, kept);
    failure->detail[kept] = '\0';
    failure->type = type;
    if (!text_is_utf8(slice_from(failure->detail)))
        for (char *at = failure->detail; *at; at++)
            if ((unsigned char) *at >= 0x80)
                *at = '?';
    return type;
}

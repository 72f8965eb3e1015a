/* The log: one line an event on standard error, as logfmt or JSON.
 *
 * A line has a time, a level, the component, a message that never varies (so that it can be
 * searched for) and fields that do. No document text, key or token is ever a field. Any thread;
 * lines do not mix. The levels are not called LOG_INFO and so on: czmq.h brings in syslog.h, where
 * those are macros.
 */
#ifndef TAGMILL_BASE_LOG_H
#define TAGMILL_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

typedef enum { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG } log_level_t;

typedef struct {
    const char *name; /* NULL ends the list */
    bool is_number;
    int64_t number;
    slice_t text;
} log_field_t;

/* Fields: LOG_N("slots", 4), LOG_S("worker", name), LOG_V("owner", slice). */
#define LOG_N(name_, value)                                                                        \
    {                                                                                              \
        .name = (name_), .is_number = true, .number = (int64_t) (value)                            \
    }
#define LOG_S(name_, value)                                                                        \
    {                                                                                              \
        .name = (name_), .text = slice_from(value)                                                 \
    }
#define LOG_V(name_, value)                                                                        \
    {                                                                                              \
        .name = (name_), .text = (value)                                                           \
    }

#define log_error(component, message, ...)                                                         \
    log_write(LOG_LEVEL_ERROR, component, message,                                                 \
              (const log_field_t[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define log_warning(component, message, ...)                                                       \
    log_write(LOG_LEVEL_WARNING, component, message,                                               \
              (const log_field_t[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define log_info(component, message, ...)                                                          \
    log_write(LOG_LEVEL_INFO, component, message,                                                  \
              (const log_field_t[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define log_debug(component, message, ...)                                                         \
    log_write(LOG_LEVEL_DEBUG, component, message,                                                 \
              (const log_field_t[]){__VA_ARGS__ __VA_OPT__(, ){0}})

/* Sets what is written: lines above `level` are dropped; `json` picks the format. Call before
 * other threads start. Until then: info, logfmt. */
void log_open(log_level_t level, bool json);

/* True and `*out` set when `word` is error, warning, info or debug. */
bool log_level_parse(slice_t word, log_level_t *out);

/* Writes one line. Use the macros above. */
void log_write(log_level_t level, const char *component, const char *message,
               const log_field_t *fields);

#endif

/* A job's progress as clients see it: the JSON of WebSocket, event stream and PUB alike. */
#ifndef TAGMILL_MESSAGES_PROGRESS_JSON_H
#define TAGMILL_MESSAGES_PROGRESS_JSON_H

#include "base/buffer.h"
#include "base/fault.h"
#include "messages/message.h"

/* Appends the JSON object of `event`: of a document (begun, tagged, failed, to be tried again), of
 * a change (started, paused, resumed, throttled) or of a job's end (completed, failed, cancelled).
 * MALFORMED, with `out` as it was: a kind or error type that is not in the tables. Any thread. */
status_t progress_json(const message_progress_t *event, buffer_t *out);

/* Appends the JSON object of a worker's coming or going. Any thread. */
void system_json(const message_system_t *event, buffer_t *out);

#endif

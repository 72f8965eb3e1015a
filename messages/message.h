/* The codecs that the table makes: structs, encode, decode, names.
 *
 * For every message NAME of the table:
 *   message_NAME_t
 *   void message_NAME_encode(const message_NAME_t *self, buffer_t *out)
 *       appends the whole frame to `out`. TEXT and BYTES longer than their bound are a programmer's
 *       error (assert): cut or refuse before.
 *   status_t message_NAME_decode(slice_t frame, message_NAME_t *out)
 *       OK or MALFORMED (wrong number or version, a length above its bound or above what remains,
 *       bytes left over). TEXT and BYTES become slices into `frame` and live as long as it does.
 * For every record NAME:
 *   record_NAME_t
 *   void record_NAME_append(const record_NAME_t *self, buffer_t *out)
 *   status_t record_NAME_take(slice_t *rest, record_NAME_t *out)
 *       takes one record off the front of `rest`; MALFORMED leaves `rest` untouched.
 * Any thread; nothing is shared.
 */
#ifndef TAGMILL_MESSAGES_MESSAGE_H
#define TAGMILL_MESSAGES_MESSAGE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"
#include "messages/table.h"

typedef enum {
#define MESSAGE(symbol, name, number, direction, sentence) MESSAGE_##symbol = (number),
    MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
} message_number_t;

/* OUTCOME.outcome */
typedef enum {
    OUTCOME_CREATED,     /* the job was made */
    OUTCOME_REPEATED,    /* this owner's job of that id has the same digest; `job` is that job */
    OUTCOME_ID_TAKEN,    /* this owner's job of that id has another digest */
    OUTCOME_REVIVED,     /* failed results were removed, the job is processing again */
    OUTCOME_NOT_FOUND,   /* this owner has no such job */
    OUTCOME_WRONG_STATE, /* the job is not completed or failed; `job` tells its state */
    OUTCOME_NOTHING,     /* the job has no failed document; `job` tells its state */
    OUTCOME_KEY_NEEDED   /* the job's key is gone and its model needs one; `job` is that job */
} outcome_kind_t;

/* PROGRESS.kind */
typedef enum {
    PROGRESS_PROCESSING, /* a document was begun */
    PROGRESS_SUCCESS,    /* a document was tagged */
    PROGRESS_FAILURE,    /* a document was given up */
    PROGRESS_RETRY,      /* an attempt failed; another follows */
    PROGRESS_PAUSED,
    PROGRESS_RESUMED,
    PROGRESS_THROTTLED,
    PROGRESS_COMPLETED, /* the job ended: these three are the last message of a job */
    PROGRESS_FAILED,
    PROGRESS_CANCELLED,
    PROGRESS_STARTED /* the job's first document was begun */
} progress_kind_t;

#define MESSAGE_TYPE_U8    uint8_t
#define MESSAGE_TYPE_U16   uint16_t
#define MESSAGE_TYPE_U32   uint32_t
#define MESSAGE_TYPE_U64   uint64_t
#define MESSAGE_TYPE_I32   int32_t
#define MESSAGE_TYPE_I64   int64_t
#define MESSAGE_TYPE_TEXT  slice_t
#define MESSAGE_TYPE_BYTES slice_t

#define MESSAGE_MEMBER(type, name, most, sentence) MESSAGE_TYPE_##type name;

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    typedef struct {                                                                               \
        symbol##_FIELDS(MESSAGE_MEMBER)                                                            \
    } message_##name##_t;                                                                          \
    void message_##name##_encode(const message_##name##_t *self, buffer_t *out);                   \
    status_t message_##name##_decode(slice_t frame, message_##name##_t *out);
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

#define RECORD(symbol, name, sentence)                                                             \
    typedef struct {                                                                               \
        symbol##_FIELDS(MESSAGE_MEMBER)                                                            \
    } record_##name##_t;                                                                           \
    void record_##name##_append(const record_##name##_t *self, buffer_t *out);                     \
    status_t record_##name##_take(slice_t *rest, record_##name##_t *out);
MESSAGE_RECORDS(RECORD)
#undef RECORD

/* Returns the number of `frame`'s message, or 0 when it is none of ours. */
uint16_t message_number(slice_t frame);

/* Returns the name of a message, "START_OPEN"; "?" for a number that is not in the table. */
const char *message_name(uint16_t number);

/* Writes the table as Markdown into `out`: what MESSAGES.md holds. */
void message_describe(buffer_t *out);

#endif

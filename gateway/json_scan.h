/* Checks JSON text as it arrives, before anything else is allowed to look at it.
 *
 * A parser that recurses crashes on a civetweb thread (100 KiB of stack) at a few hundred nested
 * brackets, and cJSON lets pass what two readers may understand differently. So every text from
 * outside goes through this scan first: RFC 8259 to the letter, well-formed UTF-8 (RFC 3629, lone
 * surrogate escapes included), at most JSON_DEPTH_MAX nested containers, the whole input one value,
 * no member twice in an object, no \u0000. It takes the text in slices cut anywhere, needs no
 * recursion, and its memory grows only with the members of the objects that are open.
 *
 * A watcher can be told where the outer values begin and end, which is how a body is cut apart
 * without being parsed. Not shared between threads.
 */
#ifndef TAGMILL_GATEWAY_JSON_SCAN_H
#define TAGMILL_GATEWAY_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "gateway/json_keys.h"

enum {
    JSON_DEPTH_MAX = 32,
    JSON_KEY_MAX = 4096 /* bytes of a member's name */
};

/* Who is told of values. `depth` is the number of containers that are open around the value: 0 for
 * the whole text. `at` points into the slice being fed: at the value's first byte, or just behind
 * its last. `key` is the member's name, decoded; its data is NULL for what is not a member.
 * A status other than OK ends the scan; the watcher says why in the fault. */
typedef struct {
    void *self;
    size_t depth_max; /* deeper values are not told of */
    status_t (*begin)(void *self, size_t depth, slice_t key, const char *at, fault_t *fault);
    status_t (*end)(void *self, size_t depth, const char *at, fault_t *fault);
} json_watch_t;

typedef struct {
    json_watch_t watch;
    uint8_t state;
    uint8_t depth;                    /* containers open */
    uint32_t objects;                 /* bit d: the container at depth d is an object */
    uint64_t offset;                  /* bytes taken so far */
    bool in_key;                      /* the string being read is a member's name */
    uint8_t utf8_left;                /* bytes that the sequence still needs */
    uint8_t utf8_low;                 /* the next one's range */
    uint8_t utf8_high;                /*                       */
    uint8_t hex_left;                 /* digits that the \u escape still needs */
    uint32_t code;                    /* of the escape */
    uint32_t high_surrogate;          /* whose low half must follow; 0: none */
    const char *literal;              /* what must follow of true, false, null */
    buffer_t key;                     /* the name being read, decoded */
    json_keys_t keys;                 /* of the objects that are open */
    uint32_t numbers[JSON_DEPTH_MAX]; /* of the object at that depth */
    uint32_t bases[JSON_DEPTH_MAX];   /* keys.count when it began */
} json_scan_t;

/* Makes `self` (zeroed before its first text) ready for a text. `watch` (copied; may be NULL) is
 * told of values. */
void json_scan_begin(json_scan_t *self, const json_watch_t *watch);

/* Frees what the scan holds and leaves it empty. */
void json_scan_free(json_scan_t *self);

/* Takes the next bytes. BAD_REQUEST: not what the head of this file asks for; the detail names the
 * byte. Otherwise what the watcher returned. After a failure the scan takes no more. */
status_t json_scan_feed(json_scan_t *self, slice_t bytes, fault_t *fault);

/* Says that the text has ended. BAD_REQUEST: it is not complete. */
status_t json_scan_end(json_scan_t *self, fault_t *fault);

/* Checks a whole text. BAD_REQUEST as above. */
status_t json_scan_text(slice_t text, fault_t *fault);

#endif

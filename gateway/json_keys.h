/* Whether a member's name has stood in its object before, for objects within objects.
 *
 * A set of marks, one for each member of the objects that are open now; a mark is a keyed hash of
 * object and name, so that whoever sends the text cannot make two of them collide. Not shared
 * between threads.
 */
#ifndef TAGMILL_GATEWAY_JSON_KEYS_H
#define TAGMILL_GATEWAY_JSON_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { JSON_OPEN_KEYS_MAX = 100000 /* members, over all objects that are open */ };

typedef struct {
    uint64_t *marks;       /* in the order they came */
    uint32_t count;        /*                        */
    uint32_t capacity;     /*                        */
    uint64_t *table;       /* the same marks, hashed with linear probing; 0: free */
    uint32_t table_size;   /* a power of two; 0: none yet */
    uint32_t object_count; /* objects so far: what tells them apart */
} json_keys_t;

typedef enum { JSON_KEY_NEW, JSON_KEY_TWICE, JSON_KEY_TOO_MANY } json_key_t;

/* Empties a zeroed or used set for the next text; keeps its memory. */
void json_keys_begin(json_keys_t *self);

/* Frees what the set holds and leaves it empty. */
void json_keys_free(json_keys_t *self);

/* A further object opens: returns its number, never the same within a text. */
uint32_t json_keys_open(json_keys_t *self);

/* Notes that object `number` has a member `name`. */
json_key_t json_keys_note(json_keys_t *self, uint32_t number, slice_t name);

/* An object closes: forgets all but the first `count` names (what `count` was when it opened). */
void json_keys_close(json_keys_t *self, uint32_t count);

#endif

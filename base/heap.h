/* A binary min-heap of nodes that live inside their owners: timers and run queues.
 *
 * The heap orders nodes by (key, order), lowest first; it never owns what the nodes are part of.
 * A node is in one heap at a time and must leave it before its owner is freed. Push, remove and
 * pop take O(log n), the top O(1). Not shared between threads.
 */
#ifndef TAGMILL_BASE_HEAP_H
#define TAGMILL_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t key;    /* lowest first */
    uint64_t order; /* among equal keys, lowest first */
    size_t place;   /* 1-based place in the heap; 0: in none. A zeroed node is in none. */
    void *owner;    /* what the node is part of; set by its owner */
} heap_node_t;

typedef struct {
    heap_node_t **nodes;
    size_t size;
    size_t capacity;
} heap_t;

/* Frees the heap's own memory; nodes still in it are marked as in none. */
void heap_free(heap_t *self);

/* Puts `node` in with `key` and `order`; when it is in already, moves it to its new place. */
void heap_set(heap_t *self, heap_node_t *node, int64_t key, uint64_t order);

/* Takes `node` out; nothing happens when it is in no heap. */
void heap_remove(heap_t *self, heap_node_t *node);

/* Returns the lowest node, or NULL when the heap is empty. It stays in. */
heap_node_t *heap_top(const heap_t *self);

/* True while the node is in a heap. */
bool heap_has(const heap_node_t *node);

#endif

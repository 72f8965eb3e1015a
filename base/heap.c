#include "base/heap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

static bool
s_before(const heap_node_t *a, const heap_node_t *b)
{
    return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void
s_put(heap_t *self, size_t index, heap_node_t *node)
{
    self->nodes[index] = node;
    node->place = index + 1;
}

static void
s_rise(heap_t *self, size_t index)
{
    heap_node_t *node = self->nodes[index];
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!s_before(node, self->nodes[parent]))
            break;
        s_put(self, index, self->nodes[parent]);
        index = parent;
    }
    s_put(self, index, node);
}

static void
s_sink(heap_t *self, size_t index)
{
    heap_node_t *node = self->nodes[index];
    for (;;) {
        size_t child = index * 2 + 1;
        if (child >= self->size)
            break;
        if (child + 1 < self->size && s_before(self->nodes[child + 1], self->nodes[child]))
            child++;
        if (!s_before(self->nodes[child], node))
            break;
        s_put(self, index, self->nodes[child]);
        index = child;
    }
    s_put(self, index, node);
}

void
heap_free(heap_t *self)
{
    for (size_t i = 0; i < self->size; i++)
        self->nodes[i]->place = 0;
    free(self->nodes);
    *self = (heap_t){0};
}

void
heap_set(heap_t *self, heap_node_t *node, int64_t key, uint64_t order)
{
    node->key = key;
    node->order = order;
    if (node->place == 0) {
        if (self->size == self->capacity) {
            self->capacity = self->capacity ? self->capacity * 2 : 16;
            self->nodes = memory_resize(self->nodes, self->capacity * sizeof(heap_node_t *));
        }
        s_put(self, self->size++, node);
    }
    s_rise(self, node->place - 1);
    s_sink(self, node->place - 1);
}

void
heap_remove(heap_t *self, heap_node_t *node)
{
    if (node->place == 0)
        return;
    size_t index = node->place - 1;
    assert(index < self->size && self->nodes[index] == node);
    node->place = 0;
    heap_node_t *last = self->nodes[--self->size];
    if (last == node)
        return;
    s_put(self, index, last);
    s_rise(self, index);
    s_sink(self, last->place - 1);
}

heap_node_t *
heap_top(const heap_t *self)
{
    return self->size ? self->nodes[0] : NULL;
}

bool
heap_has(const heap_node_t *node)
{
    return node->place != 0;
}

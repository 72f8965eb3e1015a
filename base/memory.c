#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
s_require(void *block, size_t size)
{
    if (block == NULL) {
        fprintf(stderr, "out of memory: %zu bytes wanted\n", size);
        abort();
    }
    return block;
}

void *
memory_new(size_t size)
{
    return s_require(calloc(1, size ? size : 1), size);
}

void *
memory_resize(void *block, size_t size)
{
    return s_require(realloc(block, size ? size : 1), size);
}

char *
memory_copy_string(const char *data, size_t size)
{
    char *copy = s_require(malloc(size + 1), size + 1);
    if (size)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

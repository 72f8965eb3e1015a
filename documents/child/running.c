#include "documents/child/running.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/slice.h"

enum {
    ZONE_LINES = 3,       /* heads and feet have at most so many lines */
    LINE_MAX_BYTES = 300, /* longer ones are text */
};

static const uint64_t HASH_START = 14695981039346656037U, HASH_FACTOR = 1099511628211U; /* FNV-1a */

typedef enum { ZONE_HEAD, ZONE_BODY, ZONE_FOOT } zone_t;

typedef struct {
    size_t page;
    size_t start; /* in its page */
    size_t size;  /* with its line feed */
    uint64_t hash;
    zone_t zone;
    bool recurs; /* stands in the same zone of another page */
} line_t;

typedef struct {
    line_t *items;
    size_t count;
    size_t capacity;
} lines_t;

/* Blanks and case do not tell lines apart; a number is as good as another. Returns 0 for a line
 * without anything to see. */
static uint64_t
s_hash(slice_t line)
{
    uint64_t hash = HASH_START;
    bool is_empty = true, was_digit = false;
    for (size_t i = 0; i < line.size; i++) {
        unsigned char byte = (unsigned char) line.data[i];
        bool is_digit = byte >= '0' && byte <= '9';
        if (byte <= ' ' || (is_digit && was_digit))
            continue;
        is_empty = false;
        was_digit = is_digit;
        hash =
            (hash ^ (is_digit ? (unsigned char) '#' : (unsigned char) tolower(byte))) * HASH_FACTOR;
    }
    return is_empty ? 0 : hash;
}

static void
s_add(lines_t *lines, const line_t *line)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity ? lines->capacity * 2 : 256;
        lines->items = memory_resize(lines->items, lines->capacity * sizeof *lines->items);
    }
    lines->items[lines->count++] = *line;
}

/* Adds the lines of a page that have anything to see. */
static void
s_cut(const buffer_t *page, size_t number, lines_t *lines)
{
    size_t first = lines->count;
    for (size_t at = 0; at < page->size;) {
        const char *end = memchr(page->data + at, '\n', page->size - at);
        size_t size = end ? (size_t) (end - page->data) + 1 - at : page->size - at;
        line_t line = {.page = number, .start = at, .size = size, .zone = ZONE_BODY};
        line.hash = s_hash((slice_t){page->data + at, size});
        if (line.hash)
            s_add(lines, &line);
        at += size;
    }
    size_t count = lines->count - first;
    for (size_t i = 0; i < count; i++) {
        line_t *line = &lines->items[first + i];
        if (i < ZONE_LINES)
            line->zone = ZONE_HEAD;
        else if (count - i <= ZONE_LINES)
            line->zone = ZONE_FOOT;
    }
}

static int
s_compare(const void *a, const void *b)
{
    const line_t *left = *(line_t *const *) a, *right = *(line_t *const *) b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    if (left->zone != right->zone)
        return left->zone < right->zone ? -1 : 1;
    return left->page < right->page ? -1 : left->page > right->page;
}

/* Equal lines of one zone stand side by side in `sorted`, in the order of their pages. */
static void
s_mark(line_t **sorted, size_t count)
{
    for (size_t start = 0, end; start < count; start = end) {
        end = start + 1;
        while (end < count && sorted[end]->hash == sorted[start]->hash &&
               sorted[end]->zone == sorted[start]->zone)
            end++;
        for (size_t i = start; i < end; i++)
            sorted[i]->recurs = sorted[start]->page != sorted[end - 1]->page;
    }
}

/* Whether the lines of one page may lose those that recur. */
static bool
s_may_lose(const line_t *lines, size_t count)
{
    size_t recurring = 0, body = 0, body_recurring = 0;
    for (size_t i = 0; i < count; i++) {
        recurring += lines[i].recurs;
        body += lines[i].zone == ZONE_BODY;
        body_recurring += lines[i].zone == ZONE_BODY && lines[i].recurs;
    }
    return recurring < count && body_recurring * 2 <= body;
}

static void
s_remove(buffer_t *page, const line_t *lines, size_t count)
{
    size_t put = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].zone == ZONE_BODY || !lines[i].recurs || lines[i].size > LINE_MAX_BYTES)
            continue;
        memmove(page->data + put, page->data + at, lines[i].start - at);
        put += lines[i].start - at;
        at = lines[i].start + lines[i].size;
    }
    if (at == 0)
        return;
    memmove(page->data + put, page->data + at, page->size - at);
    page->size = put + page->size - at;
    page->data[page->size] = '\0';
}

void
running_drop(buffer_t *pages, size_t count)
{
    lines_t lines = {0};
    for (size_t i = 0; i < count; i++)
        s_cut(&pages[i], i, &lines);
    line_t **sorted = memory_new((lines.count + 1) * sizeof(line_t *));
    for (size_t i = 0; i < lines.count; i++)
        sorted[i] = &lines.items[i];
    qsort(sorted, lines.count, sizeof *sorted, s_compare);
    s_mark(sorted, lines.count);
    free(sorted);
    for (size_t start = 0, end; start < lines.count; start = end) {
        size_t page = lines.items[start].page;
        for (end = start; end < lines.count && lines.items[end].page == page; end++)
            continue;
        if (s_may_lose(&lines.items[start], end - start))
            s_remove(&pages[page], &lines.items[start], end - start);
    }
    free(lines.items);
}

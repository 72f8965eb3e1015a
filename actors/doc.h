/* A document in memory: the record as the store gave it, and where it stands.
 *
 * A job actor holds those that are next, wait for another attempt or are out; the rest stay on
 * disk. Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_DOC_H
#define TAGMILL_ACTORS_DOC_H

#include <stdbool.h>
#include <stdint.h>

#include "actors/spent.h"
#include "base/heap.h"
#include "messages/message.h"

typedef struct doc {
    struct doc *next; /* in the window */
    heap_node_t due;  /* in the retries, by monotonic time */
    uint32_t row;
    uint8_t attempts; /* failed so far */
    uint8_t losses;   /* workers lost with it so far */
    bool touched;     /* was under a lease once */
    spent_t spent;    /* by attempts that counted for nothing, until it is journalled */
    uint32_t size;    /* of the record */
    char record[];    /* DOCUMENT */
} doc_t;

/* Returns owned: a document from its record. */
doc_t *doc_new(const record_document_t *record);

/* Frees a document. Null-safe. */
void doc_free(doc_t *self);

/* Reads a document's record; slices live as long as the document. */
void doc_read(const doc_t *self, record_document_t *record);

/* Returns owned: a copy of a document, in no list. */
doc_t *doc_new_copy(const doc_t *doc);

#endif

/* A walk over an XML document in memory, element by element, that trusts it in nothing: a document
 * type with declarations of its own is not entered, so there are no entities; nothing is fetched;
 * depth and sizes keep libxml2's limits. What is not well-formed is walked over as far as it can
 * be.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_XML_H
#define TAGMILL_DOCUMENTS_CHILD_XML_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

typedef enum {
    XML_ENTER, /* hear of what is inside, and of the end */
    XML_SKIP,  /* leave out this element with all that is inside, its end too */
    XML_STOP,  /* the walk is over */
} xml_step_t;

/* An element that starts. Names are local: prefixes are of no matter. */
typedef struct {
    const char *name;
    const unsigned char *const *attributes; /* for xml_attribute */
    int attribute_count;
} xml_element_t;

/* What a walk calls; `self` is what xml_walk was given. on_end and on_text may be NULL. Text comes
 * in pieces, UTF-8. */
typedef struct {
    xml_step_t (*on_start)(void *self, const xml_element_t *element);
    void (*on_end)(void *self, const char *name);
    void (*on_text)(void *self, slice_t text);
} xml_handler_t;

/* Walks over `bytes` (borrowed). Returns true when the document is well-formed, as far as it was
 * walked. */
bool xml_walk(slice_t bytes, const xml_handler_t *handler, void *self);

/* Returns the value (borrowed from the element) of the attribute with the local `name`, the empty
 * slice without one. With a `space`, its namespace must end in that: two attributes of an element
 * may have the same local name. */
slice_t xml_attribute(const xml_element_t *element, const char *space, const char *name);

/* Appends the text of the first element `name` of the document to `out`, that of elements inside
 * included. Returns false where there is no such element. */
bool xml_find_text(slice_t bytes, const char *name, buffer_t *out);

#endif

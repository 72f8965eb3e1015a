/* The media types that this service takes and gives. */
#ifndef TAGMILL_GATEWAY_MEDIA_H
#define TAGMILL_GATEWAY_MEDIA_H

#include "base/slice.h"

typedef enum { MEDIA_OTHER, MEDIA_JSON, MEDIA_NDJSON, MEDIA_CSV } media_t;

/* Which one a Content-Type names, its parameters apart. NULL, as any other, is MEDIA_OTHER; so is a
 * charset other than UTF-8. */
media_t media_type(const char *content_type);

/* Which one an Accept header asks for: the first that it names and that we give; MEDIA_JSON where
 * it names none. Weights are not compared: clients of three types do not send them. */
media_t media_accepted(const char *accept);

/* "application/json" and its like; "" for MEDIA_OTHER. */
const char *media_name(media_t media);

#endif

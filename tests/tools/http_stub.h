/* A server on the loopback that gives scripted answers and keeps what it was asked. */
#ifndef TAGMILL_TESTS_TOOLS_HTTP_STUB_H
#define TAGMILL_TESTS_TOOLS_HTTP_STUB_H

#include <stddef.h>

typedef struct http_stub http_stub_t;

/* Returns owned: a server that listens, with a thread of its own. */
http_stub_t *http_stub_new(void);

/* Stops the server and nulls the caller's pointer. Null-safe. */
void http_stub_destroy(http_stub_t **self_p);

/* "http://127.0.0.1:PORT", valid as long as the server. */
const char *http_stub_url(const http_stub_t *self);

/* Adds to the script: the next request that has no answer yet gets this one. `headers` are whole
 * lines with their \r\n, or ""; a Transfer-Encoding among them leaves the length away. What comes
 * after the script's end gets 500. Any thread. */
void http_stub_answer(http_stub_t *self, int code, const char *headers, const char *body);

/* How many requests came. Any thread. */
size_t http_stub_count(http_stub_t *self);

/* Waits for request `index` (from 0) for at most ten seconds; returns its head ("GET /x
 * HTTP/1.1\r\n...\r\n\r\n") and sets `*body` (may be NULL); both valid as long as the server. NULL
 * when it did not come. Any thread. */
const char *http_stub_request(http_stub_t *self, size_t index, const char **body);

#endif

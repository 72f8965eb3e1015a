/* A real S3 server for tests: tests/documents/s3_swift as a child on the loopback. What it knows of
 * users and regions stands there. */
#ifndef TAGMILL_TESTS_DOCUMENTS_S3_SERVER_H
#define TAGMILL_TESTS_DOCUMENTS_S3_SERVER_H

typedef struct s3_server s3_server_t;

/* Returns owned: a server that runs, whose bucket "papers" holds `objects` (borrowed for the call):
 * keys and contents in turn, NULL-ended. NULL when it did not start. */
s3_server_t *s3_server_start(const char *const *objects);

/* The port that it listens on, on 127.0.0.1. */
unsigned s3_server_port(const s3_server_t *self);

/* Ends the child, removes what it kept and frees the server. Null-safe. */
void s3_server_stop(s3_server_t **self_p);

#endif

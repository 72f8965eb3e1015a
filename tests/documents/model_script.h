/* What the model server answers: the script of model_server.h. */
#ifndef TAGMILL_TESTS_DOCUMENTS_MODEL_SCRIPT_H
#define TAGMILL_TESTS_DOCUMENTS_MODEL_SCRIPT_H

#include <stdbool.h>

#include "base/slice.h"

/* Answers a request for a completion (its body borrowed) on the socket `fd`. Waits only in
 * ways that shutdown(2) of the socket ends. Returns false when the connection is of no more use. */
bool model_script_answer(int fd, slice_t body);

/* Sends a whole answer: status line and code ("429 Too Many Requests"), further header lines (each
 * ended with CRLF; "" none), JSON. Returns false when the client has gone. */
bool model_script_send(int fd, const char *status, const char *headers, slice_t body);

#endif

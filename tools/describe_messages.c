/* Prints MESSAGES.md: every message that crosses a socket. */
#include <stdio.h>

#include "messages/message.h"

int
main(void)
{
    buffer_t out = {0};
    message_describe(&out);
    fputs(out.data, stdout);
    buffer_free(&out);
    return 0;
}

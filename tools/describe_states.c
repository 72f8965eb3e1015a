/* Prints the diagram of a job's states for ARCHITECTURE.md. */
#include <stdio.h>

#include "actors/job_state.h"

int
main(void)
{
    buffer_t out = {0};
    job_state_describe(&out);
    fputs(out.data, stdout);
    buffer_free(&out);
    return 0;
}

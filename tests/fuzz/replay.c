/* Runs a fuzz target over every file of a directory: its corpus as an ordinary test, with any
 * compiler. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/fuzz/target.h"

enum { INPUT_MOST = 16 * 1024 * 1024 };

static void
s_replay(const char *path)
{
    buffer_t input = {0};
    fault_t fault = {0};
    if (file_read(path, INPUT_MOST, &input, &fault) != STATUS_OK) {
        fprintf(stderr, "%s\n", fault.detail);
        exit(1);
    }
    /* A copy of exactly that size, so that a sanitizer sees a read beyond the end. */
    uint8_t *exact = malloc(input.size ? input.size : 1);
    if (exact == NULL)
        exit(1);
    if (input.size)
        memcpy(exact, input.data, input.size);
    LLVMFuzzerTestOneInput(exact, input.size);
    free(exact);
    buffer_free(&input);
}

int
main(int argc, char **argv)
{
    DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
    if (directory == NULL) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        buffer_t path = {0};
        buffer_printf(&path, "%s/%s", argv[1], entry->d_name);
        s_replay(path.data);
        buffer_free(&path);
        count++;
    }
    closedir(directory);
    printf("%d inputs\n", count);
    return count ? 0 : 1;
}

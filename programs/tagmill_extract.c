/* tagmill-extract: reads the text of one document, in a sealed process. The code is in
 * documents/child; a worker starts it with --serve. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "documents/child/ocr.h"
#include "documents/child/serve.h"
#include "documents/extract_frame.h"

static const char USAGE[] =
    "usage: tagmill-extract FILE [--pages N] [--memory BYTES] [--ocr-languages LIST]\n"
    "       tagmill-extract --serve [--memory BYTES] [--ocr-languages LIST]\n"
    "Prints the text of a document; what it is, its bytes tell.\n"
    "  --pages N       read the first N pages (3)\n"
    "  --memory BYTES  address space of the process (1073741824)\n"
    "  --ocr-languages LIST\n"
    "                  tesseract's names split by commas, or none (all that are installed)\n"
    "  --serve         answer a worker's requests on standard input\n"
    "  --version       print the version\n";

typedef struct {
    const char *file;
    bool is_server;
    uint64_t pages;
    uint64_t memory_bytes;
    const char *ocr_languages;
} options_t;

static bool
s_parse_number(const char *text, uint64_t limit, uint64_t *out)
{
    if (text == NULL || *text < '0' || *text > '9')
        return false;
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0 && *out >= 1 && *out <= limit;
}

static bool
s_parse(char **args, options_t *options)
{
    for (; *args; args++) {
        if (strcmp(*args, "--serve") == 0)
            options->is_server = true;
        else if (strcmp(*args, "--pages") == 0) {
            if (!s_parse_number(*++args, EXTRACT_PAGES_MAX, &options->pages))
                return false;
        } else if (strcmp(*args, "--memory") == 0) {
            if (!s_parse_number(*++args, UINT64_MAX, &options->memory_bytes))
                return false;
        } else if (strcmp(*args, "--ocr-languages") == 0) {
            options->ocr_languages = *++args;
            if (*args == NULL)
                return false;
        } else if (**args == '-' || options->file)
            return false;
        else
            options->file = *args;
    }
    return options->is_server == (options->file == NULL);
}

/* tesseract would make threads, which the sandbox kills for and which only slow it down. The OpenMP
 * library has read its environment before main, so the program starts anew, with nothing else
 * there.
 */
static void
s_forbid_threads(char **argv)
{
    char limit[] = "OMP_THREAD_LIMIT=1";
    for (char **variable = environ; *variable; variable++)
        if (strcmp(*variable, limit) == 0)
            return;
    char *environment[] = {limit, NULL};
    execve("/proc/self/exe", argv, environment);
    fprintf(stderr, "tagmill-extract: cannot start anew: %s\n", strerrordesc_np(errno));
    _exit(2);
}

int
main(int argc, char **argv)
{
    options_t options = {.pages = 3, .memory_bytes = UINT64_C(1) << 30, .ocr_languages = ""};
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("tagmill-extract " TAGMILL_VERSION);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(USAGE, stdout);
        return 0;
    }
    if (argc < 1 || !s_parse(argv + 1, &options)) {
        fputs(USAGE, stderr);
        return 2;
    }
    s_forbid_threads(argv);
    ocr_configure(options.ocr_languages);
    int code = options.is_server
                   ? serve_requests(options.memory_bytes)
                   : serve_file(options.file, (uint32_t) options.pages, options.memory_bytes);
    _exit(code); /* see serve.h */
}

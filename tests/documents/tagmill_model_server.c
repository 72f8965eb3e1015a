/* tagmill-model-server: the tests' server of models as a program, to try tagmill against. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/documents/model_server.h"

static const char USAGE[] =
    "tagmill-model-server [--port N] [--rate N] [--burst N] [--count HOW] [--latency-ms N]\n"
    "                     [--key KEY]\n"
    "\n"
    "Answers POST /v1/chat/completions on 127.0.0.1 as the model that the request names is "
    "scripted\n"
    "to: ok, fenced, prose, numbered, throttle, stall, cut, flood, drip, unknown, no-system and "
    "more\n"
    "(tests/documents/model_script.c). GET /stats counts. Prints \"ready PORT\", and the counts "
    "when\n"
    "SIGTERM or SIGINT ends it.\n"
    "\n"
    "  --port N        8090 unless given; 0: any that is free\n"
    "  --rate N        requests a second that a key is allowed; beyond that 429 with Retry-After\n"
    "  --burst N       requests at once that a rested key is allowed (as --rate)\n"
    "  --count HOW     bucket, sliding (the last second's) or window (since the second began)\n"
    "  --latency-ms N  wait before each answer\n"
    "  --key KEY       refuse every other key\n";

enum { PORT_DEFAULT = 8090 };

static bool
s_read_count(const char *word, model_server_options_t *options)
{
    static const char *const words[] = {[MODEL_SERVER_BUCKET] = "bucket",
                                        [MODEL_SERVER_SLIDING] = "sliding",
                                        [MODEL_SERVER_WINDOW] = "window"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0) {
            options->count = (model_server_count_t) i;
            return true;
        }
    }
    return false;
}

static bool
s_read_options(int argc, char **argv, model_server_options_t *options)
{
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},
        {"rate", required_argument, NULL, 'r'},
        {"burst", required_argument, NULL, 'b'},
        {"count", required_argument, NULL, 'c'},
        {"latency-ms", required_argument, NULL, 'l'},
        {"key", required_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        unsigned long number = optarg ? strtoul(optarg, NULL, 10) : 0;
        switch (option) {
        case 'p': options->port = (uint16_t) number; break;
        case 'r': options->rate = (uint32_t) number; break;
        case 'b': options->burst = (uint32_t) number; break;
        case 'c':
            if (!s_read_count(optarg, options))
                return false;
            break;
        case 'l': options->latency_ms = (uint32_t) number; break;
        case 'k': options->key = optarg; break;
        default: return false;
        }
    }
    if (options->count == MODEL_SERVER_SLIDING && options->rate > MODEL_SERVER_SLIDING_MAX)
        return false;
    return optind == argc;
}

int
main(int argc, char **argv)
{
    model_server_options_t options = {.port = PORT_DEFAULT};
    if (!s_read_options(argc, argv, &options)) {
        fputs(USAGE, stderr);
        return 2;
    }
    sigset_t ends; /* blocked before threads are made, so that only sigwait takes them */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    model_server_t *server = model_server_start(&options);
    printf("ready %u\n", model_server_port(server));
    fflush(stdout);
    int signal_number;
    sigwait(&ends, &signal_number);
    model_server_stats_t stats = model_server_stats(server);
    printf("requests %u, answered %u, throttled %u, connections %u\n", stats.requests,
           stats.answered, stats.throttled, stats.connections);
    model_server_stop(&server);
    return 0;
}

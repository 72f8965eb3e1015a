/* simulate [--seeds N] [--first S] [--steps N] [--twice] [--trace SEED]
 *
 * Runs worlds, one a seed, and ends with 1 at the first breach, naming the seed. --trace replays
 * one seed and prints everything that happens. --twice runs each seed a second time and compares.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef TAGMILL_SANITIZED
#include <sanitizer/common_interface_defs.h>
#endif

#include "base/clock.h"
#include "tests/simulation/sim.h"

typedef struct {
    uint64_t seeds, first, steps;
    bool twice, trace;
} options_t;

static uint64_t s_seed; /* for the line that a failed assertion prints */

static void
s_name_seed(void)
{
    char line[64];
    int size = snprintf(line, sizeof line, "seed %lu: an invariant does not hold\n", s_seed);
    if (write(STDERR_FILENO, line, (size_t) size) < 0)
        _exit(2);
}

static void
on_abort(int number)
{
    (void) number;
    s_name_seed();
    _exit(1);
}

static bool
s_number(const char *text, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = text ? strtoull(text, &end, 10) : 0;
    if (text == NULL || errno || end == text || *end)
        return false;
    *out = value;
    return true;
}

static bool
s_parse(int count, char **words, options_t *options)
{
    *options = (options_t){.seeds = 1000, .first = 1, .steps = 300};
    for (int i = 1; i < count; i++) {
        const char *next = i + 1 < count ? words[i + 1] : NULL;
        if (strcmp(words[i], "--twice") == 0) {
            options->twice = true;
            continue;
        }
        bool known = true;
        if (strcmp(words[i], "--seeds") == 0)
            known = s_number(next, &options->seeds);
        else if (strcmp(words[i], "--first") == 0)
            known = s_number(next, &options->first);
        else if (strcmp(words[i], "--steps") == 0)
            known = s_number(next, &options->steps);
        else if (strcmp(words[i], "--trace") == 0)
            known = options->trace = s_number(next, &options->first);
        else
            known = false;
        if (!known)
            return false;
        i++;
    }
    if (options->trace)
        options->seeds = 1;
    return true;
}

typedef struct {
    uint64_t steps, handled, results, crashes;
} totals_t;

static uint64_t
s_run(uint64_t seed, const options_t *options, totals_t *totals)
{
    s_seed = seed;
    sim_t *sim = sim_new(seed, options->trace);
    sim_run(sim, options->steps);
    uint64_t hash = sim->hash;
    totals->steps += sim->steps;
    totals->handled += sim->handled;
    totals->results += sim->results;
    totals->crashes += sim->crashes;
    sim_destroy(&sim);
    return hash;
}

int
main(int count, char **words)
{
    options_t options;
    if (!s_parse(count, words, &options)) {
        fprintf(stderr, "simulate [--seeds N] [--first S] [--steps N] [--twice] [--trace SEED]\n");
        return 2;
    }
    signal(SIGABRT, on_abort);
#ifdef TAGMILL_SANITIZED
    __sanitizer_set_death_callback(s_name_seed);
#endif
    totals_t totals = {0};
    int64_t begun = clock_monotonic_ms();
    for (uint64_t seed = options.first; seed < options.first + options.seeds; seed++) {
        uint64_t hash = s_run(seed, &options, &totals);
        if (options.twice && s_run(seed, &options, &totals) != hash) {
            fprintf(stderr, "seed %lu: the second run went another way\n", seed);
            return 1;
        }
    }
    printf("%lu seeds, %lu steps, %lu messages handled, %lu results, %lu kills, %.1f s\n",
           options.seeds, totals.steps, totals.handled, totals.results, totals.crashes,
           (double) (clock_monotonic_ms() - begun) / 1000);
    return 0;
}

#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t
s_read(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_wall_ms(void)
{
    return s_read(CLOCK_REALTIME);
}

int64_t
clock_monotonic_ms(void)
{
    return s_read(CLOCK_MONOTONIC);
}

char *
clock_format(int64_t wall_ms, char *text)
{
    time_t seconds = (time_t) (wall_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    char date[CLOCK_TEXT_SIZE];
    size_t size = strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, CLOCK_TEXT_SIZE, "%.*s.%03dZ", (int) (size < 24 ? size : 24), date,
             (int) (wall_ms % 1000));
    return text;
}

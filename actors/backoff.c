#include "actors/backoff.h"

uint64_t
dice_roll(dice_t *self)
{
    uint64_t z = self->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int64_t
backoff_delay_ms(dice_t *dice, unsigned attempts, uint32_t retry_after_ms)
{
    uint64_t ceiling = BACKOFF_CAP_MS;
    if (attempts < 16 && (uint64_t) BACKOFF_BASE_MS << (attempts - 1) < ceiling)
        ceiling = (uint64_t) BACKOFF_BASE_MS << (attempts - 1);
    int64_t drawn = (int64_t) (dice_roll(dice) % (ceiling + 1));
    return drawn > retry_after_ms ? drawn : retry_after_ms;
}

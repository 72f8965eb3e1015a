#include "config/nearest.h"

#include <ctype.h>

static size_t
s_least(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

size_t
nearest_distance(slice_t a, slice_t b)
{
    size_t a_size = a.size < NEAREST_SIZE_MAX ? a.size : NEAREST_SIZE_MAX;
    size_t b_size = b.size < NEAREST_SIZE_MAX ? b.size : NEAREST_SIZE_MAX;
    /* One row of the table is enough: row[j] is the distance of a's first i bytes to b's first j.
     */
    size_t row[NEAREST_SIZE_MAX + 1];
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            bool same =
                tolower((unsigned char) a.data[i - 1]) == tolower((unsigned char) b.data[j - 1]);
            size_t here = s_least(row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1));
            diagonal = row[j];
            row[j] = here;
        }
    }
    return row[b_size];
}

bool
nearest_is_close(size_t distance, size_t size)
{
    return distance <= 2 || distance * 2 <= size;
}

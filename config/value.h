/* Whether a value is right for a key: one rule for each type of config/keys.h. */
#ifndef TAGMILL_CONFIG_VALUE_H
#define TAGMILL_CONFIG_VALUE_H

#include "config/table.h"

/* Checks `value` (NUL-terminated, borrowed) for the key of `row`; for NUMBER and FLAG sets
 * `*number`.
 * BAD_REQUEST: it is not right; the detail says what would be, without naming the key. */
status_t value_check(const config_row_t *row, const char *value, int64_t *number, fault_t *fault);

#endif

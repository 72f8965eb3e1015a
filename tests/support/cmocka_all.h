/* cmocka wants these in this order before its own header. */
#ifndef TAGMILL_TESTS_CMOCKA_ALL_H
#define TAGMILL_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif

#ifndef GUICHET_TESTS_UNIT_TEST_H
#define GUICHET_TESTS_UNIT_TEST_H
/* What every unit test includes. cmocka wants these headers before its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_ok(call) assert_int_equal((call), 0)

#endif

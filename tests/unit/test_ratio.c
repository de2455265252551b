/* difflib's ratio: figures of CPython 3.11, to the bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "scorer/ratio.h"

static const struct {
	const char *a, *b;
	double ratio;
} pairs[] = {
    {"", "", 1},
    {"a", "", 0},
    {"", "b", 0},
    {"abcd", "bcde", 0x1.8p-1},
    {"abcd", "dcba", 0x1p-2},
    {"tide", "diet", 0x1p-2}, /* the order counts */
    {"diet", "tide", 0x1p-1},
    {"good morning to you", "good mourning for you", 0x1.ccccccccccccdp-1},
    {"na\xc3\xafve caf\xc3\xa9", "naive cafe", 0x1.999999999999ap-1},
    {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe9\x9f\xb3\xe5\xa3\xb0",
	"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe9\x9f\xb3"
	"\xe6\xa5\xbd",
	0x1.aaaaaaaaaaaabp-1},
    {"aaaa", "aa", 0x1.5555555555555p-1},
    {"kitten", "sitting", 8.0 / 13},
    {"private Thread currentThread;", "private volatile Thread currentThread;",
	0x1.bb39503d22635p-1},
};

static double
ratio(const char *a, const char *b)
{
	double r = -1;

	assert_int_equal(ratio_difflib(a, b, &r), 0);
	return r;
}

static void
it_is_what_difflib_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		double got = ratio(pairs[i].a, pairs[i].b);

		if (got != pairs[i].ratio)
			fail_msg("%s, %s: %a", pairs[i].a, pairs[i].b, got);
	}
}

/* n times a sentence with that animal in it; the caller frees. */
static char *
foxes(const char *animal, int n)
{
	struct buf out = {0};

	for (int i = 0; i < n; i++)
		buf_printf(&out, "the quick brown fox jumps over the %s dog. ",
		    animal);
	return buf_take_str(&out);
}

/* From 200 letters on hardly any begins a run: what is nearly the same is
 * said to have nothing in common. */
static void
popular_letters_are_left_out_of_long_texts(void **state)
{
	char *lazy = foxes("lazy", 5), *sleepy = foxes("sleepy", 5);

	(void)state;
	assert_true(ratio(lazy, lazy) == 1);
	assert_true(ratio(lazy, sleepy) == 0.15217391304347827);
	sleepy[200] = '\0';
	assert_true(ratio(lazy, sleepy) == 0.16470588235294117);
	sleepy[199] = '\0';
	assert_true(ratio(lazy, sleepy) == 0.8632075471698113);
	free(lazy);
	free(sleepy);
}

static void
what_is_too_long_is_not_measured(void **state)
{
	char *text = xcalloc(RATIO_MAX_LETTERS + 2, 1);
	double r = 5;

	(void)state;
	memset(text, 'a', RATIO_MAX_LETTERS + 1);
	assert_int_equal(ratio_difflib(text, "a", &r), -1);
	assert_int_equal(ratio_difflib("a", text, &r), -1);
	assert_true(r == 5);
	text[RATIO_MAX_LETTERS] = '\0';
	assert_int_equal(ratio_difflib(text, "a", &r), 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_what_difflib_says),
	    cmocka_unit_test(popular_letters_are_left_out_of_long_texts),
	    cmocka_unit_test(what_is_too_long_is_not_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

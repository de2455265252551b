/* Bytes that grow, shrink from the front, and end as strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"

enum { MANY = 100000 };

static void
an_empty_one_is_an_empty_string(void **state)
{
	struct buf b = {0};
	char *text;

	(void)state;
	assert_string_equal(buf_str(&b), "");
	buf_free(&b);
	buf_free(&b);
	text = buf_take_str(&b);
	assert_string_equal(text, "");
	free(text);
}

static void
it_holds_what_was_added_in_its_order(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_add(&b, "", 0);
	buf_add_str(&b, "one ");
	buf_add_byte(&b, '2');
	buf_printf(&b, " %s %d", "three", 4);
	buf_add(&b, "\0five", 5);
	assert_int_equal(b.len, 18);
	assert_memory_equal(b.data, "one 2 three 4\0five", 18);
	assert_int_equal(buf_str(&b)[18], '\0');
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void
it_grows_as_far_as_needed(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < MANY; i++)
		buf_add_byte(&b, i % 251);
	assert_int_equal(b.len, MANY);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(b.data[i], i % 251);
	buf_free(&b);
}

static void
room_is_there_before_it_is_used(void **state)
{
	struct buf b = {0};
	uint8_t *room;

	(void)state;
	buf_add_str(&b, "ab");
	room = buf_reserve(&b, MANY);
	assert_ptr_equal(room, b.data + 2);
	memset(room, 'c', MANY);
	b.len += 3;
	assert_string_equal(buf_str(&b), "abccc");
	buf_free(&b);
}

static void
dropping_takes_from_the_front(void **state)
{
	static const struct {
		size_t drop;
		const char *left;
	} cases[] = {{0, "abcde"}, {1, "bcde"}, {4, "e"}, {5, ""}, {6, ""},
	    {SIZE_MAX, ""}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = {0};

		buf_add_str(&b, "abcde");
		buf_drop(&b, cases[i].drop);
		assert_string_equal(buf_str(&b), cases[i].left);
		buf_free(&b);
	}
}

static void
a_reset_keeps_the_memory(void **state)
{
	struct buf b = {0};
	size_t cap;

	(void)state;
	buf_printf(&b, "%1000s", "x");
	cap = b.cap;
	buf_reset(&b);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(b.cap, cap);
	buf_free(&b);
}

static void
a_taken_string_leaves_it_empty(void **state)
{
	struct buf b = {0};
	char *text;

	(void)state;
	buf_add_str(&b, "mine");
	text = buf_take_str(&b);
	assert_string_equal(text, "mine");
	assert_null(b.data);
	buf_add_str(&b, "yours");
	assert_string_equal(buf_str(&b), "yours");
	assert_string_equal(text, "mine");
	buf_free(&b);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_one_is_an_empty_string),
	    cmocka_unit_test(it_holds_what_was_added_in_its_order),
	    cmocka_unit_test(it_grows_as_far_as_needed),
	    cmocka_unit_test(room_is_there_before_it_is_used),
	    cmocka_unit_test(dropping_takes_from_the_front),
	    cmocka_unit_test(a_reset_keeps_the_memory),
	    cmocka_unit_test(a_taken_string_leaves_it_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

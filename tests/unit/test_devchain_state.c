/* The development chain's storage by block, forks and folding included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/fake/devchain/state.h"

/*
 * 0 - 1 - 2 - 3
 *       \ 2b - 3b
 */
struct tree {
	struct state *state;
	struct place p0, p1, p2, p3, p2b, p3b;
};

static int
plant(void **fixture)
{
	struct tree *t = xcalloc(1, sizeof(*t));

	t->state = state_new();
	t->p0 = (struct place){NULL, 0};
	t->p1 = (struct place){&t->p0, 1};
	t->p2 = (struct place){&t->p1, 2};
	t->p3 = (struct place){&t->p2, 3};
	t->p2b = (struct place){&t->p1, 2};
	t->p3b = (struct place){&t->p2b, 3};
	*fixture = t;
	return 0;
}

static int
fell(void **fixture)
{
	struct tree *t = *fixture;

	state_free(t->state);
	free(t);
	return 0;
}

static void
put(struct tree *t, const struct place *at, const char *key, const char *value)
{
	state_put(t->state, at, key, strlen(key), value, strlen(value));
}

/* The value as text; NULL if there is none. */
static const char *
get(struct tree *t, const struct place *at, const char *key)
{
	static char text[64];
	struct bytes value;

	if (!state_get(t->state, at, key, strlen(key), &value))
		return NULL;
	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
	return text;
}

static void
a_block_sees_its_ancestors_writes(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p0, "a", "zero");
	put(t, &t->p2, "a", "two");
	assert_string_equal(get(t, &t->p0, "a"), "zero");
	assert_string_equal(get(t, &t->p1, "a"), "zero");
	assert_string_equal(get(t, &t->p2, "a"), "two");
	assert_string_equal(get(t, &t->p3, "a"), "two");
	assert_null(get(t, &t->p3, "b"));
}

static void
a_fork_does_not_see_its_sibling(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p0, "a", "zero");
	put(t, &t->p2, "a", "two");
	put(t, &t->p2b, "b", "other");
	assert_string_equal(get(t, &t->p3b, "a"), "zero");
	assert_string_equal(get(t, &t->p3b, "b"), "other");
	assert_null(get(t, &t->p3, "b"));
}

static void
a_second_write_in_a_block_replaces_the_first(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p1, "a", "first");
	put(t, &t->p1, "a", "second");
	assert_string_equal(get(t, &t->p1, "a"), "second");
}

static void
a_deleted_key_is_gone_from_there_on(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p0, "a", "zero");
	state_delete(t->state, &t->p2, "a", 1);
	assert_non_null(get(t, &t->p1, "a"));
	assert_null(get(t, &t->p3, "a"));
	assert_non_null(get(t, &t->p3b, "a"));
}

static void
an_empty_value_is_a_value(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p0, "a", "");
	assert_string_equal(get(t, &t->p0, "a"), "");
}

static void
keys_are_walked_in_order_within_a_prefix(void **fixture)
{
	struct tree *t = *fixture;
	struct bytes key;

	put(t, &t->p0, "xb", "1");
	put(t, &t->p0, "xa", "1");
	put(t, &t->p0, "y", "1");
	put(t, &t->p3, "xc", "1");
	assert_true(state_next_key(t->state, &t->p1, "x", 1, NULL, &key));
	assert_memory_equal(key.data, "xa", 2);
	assert_true(state_next_key(t->state, &t->p1, "x", 1, &key, &key));
	assert_memory_equal(key.data, "xb", 2);
	assert_false(state_next_key(t->state, &t->p1, "x", 1, &key, &key));
	assert_true(state_next_key(t->state, &t->p3, "x", 1, &key, &key));
	assert_memory_equal(key.data, "xc", 2);
}

static void
a_walk_may_start_at_a_key_that_is_not_there(void **fixture)
{
	struct tree *t = *fixture;
	struct bytes key, after = {(const uint8_t *)"xaa", 3};

	put(t, &t->p0, "xa", "1");
	put(t, &t->p0, "xb", "1");
	assert_true(state_next_key(t->state, &t->p0, "x", 1, &after, &key));
	assert_memory_equal(key.data, "xb", 2);
}

static void
folding_keeps_what_the_floor_sees(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p0, "a", "zero");
	put(t, &t->p1, "a", "one");
	put(t, &t->p2b, "a", "fork");
	put(t, &t->p3, "a", "three");
	put(t, &t->p0, "gone", "x");
	state_delete(t->state, &t->p2, "gone", 4);
	state_fold(t->state, &t->p2);
	t->p2.parent = NULL;
	assert_string_equal(get(t, &t->p2, "a"), "one");
	assert_string_equal(get(t, &t->p3, "a"), "three");
	assert_null(get(t, &t->p3, "gone"));
}

static void
a_forgotten_block_leaves_nothing(void **fixture)
{
	struct tree *t = *fixture;

	put(t, &t->p0, "a", "zero");
	put(t, &t->p3b, "a", "fork");
	put(t, &t->p3b, "b", "fork");
	state_forget(t->state, &t->p3b);
	assert_string_equal(get(t, &t->p3b, "a"), "zero");
}

static void
count_change(const struct bytes *key, const struct bytes *value, void *arg)
{
	char *seen = arg;

	(void)value;
	strncat(seen, (const char *)key->data, key->len);
}

static void
the_changes_of_a_block_come_in_key_order(void **fixture)
{
	struct tree *t = *fixture;
	char seen[16] = "";

	put(t, &t->p1, "b", "1");
	put(t, &t->p1, "a", "1");
	put(t, &t->p2, "c", "1");
	state_changes(t->state, &t->p1, count_change, seen);
	assert_string_equal(seen, "ab");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, plant, fell)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_block_sees_its_ancestors_writes),
	    CASE(a_fork_does_not_see_its_sibling),
	    CASE(a_second_write_in_a_block_replaces_the_first),
	    CASE(a_deleted_key_is_gone_from_there_on),
	    CASE(an_empty_value_is_a_value),
	    CASE(keys_are_walked_in_order_within_a_prefix),
	    CASE(a_walk_may_start_at_a_key_that_is_not_there),
	    CASE(folding_keeps_what_the_floor_sees),
	    CASE(a_forgotten_block_leaves_nothing),
	    CASE(the_changes_of_a_block_come_in_key_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

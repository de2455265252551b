/* What is locked towards hotkeys, of a real runtime's storage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/locks.c"
#include "weightsetter/reads.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

static const char alice[] = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
static const char bob[] = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

enum { BLOCK = 2000000, RATE = 934866 };

/* -- what is left --------------------------------------------------------- */

static void
it_shrinks_by_the_rate(void **state)
{
	static const struct {
		uint64_t rao, since, block, rate, left;
	} cases[] = {
	    {1000000000, 100, 100, RATE, 1000000000},
	    {1000000000, 101, 100, RATE, 1000000000}, /* of a later block */
	    {1000000000, 0, RATE, RATE, 367879441},   /* 1/e */
	    {1000000000, 0, 2 * RATE, RATE, 135335283},
	    {1000000000, 0, 1, RATE, 999998930},
	    {1000000000, 0, 1000 * (uint64_t)RATE, RATE, 0},
	    {1000000000, 0, 1, 0, 0}, /* no rate: gone at once, as on chain */
	    {1000000000, 7, 7, 0, 1000000000},
	    {0, 0, 1, RATE, 0},
	    /* What a double cannot hold loses nothing by rounding up. */
	    {UINT64_MAX, 0, 0, RATE, UINT64_MAX},
	    {UINT64_MAX, 0, 1, UINT64_MAX, UINT64_MAX},
	    {UINT64_MAX, 0, UINT64_MAX, 1, 78},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(locks_left(cases[i].rao, cases[i].since,
				     cases[i].block, cases[i].rate),
		    cases[i].left);
}

/* -- a page of two neurons ------------------------------------------------ */

static void
name(struct neuron *n, const char *hotkey, const char *coldkey)
{
	snprintf(n->hotkey, sizeof(n->hotkey), "%s", hotkey);
	snprintf(n->coldkey, sizeof(n->coldkey), "%s", coldkey);
}

static struct snapshot *
of_two(void)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->netuid = 7;
	s->block = BLOCK;
	s->n_neurons = 2;
	s->neurons = xcalloc(2, sizeof(*s->neurons));
	for (size_t i = 0; i < 2; i++) {
		s->neurons[i].uid = (uint16_t)i;
		name(
		    &s->neurons[i], i == 0 ? alice : bob, i == 0 ? bob : alice);
	}
	return s;
}

static json_t *
state_hex(uint64_t rao, uint64_t since)
{
	struct buf b = {0};
	json_t *text;
	char *hex;

	scale_put_u64(&b, rao);
	scale_put_u64(&b, 5); /* conviction, which says nothing here */
	scale_put_u64(&b, 6);
	scale_put_u64(&b, since);
	hex = hex_0x(b.data, b.len);
	text = json_string(hex);
	free(hex);
	buf_free(&b);
	return text;
}

/* Takes the values, by the keys' order; NULL or beyond the last: none. */
static json_t *
answer_of(const json_t *keys, json_t *const *values, size_t n)
{
	json_t *changes = json_array();

	for (size_t i = 0; i < json_array_size(keys); i++)
		json_array_append_new(changes,
		    json_pack("[O, o]", json_array_get(keys, i),
			i < n && values[i] != NULL ? values[i] : json_null()));
	return json_pack("[{s:s, s:o}]", "block", "0x", "changes", changes);
}

struct page_case {
	struct metadata *md;
	struct snapshot *s;
	struct err err;
};

static void
begin(struct page_case *c)
{
	chaindata_or_skip();
	c->md = chainmeta_load("finney_taohop_20260704.scale");
	c->s = of_two();
}

static int
take(struct page_case *c, json_t *const *values, size_t n)
{
	json_t *keys = locks_keys(c->md, c->s, 0, &c->err);
	json_t *answer;
	int rc;

	assert_non_null(keys);
	assert_int_equal(json_array_size(keys), 3 + 2 * 4);
	answer = answer_of(keys, values, n);
	rc = locks_take(c->md, c->s, 0, answer, &c->err);
	json_decref(answer);
	json_decref(keys);
	return rc;
}

static void
end(struct page_case *c)
{
	snapshot_free(c->s);
	metadata_free(c->md);
}

static void
nothing_is_locked(void **state)
{
	struct page_case c = {0};

	(void)state;
	begin(&c);
	c.s->neurons[0].locked = c.s->neurons[1].locked_own = 9;
	assert_int_equal(take(&c, NULL, 0), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(c.s->neurons[i].locked, 0);
		assert_int_equal(c.s->neurons[i].locked_own, 0);
	}
	end(&c);
}

static void
all_lockers_and_the_own_coldkey(void **state)
{
	struct page_case c = {0};
	json_t *const values[] = {NULL, NULL,
	    NULL, /* the rate's default; the owner's */
	    state_hex(5000, 1), state_hex(1000000000, BLOCK - RATE),
	    state_hex(4000, 1), json_string("0x00"), /* it does not decay */
	    NULL, state_hex(2000000000, BLOCK), state_hex(1000000000, 0), NULL};

	(void)state;
	begin(&c);
	assert_int_equal(take(&c, values, 11), 0);
	assert_int_equal(c.s->neurons[0].locked, 5000 + 367879441);
	assert_int_equal(c.s->neurons[0].locked_own, 4000);
	assert_int_equal(c.s->neurons[1].locked, 2000000000);
	/* Said nothing: it decays. */
	assert_int_equal(
	    c.s->neurons[1].locked_own, locks_left(1000000000, 0, BLOCK, RATE));
	end(&c);
}

static void
the_flag_true_decays_and_the_rate_is_the_chains(void **state)
{
	struct page_case c = {0};
	json_t *const values[] = {json_string("0x80841e0000000000"), NULL, NULL,
	    NULL, NULL, state_hex(1000000000, 0), json_string("0x01")};

	(void)state;
	begin(&c);
	/* 2,000,000 blocks, as many as have passed. */
	assert_int_equal(take(&c, values, 7), 0);
	assert_int_equal(c.s->neurons[0].locked_own, 367879441);
	end(&c);
}

static void
the_owners_hotkey_has_sums_of_its_own(void **state)
{
	struct page_case c = {0};
	json_t *const values[] = {NULL, state_hex(70, 1), state_hex(7, BLOCK),
	    state_hex(5, 1), NULL, NULL, NULL, state_hex(3, 1)};

	(void)state;
	begin(&c);
	snprintf(c.s->hyper.owner_hotkey, sizeof(c.s->hyper.owner_hotkey), "%s",
	    bob);
	assert_int_equal(take(&c, values, 8), 0);
	assert_int_equal(c.s->neurons[0].locked, 5);
	assert_int_equal(c.s->neurons[1].locked, 3 + 70 + 7);
	end(&c);
}

static void
sums_stay_in_their_range(void **state)
{
	struct page_case c = {0};
	json_t *const values[] = {NULL, NULL, NULL, state_hex(UINT64_MAX, 1),
	    state_hex(UINT64_MAX, BLOCK)};

	(void)state;
	begin(&c);
	assert_int_equal(take(&c, values, 5), 0);
	assert_true(c.s->neurons[0].locked == UINT64_MAX);
	end(&c);
}

static void
what_does_not_decode_is_no_page(void **state)
{
	static const size_t places[] = {0, 1, 2, 3, 4, 5, 6, 10};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct page_case c = {0};
		json_t *values[11] = {NULL};

		begin(&c);
		values[places[i]] = json_string("0x0102");
		assert_int_equal(take(&c, values, 11), -1);
		assert_true(c.err.text[0] != '\0');
		end(&c);
	}
}

/* -- many, and none at all ------------------------------------------------ */

static void
many_come_in_pages(void **state)
{
	struct page_case c = {0};
	json_t *keys;

	(void)state;
	begin(&c);
	free(c.s->neurons);
	c.s->n_neurons = LOCKS_PAGE + 3;
	c.s->neurons = xcalloc(c.s->n_neurons, sizeof(*c.s->neurons));
	for (size_t i = 0; i < c.s->n_neurons; i++)
		name(&c.s->neurons[i], alice, bob);
	keys = locks_keys(c.md, c.s, 0, &c.err);
	assert_int_equal(json_array_size(keys), 3 + 4 * LOCKS_PAGE);
	json_decref(keys);
	keys = locks_keys(c.md, c.s, LOCKS_PAGE, &c.err);
	assert_int_equal(json_array_size(keys), 3 + 4 * 3);
	json_decref(keys);
	end(&c);
}

static void
older_runtimes_have_none(void **state)
{
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	assert_false(locks_exist(md));
	metadata_free(md);
	md = chainmeta_load("finney_taohop_20260704.scale");
	assert_true(locks_exist(md));
	metadata_free(md);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_shrinks_by_the_rate),
	    cmocka_unit_test(nothing_is_locked),
	    cmocka_unit_test(all_lockers_and_the_own_coldkey),
	    cmocka_unit_test(the_flag_true_decays_and_the_rate_is_the_chains),
	    cmocka_unit_test(the_owners_hotkey_has_sums_of_its_own),
	    cmocka_unit_test(sums_stay_in_their_range),
	    cmocka_unit_test(what_does_not_decode_is_no_page),
	    cmocka_unit_test(many_come_in_pages),
	    cmocka_unit_test(older_runtimes_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A key of Violet's that was brought along opens our doors as it opened that
 * one, for whom and as long as it was kept, and not one that was not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "tests/lib/db.h"
#include "tests/lib/keyed.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#define KEPT "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123E"
#define LEFT "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123I"
#define OF_ADMIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123M"

static const char users[] = "user_id,email,role,api_key,is_active\n"
			    "ann-1,ann@example.com,CLIENT," KEPT ",t\n"
			    "bob-2,bob@example.com,CLIENT," LEFT ",f\n"
			    "eve-3,eve@example.com,ADMIN," OF_ADMIN ",t\n";

static int
set_up(void **state)
{
	struct keyed *k;

	if (keyed_set_up(state, "import-keys", NULL) != 0)
		return -1;
	k = *state;
	if (db_exec(k->s->db,
		"insert into snapshot (netuid, block, block_hash, at, "
		"spec_version, hyper) values (%d, 100, '0x00', now(), 1, '{}') "
		"on conflict do nothing",
		SUITE_NETUID) != 0)
		return -1;
	return keyed_restart(k);
}

static int
status_of(struct keyed *k, const char *key)
{
	const struct keyed_ask a = {
	    .method = "GET", .path = "/v1/jobs", .key = key};

	return keyed_status(k, &a);
}

/* What was changed in the database is seen after a while. */
static void
await(struct keyed *k, const char *key, int status)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	while (status_of(k, key) != status) {
		assert_true(clock_mono_us() < until_us);
		proc_nap();
	}
}

static void
a_kept_key_opens_and_others_do_not(void **state)
{
	struct keyed *k = *state;
	char *path = sandbox_write(k->s->box, "users.csv", 0600, users);
	const char *const args[] = {"import", "violet", path, "--write",
	    "--keep_keys", "30d", "--limit", "5", NULL};
	struct proc_output got;

	assert_non_null(path);
	assert_int_equal(status_of(k, KEPT), 401);
	sandbox_ctl(k->s->box, args, &got);
	if (got.status != 0)
		fail_msg("%s%s", got.out, got.err);
	/* What is said of it has nobody's key in it. */
	assert_null(strstr(got.out, "0123"));
	proc_output_clear(&got);
	await(k, KEPT, 200);
	assert_int_equal(status_of(k, LEFT), 401);
	assert_int_equal(status_of(k, OF_ADMIN), 401);
	assert_int_equal(
	    db_int(k->s->db,
		"select count(*) from api_key where name = 'ann@example.com' "
		"and role = 'client' and tenant = 'ann-1' and expires_at - "
		"created_at = interval '30 days'"),
	    1);
	free(path);
}

static void
a_kept_key_is_revoked_as_any_other(void **state)
{
	struct keyed *k = *state;
	char *id = db_text(
	    k->s->db, "select id from api_key where name = 'ann@example.com'");
	const char *const words[] = {"revoke", id, NULL};

	assert_non_null(id);
	assert_int_equal(keyed_ctl(k, words, NULL), 0);
	await(k, KEPT, 401);
	free(id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_kept_key_opens_and_others_do_not),
	    cmocka_unit_test(a_kept_key_is_revoked_as_any_other),
	};

	return cmocka_run_group_tests(tests, set_up, keyed_tear_down);
}

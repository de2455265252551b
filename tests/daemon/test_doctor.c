/*
 * subnetctl doctor on a whole suite, with one thing broken at a time: it finds
 * that thing, says how to mend it in one line, and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { MAX_ARGS = 20, N_CHECKS = 16 };

static int
make_suite(void **state)
{
	const struct suite_options o = {.name = "doctor", .durable = true};
	struct suite *s = suite_new(&o);

	*state = s;
	/* The first block has a time; genesis has none. */
	if (s == NULL || suite_chain_call(s, "dev_newBlock", "[1]") != 0)
		return -1;
	return db_wait_int(s->db, 1, 0,
	    "select count(*) from instance where program = 'orchestratord'");
}

static int
end_suite(void **state)
{
	return suite_end(*state, false);
}

/* Whatever a test broke, and did not come to mend. */
static int
mend(void **state)
{
	struct suite *s = *state;
	char *key = sandbox_path(s->box, "hotkey");
	int failed = chmod(key, 0600);

	free(key);
	sandbox_redis(s->box, "CONFIG SET maxmemory 0");
	if (sandbox_redis(s->box, "PING") != 0)
		failed |= sandbox_redis_start(s->box);
	if (!cluster_is_up(sandbox_cluster(s->box)))
		failed |= cluster_start(sandbox_cluster(s->box));
	if (s->daemons[SUITE_SIGNER] == NULL)
		failed |= suite_start(s, SUITE_SIGNER);
	failed |= suite_chain_call(s, "dev_syncing", "[false]");
	failed |= db_int(s->db, "select 1") != 1; /* connected again */
	failed |= db_exec(s->db, "alter database subnetd reset all");
	failed |= db_exec(
	    s->db, "alter table if exists kept rename to schema_migration");
	failed |=
	    db_exec(s->db, "delete from schema_migration where version = 9999");
	return failed;
}

/* -- asking ------------------------------------------------------------- */

/* What it prints, with these flags beside the suite's own. */
static void
ask(struct suite *s, const char *const *flags, struct proc_output *got)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[MAX_ARGS] = {program, "doctor", "-c", s->ini,
	    "--orchestrator.public_url", s->api_url};
	const struct proc_options o = {.name = "doctor", .argv = argv};
	size_t n = 6;

	for (; flags != NULL && *flags != NULL && n < MAX_ARGS - 1; flags++)
		argv[n++] = *flags;
	proc_run(&o, 0, got);
	free(program);
}

/* The line of this check. Borrowed from the output. */
static const char *
line_of(const struct proc_output *got, const char *result, const char *check)
{
	char *head = xasprintf("%-4s %s: ", result, check);
	const char *line = got->out;

	while (line != NULL && strncmp(line, head, strlen(head)) != 0) {
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	free(head);
	return line;
}

/* Every check is well, or stands on the one that failed. */
static void
assert_finds(struct suite *s, const char *const *flags, const char *check,
    const char *fix)
{
	struct proc_output got;
	const char *line, *end;

	ask(s, flags, &got);
	line = line_of(&got, "FAIL", check);
	if (got.status != 1 || line == NULL)
		fail_msg("exit %d\n%s%s", got.status, got.out, got.err);
	end = strchr(line, '\n');
	line = strstr(line, " — fix: ");
	if (line == NULL || line > end || strstr(line, fix) == NULL ||
	    strstr(line, fix) > end)
		fail_msg("no fix \"%s\"\n%s", fix, got.out);
	line = strstr(got.out, "FAIL ");
	if (strstr(line + 1, "\nFAIL ") != NULL)
		fail_msg("more than %s fails\n%s", check, got.out);
	proc_output_clear(&got);
}

/* -- the tests ---------------------------------------------------------- */

static void
nothing_is_wrong_with_a_running_suite(void **state)
{
	/* How much room there is, and who sets the clock, is this machine's. */
	static const char *const checks[] = {"names", "postgres", "schema",
	    "settings", "redis", "memory", "signer", "key", "chain", "runtime",
	    "standing", "clock", "public_url", "drain"};
	static const char *const flags[] = {"--stop_grace", "40s", NULL};
	struct proc_output got;

	ask(*state, flags, &got);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (line_of(&got, "ok", checks[i]) == NULL)
			fail_msg("%s\n%s%s", checks[i], got.out, got.err);
	assert_int_equal(got.status, 0);
	assert_null(strstr(got.out, "FAIL"));
	proc_output_clear(&got);
}

static void
programs_get_it_as_json(void **state)
{
	static const char *const flags[] = {
	    "--json", "--redis.url", "redis://127.0.0.1:1", NULL};
	const json_t *check, *checks;
	struct proc_output got;
	json_t *json;
	size_t i;

	ask(*state, flags, &got);
	json = json_loads(got.out, 0, NULL);
	assert_non_null(json);
	assert_int_equal(got.status, 1);
	assert_true(json_is_false(json_object_get(json, "ok")));
	checks = json_object_get(json, "checks");
	assert_int_equal(json_array_size(checks), N_CHECKS);
	json_array_foreach(checks, i, check)
	{
		const char *name =
		    json_string_value(json_object_get(check, "name"));
		const char *result =
		    json_string_value(json_object_get(check, "result"));
		bool failed = strcmp(result, "fail") == 0;
		bool warned = strcmp(result, "warn") == 0;

		assert_int_equal(failed, strcmp(name, "redis") == 0);
		assert_int_equal(failed || warned,
		    json_string_length(json_object_get(check, "fix")) > 0);
	}
	json_decref(json);
	proc_output_clear(&got);
}

static void
postgres_that_is_down_is_found(void **state)
{
	struct suite *s = *state;

	cluster_halt(sandbox_cluster(s->box), CLUSTER_FAST);
	assert_finds(s, NULL, "postgres", "start PostgreSQL");
}

static void
a_schema_that_is_behind_is_found(void **state)
{
	struct suite *s = *state;

	db_exec(s->db, "alter table schema_migration rename to kept");
	assert_finds(s, NULL, "schema", "run: subnetctl migrate");
}

static void
a_schema_of_tomorrow_is_found(void **state)
{
	struct suite *s = *state;

	db_exec(s->db,
	    "insert into schema_migration values (9999, '9999_x', now())");
	assert_finds(s, NULL, "schema", "run the newer programs");
}

static void
redis_that_is_down_is_found(void **state)
{
	struct suite *s = *state;

	sandbox_redis_halt(s->box);
	assert_finds(s, NULL, "redis", "start Redis");
}

/* It would be known to whoever reads the output. */
static void
a_password_in_redis_url_is_refused_and_not_said(void **state)
{
	static const char *const flags[] = {
	    "--redis.url", "redis://127.0.0.1:1?password=hunter2", NULL};
	struct proc_output got;
	const char *line;

	ask(*state, flags, &got);
	line = line_of(&got, "FAIL", "redis");
	if (line == NULL || strstr(line, "without a password") == NULL ||
	    strstr(got.out, "hunter2") != NULL ||
	    strstr(got.err, "hunter2") != NULL)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
}

/* Redis that answers and refuses to take anything. */
static void
redis_that_takes_nothing_is_found(void **state)
{
	struct suite *s = *state;

	assert_true(sandbox_redis(s->box, "CONFIG SET maxmemory 1") >= 0);
	assert_finds(s, NULL, "redis", "maxmemory");
}

/* Redis that is about to. It holds so much that what its clients take and give
 * back meanwhile is little of it. */
static void
redis_that_is_nearly_full_is_warned_of(void **state)
{
	struct suite *s = *state;
	char *info, *command;
	struct proc_output got;
	long used;

	assert_true(sandbox_redis(s->box, "SETRANGE filler 99999999 x") >= 0);
	info = sandbox_redis_text(s->box, "INFO memory");
	assert_non_null(info);
	used = strtol(strstr(info, "used_memory:") + 12, NULL, 10);
	command = xasprintf("CONFIG SET maxmemory %ld", used + used / 20);
	assert_true(sandbox_redis(s->box, command) >= 0);
	ask(s, NULL, &got);
	if (got.status != 0 || line_of(&got, "warn", "memory") == NULL)
		fail_msg("%s\n%s%s", command, got.out, got.err);
	assert_int_equal(sandbox_redis(s->box, "DEL filler"), 1);
	proc_output_clear(&got);
	free(command);
	free(info);
}

/* Settings under which an accepted job may be lost, for whoever connects from
 * now on. */
static void
postgres_that_may_lose_jobs_is_found(void **state)
{
	static const char *const settings[] = {"synchronous_commit = off",
	    "default_transaction_isolation = 'serializable'",
	    "default_transaction_read_only = on"};
	static const char *const fixes[] = {
	    "postgresql.conf", "read committed", "set it to \"off\""};
	struct suite *s = *state;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		assert_int_equal(db_exec(s->db, "alter database subnetd set %s",
				     settings[i]),
		    0);
		assert_finds(s, NULL, "settings", fixes[i]);
		assert_int_equal(mend(state), 0);
	}
}

static void
a_key_that_others_can_read_is_found(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0604, 0660};
	struct suite *s = *state;
	char *key = sandbox_path(s->box, "hotkey");
	char *fix = xasprintf("run: chmod 600 '%s'", key);

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(key, modes[i]), 0);
		assert_finds(s, NULL, "key", fix);
	}
	free(key);
	free(fix);
}

/* A wallet as Bittensor lays it out, with what must not be there. */
static void
a_wallet_that_others_can_change_is_found(void **state)
{
	static const char *const folders[] = {
	    "wallets", "wallets/me", "wallets/me/hotkeys"};
	struct suite *s = *state;
	char *hotkeys = sandbox_path(s->box, folders[2]);
	char *fix = xasprintf("run: chmod o-w '%s'", hotkeys);
	struct proc_output got;
	const char *line;
	char *wallets = sandbox_path(s->box, folders[0]), *cold;
	const char *flags[] = {"--signer.key_file", "", "--wallet.path",
	    wallets, "--wallet.name", "me", "--wallet.hotkey", "hot", NULL};

	for (int i = 0; i < 3; i++) {
		char *path = sandbox_path(s->box, folders[i]);

		assert_int_equal(mkdir(path, 0755), 0);
		free(path);
	}
	free(sandbox_write(s->box, "wallets/me/hotkeys/hot", 0600, "{}"));
	assert_int_equal(chmod(hotkeys, 0777), 0);
	assert_finds(s, flags, "key", fix);
	assert_int_equal(chmod(hotkeys, 0755), 0);
	cold = sandbox_write(s->box, "wallets/me/coldkey", 0600, "{}");
	ask(s, flags, &got);
	line = line_of(&got, "warn", "key");
	if (got.status != 0 || line == NULL || strstr(line, cold) == NULL)
		fail_msg("%d\n%s%s", got.status, got.out, got.err);
	proc_output_clear(&got);
	free(wallets);
	free(hotkeys);
	free(cold);
	free(fix);
}

static void
a_key_that_is_not_there_is_found(void **state)
{
	static const char *const flags[] = {"--signer.key_file", "",
	    "--wallet.path", "/nowhere", "--signer.socket", "", NULL};

	assert_finds(*state, flags, "key", "wallet.path");
}

/* signerd alone has the key, where programs have a container each. */
static void
a_key_that_signerd_has_need_not_be_here(void **state)
{
	static const char *const flags[] = {
	    "--signer.key_file", "", "--wallet.path", "/nowhere", NULL};
	struct proc_output got;
	const char *line;

	ask(*state, flags, &got);
	line = line_of(&got, "skip", "key");
	if (line == NULL || strstr(line, "signerd has it") == NULL)
		fail_msg("%s%s", got.out, got.err);
	assert_null(line_of(&got, "skip", "standing"));
	assert_int_equal(got.status, 0);
	proc_output_clear(&got);
}

/* An encrypted key is named by its form; its password's file must be as
 * private as the key. */
static void
an_encrypted_key_wants_a_password(void **state)
{
	struct suite *s = *state;
	char *key = sandbox_write(s->box, "sealed", 0600, "$NACL\x01");
	char *password = sandbox_write(s->box, "password", 0600, "x");
	char *fix = xasprintf("run: chmod 600 '%s'", password);
	const char *flags[] = {
	    "--signer.key_file", key, "--signer.password_file", password, NULL};
	const char *const no_file[] = {"--signer.key_file", key,
	    "--signer.password_file", "/nowhere/password", NULL};
	struct proc_output got;
	const char *line;

	ask(s, flags, &got);
	line = line_of(&got, "ok", "key");
	if (line == NULL || strstr(line, "encrypted ($NACL)") == NULL)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
	assert_int_equal(chmod(password, 0644), 0);
	assert_finds(s, flags, "key", fix);
	assert_finds(s, no_file, "key", "set signer.password_file");
	flags[3] = "";
	ask(s, flags, &got);
	line = line_of(&got, "skip", "key");
	if (line == NULL || strstr(line, "BT_PW_") == NULL)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
	free(key);
	free(password);
	free(fix);
}

static void
a_signer_that_is_gone_is_found(void **state)
{
	struct suite *s = *state;

	suite_kill(s, SUITE_SIGNER);
	assert_finds(s, NULL, "signer", "start signerd");
}

/* One that is stopped, at whose door others wait already. */
static void
a_signer_that_hangs_is_found(void **state)
{
	struct suite *s = *state;
	char *path = sandbox_path(s->box, "hangs.sock");
	const char *flags[] = {"--signer.socket", path, NULL};
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int door = socket(AF_UNIX, SOCK_STREAM, 0), waits[4];

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	assert_int_equal(bind(door, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(door, 0), 0);
	for (int i = 0; i < 4; i++) {
		waits[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(waits[i], (struct sockaddr *)&sun, sizeof(sun));
	}
	assert_finds(s, flags, "signer", "restart signerd");
	for (int i = 0; i < 4; i++)
		close(waits[i]);
	close(door);
	free(path);
}

static void
a_chain_that_cannot_be_reached_is_found(void **state)
{
	static const char *const cases[][3] = {
	    {"--subtensor.chain_endpoint", "ws://127.0.0.1:1", NULL},
	    {"--subtensor.chain_endpoint", "nonsense", NULL}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_finds(
		    *state, cases[i], "chain", "set subtensor.chain_endpoint");
}

static void
a_network_nobody_knows_is_found(void **state)
{
	static const char *const flags[] = {"--subtensor.chain_endpoint", "",
	    "--subtensor.network", "finey", NULL};

	assert_finds(*state, flags, "chain", "set subtensor.network");
}

/* As the SDK has it, a URL may stand in the network's place. */
static void
a_network_may_be_a_url(void **state)
{
	struct suite *s = *state;
	const char *flags[] = {"--subtensor.chain_endpoint", "",
	    "--subtensor.network", s->chain_url, NULL};
	struct proc_output got;

	ask(s, flags, &got);
	if (got.status != 0 || line_of(&got, "ok", "chain") == NULL ||
	    line_of(&got, "ok", "standing") == NULL)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
}

static void
a_chain_that_signerd_does_not_sign_for_is_found(void **state)
{
	static const char *const flags[] = {"--signer.genesis",
	    "2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03",
	    NULL};

	assert_finds(*state, flags, "chain", "mend signer.genesis");
}

static void
a_node_that_is_syncing_is_found(void **state)
{
	struct suite *s = *state;

	assert_int_equal(suite_chain_call(s, "dev_syncing", "[true]"), 0);
	assert_finds(s, NULL, "chain", "wait for it");
}

/* signerd would sign for another pallet than the runtime has. */
static void
a_runtime_we_cannot_sign_for_is_found(void **state)
{
	static const char *const flags[] = {
	    "--signer.weights_pallet", "9", NULL};

	assert_finds(
	    *state, flags, "runtime", "set signer.weights_pallet to 7");
}

/* A subnet on which our hotkey is nobody. */
static void
a_hotkey_that_is_not_registered_is_found(void **state)
{
	static const char *const flags[] = {"--netuid", "77", NULL};
	struct proc_output got;
	const char *line;

	ask(*state, flags, &got);
	line = line_of(&got, "FAIL", "standing");
	if (line == NULL || strstr(line, "subnet register --netuid 77") == NULL)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
}

/* The validator is uid 0. */
static int
permit(struct suite *s, bool has)
{
	char *params =
	    xasprintf("[{\"netuid\":1,\"uid\":0,\"validator_permit\":%s}]",
		has ? "true" : "false");
	int failed = suite_chain_call(s, "dev_neuron", params) |
		     suite_chain_call(s, "dev_newBlock", "[1]");

	free(params);
	return failed;
}

static void
a_permit_that_is_missing_is_found(void **state)
{
	struct suite *s = *state;

	assert_int_equal(permit(s, false), 0);
	assert_finds(s, NULL, "standing", "stake more");
	assert_int_equal(permit(s, true), 0);
}

static void
a_grace_shorter_than_the_drain_is_found(void **state)
{
	static const char *const flags[] = {
	    "--stop_grace", "10s", "--orchestrator.drain", "25s", NULL};

	assert_finds(*state, flags, "drain", "stop_grace_period");
}

static void
a_name_that_nobody_knows_is_found(void **state)
{
	static const char *const flags[] = {
	    "--redis.url", "redis://no.such.name.invalid:6379", NULL};
	struct proc_output got;
	const char *line;

	ask(*state, flags, &got);
	line = line_of(&got, "FAIL", "names");
	if (line == NULL || strstr(line, "correct redis.url") == NULL)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
}

/* A chain of its own, whose only block is of another time. */
static struct proc *
start_chain_at(struct suite *s, int64_t wall_ms, char url[64])
{
	char *program = paths_program("tests/devchain");
	char *text = xasprintf("{\"storage\": [{\"pallet\": \"Timestamp\", "
			       "\"entry\": \"Now\", \"keys\": [], "
			       "\"value\": %lld}]}",
	    (long long)wall_ms);
	char *scenario = sandbox_write(s->box, "clock.json", 0600, text);
	const char *argv[] = {program, "--port", "0", "--block-ms", "0",
	    "--scenario", scenario, NULL};
	struct proc *p = sandbox_start(s->box, "clock", argv, NULL);
	const char *line = proc_wait_event(p, "chain.listening", NULL, 0);
	char port[8];

	assert_non_null(line);
	assert_int_equal(proc_value(line, "port", port, sizeof(port)), 0);
	snprintf(url, 64, "ws://127.0.0.1:%s", port);
	free(program);
	free(text);
	free(scenario);
	return p;
}

static void
a_clock_that_is_off_is_found(void **state)
{
	/* How far the chain is from us; the programs take time to start, so
	 * that it moves a little to the past. */
	static const struct {
		int64_t ms;
		const char *says; /* NULL: nothing */
	} cases[] = {{-23000, "ahead of"}, {-3600000, "ahead of"},
	    {40000, "behind"}, {3600000, "behind"}, {-2000, NULL},
	    {15000, NULL}};
	struct suite *s = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char url[64];
		/* Nobody is registered there: whose standing is not asked. */
		const char *flags[] = {"--subtensor.chain_endpoint", url,
		    "--signer.socket", "", NULL};
		struct proc *chain =
		    start_chain_at(s, clock_wall_ms() + cases[i].ms, url);
		struct proc_output got;

		ask(s, flags, &got);
		assert_int_equal(got.status, cases[i].says != NULL);
		if (cases[i].says != NULL) {
			assert_non_null(strstr(got.out, cases[i].says));
			assert_finds(s, flags, "clock", "set-ntp");
		}
		proc_output_clear(&got);
		sandbox_drop(s->box, chain);
	}
}

static void
a_public_url_that_leads_elsewhere_is_found(void **state)
{
	struct suite *s = *state;
	char *metrics =
	    xasprintf("http://127.0.0.1:%d", s->ports[SUITE_VALIDATOR]);
	const char *const urls[] = {
	    "http://127.0.0.1:1", metrics, s->chain_url, "nonsense"};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const char *flags[] = {
		    "--orchestrator.public_url", urls[i], NULL};

		assert_finds(s, flags, "public_url",
		    "point orchestrator.public_url at this orchestratord");
	}
	free(metrics);
}

/* It answers, and well: but it works for another database. */
static void
anothers_orchestratord_is_found(void **state)
{
	struct suite *s = *state;
	char *other = cluster_conninfo_of(sandbox_cluster(s->box), "other");
	const char *migrate[] = {"migrate", "--db.url", other, NULL};
	const char *flags[] = {"--db.url", other, NULL};
	struct proc_output got;

	assert_int_equal(db_exec(s->db, "create database other"), 0);
	sandbox_ctl(s->box, migrate, &got);
	assert_int_equal(got.status, 0);
	proc_output_clear(&got);
	assert_finds(s, flags, "public_url",
	    "point orchestrator.public_url at this orchestratord");
	free(other);
}

#define TEST(f) cmocka_unit_test_teardown(f, mend)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_is_wrong_with_a_running_suite),
	    TEST(programs_get_it_as_json),
	    TEST(postgres_that_is_down_is_found),
	    TEST(a_schema_that_is_behind_is_found),
	    TEST(a_schema_of_tomorrow_is_found),
	    TEST(redis_that_is_down_is_found),
	    TEST(a_password_in_redis_url_is_refused_and_not_said),
	    TEST(redis_that_takes_nothing_is_found),
	    TEST(redis_that_is_nearly_full_is_warned_of),
	    TEST(postgres_that_may_lose_jobs_is_found),
	    TEST(a_key_that_others_can_read_is_found),
	    TEST(a_wallet_that_others_can_change_is_found),
	    TEST(a_key_that_is_not_there_is_found),
	    TEST(a_key_that_signerd_has_need_not_be_here),
	    TEST(an_encrypted_key_wants_a_password),
	    TEST(a_signer_that_is_gone_is_found),
	    TEST(a_signer_that_hangs_is_found),
	    TEST(a_chain_that_cannot_be_reached_is_found),
	    TEST(a_network_nobody_knows_is_found),
	    TEST(a_network_may_be_a_url),
	    TEST(a_chain_that_signerd_does_not_sign_for_is_found),
	    TEST(a_node_that_is_syncing_is_found),
	    TEST(a_runtime_we_cannot_sign_for_is_found),
	    TEST(a_hotkey_that_is_not_registered_is_found),
	    TEST(a_permit_that_is_missing_is_found),
	    TEST(a_grace_shorter_than_the_drain_is_found),
	    TEST(a_name_that_nobody_knows_is_found),
	    TEST(a_clock_that_is_off_is_found),
	    TEST(a_public_url_that_leads_elsewhere_is_found),
	    TEST(anothers_orchestratord_is_found),
	};

	return cmocka_run_group_tests(tests, make_suite, end_suite);
}

/*
 * The hotkey is signerd's alone: nothing of it is in the memory of the other
 * daemons after they had much signed, and no process of signerd's own user can
 * open its memory.
 *
 * The same search finds the key in the processes that have it, signerd and
 * the test itself: so it would have found it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/memory.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#ifdef __SANITIZE_ADDRESS__
enum { WAIT_MS = 120000 };
#else
enum { WAIT_MS = 60000 };
#endif

enum { N_JOBS = 8, NOBODY = 65534, HALF = 16, MAX_NEEDLES = 16 };

#define JOB                                                                    \
	"{\"kind\":\"image.generate\",\"params\":{\"prompt\":\"a boat\","      \
	"\"width\":256,\"height\":256}}"

/* What must not be found: each secret's halves, as bytes and as hex. */
struct secrets {
	uint8_t seed[32], key[32], nonce[32], key_x8[32];
	char hex[4][64 + 1];
	char names[MAX_NEEDLES][32];
	struct memory_needle needles[MAX_NEEDLES];
	size_t n;
};

static const char *const secret_names[] = {"seed", "key", "nonce", "key x8"};

static void
add_needle(struct secrets *s, const char *name, const char *form, int half,
    const void *data, size_t len)
{
	snprintf(s->names[s->n], sizeof(s->names[0]), "%s, %s, half %d", name,
	    form, half + 1);
	s->needles[s->n] = (struct memory_needle){s->names[s->n], data, len, 0};
	s->n++;
}

/* The scalar as polkadot-js writes it. */
static void
times_8(const uint8_t in[32], uint8_t out[32])
{
	out[0] = in[0] << 3;
	for (int i = 1; i < 32; i++)
		out[i] = in[i] << 3 | in[i - 1] >> 5;
}

static struct secrets *
secrets_of(const uint8_t seed[32])
{
	struct secrets *s = xcalloc(1, sizeof(*s));
	const uint8_t *all[] = {s->seed, s->key, s->nonce, s->key_x8};
	struct sr25519_keypair kp;

	memcpy(s->seed, seed, 32);
	sr25519_from_seed(seed, &kp);
	memcpy(s->key, kp.key, 32);
	memcpy(s->nonce, kp.nonce, 32);
	times_8(s->key, s->key_x8);
	for (int i = 0; i < 4; i++) {
		hex_encode(all[i], 32, s->hex[i]);
		for (int half = 0; half < 2; half++) {
			add_needle(s, secret_names[i], "bytes", half,
			    all[i] + half * HALF, HALF);
			add_needle(s, secret_names[i], "hex", half,
			    s->hex[i] + half * 2 * HALF, 2 * HALF);
		}
	}
	return s;
}

/* How many needles are there at all. */
static size_t
count_found(const struct secrets *s, const char *only)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->needles[i].found > 0 &&
		     strncmp(s->needles[i].name, only, strlen(only)) == 0;
	return n;
}

static void
assert_holds_nothing(struct secrets *s, pid_t pid, const char *who)
{
	long n = memory_search(pid, s->needles, s->n);

	if (n <= 0)
		fail_msg("cannot read %s: %s", who, strerror(errno));
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is not looked at */
	assert_true(n / 1024 >= memory_status(pid, "RssAnon"));
#endif
	for (size_t i = 0; i < s->n; i++) {
		if (s->needles[i].found > 0)
			fail_msg("%s holds %s", who, s->needles[i].name);
	}
	print_message("# %s: nothing of %zu needles in %ld kB (RssAnon %ld)\n",
	    who, s->n, n / 1024, memory_status(pid, "RssAnon"));
}

/* The seed of the hotkey file the suite wrote. */
static void
seed_of_suite(struct suite *s, uint8_t seed[32])
{
	char *path = sandbox_path(s->box, "hotkey");
	json_t *file = json_load_file(path, 0, NULL);
	const char *hex =
	    json_string_value(json_object_get(file, "secretSeed"));

	assert_non_null(hex);
	assert_int_equal(hex_decode_exact(hex, seed, 32), 0);
	json_decref(file);
	free(path);
}

/* Jobs that were signed for, and weights that were. */
static void
have_much_signed(struct suite *s)
{
	struct jobs jobs = {.n = 0};

	assert_int_equal(suite_wait_ready(s, s->n_miners), 0);
	for (int i = 0; i < N_JOBS; i++)
		assert_int_equal(jobs_submit(s, &jobs, JOB, WAIT_MS), 0);
	assert_int_equal(jobs_wait_quiet(s, WAIT_MS), 0);
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select least(count(*), 1) from ledger "
			     "where extrinsic_hash is not null"),
	    0);
	jobs_clear(&jobs);
}

static void
no_other_daemon_holds_anything_of_the_key(void **state)
{
	const struct suite_options o = {.name = "key-memory",
	    .n_miners = 2,
	    .miners = {{100, {NULL}, 0}, {100, {NULL}, 0}}};
	struct suite *s;
	struct secrets *secrets;
	uint8_t seed[32];
	long n;

	(void)state;
	if (getuid() != 0)
		skip(); /* the memory of others is root's to read */
	s = suite_new(&o);
	assert_non_null(s);
	seed_of_suite(s, seed);
	secrets = secrets_of(seed);
	have_much_signed(s);
	assert_holds_nothing(
	    secrets, proc_pid(s->daemons[SUITE_ORCHESTRATOR]), "orchestratord");
	assert_holds_nothing(
	    secrets, proc_pid(s->daemons[SUITE_VALIDATOR]), "validatord");
	assert_holds_nothing(
	    secrets, proc_pid(s->daemons[SUITE_WEIGHTSETTER]), "weightsetterd");
	/* The controls: those that have it. */
	n = memory_search(getpid(), secrets->needles, secrets->n);
	assert_true(n > 0);
	assert_int_equal(count_found(secrets, ""), secrets->n);
	n = memory_search(
	    proc_pid(s->daemons[SUITE_SIGNER]), secrets->needles, secrets->n);
	assert_true(n > 0);
	assert_true(count_found(secrets, "key, bytes") == 2);
	assert_true(count_found(secrets, "nonce, bytes") == 2);
	print_message("# signerd: %ld kB of memory, %zu of %zu needles\n",
	    n / 1024, count_found(secrets, ""), secrets->n);
	/* What it does not need to sign it has wiped. */
	assert_int_equal(count_found(secrets, "seed"), 0);
	assert_int_equal(count_found(secrets, "key, hex"), 0);
	free(secrets);
	assert_int_equal(suite_end(s, false), 0);
}

/* -- its own user ------------------------------------------------------- */

/* As that user: errno of opening the memory of each, in a child. */
static void
open_as(uid_t uid, const pid_t *pids, int *errors, size_t n)
{
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (setgid(uid) != 0 || setuid(uid) != 0)
			_exit(1);
		for (size_t i = 0; i < n; i++)
			errors[i] = memory_open_error(pids[i]);
		_exit(write(ends[1], errors, n * sizeof(*errors)) < 0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(
	    read(ends[0], errors, n * sizeof(*errors)), n * sizeof(*errors));
	close(ends[0]);
}

/* A program of that user, until it says its event. */
static struct proc *
start_as(struct sandbox *box, uid_t uid, const char *name,
    const char *const *argv, const char *event)
{
	char *log = xasprintf("%s/%s.log", sandbox_dir(box), name);
	const struct proc_options o = {
	    .name = name, .log = log, .argv = argv, .uid = uid, .gid = uid};
	struct proc *p = proc_start(&o);

	assert_non_null(p);
	assert_non_null(proc_wait_event(p, event, NULL, 0));
	free(log);
	return p;
}

/*
 * A program like any other of the same user is the control: it has a signal
 * handler and memory, and no flag that hides it. Where the system forbids even
 * that (yama), nothing is shown by comparing, and it is said.
 */
static void
no_process_of_its_user_can_open_its_memory(void **state)
{
	const struct sandbox_options o = {.name = "key-owner"};
	struct sandbox *box;
	struct proc *signer, *other;
	char *program, *miner, *key, *socket;
	int errors[2];
	pid_t pids[2];

	(void)state;
	if (getuid() != 0)
		skip(); /* nobody else can be had */
	box = sandbox_new(&o);
	assert_non_null(box);
	if (!paths_is_open(sandbox_dir(box))) {
		sandbox_end(box, false);
		skip(); /* another user cannot get at the programs */
	}
	program = paths_program("bin/signerd");
	miner = paths_program("tests/miner");
	key = sandbox_write(box, "hotkey", 0600,
	    "{\"secretSeed\":\"0x1a2b3c4d5e6f70819203a4b5c6d7e8f90011223344"
	    "556677889900aabbccddee\"}");
	socket = sandbox_path(box, "signer.sock");
	assert_int_equal(chown(key, NOBODY, NOBODY), 0);
	assert_int_equal(chown(sandbox_dir(box), NOBODY, NOBODY), 0);
	signer = start_as(box, NOBODY, "signerd",
	    (const char *const[]){program, "-c", "/dev/null", "--socket",
		socket, "--key_file", key, "--metrics_listen", "", NULL},
	    "signer.listening");
	other = start_as(box, NOBODY, "miner",
	    (const char *const[]){
		miner, "--suri", "//Miner1", "--listen", "127.0.0.1:0", NULL},
	    "miner.listening");
	pids[0] = proc_pid(signer);
	pids[1] = proc_pid(other);
	assert_int_equal(memory_open_error(pids[0]), 0); /* root may */
	open_as(NOBODY, pids, errors, 2);
	print_message("# as its own user: signerd %s, another program %s\n",
	    strerror(errors[0]), strerror(errors[1]));
	assert_int_equal(errors[0], EACCES);
	if (access("/proc/sys/kernel/yama/ptrace_scope", F_OK) != 0)
		assert_int_equal(errors[1], 0);
	assert_int_equal(proc_stop(signer), 0);
	assert_int_equal(proc_stop(other), 0);
	proc_free(signer);
	proc_free(other);
	free(program);
	free(miner);
	free(key);
	free(socket);
	assert_int_equal(sandbox_end(box, false), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_other_daemon_holds_anything_of_the_key),
	    cmocka_unit_test(no_process_of_its_user_can_open_its_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

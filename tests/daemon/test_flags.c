/*
 * How the daemons read their configuration, as an operator meets it: file,
 * variables and flags, Bittensor's names, slips of the pen, -n and -p.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

enum { MAX_ARGS = 24, EXIT_USAGE = 64 };

#define SECRET "0123456789abcdef-not-to-be-seen-0123456789abcdef"

static const char *const daemons[] = {
    "orchestratord", "validatord", "weightsetterd", "signerd", NULL};

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "flags"};
	struct sandbox *box = sandbox_new(&o);

	*state = box;
	if (box == NULL)
		return -1;
	free(sandbox_write(box, "secret", 0600, SECRET "\n"));
	return 0;
}

static int
tear_down(void **state)
{
	return sandbox_end(*state, false);
}

/* -- running ------------------------------------------------------------ */

/* With a file of this text, these variables and these flags; what must be set
 * is. Clear the output. */
static void
run(struct sandbox *box, const char *daemon, const char *file,
    const char *const *env, const char *const *flags, struct proc_output *got)
{
	char *bin = xasprintf("bin/%s", daemon);
	char *program = paths_program(bin);
	char *secret = xasprintf(
	    "SUBNETD_ORCHESTRATOR_SECRET=@%s/secret", sandbox_dir(box));
	char *path = sandbox_write(box, "test.ini", 0600, file);
	const char *argv[MAX_ARGS] = {program, "-c", path};
	const char *all[MAX_ARGS] = {secret};
	const struct proc_options o = {
	    .name = daemon, .argv = argv, .env = all};
	int n = 3, m = 1;

	for (; flags != NULL && *flags != NULL && n < MAX_ARGS - 1; flags++)
		argv[n++] = *flags;
	for (; env != NULL && *env != NULL && m < MAX_ARGS - 1; env++)
		all[m++] = *env;
	proc_run(&o, 0, got);
	free(path);
	free(secret);
	free(program);
	free(bin);
}

static void
assert_runs(const struct proc_output *got, int status, const char *what)
{
	if (got->status != status)
		fail_msg("%s: exit %d, not %d\n%s%s", what, got->status, status,
		    got->out, got->err);
}

/* "[section]\nkey = value" among what -p printed. */
static void
assert_prints(const char *out, const char *section, const char *line)
{
	char *head = xasprintf("[%s]\n", section);
	char *wanted = xasprintf("\n%s\n", line);
	const char *at = section[0] != '\0' ? strstr(out, head) : out;
	const char *end = at != NULL ? strstr(at + 1, "\n[") : NULL;
	const char *found;

	assert_non_null(at);
	at += section[0] != '\0' ? strlen(head) - 1 : 0;
	found = strncmp(at, wanted + 1, strlen(line) + 1) == 0
		    ? at
		    : strstr(at, wanted);
	if (found == NULL || (end != NULL && found > end))
		fail_msg("no \"%s\" under [%s] in\n%s", line, section, out);
	free(wanted);
	free(head);
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word)) != NULL) {
		text += strlen(word);
		n++;
	}
	return n;
}

/* -- the tests ---------------------------------------------------------- */

static void
checking_says_nothing_if_all_is_well(void **state)
{
	static const char *const flags[] = {"-n", NULL};

	for (int i = 0; daemons[i] != NULL; i++) {
		struct proc_output got;

		run(*state, daemons[i], "netuid = 11\n", NULL, flags, &got);
		assert_runs(&got, 0, daemons[i]);
		assert_string_equal(got.out, "");
		assert_string_equal(got.err, "");
		proc_output_clear(&got);
	}
}

static void
checking_finds_what_is_wrong(void **state)
{
	static const struct {
		const char *daemon, *file, *words;
	} cases[] = {
	    {"signerd", "netuid = eleven\n", "netuid|eleven"},
	    {"validatord", "netuid = 70000\n", "netuid|between 0 and 4095"},
	    {"orchestratord", "[orchestrator]\nlease = 15\n",
		"orchestrator.lease|250ms"},
	    {"orchestratord", "[orchestrator]\ndevelopment = maybe\n",
		"orchestrator.development|yes or no"},
	    {"orchestratord", "[orchestrator]\nsecret = 0123456789\n",
		"orchestrator.secret|@/path"},
	    {"orchestratord", "[orchestrator]\nsecret = @/nowhere/x\n",
		"orchestrator.secret|/nowhere/x|No such file"},
	    {"orchestratord", "[orchestrator]\nsecret = @/\n",
		"orchestrator.secret|cannot read /|directory"},
	    {"weightsetterd", "nonsense\n", "test.ini:1"},
	};
	static const char *const flags[] = {"-n", NULL};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *copy = xstrdup(cases[i].words), *rest = copy, *word;
		struct proc_output got;

		run(*state, cases[i].daemon, cases[i].file, NULL, flags, &got);
		assert_runs(&got, EXIT_USAGE, cases[i].file);
		while ((word = strtok_r(rest, "|", &rest)) != NULL) {
			if (strstr(got.err, word) == NULL)
				fail_msg("no \"%s\" in %s", word, got.err);
		}
		assert_null(strstr(got.err, "0123456789"));
		proc_output_clear(&got);
		free(copy);
	}
}

static void
what_is_printed_reads_back_as_itself(void **state)
{
	static const char *const flags[] = {"-p", NULL};
	static const char file[] =
	    "netuid = 49\n[db]\nurl = postgresql:///x?host=/tmp\n"
	    "[redis]\nurl = unix:/tmp/redis.sock\n[wallet]\nname = w\n"
	    "[orchestrator]\nlease = 20s\n[validator]\nsweep = 1s\n"
	    "[weightsetter]\nsweep = 1s\n[signer]\nnetuids = 11 49\n";

	for (int i = 0; daemons[i] != NULL; i++) {
		struct proc_output first, second;

		run(*state, daemons[i], file, NULL, flags, &first);
		assert_runs(&first, 0, daemons[i]);
		assert_prints(first.out, "", "netuid = 49");
		assert_prints(first.out, "wallet", "name = w");
		run(*state, daemons[i], first.out, NULL, flags, &second);
		assert_runs(&second, 0, daemons[i]);
		assert_string_equal(first.out, second.out);
		/* Secrets by the names of their files. */
		assert_null(strstr(first.out, "not-to-be-seen"));
		if (i == 0)
			assert_non_null(strstr(first.out, "secret = @/"));
		proc_output_clear(&first);
		proc_output_clear(&second);
	}
}

static void
the_ports_are_those_operators_expect(void **state)
{
	static const struct {
		const char *daemon, *section, *line;
	} cases[] = {
	    {"orchestratord", "orchestrator", "listen = 127.0.0.1:8000"},
	    {"orchestratord", "orchestrator", "metrics = 127.0.0.1:9101"},
	    {"validatord", "validator", "metrics = 127.0.0.1:9102"},
	    {"weightsetterd", "weightsetter", "metrics = 127.0.0.1:9103"},
	    {"signerd", "signer", "metrics_listen = 127.0.0.1:9104"},
	};
	static const char *const flags[] = {"-p", NULL};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proc_output got;

		run(*state, cases[i].daemon, "", NULL, flags, &got);
		assert_runs(&got, 0, cases[i].daemon);
		assert_prints(got.out, cases[i].section, cases[i].line);
		proc_output_clear(&got);
	}
}

static void
an_unknown_key_is_told_the_nearest(void **state)
{
	static const struct {
		const char *daemon, *file, *pair, *flag, *nearest;
	} cases[] = {
	    {"orchestratord", "[orchestrator]\nlistn = x\n", NULL, NULL,
		"did you mean orchestrator.listen?"},
	    {"orchestratord", "", NULL, "--orchestrator.puplic_url",
		"did you mean --orchestrator.public_url?"},
	    {"validatord", "[validator]\npolcy = x\n", NULL, NULL,
		"did you mean validator.policy?"},
	    {"validatord", "", NULL, "--swepe=1s",
		"did you mean --validator.sweep?"},
	    {"weightsetterd", "[weightsetter]\nmax_shaer = 1\n", NULL, NULL,
		"did you mean weightsetter.max_share?"},
	    {"weightsetterd", "[subtensor]\nnetwrok = test\n", NULL, NULL,
		"did you mean subtensor.network?"},
	    {"signerd", "netiud = 1\n", NULL, NULL, "did you mean netuid?"},
	    {"signerd", "", NULL, "--signer.sokcet",
		"did you mean --signer.socket?"},
	    {"signerd", "", NULL, "--wallet.hotky",
		"did you mean --wallet.hotkey?"},
	    {"signerd", "", NULL, "--netiud", "did you mean --netuid?"},
	    {"signerd", "", "SUBNETD_SIGNER_SOKCET=x", NULL,
		"did you mean SUBNETD_SIGNER_SOCKET?"},
	    {"validatord", "", "SUBNETD_REDIS_ULR=x", NULL,
		"did you mean SUBNETD_REDIS_URL?"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const flags[] = {"-n", cases[i].flag, NULL};
		const char *const env[] = {cases[i].pair, NULL};
		struct proc_output got;

		run(*state, cases[i].daemon, cases[i].file, env, flags, &got);
		assert_runs(&got, EXIT_USAGE, cases[i].nearest);
		if (strstr(got.err, cases[i].nearest) == NULL)
			fail_msg("no \"%s\" in %s", cases[i].nearest, got.err);
		assert_int_equal(count(got.err, "\n"), 1);
		proc_output_clear(&got);
	}
}

static void
bittensors_own_flags_work(void **state)
{
	static const char *const flags[] = {"-p", "--netuid", "11",
	    "--subtensor.network", "test", "--subtensor.chain_endpoint",
	    "ws://127.0.0.1:9944", "--wallet.name", "w", "--wallet.hotkey", "h",
	    "--wallet.path=/tmp/wallets", "--logging.debug", "--logging.trace",
	    "--logging.info", NULL};

	for (int i = 0; daemons[i] != NULL; i++) {
		struct proc_output got;

		run(*state, daemons[i], "", NULL, flags, &got);
		assert_runs(&got, 0, daemons[i]);
		assert_prints(got.out, "", "netuid = 11");
		assert_prints(got.out, "subtensor", "network = test");
		assert_prints(got.out, "subtensor",
		    "chain_endpoint = ws://127.0.0.1:9944");
		assert_prints(got.out, "wallet", "name = w");
		assert_prints(got.out, "wallet", "hotkey = h");
		assert_prints(got.out, "wallet", "path = /tmp/wallets");
		assert_prints(got.out, "logging", "debug = yes");
		assert_prints(got.out, "logging", "trace = yes");
		assert_string_equal(got.err, "");
		proc_output_clear(&got);
	}
}

static void
bittensors_own_variables_work(void **state)
{
	static const struct {
		const char *pair, *section, *line;
	} cases[] = {
	    {"BT_NETUID=12", "", "netuid = 12"},
	    {"BT_NETWORK=archive", "subtensor", "network = archive"},
	    {"BT_SUBTENSOR_NETWORK=local", "subtensor", "network = local"},
	    {"BT_SUBTENSOR_CHAIN_ENDPOINT=wss://x", "subtensor",
		"chain_endpoint = wss://x"},
	    {"BT_WALLET_NAME=w", "wallet", "name = w"},
	    {"BT_WALLET_HOTKEY=h", "wallet", "hotkey = h"},
	    {"BT_WALLET_PATH=/p", "wallet", "path = /p"},
	};
	static const char *const flags[] = {"-p", NULL};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const env[] = {cases[i].pair, NULL};
		struct proc_output got;

		run(*state, daemons[i % 4], "", env, flags, &got);
		assert_runs(&got, 0, cases[i].pair);
		assert_prints(got.out, cases[i].section, cases[i].line);
		proc_output_clear(&got);
	}
}

static void
a_flag_beats_a_variable_beats_the_file(void **state)
{
	static const char *const theirs[] = {"BT_NETUID=3", NULL};
	static const char *const ours[] = {
	    "BT_NETUID=3", "SUBNETD_NETUID=4", NULL};
	static const struct {
		const char *const *env;
		const char *flag;
		const char *line;
	} cases[] = {
	    {NULL, NULL, "netuid = 2"},
	    {theirs, NULL, "netuid = 3"},
	    {ours, NULL, "netuid = 4"},
	    {ours, "--netuid=5", "netuid = 5"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const flags[] = {"-p", cases[i].flag, NULL};
		struct proc_output got;

		run(*state, "signerd", "netuid = 2\n", cases[i].env, flags,
		    &got);
		assert_runs(&got, 0, cases[i].line);
		assert_prints(got.out, "", cases[i].line);
		proc_output_clear(&got);
	}
}

static void
what_means_nothing_here_is_taken_with_a_warning(void **state)
{
	static const struct {
		const char *pair, *flag, *name;
	} cases[] = {
	    {NULL, "--axon.port=8091", "--axon.port"},
	    {NULL, "--axon.external_ip=1.2.3.4", "--axon.external_ip"},
	    {NULL, "--wandb.off", "--wandb.off"},
	    {"ENVIRONMENT=prod", NULL, "ENVIRONMENT"},
	    {"WANDB_MODE=offline", NULL, "WANDB_MODE"},
	    {"GOOGLE_APPLICATION_CREDENTIALS=/x", NULL,
		"GOOGLE_APPLICATION_CREDENTIALS"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const flags[] = {"-n", cases[i].flag, NULL};
		const char *const env[] = {cases[i].pair, NULL};
		struct proc_output got;

		run(*state, daemons[i % 4], "", env, flags, &got);
		assert_runs(&got, 0, cases[i].name);
		assert_int_equal(count(got.err, "\n"), 1);
		assert_int_equal(count(got.err, "warn "), 1);
		assert_int_equal(count(got.err, "config.ignored"), 1);
		assert_non_null(strstr(got.err, cases[i].name));
		proc_output_clear(&got);
	}
}

/* A value behind the flag is the flag's, not an argument of ours. */
static void
an_ignored_flag_takes_its_value_along(void **state)
{
	static const char *const flags[] = {
	    "--axon.port", "8091", "--netuid", "7", "-p", NULL};
	struct proc_output got;

	run(*state, "validatord", "", NULL, flags, &got);
	assert_runs(&got, 0, "--axon.port 8091");
	assert_prints(got.out, "", "netuid = 7");
	proc_output_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(checking_says_nothing_if_all_is_well),
	    cmocka_unit_test(checking_finds_what_is_wrong),
	    cmocka_unit_test(what_is_printed_reads_back_as_itself),
	    cmocka_unit_test(the_ports_are_those_operators_expect),
	    cmocka_unit_test(an_unknown_key_is_told_the_nearest),
	    cmocka_unit_test(bittensors_own_flags_work),
	    cmocka_unit_test(bittensors_own_variables_work),
	    cmocka_unit_test(a_flag_beats_a_variable_beats_the_file),
	    cmocka_unit_test(what_means_nothing_here_is_taken_with_a_warning),
	    cmocka_unit_test(an_ignored_flag_takes_its_value_along),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Configuration: which source wins, what is refused, what is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"

enum { MAX_ARGS = 16, LONG_VALUE = 900 };

static const struct config_key keys[] = {
    {"signer.text", CONFIG_STRING, "fallback", true, "a text", NULL, 0, 0},
    {"signer.count", CONFIG_INT, "3", false, "a number", NULL, 1, 10},
    {"signer.share", CONFIG_REAL, "0.5", true, "a share", NULL, 0, 1},
    {"signer.on", CONFIG_BOOL, "no", false, "a switch", NULL, 0, 0},
    {"signer.wait", CONFIG_MS, "250ms", false, "a time", NULL, 0, 60000},
    {"signer.secret", CONFIG_SECRET, "", false, "a secret", NULL, 0, 0},
    {"validator.seen", CONFIG_STRING, "", false, "another's", NULL, 0, 0},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

static const struct config_key needy_keys[] = {
    {"signer.must", CONFIG_STRING, NULL, false, "to be set", NULL, 0, 0},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

struct place {
	char dir[64], file[96], other[96];
	struct config *config;
	struct err err;
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "/tmp/test_config-XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	snprintf(p->file, sizeof(p->file), "%s/subnetd.ini", p->dir);
	snprintf(p->other, sizeof(p->other), "%s/other", p->dir);
	log_init("test_config", LOG_FATAL);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	config_free(p->config);
	unlink(p->file);
	unlink(p->other);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Load with this file ("" leaves it empty), these variables and flags. */
static enum config_action
load_keys(struct place *p, const struct config_key *table, const char *file,
    const char *const *env, const char *const *flags)
{
	static char *no_env[] = {NULL};
	static char *argv[MAX_ARGS]; /* the config keeps it for a reload */
	struct config_request request = {"signer", "signerd", table, 0, argv,
	    env != NULL ? (char **)env : no_env};
	int n = 0;

	config_free(p->config);
	p->config = NULL;
	write_file(p->file, file);
	argv[n++] = "signerd";
	argv[n++] = "-c";
	argv[n++] = p->file;
	for (; flags != NULL && *flags != NULL && n < MAX_ARGS - 1; flags++)
		argv[n++] = (char *)*flags;
	argv[n] = NULL;
	request.argc = n;
	p->err.text[0] = '\0';
	return config_load(&request, &p->config, &p->err);
}

static enum config_action
load(struct place *p, const char *file, const char *const *env,
    const char *const *flags)
{
	return load_keys(p, keys, file, env, flags);
}

static void
assert_says(const struct place *p, const char *word)
{
	if (strstr(p->err.text, word) == NULL)
		fail_msg("\"%s\" is not in: %s", word, p->err.text);
}

/* -- sources ------------------------------------------------------------ */

static void
nothing_given_is_the_fallback(void **state)
{
	struct place *p = *state;

	assert_int_equal(load(p, "", NULL, NULL), CONFIG_RUN);
	assert_string_equal(config_str(p->config, "signer.text"), "fallback");
	assert_int_equal(config_int(p->config, "signer.count"), 3);
	assert_true(config_real(p->config, "signer.share") == 0.5);
	assert_false(config_bool(p->config, "signer.on"));
	assert_int_equal(config_ms(p->config, "signer.wait"), 250);
	assert_false(config_is_set(p->config, "signer.secret"));
	assert_int_equal(config_int(p->config, "netuid"), 1);
}

static void
a_flag_beats_a_variable_beats_the_file(void **state)
{
	static const char file[] = "netuid = 11\n[signer]\ntext = file\n";
	static const char *const env[] = {
	    "SUBNETD_SIGNER_TEXT=variable", "BT_NETUID=12", NULL};
	static const char *const flags[] = {
	    "--signer.text", "flag", "--netuid=13", NULL};
	struct place *p = *state;

	assert_int_equal(load(p, file, NULL, NULL), CONFIG_RUN);
	assert_string_equal(config_str(p->config, "signer.text"), "file");
	assert_int_equal(config_int(p->config, "netuid"), 11);
	assert_int_equal(load(p, file, env, NULL), CONFIG_RUN);
	assert_string_equal(config_str(p->config, "signer.text"), "variable");
	assert_int_equal(config_int(p->config, "netuid"), 12);
	assert_int_equal(load(p, file, env, flags), CONFIG_RUN);
	assert_string_equal(config_str(p->config, "signer.text"), "flag");
	assert_int_equal(config_int(p->config, "netuid"), 13);
}

static void
bittensors_own_names_work(void **state)
{
	static const struct {
		const char *variable, *flag, *value, *key;
	} cases[] = {
	    {"BT_NETUID=7", "--netuid", "7", "netuid"},
	    {"BT_NETWORK=test", "--subtensor.network", "test",
		"subtensor.network"},
	    {"BT_SUBTENSOR_NETWORK=test", "--subtensor.network", "test",
		"subtensor.network"},
	    {"BT_SUBTENSOR_CHAIN_ENDPOINT=ws://a", "--subtensor.chain_endpoint",
		"ws://a", "subtensor.chain_endpoint"},
	    {"BT_WALLET_NAME=w", "--wallet.name", "w", "wallet.name"},
	    {"BT_WALLET_HOTKEY=h", "--wallet.hotkey", "h", "wallet.hotkey"},
	    {"BT_WALLET_PATH=/w", "--wallet.path", "/w", "wallet.path"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *env[] = {cases[i].variable, NULL};
		const char *flags[] = {cases[i].flag, cases[i].value, NULL};

		assert_int_equal(load(p, "", env, NULL), CONFIG_RUN);
		assert_string_equal(
		    config_str(p->config, cases[i].key), cases[i].value);
		assert_int_equal(load(p, "", NULL, flags), CONFIG_RUN);
		assert_string_equal(
		    config_str(p->config, cases[i].key), cases[i].value);
	}
}

static void
a_switch_may_stand_alone(void **state)
{
	static const char *const flags[] = {
	    "--logging.debug", "--on", "--text", "x", "rest", "more", NULL};
	struct place *p = *state;

	assert_int_equal(load(p, "", NULL, flags), CONFIG_RUN);
	assert_true(config_bool(p->config, "logging.debug"));
	assert_true(config_bool(p->config, "signer.on"));
	assert_string_equal(config_str(p->config, "signer.text"), "x");
	assert_string_equal(config_rest(p->config)[0], "rest");
	assert_string_equal(config_rest(p->config)[1], "more");
	assert_null(config_rest(p->config)[2]);
}

static void
other_programs_sections_are_passed_over(void **state)
{
	static const char file[] = "[validator]\nseen = yes\nunseen = yes\n"
				   "[orchestrator]\nanything = at all\n";
	struct place *p = *state;

	assert_int_equal(load(p, file, NULL, NULL), CONFIG_RUN);
	/* but for the keys our own table names */
	assert_string_equal(config_str(p->config, "validator.seen"), "yes");
}

static void
upstreams_keys_are_accepted_and_ignored(void **state)
{
	static const char *const flags[] = {"--axon.port", "8091",
	    "--axon.ip=1.2.3.4", "--wandb.off", "--on", NULL};
	static const char *const env[] = {"ENVIRONMENT=prod",
	    "WANDB_MODE=offline", "GOOGLE_APPLICATION_CREDENTIALS=/x",
	    "BT_AXON_PORT=1", NULL};
	struct place *p = *state;

	assert_int_equal(load(p, "", env, flags), CONFIG_RUN);
	assert_true(config_bool(p->config, "signer.on"));
}

/* -- refusals ----------------------------------------------------------- */

static void
an_unknown_key_is_told_the_nearest(void **state)
{
	static const struct {
		const char *file, *flag, *nearest;
	} cases[] = {
	    {"[signer]\ntxet = x\n", NULL, "signer.text"},
	    {"netuit = 3\n", NULL, "netuid"},
	    {"[wallet]\nhotkye = x\n", NULL, "wallet.hotkey"},
	    {"[nonsense]\nname = x\n", NULL, "wallet.name"},
	    {"", "--netuit", "netuid"},
	    {"", "--signer.shar=1", "signer.share"},
	    {"", "--wallet.nmae", "wallet.name"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *flags[] = {cases[i].flag, NULL};

		assert_int_equal(
		    load(p, cases[i].file, NULL, flags), CONFIG_EXIT_BAD);
		assert_says(p, cases[i].nearest);
	}
}

static void
an_unknown_variable_of_ours_is_told_the_nearest(void **state)
{
	static const struct {
		const char *pair, *nearest; /* NULL: not ours to know */
	} cases[] = {
	    {"SUBNETD_SIGNER_TXET=x", "SUBNETD_SIGNER_TEXT"},
	    {"SUBNETD_WALLET_HOTKYE=x", "SUBNETD_WALLET_HOTKEY"},
	    {"SUBNETD_DB_ULR=x", "SUBNETD_DB_URL"},
	    {"SUBNETD_SIGNER_=x", "SUBNETD_SIGNER_"},
	    {"SUBNETD_VALIDATOR_UNSEEN=x", NULL},
	    {"SUBNETD_ORCHESTRATOR_X=x", NULL},
	    {"SUBNETD_SIGNER=x", NULL},
	    {"SUBNETD_CONFIG=x", NULL},
	    {"SUBNETD_=x", NULL},
	    {"SIGNER_TXET=x", NULL},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *env[] = {cases[i].pair, NULL};

		assert_int_equal(load(p, "", env, NULL),
		    cases[i].nearest != NULL ? CONFIG_EXIT_BAD : CONFIG_RUN);
		if (cases[i].nearest != NULL)
			assert_says(p, cases[i].nearest);
	}
}

static void
a_value_out_of_its_type_or_range_is_refused(void **state)
{
	static const char *const cases[] = {"--count=0", "--count=11",
	    "--count=3x", "--count=", "--count=99999999999999999999",
	    "--share=1.5", "--share=nan", "--share=inf", "--on=maybe",
	    "--wait=250", "--wait=-1s", "--wait=61s", "--wait=1w",
	    "--netuid=-1", "--netuid=4096", "--text", "-x"};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *flags[] = {cases[i], NULL};

		if (load(p, "", NULL, flags) != CONFIG_EXIT_BAD)
			fail_msg("%s was taken", cases[i]);
		assert_true(p->err.text[0] != '\0');
	}
}

static void
what_must_be_set_is_asked_for(void **state)
{
	static const char *const flags[] = {"--must=x", NULL};
	struct place *p = *state;

	assert_int_equal(
	    load_keys(p, needy_keys, "", NULL, NULL), CONFIG_EXIT_BAD);
	assert_says(p, "signer.must");
	assert_int_equal(load_keys(p, needy_keys, "", NULL, flags), CONFIG_RUN);
}

static void
a_file_that_was_named_must_be_readable(void **state)
{
	static char *argv[] = {"signerd", "-c", "/nowhere/x.ini", NULL};
	static char *env[] = {NULL};
	const struct config_request request = {
	    "signer", "signerd", keys, 3, argv, env};
	struct place *p = *state;

	assert_int_equal(
	    config_load(&request, &p->config, &p->err), CONFIG_EXIT_BAD);
	assert_says(p, "/nowhere/x.ini");
	assert_int_equal(load(p, "not a line\n", NULL, NULL), CONFIG_EXIT_BAD);
	assert_says(p, ":1");
}

/* inih would cut the one and take the other for more of the line above. */
static void
long_and_indented_lines_are_refused(void **state)
{
	struct place *p = *state;
	char value[LONG_VALUE + 1], file[LONG_VALUE + 64];

	for (int len = 100; len <= LONG_VALUE; len += 50) {
		enum config_action action;

		memset(value, 'x', len);
		value[len] = '\0';
		snprintf(file, sizeof(file), "[signer]\ntext = %s\n", value);
		action = load(p, file, NULL, NULL);
		if (action == CONFIG_RUN) {
			assert_true(len >= 100 && len < 200);
			assert_string_equal(
			    config_str(p->config, "signer.text"), value);
		} else {
			assert_true(len > 150);
			assert_says(p, ":2:");
		}
	}
	assert_int_equal(
	    load(p, "[signer]\ntext = a\n count = 2\n", NULL, NULL),
	    CONFIG_EXIT_BAD);
	assert_says(p, ":3:");
}

static void
a_secret_is_a_file_and_nothing_else(void **state)
{
	struct place *p = *state;
	char *named = xasprintf("--secret=@%s", p->other);
	const char *by_file[] = {named, NULL};
	const char *in_sight[] = {"--secret=hush", NULL};
	const char *missing[] = {"--secret=@/nowhere", NULL};

	write_file(p->other, "hush hush\n");
	assert_int_equal(load(p, "", NULL, by_file), CONFIG_RUN);
	assert_string_equal(
	    config_str(p->config, "signer.secret"), "hush hush");
	assert_int_equal(load(p, "", NULL, in_sight), CONFIG_EXIT_BAD);
	assert_null(strstr(p->err.text, "hush"));
	assert_int_equal(load(p, "", NULL, missing), CONFIG_EXIT_BAD);
	assert_says(p, "signer.secret");
	free(named);
}

static void
any_text_may_come_from_a_file(void **state)
{
	struct place *p = *state;
	char *named = xasprintf("[signer]\ncount = @%s\n", p->other);

	write_file(p->other, "7\n");
	assert_int_equal(load(p, named, NULL, NULL), CONFIG_RUN);
	assert_int_equal(config_int(p->config, "signer.count"), 7);
	free(named);
}

/* -- printing ----------------------------------------------------------- */

/* What loading prints on stdout; the caller frees. */
static char *
printed(struct place *p, const char *file, const char *const *flags,
    enum config_action expected)
{
	int saved = dup(STDOUT_FILENO);
	enum config_action action;
	struct err err;
	char *text;

	fflush(stdout);
	assert_non_null(freopen(p->other, "w", stdout));
	action = load(p, file, NULL, flags);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(action, expected);
	text = config_read_file(p->other, &err);
	assert_non_null(text);
	return text;
}

static void
what_is_printed_reads_back_as_itself(void **state)
{
	static const char file[] =
	    "netuid = 49\n[signer]\ntext = a; b # c\nwait = 5s\n"
	    "[db]\nurl = host=/a/b dbname=x\n";
	static const char *const flags[] = {"-p", NULL};
	struct place *p = *state;
	char *once = printed(p, file, flags, CONFIG_EXIT_OK);
	char *twice = printed(p, once, flags, CONFIG_EXIT_OK);

	assert_string_equal(once, twice);
	assert_non_null(strstr(once, "netuid = 49\n"));
	assert_non_null(strstr(once, "wait = 5s\n"));
	free(once);
	free(twice);
}

static void
a_secret_is_printed_as_its_files_name(void **state)
{
	struct place *p = *state;
	char *secret = xasprintf("%s/secret", p->dir);
	char *flag = xasprintf("--secret=@%s", secret);
	const char *flags[] = {"-p", flag, NULL};
	char *text;

	write_file(secret, "hush");
	text = printed(p, "", flags, CONFIG_EXIT_OK);
	assert_null(strstr(text, "hush"));
	assert_non_null(strstr(text, secret));
	unlink(secret);
	free(secret);
	free(flag);
	free(text);
}

static void
help_names_every_key(void **state)
{
	static const char *const flags[] = {"--help", NULL};
	struct place *p = *state;
	char *text = printed(p, "", flags, CONFIG_EXIT_OK);

	for (const struct config_key *k = keys; k->name != NULL; k++)
		assert_non_null(strstr(text, k->name));
	for (const struct config_key *k = config_common_keys; k->name; k++)
		assert_non_null(strstr(text, k->name));
	free(text);
}

static void
keys_are_printed_for_programs(void **state)
{
	static const char *const flags[] = {"--keys", NULL};
	static const char *const lines[] = {
	    "netuid\tint\t1\t0\t4095\tno\tNETUID BT_NETUID\tsubnet this "
	    "process works for\n",
	    "\nsigner.text\tstring\tfallback\t0\t0\tyes\t\ta text\n",
	    "\nsigner.wait\tms\t250ms\t0\t60000\tno\t\ta time\n",
	    "\nsigner.secret\tsecret\t\t0\t0\tno\t\ta secret\n"};
	struct place *p = *state;
	char *text = printed(p, "", flags, CONFIG_EXIT_OK);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_non_null(strstr(text, lines[i]));
	free(text);
}

static void
checking_exits_without_printing(void **state)
{
	static const char *const flags[] = {"-n", NULL};
	struct place *p = *state;
	char *text = printed(p, "", flags, CONFIG_EXIT_OK);

	assert_string_equal(text, "");
	free(text);
}

/* -- reloading ---------------------------------------------------------- */

struct changes {
	int taken, not_taken;
};

static void
on_change(const char *key, bool taken, void *arg)
{
	struct changes *changes = arg;

	assert_non_null(key);
	*(taken ? &changes->taken : &changes->not_taken) += 1;
}

static void
a_reload_takes_what_may_change(void **state)
{
	struct place *p = *state;
	struct changes changes = {0, 0};

	assert_int_equal(
	    load(p, "[signer]\ntext = a\ncount = 1\n", NULL, NULL), CONFIG_RUN);
	write_file(p->file, "[signer]\ntext = b\ncount = 2\n");
	assert_int_equal(
	    config_reload(p->config, on_change, &changes, &p->err), 0);
	assert_string_equal(config_str(p->config, "signer.text"), "b");
	assert_int_equal(config_int(p->config, "signer.count"), 1);
	assert_int_equal(changes.taken, 1);
	assert_int_equal(changes.not_taken, 1);
}

static void
a_reload_of_nonsense_changes_nothing(void **state)
{
	struct place *p = *state;
	struct changes changes = {0, 0};

	assert_int_equal(
	    load(p, "[signer]\ntext = a\n", NULL, NULL), CONFIG_RUN);
	write_file(p->file, "[signer]\ntext = b\ncount = many\n");
	assert_int_equal(
	    config_reload(p->config, on_change, &changes, &p->err), -1);
	assert_string_equal(config_str(p->config, "signer.text"), "a");
	assert_int_equal(changes.taken + changes.not_taken, 0);
}

/* -- the pure parts ----------------------------------------------------- */

static void
times_have_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {{"0ms", 0}, {"250ms", 250}, {"20s", 20000}, {"5m", 300000},
	    {"2h", 7200000}, {"7d", 604800000}, {"", -1}, {"5", -1}, {"s", -1},
	    {"-5s", -1}, {" 5s", -1}, {"5 s", -1}, {"5S", -1}, {"1.5s", -1},
	    {"5sx", -1}, {"9223372036854775807ms", INT64_MAX},
	    {"9223372036854775807s", -1}, {"9223372036854775808ms", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (config_parse_ms(cases[i].text) != cases[i].ms)
			fail_msg("%s", cases[i].text);
}

static void
lists_are_split_at_commas_and_blanks(void **state)
{
	static const struct {
		const char *flag;
		size_t n;
	} cases[] = {{"--text=", 0}, {"--text= , ", 0}, {"--text=a", 1},
	    {"--text=a,b", 2}, {"--text= a ,b\tc ", 3}};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *flags[] = {cases[i].flag, NULL};
		size_t n = 0;
		char **list;

		assert_int_equal(load(p, "", NULL, flags), CONFIG_RUN);
		list = config_list(p->config, "signer.text");
		while (list[n] != NULL)
			n++;
		assert_int_equal(n, cases[i].n);
		config_list_free(list);
	}
}

static void
distances_are_edits(void **state)
{
	static const struct {
		const char *a, *b;
		size_t edits;
	} cases[] = {{"", "", 0}, {"a", "", 1}, {"netuid", "netuid", 0},
	    {"netuid", "netuit", 1}, {"kitten", "sitting", 3}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    config_distance(cases[i].a, cases[i].b), cases[i].edits);
		assert_int_equal(
		    config_distance(cases[i].b, cases[i].a), cases[i].edits);
	}
}

static void
variables_are_named_after_keys(void **state)
{
	char name[64];

	(void)state;
	config_env_name("orchestrator.public_url", name, sizeof(name));
	assert_string_equal(name, "SUBNETD_ORCHESTRATOR_PUBLIC_URL");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_given_is_the_fallback),
	    TEST(a_flag_beats_a_variable_beats_the_file),
	    TEST(bittensors_own_names_work),
	    TEST(a_switch_may_stand_alone),
	    TEST(other_programs_sections_are_passed_over),
	    TEST(upstreams_keys_are_accepted_and_ignored),
	    TEST(an_unknown_key_is_told_the_nearest),
	    TEST(an_unknown_variable_of_ours_is_told_the_nearest),
	    TEST(a_value_out_of_its_type_or_range_is_refused),
	    TEST(what_must_be_set_is_asked_for),
	    TEST(a_file_that_was_named_must_be_readable),
	    TEST(long_and_indented_lines_are_refused),
	    TEST(a_secret_is_a_file_and_nothing_else),
	    TEST(any_text_may_come_from_a_file),
	    TEST(what_is_printed_reads_back_as_itself),
	    TEST(a_secret_is_printed_as_its_files_name),
	    TEST(help_names_every_key),
	    TEST(keys_are_printed_for_programs),
	    TEST(checking_exits_without_printing),
	    TEST(a_reload_takes_what_may_change),
	    TEST(a_reload_of_nonsense_changes_nothing),
	    cmocka_unit_test(times_have_a_unit),
	    TEST(lists_are_split_at_commas_and_blanks),
	    cmocka_unit_test(distances_are_edits),
	    cmocka_unit_test(variables_are_named_after_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

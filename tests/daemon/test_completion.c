/*
 * The words of subnetctl: what is wrong with those that name no command; help;
 * and bash's completion, in a real bash, from the file that is installed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

enum { MAX_WORDS = 8 };

static const char completion[] = "deploy/completion/subnetctl";

/* The words, behind the program's name. */
static void
run(const char *const *words, struct proc_output *got)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[MAX_WORDS + 2] = {program};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};

	for (int i = 0; words[i] != NULL && i < MAX_WORDS; i++)
		argv[i + 1] = words[i];
	proc_run(&o, 0, got);
	free(program);
}

static void
words_that_name_nothing_are_explained(void **state)
{
	static const struct {
		const char *words[6];
		const char *says;
	} cases[] = {
	    {{"jbos", "list"}, "did you mean jobs?"},
	    {{"doctr"}, "did you mean doctor?"},
	    {{"metadta"}, "did you mean metadata?"},
	    {{"jobs"}, "jobs wants another word: list, show"},
	    {{"jobs", "sohw"}, "there is no jobs sohw; there are: list"},
	    {{"jobs", "show"},
		"0 arguments are too few; usage: subnetctl jobs show ID"},
	    {{"miners", "unban", "a", "b"}, "2 arguments are too many"},
	    {{"scores", "nothing"}, "check, compare"},
	    {{"top", "x"}, "1 argument is too many"},
	    {{"help", "nonsense"}, "is no command"},
	    {{"doctor", "--stop_grace", "soon"}, "subnetctl.stop_grace"},
	    {{"doctor", "--nonsense", "x"}, "unknown flag --nonsense"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proc_output got;

		run(cases[i].words, &got);
		if (got.status != 64 || strstr(got.err, cases[i].says) == NULL)
			fail_msg("%s %s: %d: %s%s", cases[i].words[0],
			    cases[i].words[1], got.status, got.out, got.err);
		proc_output_clear(&got);
	}
}

static void
help_is_about_what_was_asked_for(void **state)
{
	static const struct {
		const char *words[4];
		const char *has, *lacks;
	} cases[] = {
	    {{"help"}, "jobs cancel ID", "(null)"},
	    {{"help", "jobs"}, "jobs redrive", "tenants"},
	    {{"help", "jobs", "list"}, "--source", "redrive"},
	    {{"jobs", "list", "--help"}, "--source", "redrive"},
	    {{"help", "scores"}, "scores check < STATEMENT", "jobs"},
	    {{"help", "key"}, "key inspect", "jobs"},
	    {{"help", "weights", "submit"}, "--wait_limit", "engagement"},
	    {{"--help"}, "--orchestrator.drain", "(null)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proc_output got;

		run(cases[i].words, &got);
		if (got.status != 0 || strstr(got.out, cases[i].has) == NULL ||
		    strstr(got.out, cases[i].lacks) != NULL)
			fail_msg("%s %s: %d: %s%s", cases[i].words[0],
			    cases[i].words[1], got.status, got.out, got.err);
		proc_output_clear(&got);
	}
}

/* -- completion ------------------------------------------------------------ */

/* What bash offers for the last of the words, as "a b c "; the caller frees. */
static char *
offered(const char *words)
{
	char *script =
	    xasprintf("source %s; COMP_WORDS=(subnetctl %s); "
		      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
		      "_subnetctl; printf '%%s ' \"${COMPREPLY[@]}\"",
		completion, words);
	const char *argv[] = {"bash", "-c", script, NULL};
	const struct proc_options o = {.name = "bash", .argv = argv};
	struct proc_output got;
	char *text;

	proc_run(&o, 0, &got);
	if (got.status != 0 || got.err[0] != '\0')
		fail_msg("%s: %d: %s", words, got.status, got.err);
	text = got.out;
	got.out = NULL;
	proc_output_clear(&got);
	free(script);
	return text;
}

static void
bash_completes_words_flags_and_values(void **state)
{
	static const struct {
		const char *words, *has, *lacks;
	} cases[] = {
	    {"''", "jobs ", "list"},
	    {"do", "doctor ", "jobs"},
	    {"jobs ''", "cancel ", "doctor"},
	    {"jobs ca", "cancel ", "list"},
	    {"--json jobs ''", "cancel ", "doctor"},
	    {"--limit 5 jobs ''", "cancel ", "doctor"},
	    {"jobs list ''", "running ", "cancel "},
	    {"jobs list --s", "--source ", "--since"},
	    {"jobs list --source ''", "challenge ", "running"},
	    {"jobs list --source = ch", "challenge ", "client"},
	    {"miners explain 5F --", "--since ", "--source"},
	    {"keys new --role ''", "operator ", "--"},
	    {"doctor --orchestrator.d", "--orchestrator.drain ", "store"},
	    {"scores c", "check compare ", "show"},
	    {"replay --p", "--policy ", "--source"},
	    {"-c deploy/subnetd.ini", "deploy/subnetd.ini.example ", "jobs"},
	    {"nonsense ''", "", "list"},
	    {"help jobs ''", "cancel ", "doctor"},
	    {"help jobs list --s", "--source ", "--since"},
	    {"--json = yes jobs ''", "cancel ", "doctor"},
	    {"--json=yes jobs ''", "cancel ", "doctor"},
	    {"--role=client keys ''", "revoke ", "doctor"},
	    {"--redis.url redis : //h : 1 jobs ''", "cancel ", "doctor"},
	    {"--subnetctl.json jobs ''", "cancel ", "doctor"},
	    {"--logging.debug -- jobs ''", "cancel ", "doctor"},
	    {"import dippy a deploy/subnetd.ini", "subnetd.ini.example ",
		"jobs"},
	    {"'*' ''", "", "jobs"},
	    {"jobs '$(echo cancel)'", "", "cancel"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = offered(cases[i].words);

		if (strstr(got, cases[i].has) == NULL ||
		    strstr(got, cases[i].lacks) != NULL)
			fail_msg("%s: %s", cases[i].words, got);
		free(got);
	}
}

/* Or a name such as "a$(halt)" would be run. */
static void
readline_quotes_names_of_files(void **state)
{
	static const struct {
		const char *words;
		bool are_files;
	} cases[] = {{"replay --policy deploy/sub", true},
	    {"--wallet.path dep", true}, {"import dippy dep", true},
	    {"jobs ca", false}, {"jobs list ''", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *words = xasprintf("%s); compopt() { echo \"said $*\"; }; "
					"COMP_WORDS=(subnetctl %s",
		    cases[i].words, cases[i].words);
		char *got = offered(words);

		if ((strstr(got, "said -o filenames") != NULL) !=
		    cases[i].are_files)
			fail_msg("%s: %s", cases[i].words, got);
		free(words);
		free(got);
	}
}

/* The file is what the program prints, with all that its tables have. */
static void
the_installed_file_is_the_programs(void **state)
{
	static const char *const words[] = {"completion", NULL};
	const char *argv[] = {"cat", completion, NULL};
	const struct proc_options o = {.name = "cat", .argv = argv};
	struct proc_output got, file;

	(void)state;
	run(words, &got);
	proc_run(&o, 0, &file);
	assert_int_equal(file.status, 0);
	if (strcmp(got.out, file.out) != 0)
		fail_msg("%s is stale: run docs/man/fill", completion);
	proc_output_clear(&got);
	proc_output_clear(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_that_name_nothing_are_explained),
	    cmocka_unit_test(help_is_about_what_was_asked_for),
	    cmocka_unit_test(bash_completes_words_flags_and_values),
	    cmocka_unit_test(readline_quotes_names_of_files),
	    cmocka_unit_test(the_installed_file_is_the_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

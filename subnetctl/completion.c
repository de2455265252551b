/* Completion in bash. */
#include "subnetctl/completion.h"

#include <stdbool.h>
#include <string.h>

#include "common/config.h"
#include "subnetctl/chain.h"
#include "subnetctl/command.h"

/* What a flag's value may be; "@file", "@folder": a path. */
static const struct {
	const char *flag, *values;
} values[] = {
    {"-c", "@file"},
    {"--role", "client miner validator operator admin"},
    {"--source", "client schedule audit challenge"},
    {"--subtensor.network", "finney test archive local"},
    {"--hotkey_file", "@file"},
    {"--file", "@file"},
    {"--policy", "@file"},
    {"--signer.key_file", "@file"},
    {"--signer.password_file", "@file"},
    {"--signer.socket", "@file"},
    {"--wallet.path", "@folder"},
    {"--orchestrator.store", "@folder"},
    {"--orchestrator.store_spool", "@folder"},
};

/* What may stand behind a command's own words, if there is that command;
 * "@files": more than one. */
static const struct {
	const char *words, *args;
} arguments[] = {
    {"jobs list", "queued assigned running done failed expired cancelled"},
    {"engagement task", "add list pay"},
    {"scores statement", "all"},
    {"scores compare", "@files"},
    {"import dippy", "@files"},
    {"import violet", "@files"},
    {"import infinitevibe", "@files"},
    {"metadata show", "@file"},
    {"storage-key", "@file"},
    {"call encode", "@file"},
    {"extrinsic decode", "@file"},
    {"events decode", "@file"},
    {"runtime-api decode", "@file"},
};

/* Those that every command has. */
static const char common[] = "--json --limit --netuid --help -c";

/* -- the words ------------------------------------------------------------- */

/* Every command's words, first those of the suite. NULLs: there are no more. */
static bool
entry_at(const struct commands *all, size_t i, struct chain_entry *out)
{
	if (i >= all->n)
		return chain_entry(i - all->n, out);
	*out = (struct chain_entry){.first = all->list[i].first,
	    .second = all->list[i].second,
	    .flags = ""};
	return true;
}

/* Has an earlier one the same first word? */
static bool
is_seen(const struct commands *all, size_t i, const char *first)
{
	struct chain_entry e;

	while (i-- > 0) {
		entry_at(all, i, &e);
		if (strcmp(e.first, first) == 0)
			return true;
	}
	return false;
}

static void
print_firsts(FILE *to, const struct commands *all)
{
	struct chain_entry e;

	fputs("\t'' | help) echo \"", to);
	for (size_t i = 0; entry_at(all, i, &e); i++) {
		if (!is_seen(all, i, e.first))
			fprintf(to, "%s%s", i > 0 ? " " : "", e.first);
	}
	fputs("\" ;;\n", to);
}

static void
print_seconds(FILE *to, const struct commands *all, const char *first)
{
	struct chain_entry e;
	bool any = false;

	for (size_t i = 0; entry_at(all, i, &e); i++) {
		if (e.second == NULL || strcmp(e.first, first) != 0)
			continue;
		if (!any)
			fprintf(to, "\t%s) echo \"%s", first, e.second);
		else
			fprintf(to, " %s", e.second);
		any = true;
	}
	if (any)
		fputs("\" ;;\n", to);
}

/* Is there a command of these words? */
static bool
is_command(const struct commands *all, const char *words)
{
	struct chain_entry e;

	for (size_t i = 0; entry_at(all, i, &e); i++) {
		size_t len = strlen(e.first);

		if (strncmp(words, e.first, len) != 0)
			continue;
		if (e.second == NULL
			? words[len] == '\0'
			: words[len] == ' ' &&
			      strcmp(words + len + 1, e.second) == 0)
			return true;
	}
	return false;
}

static void
print_arguments(FILE *to, const struct commands *all)
{
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		const char *args = arguments[i].args;
		bool many = strcmp(args, "@files") == 0;

		if (is_command(all, arguments[i].words))
			fprintf(to, "\t'%s'%s) echo \"%s\" ;;\n",
			    arguments[i].words, many ? "*" : "",
			    many ? "@file" : args);
	}
}

static void
print_words(FILE *to, const struct commands *all)
{
	struct chain_entry e;

	fputs("# The words that may follow: at first, or behind a first "
	      "word.\n"
	      "_subnetctl_words()\n{\n\tcase $1 in\n",
	    to);
	print_firsts(to, all);
	for (size_t i = 0; entry_at(all, i, &e); i++) {
		if (!is_seen(all, i, e.first))
			print_seconds(to, all, e.first);
	}
	print_arguments(to, all);
	fputs("\tesac\n}\n\n", to);
}

/* -- the flags ------------------------------------------------------------- */

static void
print_own_flags(FILE *to, const char *flags)
{
	while (*flags != '\0') {
		size_t len = strcspn(flags, " ");

		fprintf(to, " --%.*s", (int)len, flags);
		flags += len + (flags[len] == ' ');
	}
}

static void
print_flags_of(
    FILE *to, const struct commands *all, const struct chain_entry *e)
{
	fprintf(to, "\t'%s%s%s'*) echo \"%s", e->first,
	    e->second != NULL ? " " : "", e->second != NULL ? e->second : "",
	    common);
	print_own_flags(to, e->flags);
	for (const struct config_key *k = all->keys; k->name != NULL; k++) {
		if (command_has_key(e->first, e->second, k))
			fprintf(to, " --%s", command_flag(k));
	}
	fputs("\" ;;\n", to);
}

static void
print_flags(FILE *to, const struct commands *all)
{
	struct chain_entry e;

	fputs("# The flags of a command, whatever stands behind its words.\n"
	      "_subnetctl_flags()\n{\n\tcase $1 "
	      "in\n",
	    to);
	for (size_t i = 0; entry_at(all, i, &e); i++) {
		if (e.second != NULL)
			print_flags_of(to, all, &e);
	}
	for (size_t i = 0; entry_at(all, i, &e); i++) {
		if (e.second == NULL)
			print_flags_of(to, all, &e);
	}
	fprintf(to, "\t*) echo \"%s\" ;;\n\tesac\n}\n\n", common);
}

static void
print_switches(FILE *to, const struct config_key *keys)
{
	for (; keys->name != NULL; keys++) {
		if (keys->type == CONFIG_BOOL)
			fprintf(to, " | --%s", command_flag(keys));
	}
}

/* Flags that take no value. */
static void
print_alone(FILE *to, const struct commands *all)
{
	fputs("# Does this flag take a value?\n_subnetctl_takes()\n{\n"
	      "\tcase $1 in\n\t-- | --help | --keys | --version | -n | -p",
	    to);
	print_switches(to, config_common_keys);
	print_switches(to, all->keys);
	fputs(") return 1 ;;\n\tesac\n}\n\n", to);
}

static void
print_values(FILE *to)
{
	fputs("# What a flag's value may be.\n_subnetctl_values()\n{\n"
	      "\tcase $1 in\n",
	    to);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		fprintf(to, "\t%s) echo \"%s\" ;;\n", values[i].flag,
		    values[i].values);
	fputs("\tesac\n}\n\n", to);
}

/* -- the whole ------------------------------------------------------------- */

static const char head[] =
    "# bash completion of subnetctl; made by `subnetctl completion`.\n"
    "# shellcheck shell=bash\n\n";

static const char body[] =
    "# Names of files may hold anything: readline quotes them.\n"
    "_subnetctl_offer()\n"
    "{\n"
    "\tCOMPREPLY=()\n"
    "\tcase $1 in\n"
    "\t@file) mapfile -t COMPREPLY < <(compgen -f -- \"$2\") ;;\n"
    "\t@folder) mapfile -t COMPREPLY < <(compgen -d -- \"$2\") ;;\n"
    "\t*) mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\") ;;\n"
    "\tesac\n"
    "\t[[ $1 != @* ]] || compopt -o filenames 2>/dev/null\n"
    "}\n"
    "\n"
    "# readline parts words at = and :, too: --json=yes, redis://host:6379.\n"
    "_subnetctl()\n"
    "{\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} word words='' flag='' i\n"
    "\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]/#--subnetctl./--}\n"
    "\t\tif [[ $word == :* ]]; then\n"
    "\t\t\t((i++))\n"
    "\t\telif [[ $word == = ]]; then\n"
    "\t\t\tflag=${flag:-=}\n"
    "\t\telif [ -n \"$flag\" ]; then\n"
    "\t\t\tflag=''\n"
    "\t\telif [[ $word == -[!0-9]* ]]; then\n"
    "\t\t\t[[ $word == *=* ]] || ! _subnetctl_takes \"$word\" ||\n"
    "\t\t\t\tflag=$word\n"
    "\t\telse\n"
    "\t\t\twords=${words:+$words }$word\n"
    "\t\tfi\n"
    "\tdone\n"
    "\twords=${words#help }\n"
    "\tif [ -n \"$flag\" ]; then\n"
    "\t\t[ \"$cur\" != = ] || cur=''\n"
    "\t\t_subnetctl_offer \"$(_subnetctl_values \"$flag\")\" \"$cur\"\n"
    "\telif [[ $cur == -* ]]; then\n"
    "\t\t_subnetctl_offer \"$(_subnetctl_flags \"$words\")\" \"$cur\"\n"
    "\telse\n"
    "\t\t_subnetctl_offer \"$(_subnetctl_words \"$words\")\" \"$cur\"\n"
    "\tfi\n"
    "}\n"
    "\n"
    "complete -F _subnetctl subnetctl\n";

void
completion_print(FILE *to, const struct commands *all)
{
	fputs(head, to);
	print_words(to, all);
	print_flags(to, all);
	print_alone(to, all);
	print_values(to);
	fputs(body, to);
}

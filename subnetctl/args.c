/* The command line of subnetctl. */
#include "subnetctl/args.h"

#include <ctype.h>
#include <string.h>

/* Is name a key of the table, as it stands or without its section? */
static const struct config_key *
find_key(const struct config_key *keys, const char *section, const char *name,
    size_t len)
{
	size_t prefix = strlen(section);

	for (; keys->name != NULL; keys++) {
		const char *own = keys->name;

		if (strlen(own) == len && strncmp(own, name, len) == 0)
			return keys;
		if (strncmp(own, section, prefix) == 0 && own[prefix] == '.' &&
		    strlen(own) == prefix + 1 + len &&
		    strncmp(own + prefix + 1, name, len) == 0)
			return keys;
	}
	return NULL;
}

/* Of the program's own keys or the suite's; flag is without its dashes. */
static const struct config_key *
find_any_key(
    const struct config_key *keys, const char *section, const char *flag)
{
	size_t len = strcspn(flag, "=");
	const struct config_key *key = find_key(keys, section, flag, len);

	return key != NULL ? key
			   : find_key(config_common_keys, section, flag, len);
}

bool
args_is_key(
    const char *flag, const struct config_key *keys, const char *section)
{
	return strncmp(flag, "--", 2) == 0 &&
	       find_any_key(keys, section, flag + 2) != NULL;
}

bool
args_takes_value(
    const char *flag, const struct config_key *keys, const char *section)
{
	const struct config_key *key;

	if (strcmp(flag, "-c") == 0)
		return true;
	if (strncmp(flag, "--", 2) != 0 || strchr(flag, '=') != NULL ||
	    strcmp(flag, "--help") == 0 || strcmp(flag, "--keys") == 0 ||
	    strcmp(flag, "--version") == 0)
		return false;
	key = find_any_key(keys, section, flag + 2);
	return key == NULL || key->type != CONFIG_BOOL;
}

/* "-" stands for stdin, and "-5" is a number. */
static bool
is_flag(const char *arg)
{
	return arg[0] == '-' && arg[1] != '\0' &&
	       !isdigit((unsigned char)arg[1]);
}

int
args_sort(struct args *a, int argc, char **argv, const struct config_key *keys,
    const char *section)
{
	bool only_words = false;

	*a = (struct args){.n_flags = 0};
	if (argc > ARGS_MAX)
		return -1;
	a->flags[a->n_flags++] = argv[0];
	for (int i = 1; i < argc; i++) {
		if (only_words || !is_flag(argv[i])) {
			a->words[a->n_words++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		a->help = a->help || strcmp(argv[i], "--help") == 0;
		a->flags[a->n_flags++] = argv[i];
		if (i + 1 < argc && args_takes_value(argv[i], keys, section))
			a->flags[a->n_flags++] = argv[++i];
	}
	return 0;
}

bool
args_want_json(const struct args *a)
{
	for (size_t i = 1; i < a->n_flags; i++) {
		if (strcmp(a->flags[i], "--json") == 0)
			return true;
	}
	return false;
}

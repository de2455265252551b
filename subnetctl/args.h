/*
 * The command line of subnetctl: words and flags, in any order. Pure.
 */
#ifndef SUBNETCTL_ARGS_H
#define SUBNETCTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/config.h"

enum { ARGS_MAX = 64 };

struct args {
	char *flags[ARGS_MAX + 2]; /* the program's name first; NULL last */
	const char *words[ARGS_MAX + 1];
	size_t n_flags, n_words;
	bool help;
};

/* -1 if there are too many. All is borrowed from argv. */
int args_sort(struct args *, int argc, char **argv,
    const struct config_key *keys, const char *section);

/* Does the argument behind this flag belong to it? Of a flag that is no key
 * of the configuration it does. */
bool args_takes_value(
    const char *flag, const struct config_key *keys, const char *section);

/* Is "--name" or "--name=value" a key of the configuration? */
bool args_is_key(
    const char *flag, const struct config_key *keys, const char *section);

/* Is --json among the flags? For who has no configuration to ask. */
bool args_want_json(const struct args *);

#endif

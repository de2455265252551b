/*
 * The table of subnetctl's commands, which main.c has: one found by its words,
 * lines about them, and what is wrong with words that name none. Pure, but for
 * what it prints.
 */
#ifndef SUBNETCTL_COMMAND_H
#define SUBNETCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct config_key;
struct ctl;
struct err;

struct command {
	const char *first, *second; /* its words; second may be NULL */
	size_t min_args, max_args;
	int (*run)(const struct ctl *);
	const char *args, *help;
};

/* A table, with the keys that are its flags. */
struct commands {
	const struct command *list;
	size_t n;
	const struct config_key *keys;
};

/* The one that these words begin with, the one of two words first; NULL. */
const struct command *command_find(
    const struct commands *, const char *const *words, size_t n_words);
size_t command_words(const struct command *); /* 1 or 2 */

/* What is wrong with words that name no command, or have too few or too many
 * arguments. Always -1. */
int command_refuse(const struct commands *, const char *const *words,
    size_t n_words, struct err *);

/* A line, or two if the first is long. */
void command_print(FILE *, const struct command *);
/* Those that begin with these words, each with the flags of its own; how
 * many. */
size_t command_print_matching(
    FILE *, const struct commands *, const char *const *words, size_t n_words);

/* Is the key a flag of this command? Its help says whose it is, as
 * "scores, weights plan: how; migrate: that". */
bool command_has_key(
    const char *first, const char *second, const struct config_key *);
/* The key as a flag without its dashes: subnetctl's own section is left out. */
const char *command_flag(const struct config_key *);

#endif

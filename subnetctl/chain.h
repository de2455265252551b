/*
 * The commands of subnetctl that are about the chain's formats (keys, metadata,
 * calls, extrinsics, events, timelocks, weights) and the scorer's formulas.
 * They need nothing but their arguments: no configuration, database, socket or
 * clock.
 *
 * Each is one function of the list below, in a file named after its group. It
 * makes one JSON object, which is printed, or says in err what is wrong.
 */
#ifndef SUBNETCTL_CHAIN_H
#define SUBNETCTL_CHAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "subnetctl/ctl.h"

struct args;
struct config_key;
struct err;

enum { CHAIN_MAX_FLAGS = 8 };

struct chain_args {
	const char *const *words; /* behind the command's own */
	size_t n_words;
	struct {
		const char *name; /* without dashes */
		const char *value;
	} flags[CHAIN_MAX_FLAGS];
	size_t n_flags;
	bool stdin_used;
};

/*
 * Do what the words say and return the exit status, or return -1 if they name
 * no command of these. Flags that are keys of the suite's configuration are
 * passed over.
 */
int chain_run(const struct args *, const struct config_key *keys);

/* A line for each command. */
void chain_print_usage(FILE *);

/* What the i-th of them is called and takes; false: there are no more. flags:
 * names without dashes, each with a space behind it. */
struct chain_entry {
	const char *first, *second; /* second may be NULL */
	const char *flags, *usage, *help;
};
bool chain_entry(size_t i, struct chain_entry *);

/* A flag's value; NULL if it was not given. */
const char *chain_flag(const struct chain_args *, const char *name);

/* As chain_flag; without it err says that it is missing. */
const char *chain_need_flag(
    const struct chain_args *, const char *name, struct err *);

/*
 * The commands. CTL_OK: *out is the answer. CTL_FAILED: the input is bad, err
 * says why; with *out, the answer is no. CTL_USAGE: the command line is wrong.
 */
typedef enum ctl_exit chain_command(
    struct chain_args *, json_t **out, struct err *);

chain_command chain_key_inspect, chain_key_sign, chain_key_verify;
chain_command chain_ss58_encode, chain_ss58_decode;
chain_command chain_metadata_show;
chain_command chain_storage_key, chain_call_encode;
chain_command chain_extrinsic_decode;
chain_command chain_events_decode, chain_runtime_api_decode;
chain_command chain_era_encode, chain_epoch_reveal_block;
chain_command chain_timelock_encrypt, chain_timelock_decrypt;
chain_command chain_weights_u16;
chain_command chain_calc, chain_replay;
chain_command chain_scores_check, chain_scores_compare;

#endif

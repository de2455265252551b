/* The chain's commands: their table, their flags, their answers. */
#include "subnetctl/chain.h"

#include <string.h>

#include "common/err.h"
#include "subnetctl/args.h"
#include "subnetctl/show.h"

static const struct command {
	const char *first, *second; /* its words; second may be NULL */
	size_t min_words, max_words;
	chain_command *run;
	const char *flags; /* names, each with a space behind it */
	const char *usage, *help;
} commands[] = {
    {"key", "inspect", 0, 1, chain_key_inspect, "file ", "SURI | --file FILE",
	"the public key and address of a secret"},
    {"key", "sign", 1, 1, chain_key_sign, "suri file ",
	"--suri SURI | --file FILE  HEX",
	"sign bytes; --suri is for tests, as others see command lines"},
    {"key", "verify", 1, 1, chain_key_verify, "ss58 sig ",
	"--ss58 ADDRESS --sig HEX  HEX",
	"is it the address's signature of the bytes? exit 1: no"},
    {"ss58", "encode", 1, 1, chain_ss58_encode, "prefix ", "[--prefix N] HEX",
	"the address of a public key"},
    {"ss58", "decode", 1, 1, chain_ss58_decode, "", "ADDRESS",
	"the public key of an address"},
    {"metadata", "show", 1, 1, chain_metadata_show, "pallet ",
	"FILE [--pallet NAME]", "a runtime's calls, storage and errors"},
    {"storage-key", NULL, 3, ARGS_MAX, chain_storage_key, "",
	"FILE PALLET ITEM [KEY...]", "the key of a storage entry"},
    {"call", "encode", 3, 4, chain_call_encode, "",
	"FILE PALLET CALL ['JSON ARGS']", "a call's bytes"},
    {"extrinsic", "decode", 2, 2, chain_extrinsic_decode,
	"spec-version tx-version genesis birth-hash ",
	"FILE HEX [--spec-version N] [--tx-version N] [--genesis HEX] "
	"[--birth-hash HEX]",
	"an extrinsic taken apart, its signature checked"},
    {"events", "decode", 2, 2, chain_events_decode, "", "FILE HEX",
	"a block's events, from the value of System.Events"},
    {"runtime-api", "decode", 3, 3, chain_runtime_api_decode, "",
	"FILE API_METHOD HEX", "what a state_call answered"},
    {"era", "encode", 0, 0, chain_era_encode, "period current ",
	"--period BLOCKS --current BLOCK",
	"a mortal era, the block it is born in and the first too late"},
    {"timelock", "encrypt", 1, 1, chain_timelock_encrypt,
	"round sigma-seed esk nonce public ",
	"--round N HEX [--public HEX] [--sigma-seed HEX --esk HEX --nonce HEX]",
	"seal bytes until drand's round; the last three are for tests"},
    {"timelock", "decrypt", 1, 1, chain_timelock_decrypt, "signature ",
	"--signature HEX  HEX", "open them with the round's signature"},
    {"weights", "u16", 0, 0, chain_weights_u16, "", "< JSON",
	"{\"uids\", \"weights\"} to what is set on chain"},
    {"epoch", "reveal-block", 0, 0, chain_epoch_reveal_block, "", "< JSON",
	"the block at which what is committed next is revealed"},
    {"calc", NULL, 0, 1, chain_calc, "", "[NAME] < JSON",
	"one of the scorer's formulas; without a name: which there are"},
    {"replay", NULL, 0, 0, chain_replay, "policy ", "[--policy FILE] < EXPORT",
	"a scoring round made again; exit 2: it comes to other weights"},
    {"scores", "check", 0, 0, chain_scores_check, "", "< STATEMENT",
	"a signed statement of scores; exit 1: it is not the validator's"},
    {"scores", "compare", 2, 2, chain_scores_compare, "limit ",
	"FILE FILE [--limit N]",
	"two statements of whole rounds; exit 1: one is not its validator's"},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
print_command(FILE *to, const char *before, const struct command *c)
{
	fprintf(to, "%s%s%s%s %s\n", before, c->first,
	    c->second != NULL ? " " : "", c->second != NULL ? c->second : "",
	    c->usage);
}

void
chain_print_usage(FILE *to)
{
	fputs("\noffline, of the chain and of scores; one JSON object out. A "
	      "HEX may be - "
	      "(stdin) or @FILE:\n\n",
	    to);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		print_command(to, "  ", &commands[i]);
		fprintf(to, "        %s\n", commands[i].help);
	}
}

bool
chain_entry(size_t i, struct chain_entry *out)
{
	const struct command *c = &commands[i];

	if (i >= N_COMMANDS)
		return false;
	*out = (struct chain_entry){
	    c->first, c->second, c->flags, c->usage, c->help};
	return true;
}

/* -- the command line --------------------------------------------------- */

static const struct command *
find_command(const struct args *given)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *c = &commands[i];

		if (given->n_words >= 1 &&
		    strcmp(given->words[0], c->first) == 0 &&
		    (c->second == NULL ||
			(given->n_words >= 2 &&
			    strcmp(given->words[1], c->second) == 0)))
			return c;
	}
	return NULL;
}

/* Is the flag's name, of len characters, one of the command's? Its name in
 * the table, or NULL. */
static const char *
own_flag(const struct command *c, const char *name, size_t len)
{
	const char *at = c->flags;

	while (*at != '\0') {
		size_t n = strcspn(at, " ");

		if (n == len && strncmp(at, name, len) == 0)
			return at;
		at += n + 1;
	}
	return NULL;
}

static int
add_flag(struct chain_args *args, const char *name, size_t len,
    const char *value, struct err *err)
{
	if (value == NULL)
		return err_set(err, "--%.*s wants a value", (int)len, name);
	for (size_t i = 0; i < args->n_flags; i++)
		if (args->flags[i].name == name)
			return err_set(
			    err, "--%.*s is given twice", (int)len, name);
	args->flags[args->n_flags].name = name;
	args->flags[args->n_flags++].value = value;
	return 0;
}

static int
take_flags(struct chain_args *args, const struct command *c,
    const struct args *given, const struct config_key *keys, struct err *err)
{
	for (size_t i = 1; i < given->n_flags; i++) {
		const char *flag = given->flags[i], *name, *value;
		size_t len = strcspn(flag, "=");

		value = flag[len] == '=' ? flag + len + 1 : NULL;
		if (args_takes_value(flag, keys, "subnetctl"))
			value = given->flags[++i];
		if (strcmp(flag, "-c") == 0 || strcmp(flag, "--help") == 0)
			continue;
		name = strncmp(flag, "--", 2) == 0
			   ? own_flag(c, flag + 2, len - 2)
			   : NULL;
		if (name != NULL &&
		    add_flag(args, name, len - 2, value, err) != 0)
			return -1;
		if (name == NULL && !args_is_key(flag, keys, "subnetctl"))
			return err_set(
			    err, "there is no flag %.*s here", (int)len, flag);
	}
	return 0;
}

const char *
chain_flag(const struct chain_args *args, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < args->n_flags; i++)
		if (strncmp(args->flags[i].name, name, len) == 0 &&
		    args->flags[i].name[len] == ' ')
			return args->flags[i].value;
	return NULL;
}

const char *
chain_need_flag(
    const struct chain_args *args, const char *name, struct err *err)
{
	const char *value = chain_flag(args, name);

	if (value == NULL)
		err_set(err, "--%s is missing", name);
	return value;
}

/* -- the answer --------------------------------------------------------- */

/* Arguments stand in err as they were given: no escape sequence of theirs
 * reaches the terminal. */
static void
complain(const struct command *c, bool json, struct err *err)
{
	if (json) {
		show_json(json_pack("{s:o}", "error", show_text(err->text)));
		return;
	}
	for (char *p = err->text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "subnetctl %s%s%s: %s\n", c->first,
	    c->second != NULL ? " " : "", c->second != NULL ? c->second : "",
	    err->text);
}

static enum ctl_exit
usage(const struct command *c, bool json, struct err *err)
{
	complain(c, json, err);
	if (!json)
		print_command(stderr, "usage: subnetctl ", c);
	return CTL_USAGE;
}

static enum ctl_exit
answer(const struct command *c, bool json, struct chain_args *args)
{
	struct err err = {"the answer cannot be written as JSON"};
	json_t *out = NULL;
	enum ctl_exit code = c->run(args, &out, &err);

	if (out != NULL && code != CTL_USAGE) {
		show_json(out);
		return code;
	}
	json_decref(out);
	if (code == CTL_USAGE)
		return usage(c, json, &err);
	complain(c, json, &err);
	return CTL_FAILED;
}

int
chain_run(const struct args *given, const struct config_key *keys)
{
	const struct command *c = find_command(given);
	struct chain_args args = {.n_flags = 0};
	bool json = args_want_json(given);
	struct err err;
	size_t n;

	if (c == NULL)
		return -1;
	if (given->help) {
		print_command(stdout, "usage: subnetctl ", c);
		printf("\n%s\n", c->help);
		return CTL_OK;
	}
	n = c->second != NULL ? 2 : 1;
	args.words = given->words + n;
	args.n_words = given->n_words - n;
	if (take_flags(&args, c, given, keys, &err) != 0)
		return usage(c, json, &err);
	if (args.n_words < c->min_words || args.n_words > c->max_words) {
		err_set(&err, "%zu arguments are too %s", args.n_words,
		    args.n_words < c->min_words ? "few" : "many");
		return usage(c, json, &err);
	}
	return answer(c, json, &args);
}

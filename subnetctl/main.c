/* subnetctl: the operator's hand. */
#include <curl/curl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "subnetctl/args.h"
#include "subnetctl/chain.h"
#include "subnetctl/command.h"
#include "subnetctl/completion.h"
#include "subnetctl/ctl.h"

extern char **environ;

static int run_help(const struct ctl *);
static int run_completion(const struct ctl *);

static const struct command commands[] = {
    {"migrate", NULL, 0, 0, ctl_migrate, "[--wait]",
	"bring the database's schema up to this version"},
    {"doctor", NULL, 0, 0, ctl_doctor, "",
	"check what the suite needs; each failure comes with its fix"},
    {"jobs", "list", 0, 1, ctl_jobs_list, "[STATE]",
	"the latest jobs; --source"},
    {"jobs", "show", 1, 1, ctl_jobs_show, "ID", "one job and its attempts"},
    {"jobs", "route", 1, 1, ctl_jobs_route, "ID [--replay]",
	"why it went where it went; the draws, drawn again"},
    {"jobs", "failures", 0, 0, ctl_jobs_failures, "",
	"jobs that came to nothing, by their cause"},
    {"jobs", "redrive", 1, 1, ctl_jobs_redrive, "ID | GROUP",
	"one of them, or a group, once more as new jobs; --limit"},
    {"jobs", "cancel", 1, 1, ctl_jobs_cancel, "ID",
	"it ends, and is taken back from its miners; exit 2: it had ended"},
    {"schedules", "list", 0, 0, ctl_schedules_list, "",
	"jobs made by the clock: when, and what came of the last"},
    {"schedules", "run", 1, 1, ctl_schedules_run, "NAME", "its job now"},
    {"schedules", "enable", 1, 1, ctl_schedules_enable, "NAME",
	"it fires again, from its next time on"},
    {"schedules", "disable", 1, 1, ctl_schedules_disable, "NAME",
	"it does not fire"},
    {"miners", "list", 0, 0, ctl_miners_list, "",
	"the subnet's miners, what they have earned, who is out"},
    {"miners", "show", 1, 1, ctl_miners_show, "HOTKEY [--since 1d]",
	"one miner: how it stands, its slots, what came of its attempts"},
    {"miners", "explain", 1, 1, ctl_miners_explain, "HOTKEY [--since 1d]",
	"why it gets the jobs it gets; exit 2: none at present"},
    {"miners", "shares", 0, 0, ctl_miners_shares, "[--since 1d]",
	"what each was to expect of the draws, and what it got"},
    {"miners", "ban", 1, 2, ctl_miners_ban, "HOTKEY [REASON]",
	"no job goes there from now on"},
    {"miners", "unban", 1, 1, ctl_miners_unban, "HOTKEY",
	"it may get jobs again"},
    {"tenants", "list", 0, 0, ctl_tenants_list, "",
	"whose jobs wait, how many and how long; their weights"},
    {"tenants", "weight", 2, 2, ctl_tenants_weight, "NAME N",
	"a tenant's share of the turns, against 1 of the others"},
    {"keys", "new", 0, 0, ctl_keys_new,
	"--role ROLE [--name N] [--tenant T] [--expires 30d]",
	"an API key, shown once"},
    {"keys", "list", 0, 0, ctl_keys_list, "",
	"API keys, without their secrets, the newest first"},
    {"keys", "revoke", 1, 1, ctl_keys_revoke, "ID",
	"it is good for nothing from now on"},
    {"keys", "rotate", 1, 1, ctl_keys_rotate, "ID",
	"another secret, shown once; the old one is good no more"},
    {"scores", "show", 0, 1, ctl_scores_show, "[HOTKEY]",
	"the latest scores, or one miner's last ones"},
    {"scores", "explain", 1, 1, ctl_scores_explain, "HOTKEY [--epoch E]",
	"each job that counts, what it gave, what would have raised it"},
    {"scores", "statement", 1, 1, ctl_scores_statement,
	"HOTKEY | all [--epoch E]",
	"a round's score, or all of them, signed by our hotkey"},
    {"export", NULL, 0, 0, ctl_export, "[--epoch E]",
	"a scoring round with all that went into it, for `replay`"},
    {"export", "wandb", 0, 0, ctl_export_wandb, "[--since 7d]",
	"scoring rounds for Weights & Biases, a JSON object a line"},
    {"weights", "history", 0, 0, ctl_weights_history, "",
	"what was set on chain, and how far it got"},
    {"weights", "plan", 0, 0, ctl_weights_plan, "[--accept]",
	"the newest vector against the last proven weights; exit 2: it moves "
	"too much"},
    {"weights", "status", 0, 0, ctl_weights_status, "",
	"how far behind, last proof, next window, what is in flight"},
    {"weights", "submit", 0, 0, ctl_weights_submit,
	"--uids A,B --weights X,Y [--wait] [--accept]",
	"weights by hand, through the same rules"},
    {"weights", "prove", 0, 0, ctl_weights_prove, "",
	"ask the chain again whether the last proof holds"},
    {"audit-weights", NULL, 0, 0, ctl_audit_weights,
	"[--validator HOTKEY | all]",
	"other validators' weights on chain against ours; exit 2: too far "
	"from ours"},
    {"import", "dippy", 1, 32, ctl_import_dippy, "PATH... [--write]",
	"Dippy's jobs, failed audits and bans; a dry run, but for --write"},
    {"import", "violet", 1, 32, ctl_import_violet,
	"PATH... [--write] [--keep_keys 30d]",
	"Violet's tasks, and its users' keys for so long; a dry run, but for "
	"--write"},
    {"import", "infinitevibe", 1, 32, ctl_import_infinitevibe,
	"PATH... [--write]",
	"InfiniteVibe's posts, what was measured of them, and who claimed "
	"them first; a dry run, but for --write"},
    {"engagement", "claim", 2, 3, ctl_engagement_claim,
	"PLATFORM ACCOUNT [POST] [--nonce N]",
	"a signed line for a miner's gist; without a post: the code for its "
	"caption"},
    {"engagement", "explain", 1, 1, ctl_engagement_explain, "HOTKEY",
	"a miner's gist line by line, its posts, and what the newest round "
	"made of them"},
    {"engagement", "task", 1, 4, ctl_engagement_task,
	"add TITLE | list | pay TASK HOTKEY AMOUNT",
	"what clients would pay posts for, and what they paid"},
    {"top", NULL, 0, 0, ctl_top, "[--every 2s] [--once]",
	"the whole suite at a glance, live"},
    {"help", NULL, 0, 2, run_help, "[COMMAND]", "what there is"},
    {"completion", NULL, 0, 0, run_completion, "",
	"a script that completes all this in bash"},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const struct config_key keys[] = {
    {"subnetctl.json", CONFIG_BOOL, "no", false,
	"print one JSON object instead of tables", NULL, 0, 0},
    {"subnetctl.limit", CONFIG_INT, "20", false, "most rows of a list", NULL, 1,
	100000},
    {"subnetctl.replay", CONFIG_BOOL, "no", false,
	"jobs route: draw again, step by step; exit 2: it comes to others",
	NULL, 0, 0},
    {"subnetctl.since", CONFIG_MS, "1d", false,
	"miners show, miners explain, miners shares, export wandb: how far "
	"back",
	NULL, 1000, 366 * 86400e3},
    {"subnetctl.receipts", CONFIG_INT, "10000", false,
	"miners shares: at most so many of the latest attempts", NULL, 1, 1e6},
    {"subnetctl.source", CONFIG_STRING, "", false,
	"jobs list: only client, schedule, audit or challenge; empty: all",
	NULL, 0, 0},
    {"subnetctl.role", CONFIG_STRING, "", false,
	"keys new: client, miner, validator, operator or admin", NULL, 0, 0},
    {"subnetctl.name", CONFIG_STRING, "", false,
	"keys new: what people call it", NULL, 0, 0},
    {"subnetctl.tenant", CONFIG_STRING, "", false,
	"keys new, import: whose jobs its jobs are; empty: its own", NULL, 0,
	0},
    {"subnetctl.expires", CONFIG_MS, "0s", false,
	"keys new: how long it is good; 0s: until it is revoked", NULL, 0,
	3650 * 86400e3},
    {"subnetctl.write", CONFIG_BOOL, "no", false,
	"import: write it; no: say what would be written", NULL, 0, 0},
    {"subnetctl.keep_keys", CONFIG_MS, "0s", false,
	"import violet: users' keys stay good for so long; 0s: they do not",
	NULL, 0, 366 * 86400e3},
    {"subnetctl.epoch", CONFIG_INT, "-1", false,
	"export, scores explain, scores statement: the round's epoch; -1: the "
	"latest",
	NULL, -1, 1e15},
    {"subnetctl.validator", CONFIG_STRING, "all", false,
	"audit-weights: whose weights, a hotkey or all", NULL, 0, 0},
    {"subnetctl.least", CONFIG_REAL, "0.98", false,
	"audit-weights: a cosine below this is too far from ours", NULL, 0, 1},
    {"subnetctl.accept", CONFIG_BOOL, "no", false,
	"weights plan, weights submit: however much it moves", NULL, 0, 0},
    {"subnetctl.uids", CONFIG_STRING, "", false,
	"weights submit: uids, separated by commas", NULL, 0, 0},
    {"subnetctl.weights", CONFIG_STRING, "", false,
	"weights submit: their weights, in any scale", NULL, 0, 0},
    {"subnetctl.wait", CONFIG_BOOL, "no", false,
	"weights submit: until it is proven or refused; migrate: until there "
	"is a PostgreSQL to connect to",
	NULL, 0, 0},
    {"subnetctl.wait_limit", CONFIG_MS, "2h", false,
	"weights submit, migrate: no longer than that", NULL, 0, 0},
    {"subnetctl.hotkey_file", CONFIG_STRING, "", false,
	"engagement claim: the hotkey's file; empty: signerd is asked", NULL, 0,
	0},
    {"subnetctl.genesis", CONFIG_STRING, "", false,
	"engagement claim: the chain's genesis hash, 0x hex; empty: that of "
	"subtensor.network",
	NULL, 0, 0},
    {"subnetctl.nonce", CONFIG_STRING, "", false,
	"engagement claim: 32 hex digits, of the code in the caption; empty: "
	"made by chance",
	NULL, 0, 0},
    {"subnetctl.url", CONFIG_STRING, "", false,
	"engagement claim: direct_video_url, where the media lies", NULL, 0, 0},
    {"subnetctl.valid", CONFIG_MS, "90d", false,
	"engagement claim: how long it is good", NULL, 60000, 400 * 86400e3},
    {"subnetctl.brief", CONFIG_STRING, "", false,
	"engagement task add: what is wanted", NULL, 0, 0},
    {"subnetctl.platform", CONFIG_STRING, "", false,
	"engagement task add: where, as tiktok/video; empty: anywhere", NULL, 0,
	0},
    {"subnetctl.reward", CONFIG_STRING, "0", false,
	"engagement task add: offered for it, in the subnet's unit", NULL, 0,
	0},
    {"subnetctl.open_for", CONFIG_MS, "0s", false,
	"engagement task add: how long it is open; 0s: until further notice",
	NULL, 0, 3650 * 86400e3},
    {"subnetctl.by", CONFIG_STRING, "", false,
	"engagement task add, engagement task pay: who says so", NULL, 0, 0},
    {"subnetctl.reference", CONFIG_STRING, "", false,
	"engagement task pay: the payment's own name, by which it counts once",
	NULL, 0, 0},
    {"subnetctl.every", CONFIG_MS, "2s", false,
	"top: from one look to the next", NULL, 200, 3600e3},
    {"subnetctl.once", CONFIG_BOOL, "no", false,
	"top: one look, printed as it is", NULL, 0, 0},
    {"subnetctl.stop_grace", CONFIG_STRING, "", false,
	"doctor: how long the supervisor waits before it kills, as 40s; "
	"empty: what systemd's unit says",
	NULL, 0, 0},
    {"weightsetter.mecid", CONFIG_INT, "0", false,
	"scores, weights, miners, export, audit-weights, doctor, top: "
	"mechanism of the subnet",
	NULL, 0, 15},
    {"weightsetter.max_churn", CONFIG_REAL, "1", false,
	"weights plan: most that may move", NULL, 0, 1},
    {"validator.policy", CONFIG_STRING, "/etc/subnetd/policy.ini", false,
	"import infinitevibe: whose buckets posts are counted in", NULL, 0, 0},
    {"validator.audit_penalty", CONFIG_MS, "7d", false,
	"import dippy: a failed audit counts for so long", NULL, 1,
	366 * 86400e3},
    {"validator.engagement_takes_tags", CONFIG_BOOL, "no", false,
	"import infinitevibe: a caption's tag proves a claim", NULL, 0, 0},
    {"validator.engagement_keep", CONFIG_INT, "4320", false,
	"import infinitevibe: buckets of measurements that are taken", NULL, 24,
	1e9},
    {"signer.key_file", CONFIG_STRING, "", false,
	"doctor: hotkey file; empty: the wallet's", NULL, 0, 0},
    {"signer.password_file", CONFIG_STRING, "", false,
	"doctor, engagement claim: file with the password of an encrypted "
	"hotkey file",
	NULL, 0, 0},
    {"signer.socket", CONFIG_STRING, "/run/subnetd/signer.sock", false,
	"doctor, scores statement, engagement claim: signerd's socket; empty: "
	"not checked",
	NULL, 0, 0},
    {"signer.genesis", CONFIG_STRING, "", false,
	"doctor: genesis hash of the only chain that signerd signs for; empty: "
	"subtensor.network's",
	NULL, 0, 0},
    {"signer.weights_pallet", CONFIG_INT, "7", false,
	"doctor: index of the pallet SubtensorModule", NULL, 0, 255},
    {"orchestrator.public_url", CONFIG_STRING, "", false,
	"doctor: the URL miners reach orchestratord by; empty: not checked",
	NULL, 0, 0},
    {"orchestrator.store", CONFIG_STRING, "/var/lib/subnetd/files", false,
	"doctor: folder of inputs and results, or s3://bucket/prefix", NULL, 0,
	0},
    {"orchestrator.store_spool", CONFIG_STRING, "/var/lib/subnetd/spool", false,
	"doctor: folder for files on their way", NULL, 0, 0},
    {"orchestrator.drain", CONFIG_MS, "25s", false,
	"doctor: how long orchestratord may take to stop", NULL, 0, 0},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

static const struct commands all = {commands, N_COMMANDS, keys};

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: subnetctl COMMAND [ARGUMENTS] [--json] [-c FILE] "
		    "[--key value ...]\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		command_print(to, &commands[i]);
	chain_print_usage(to);
	fprintf(to, "\nexit: 0 done, 1 failed, 2 refused by a rule, "
		    "64 wrong usage\n\n");
}

static int
run_help(const struct ctl *ctl)
{
	struct err err;

	if (ctl->n_args == 0) {
		print_usage(stdout);
		return CTL_OK;
	}
	if (command_print_matching(stdout, &all, ctl->args, ctl->n_args) > 0)
		return CTL_OK;
	command_refuse(&all, ctl->args, ctl->n_args, &err);
	return ctl_fail(ctl, CTL_USAGE, &err);
}

static int
run_completion(const struct ctl *ctl)
{
	(void)ctl;
	completion_print(stdout, &all);
	return CTL_OK;
}

/* The command's words are taken off the front; NULL, having said why. */
static const struct command *
take_command(const struct args *given, struct ctl *ctl)
{
	const struct command *c =
	    command_find(&all, given->words, given->n_words);
	struct err err;

	if (c != NULL) {
		ctl->args = given->words + command_words(c);
		ctl->n_args = given->n_words - command_words(c);
		if (ctl->n_args >= c->min_args && ctl->n_args <= c->max_args)
			return c;
	}
	command_refuse(&all, given->words, given->n_words, &err);
	ctl_fail(ctl, CTL_USAGE, &err);
	return NULL;
}

/* Those that need no configuration; -1: it is none of them. */
static int
run_plain(const struct args *given)
{
	const struct command *c =
	    command_find(&all, given->words, given->n_words);
	struct ctl ctl = {.json = args_want_json(given)};

	if (given->help && given->n_words > 0 &&
	    command_print_matching(stdout, &all, given->words, given->n_words) >
		0)
		return CTL_OK;
	if (c == NULL || (c->run != run_help && c->run != run_completion))
		return -1;
	return take_command(given, &ctl) != NULL ? c->run(&ctl) : CTL_USAGE;
}

static int
run(const struct config *config, const struct args *given)
{
	struct ctl ctl = {
	    .config = config, .json = config_bool(config, "subnetctl.json")};
	const struct command *command = take_command(given, &ctl);

	if (command == NULL)
		return CTL_USAGE;
	snprintf(ctl.netuid, sizeof(ctl.netuid), "%" PRId64,
	    config_int(config, "netuid"));
	snprintf(ctl.mecid, sizeof(ctl.mecid), "%" PRId64,
	    config_int(config, "weightsetter.mecid"));
	snprintf(ctl.limit, sizeof(ctl.limit), "%" PRId64,
	    config_int(config, "subnetctl.limit"));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		abort();
	return command->run(&ctl);
}

static void
on_signal(int signum)
{
	_exit(128 + signum);
}

/* The first process of a container is ended by no signal that it does not
 * ask for. */
static void
be_endable(void)
{
	if (getpid() != 1)
		return;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
}

/* Configured, then run. */
static int
run_configured(struct args *given)
{
	struct config_request request = {"subnetctl", "subnetctl", keys,
	    (int)given->n_flags, given->flags, environ};
	const struct ctl ctl = {.json = args_want_json(given)};
	struct config *config = NULL;
	struct err err;
	int code = CTL_OK;

	switch (config_load(&request, &config, &err)) {
	case CONFIG_EXIT_BAD:
		return ctl_fail(&ctl, CTL_USAGE, &err);
	case CONFIG_EXIT_OK:
		break;
	case CONFIG_RUN:
		code = run(config, given);
		break;
	}
	config_free(config);
	curl_global_cleanup();
	return code;
}

/* What was said reached whoever reads it, or the exit status says so. */
static int
end(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fputs("subnetctl: stdout cannot be written to\n", stderr);
	return code == CTL_OK ? CTL_FAILED : code;
}

int
main(int argc, char **argv)
{
	struct args given;
	int code;

	log_init("subnetctl", LOG_WARN);
	if (args_sort(&given, argc, argv, keys, "subnetctl") != 0) {
		fprintf(stderr, "subnetctl: more than %d arguments\n",
		    ARGS_MAX - 1);
		return CTL_USAGE;
	}
	if (sodium_init() < 0)
		abort();
	signal(SIGPIPE, SIG_IGN);
	be_endable();
	code = chain_run(&given, keys);
	if (code < 0)
		code = run_plain(&given);
	if (code >= 0)
		return end(code);
	if (given.n_words == 0 && given.n_flags == 1) {
		print_usage(stderr);
		return CTL_USAGE;
	}
	if (given.help)
		print_usage(stdout);
	return end(run_configured(&given));
}

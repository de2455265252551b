/* subnetctl: the operator's hand. */
#include <curl/curl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "subnetctl/args.h"
#include "subnetctl/chain.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"

extern char **environ;

static const struct command {
	const char *first, *second; /* its words; second may be NULL */
	size_t min_args, max_args;
	int (*run)(const struct ctl *);
	const char *args, *help;
} commands[] = {
    {"migrate", NULL, 0, 0, ctl_migrate, "",
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
    {"schedules", "list", 0, 0, ctl_schedules_list, "",
	"jobs made by the clock: when, and what came of the last"},
    {"schedules", "run", 1, 1, ctl_schedules_run, "NAME", "its job now"},
    {"schedules", "enable", 1, 1, ctl_schedules_enable, "NAME",
	"it fires again, from its next time on"},
    {"schedules", "disable", 1, 1, ctl_schedules_disable, "NAME",
	"it does not fire"},
    {"miners", "list", 0, 0, ctl_miners_list, "",
	"the subnet's miners, what they have earned, who is out"},
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
	"miners shares, export wandb: how far back", NULL, 1000, 366 * 86400e3},
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
	"keys new: whose jobs its jobs are; empty: its own", NULL, 0, 0},
    {"subnetctl.expires", CONFIG_MS, "0s", false,
	"keys new: how long it is good; 0s: until it is revoked", NULL, 0,
	3650 * 86400e3},
    {"subnetctl.epoch", CONFIG_INT, "-1", false,
	"export, scores explain, scores statement: the round's epoch; -1: the "
	"latest",
	NULL, -1, 1e15},
    {"subnetctl.validator", CONFIG_STRING, "all", false,
	"audit-weights: whose weights, a hotkey or all", NULL, 0, 0},
    {"subnetctl.least", CONFIG_REAL, "0.98", false,
	"audit-weights: a cosine below this is too far from ours", NULL, 0, 1},
    {"subnetctl.accept", CONFIG_BOOL, "no", false,
	"weights plan, submit: however much it moves", NULL, 0, 0},
    {"subnetctl.uids", CONFIG_STRING, "", false,
	"weights submit: uids, separated by commas", NULL, 0, 0},
    {"subnetctl.weights", CONFIG_STRING, "", false,
	"weights submit: their weights, in any scale", NULL, 0, 0},
    {"subnetctl.wait", CONFIG_BOOL, "no", false,
	"weights submit: until it is proven or refused", NULL, 0, 0},
    {"subnetctl.wait_limit", CONFIG_MS, "2h", false,
	"weights submit: no longer than that", NULL, 0, 0},
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
	"engagement task add, pay: who says so", NULL, 0, 0},
    {"subnetctl.reference", CONFIG_STRING, "", false,
	"engagement task pay: the payment's own name, by which it counts once",
	NULL, 0, 0},
    {"weightsetter.mecid", CONFIG_INT, "0", false,
	"scores, weights: mechanism of the subnet", NULL, 0, 15},
    {"weightsetter.max_churn", CONFIG_REAL, "1", false,
	"weights plan: most that may move", NULL, 0, 1},
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
    {"orchestrator.public_url", CONFIG_STRING, "", false,
	"doctor: the URL miners reach orchestratord by; empty: not checked",
	NULL, 0, 0},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: subnetctl COMMAND [ARGUMENTS] [--json] [-c FILE] "
		    "[--key value ...]\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *c = &commands[i];
		char words[64];

		snprintf(words, sizeof(words), "%s%s%s %s", c->first,
		    c->second != NULL ? " " : "",
		    c->second != NULL ? c->second : "", c->args);
		fprintf(to, "  %-22s %s\n", words, c->help);
	}
	chain_print_usage(to);
	fprintf(to, "\nexit: 0 done, 1 failed, 2 refused by a rule, "
		    "64 wrong usage\n\n");
}

int
ctl_fail(const struct ctl *ctl, enum ctl_exit code, const struct err *err)
{
	if (ctl->json)
		show_json(json_pack("{s:s}", "error", err->text));
	else
		fprintf(stderr, "subnetctl: %s\n", err->text);
	return code;
}

PGconn *
ctl_connect(const struct ctl *ctl)
{
	struct err err;
	PGconn *conn = db_connect(config_str(ctl->config, "db.url"), &err);

	if (conn == NULL)
		ctl_fail(ctl, CTL_FAILED, &err);
	return conn;
}

PGresult *
ctl_query(const struct ctl *ctl, const char *sql, size_t n_params,
    const char *const *params)
{
	PGconn *conn = ctl_connect(ctl);
	PGresult *res;
	struct err err;

	if (conn == NULL)
		return NULL;
	res = db_query(conn, sql, n_params, params, &err);
	PQfinish(conn);
	if (res == NULL)
		ctl_fail(ctl, CTL_FAILED, &err);
	return res;
}

int
ctl_list(const struct ctl *ctl, const char *name, const char *sql,
    size_t n_params, const char *const *params)
{
	PGresult *res = ctl_query(ctl, sql, n_params, params);

	if (res == NULL)
		return CTL_FAILED;
	if (ctl->json)
		show_json(json_pack("{s:o}", name, show_rows(res)));
	else
		show_table(res);
	PQclear(res);
	return CTL_OK;
}

/* The command's words are taken off the front. */
static const struct command *
find_command(const struct args *given, struct ctl *ctl)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *c = &commands[i];
		size_t n = c->second != NULL ? 2 : 1;

		if (given->n_words < n ||
		    strcmp(given->words[0], c->first) != 0 ||
		    (n == 2 && strcmp(given->words[1], c->second) != 0))
			continue;
		ctl->args = given->words + n;
		ctl->n_args = given->n_words - n;
		if (ctl->n_args >= c->min_args && ctl->n_args <= c->max_args)
			return c;
	}
	return NULL;
}

static int
run(const struct config *config, const struct args *given)
{
	struct ctl ctl = {
	    .config = config, .json = config_bool(config, "subnetctl.json")};
	const struct command *command = find_command(given, &ctl);

	if (command == NULL) {
		print_usage(stderr);
		return CTL_USAGE;
	}
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

int
main(int argc, char **argv)
{
	struct args given;
	struct config_request request = {
	    "subnetctl", "subnetctl", keys, 0, given.flags, environ};
	struct config *config = NULL;
	struct err err;
	int code;

	log_init("subnetctl", LOG_WARN);
	if (args_sort(&given, argc, argv, keys, "subnetctl") != 0) {
		print_usage(stderr);
		return CTL_USAGE;
	}
	if (sodium_init() < 0)
		abort();
	signal(SIGPIPE, SIG_IGN);
	code = chain_run(&given, keys);
	if (code >= 0)
		return code;
	if (given.n_words == 1 && strcmp(given.words[0], "help") == 0) {
		print_usage(stdout);
		return CTL_OK;
	}
	code = CTL_OK;
	request.argc = given.n_flags;
	if (given.help)
		print_usage(stdout);
	switch (config_load(&request, &config, &err)) {
	case CONFIG_EXIT_BAD:
		fprintf(stderr, "subnetctl: %s\n", err.text);
		return CTL_USAGE;
	case CONFIG_EXIT_OK:
		break;
	case CONFIG_RUN:
		code = run(config, &given);
		break;
	}
	config_free(config);
	curl_global_cleanup();
	return code;
}

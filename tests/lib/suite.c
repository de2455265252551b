/* The whole suite in a sandbox. */
#include "tests/lib/suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/port.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

/* The validator's hotkey is no secret here. */
static const char validator_seed[] =
    "0x7375626e6574642064656d6f6e73747261746f7220766f6c6964617465730a21";
static const char *const programs[N_SUITE_DAEMONS] = {
    "bin/signerd", "bin/weightsetterd", "bin/orchestratord", "bin/validatord"};

enum { READY_MS = 60000 };

/* -- keys ---------------------------------------------------------------- */

static int
hotkey_of(const char *suri, char out[64])
{
	struct sr25519_keypair pair;
	struct err err;

	if (suri_to_keypair(suri, &pair, &err) != 0) {
		fprintf(stderr, "suite: %s: %s\n", suri, err.text);
		return -1;
	}
	ss58_encode(SS58_BITTENSOR, pair.public, out);
	sr25519_wipe(&pair);
	return 0;
}

/* -- the files ---------------------------------------------------------- */

static void
write_file(struct suite *s, const char *name, mode_t mode, char *text)
{
	free(sandbox_write(s->box, name, mode, text));
	free(text);
}

static void
write_config(struct suite *s, const struct suite_options *o)
{
	const char *dir = sandbox_dir(s->box);
	struct buf t = {0};
	char *text;

	buf_printf(&t, "netuid = %d\n[db]\nurl = %s\n[redis]\nurl = %s\n",
	    SUITE_NETUID, sandbox_conninfo(s->box), sandbox_redis_url(s->box));
	buf_printf(&t, "[subtensor]\nchain_endpoint = ws%s/?key=hidden\n",
	    s->chain_url + strlen("http"));
	buf_printf(&t,
	    "[signer]\nkey_file = %s/hotkey\nsocket = %s/signer.sock\n"
	    "metrics_listen = 127.0.0.1:%d\n",
	    dir, dir, s->ports[SUITE_SIGNER]);
	buf_printf(&t,
	    "[weightsetter]\nsigner = %s/signer.sock\n"
	    "metrics = 127.0.0.1:%d\n",
	    dir, s->ports[SUITE_WEIGHTSETTER]);
	buf_printf(&t,
	    "[orchestrator]\nlisten = 127.0.0.1:%d\nmetrics =\nkeys = open\n"
	    "store = %s/files\nsecret = @%s/secret\nkinds = %s\n"
	    "signer = %s/signer.sock\ndevelopment = yes\nlease = 2s\n"
	    "drain = 1s\n"
	    "probe_interval = 5s\n",
	    s->ports[SUITE_ORCHESTRATOR], dir, dir,
	    o->kinds != NULL ? o->kinds : "deploy/kinds.json", dir);
	buf_printf(&t,
	    "[validator]\npolicy = %s\nmetrics = 127.0.0.1:%d\nsweep = 1s\n"
	    "epoch_blocks = 10\nmin_judgements = 1\n"
	    "challenge_share = 0\nchallenge_per_hour = 0\n",
	    o->policy != NULL ? o->policy : "deploy/policies/default.ini",
	    s->ports[SUITE_VALIDATOR]);
	if (o->ini != NULL)
		buf_add_str(&t, o->ini);
	text = buf_take_str(&t);
	s->ini = sandbox_write(s->box, "subnetd.ini", 0600, text);
	free(text);
	write_file(s, "hotkey", 0600,
	    xasprintf("{\"secretSeed\":\"%s\"}", validator_seed));
	write_file(
	    s, "secret", 0600, xstrdup("0123456789abcdef0123456789abcdef"));
}

static void
add_neuron(struct buf *t, const char *hotkey, double alpha, bool validates,
    int port, bool is_axon)
{
	buf_printf(t,
	    "{\"hotkey\":\"%s\",\"alpha_stake\":%.0f,"
	    "\"validator_permit\":%s",
	    hotkey, alpha * 1e9, validates ? "true" : "false");
	if (port > 0)
		buf_printf(t, ",\"%s\":\"127.0.0.1:%d\"",
		    is_axon ? "axon" : "commitment", port);
	buf_add_str(t, "}");
}

static char *
write_scenario(struct suite *s, const struct suite_options *o)
{
	struct buf t = {0};
	char *text, *path;

	buf_printf(&t,
	    "{\"subnets\":[{\"netuid\":%d,\"owner\":\"//Owner\","
	    "\"hyperparameters\":{\"tempo\":20,\"weights_rate_limit\":5,"
	    "\"min_allowed_weights\":1,\"commit_reveal\":false},"
	    "\"neurons\":[",
	    SUITE_NETUID);
	add_neuron(&t, s->hotkey, 1000, true, 0, false);
	for (size_t i = 0; i < s->n_miners; i++) {
		buf_add_str(&t, ",");
		add_neuron(&t, s->miner_hotkeys[i], o->miners[i].alpha, false,
		    s->miner_ports[i], o->miners[i].is_axon);
	}
	buf_add_str(&t, "]}]}");
	text = buf_take_str(&t);
	path = sandbox_write(s->box, "scenario.json", 0600, text);
	free(text);
	return path;
}

/* -- the parts ---------------------------------------------------------- */

static int
start_miner(struct suite *s, const struct suite_options *o, size_t i)
{
	char *program = paths_program("tests/miner"),
	     *suri = xasprintf("//Miner%zu", i + 1);
	char *name = xasprintf("miner-%zu", i + 1);
	const char *argv[6 + SUITE_MAX_FLAGS] = {
	    program, "--suri", suri, "--listen", "127.0.0.1:0"};
	const char *line;
	char port[16];
	int failed = -1, n = 5;

	if (o->miners[i].port != 0) {
		s->miner_ports[i] = o->miners[i].port;
		failed = hotkey_of(suri, s->miner_hotkeys[i]);
		goto done;
	}
	for (int k = 0; k < SUITE_MAX_FLAGS; k++) {
		if (o->miners[i].flags[k] != NULL)
			argv[n++] = o->miners[i].flags[k];
	}
	s->miners[i] = sandbox_start(s->box, name, argv, NULL);
	line = s->miners[i] != NULL
		   ? proc_wait_event(s->miners[i], "miner.listening", NULL, 0)
		   : NULL;
	if (line != NULL && proc_value(line, "port", port, 16) == 0 &&
	    proc_value(line, "hotkey", s->miner_hotkeys[i], 64) == 0) {
		s->miner_ports[i] = atoi(port);
		failed = 0;
	} else {
		fprintf(stderr, "suite: %s did not start\n", name);
	}
done:
	free(program);
	free(suri);
	free(name);
	return failed;
}

static int
start_chain(struct suite *s, const struct suite_options *o)
{
	char *program = paths_program("tests/devchain"),
	     *scenario = write_scenario(s, o);
	char block_ms[16], port[16];
	const char *argv[] = {program, "--port", "0", "--block-ms", block_ms,
	    "--scenario", scenario, NULL};
	const char *line = NULL;

	snprintf(block_ms, sizeof(block_ms), "%d",
	    o->block_ms < 0    ? 0
	    : o->block_ms == 0 ? 1000
			       : o->block_ms);
	s->chain = sandbox_start(s->box, "devchain", argv, NULL);
	if (s->chain != NULL)
		line = proc_wait_event(s->chain, "chain.listening", NULL, 0);
	free(program);
	free(scenario);
	if (line == NULL || proc_value(line, "port", port, 16) != 0) {
		fprintf(stderr, "suite: the chain did not start\n");
		return -1;
	}
	s->chain_url = xasprintf("http://127.0.0.1:%s", port);
	return 0;
}

int
suite_start(struct suite *s, enum suite_daemon which)
{
	char *program = paths_program(programs[which]);
	const char *argv[] = {program, "-c", s->ini, NULL};

	s->daemons[which] =
	    sandbox_start(s->box, strchr(programs[which], '/') + 1, argv, NULL);
	free(program);
	if (s->daemons[which] != NULL && proc_wait_event(s->daemons[which],
					     "service.ready", NULL, 0) != NULL)
		return 0;
	fprintf(stderr, "suite: %s did not start\n", programs[which]);
	if (s->daemons[which] != NULL)
		proc_show_log(s->daemons[which], 20);
	return -1;
}

void
suite_kill(struct suite *s, enum suite_daemon which)
{
	proc_kill(s->daemons[which]);
	sandbox_drop(s->box, s->daemons[which]);
	s->daemons[which] = NULL;
}

int
suite_stop(struct suite *s, enum suite_daemon which)
{
	int status = proc_stop(s->daemons[which]);

	sandbox_drop(s->box, s->daemons[which]);
	s->daemons[which] = NULL;
	return status;
}

/* -- the whole ---------------------------------------------------------- */

static int
start_all(struct suite *s, const struct suite_options *o)
{
	for (size_t i = 0; i < s->n_miners; i++) {
		if (start_miner(s, o, i) != 0)
			return -1;
	}
	if (start_chain(s, o) != 0)
		return -1;
	write_config(s, o);
	for (int i = 0; i < N_SUITE_DAEMONS; i++) {
		if (!o->leave_stopped[i] && suite_start(s, i) != 0)
			return -1;
	}
	return 0;
}

struct suite *
suite_new(const struct suite_options *o)
{
	struct sandbox_options box = {.name = o->name,
	    .dir = o->dir,
	    .postgres = true,
	    .redis = true,
	    .durable = o->durable};
	struct suite *s = xcalloc(1, sizeof(*s));

	s->n_miners = o->n_miners;
	s->box = sandbox_new(&box);
	if (s->box == NULL) {
		free(s);
		return NULL;
	}
	s->db = db_open(sandbox_conninfo(s->box));
	for (int i = 0; i < N_SUITE_DAEMONS; i++)
		s->ports[i] = port_free();
	s->api_url =
	    xasprintf("http://127.0.0.1:%d", s->ports[SUITE_ORCHESTRATOR]);
	if (s->db == NULL || hotkey_of(validator_seed, s->hotkey) != 0 ||
	    start_all(s, o) != 0) {
		suite_end(s, true);
		return NULL;
	}
	return s;
}

int
suite_end(struct suite *s, bool failed)
{
	int status;

	if (s == NULL)
		return 0;
	db_close(s->db);
	status = sandbox_end(s->box, failed);
	free(s->ini);
	free(s->api_url);
	free(s->chain_url);
	free(s);
	return status;
}

int
suite_configure(struct suite *s, const char *ini)
{
	FILE *f = fopen(s->ini, "a");
	int failed = f == NULL || fprintf(f, "\n%s", ini) < 0;

	if (f != NULL)
		failed |= fclose(f) != 0;
	if (failed)
		fprintf(stderr, "suite: cannot write %s\n", s->ini);
	return failed ? -1 : 0;
}

int
suite_wait_ready(struct suite *s, size_t n_miners)
{
	return db_wait_int(s->db, n_miners, READY_MS,
	    "select count(*) from miner where is_up");
}

/* -- talking to it ------------------------------------------------------ */

int
suite_chain_call(struct suite *s, const char *method, const char *params)
{
	char *text =
	    xasprintf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
		      "\"params\":%s}",
		method, params);
	struct fetch_answer answer;
	json_t *body;
	int failed;

	fetch_post_json(s->chain_url, text, &answer);
	body = fetch_json(&answer);
	failed = json_object_get(body, "result") == NULL;
	if (failed)
		fprintf(stderr, "suite: %s: %s %s\n", method, answer.why,
		    answer.body != NULL ? answer.body : "");
	json_decref(body);
	fetch_clear(&answer);
	free(text);
	return failed ? -1 : 0;
}

static int
take_id(struct fetch_answer *answer, char id[40])
{
	json_t *body = fetch_json(answer);
	const char *got = json_string_value(json_object_get(body, "id"));
	int status = answer->status;

	snprintf(id, 40, "%s", got != NULL ? got : "");
	if (got == NULL)
		fprintf(stderr, "suite: submit: %d %s %s\n", status,
		    answer->why, answer->body != NULL ? answer->body : "");
	json_decref(body);
	fetch_clear(answer);
	return status;
}

int
suite_submit(struct suite *s, const char *job_json, char id[40])
{
	char *url = xasprintf("%s/v1/jobs", s->api_url);
	struct fetch_answer answer;

	fetch_post_json(url, job_json, &answer);
	free(url);
	return take_id(&answer, id);
}

int
suite_submit_file(struct suite *s, const char *job_json, const void *file,
    size_t len, const char *type, char id[40])
{
	char *url = xasprintf("%s/v1/jobs", s->api_url);
	struct fetch_part parts[] = {
	    {"job", NULL, "application/json", job_json, strlen(job_json)},
	    {"input", "input", type, file, len}, {NULL, NULL, NULL, NULL, 0}};
	struct fetch_ask ask = {.url = url, .parts = parts};
	struct fetch_answer answer;

	fetch(&ask, &answer);
	free(url);
	return take_id(&answer, id);
}

/* The weight-setter's world. */
#include "tests/lib/weights_rig.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/weights_rig_key.h"

enum { N_MINERS = 4, BLOCK_MS = 100, MAX_MINERS = 255 };

static const char hyper[] = "\"tempo\":20,\"weights_rate_limit\":5,"
			    "\"min_allowed_weights\":1,\"commit_reveal\":false";

/* -- the files ----------------------------------------------------------- */

static void
write_config(struct weights_rig *w, const struct weights_rig_options *o)
{
	const char *dir = sandbox_dir(w->box);
	struct buf t = {0};
	char *text;

	buf_printf(&t, "netuid = %d\n[db]\nurl = %s\n[redis]\nurl = %s\n",
	    WEIGHTS_RIG_NETUID, sandbox_conninfo(w->box),
	    sandbox_redis_url(w->box));
	buf_add_str(&t, "[subtensor]\nchain_endpoint =");
	for (size_t i = 0; i < w->n_endpoints; i++)
		buf_printf(&t, " ws://127.0.0.1:%llu",
		    (unsigned long long)w->ports[i]);
	buf_add_str(&t, "\n");
	buf_printf(&t,
	    "[signer]\nkey_file = %s/hotkey\nsocket = %s/signer.sock\n"
	    "metrics_listen =\n",
	    dir, dir);
	buf_printf(&t,
	    "[weightsetter]\nsigner = %s/signer.sock\nmetrics =\n"
	    "sweep = 1s\n",
	    dir);
	if (o->ini != NULL)
		buf_add_str(&t, o->ini);
	text = buf_take_str(&t);
	w->ini = sandbox_write(w->box, "subnetd.ini", 0600, text);
	free(text);
	text = xasprintf("{\"secretSeed\":\"%s\"}", weights_rig_seed);
	free(sandbox_write(w->box, "hotkey", 0600, text));
	free(text);
}

static char *
scenario_text(const struct weights_rig *w, const struct weights_rig_options *o)
{
	struct buf t = {0};

	buf_printf(&t,
	    "{\"subnets\":[{\"netuid\":%d,\"owner\":\"//Owner\","
	    "\"hyperparameters\":{%s},\"neurons\":[{\"hotkey\":\"%s\","
	    "\"alpha_stake\":1000000000000,\"validator_permit\":true}",
	    WEIGHTS_RIG_NETUID, o->hyper != NULL ? o->hyper : hyper, w->hotkey);
	for (size_t i = 1; i <= w->n_miners; i++)
		buf_printf(&t,
		    ",{\"hotkey\":\"//Miner%zu\",\"alpha_stake\":1000000000,"
		    "\"validator_permit\":false}",
		    i);
	buf_add_str(&t, "]}]}");
	return buf_take_str(&t);
}

/* -- the parts ----------------------------------------------------------- */

/* The ports, as the chain's log has them; the last one is ours. */
static int
read_ports(struct weights_rig *w)
{
	const char *line;
	char port[16];

	if (proc_wait_event(w->chain, "chain.listening", NULL, 0) == NULL)
		return -1;
	proc_rewind(w->chain);
	for (size_t i = 0; i <= w->n_endpoints; i++) {
		line = proc_find_event(w->chain, "chain.endpoint", NULL);
		if (line == NULL ||
		    proc_value(line, "port", port, sizeof(port)) != 0)
			return -1;
		w->ports[i] = strtoull(port, NULL, 10);
	}
	w->chain_url = xasprintf("http://127.0.0.1:%s", port);
	return 0;
}

static int
start_chain(struct weights_rig *w, const struct weights_rig_options *o)
{
	char *program = paths_program("tests/devchain"), block_ms[16];
	char *text = o->scenario == NULL ? scenario_text(w, o)
					 : xasprintf(o->scenario, w->hotkey);
	char *path = sandbox_write(w->box, "scenario.json", 0600, text);
	char ports[16];
	const char *argv[9 + WEIGHTS_RIG_FLAGS] = {program, "--scenario", path,
	    "--block-ms", block_ms, "--ports", ports};
	int n = 7, rc;

	snprintf(block_ms, sizeof(block_ms), "%d",
	    o->block_ms < 0    ? 0
	    : o->block_ms == 0 ? BLOCK_MS
			       : o->block_ms);
	snprintf(ports, sizeof(ports), "%zu", w->n_endpoints + 1);
	for (int i = 0; i < WEIGHTS_RIG_FLAGS && o->chain_flags[i] != NULL; i++)
		argv[n++] = o->chain_flags[i];
	w->chain = sandbox_start(w->box, "devchain", argv, NULL);
	rc = w->chain == NULL ? -1 : read_ports(w);
	free(program);
	free(text);
	free(path);
	if (rc != 0)
		fprintf(stderr, "weights_rig: the chain did not start\n");
	return rc;
}

static struct proc *
start_daemon(struct weights_rig *w, const char *name, const char *ready)
{
	char *bin = xasprintf("bin/%s", name), *program = paths_program(bin);
	const char *argv[] = {program, "-c", w->ini, NULL};
	struct proc *p = sandbox_start(w->box, name, argv, NULL);

	free(bin);
	free(program);
	if (p != NULL && proc_wait_event(p, ready, NULL, 0) != NULL)
		return p;
	fprintf(stderr, "weights_rig: %s did not start\n", name);
	if (p != NULL) {
		proc_show_log(p, 20);
		sandbox_drop(w->box, p);
	}
	return NULL;
}

int
weights_rig_start(struct weights_rig *w)
{
	w->setter = start_daemon(w, "weightsetterd", "service.ready");
	return w->setter == NULL ? -1 : 0;
}

int
weights_rig_synced(struct weights_rig *w)
{
	if (proc_wait_event(w->setter, "chain.synced", NULL, 0) != NULL)
		return 0;
	fprintf(stderr, "weights_rig: weightsetterd reads no snapshot\n");
	proc_show_log(w->setter, 20);
	return -1;
}

void
weights_rig_kill(struct weights_rig *w)
{
	proc_kill(w->setter);
	sandbox_drop(w->box, w->setter);
	w->setter = NULL;
}

int
weights_rig_stop(struct weights_rig *w)
{
	int status = proc_stop(w->setter);

	sandbox_drop(w->box, w->setter);
	w->setter = NULL;
	return status;
}

int
weights_rig_configure(struct weights_rig *w, const char *ini)
{
	FILE *f = fopen(w->ini, "a");
	int failed = f == NULL || fprintf(f, "\n%s\n", ini) < 0;

	if (f != NULL)
		failed |= fclose(f) != 0;
	return failed ? -1 : 0;
}

/* -- the whole ----------------------------------------------------------- */

static int
start_all(struct weights_rig *w, const struct weights_rig_options *o)
{
	w->db = db_open(sandbox_conninfo(w->box));
	if (w->db == NULL || weights_rig_hotkey(w->hotkey) != 0 ||
	    start_chain(w, o) != 0)
		return -1;
	write_config(w, o);
	w->signer = start_daemon(w, "signerd", "service.ready");
	if (w->signer == NULL)
		return -1;
	if (o->leave_stopped)
		return 0;
	return weights_rig_start(w) != 0 || weights_rig_synced(w) != 0 ? -1 : 0;
}

struct weights_rig *
weights_rig_new(const struct weights_rig_options *o)
{
	struct sandbox_options box = {
	    .name = o->name, .postgres = true, .redis = true};
	struct weights_rig *w = xcalloc(1, sizeof(*w));

	w->n_miners = o->n_miners == 0 ? N_MINERS : o->n_miners;
	w->n_endpoints = o->endpoints == 0 ? 1 : o->endpoints;
	w->box = sandbox_new(&box);
	if (w->box == NULL) {
		free(w);
		return NULL;
	}
	if (w->n_miners > MAX_MINERS || w->n_endpoints > WEIGHTS_RIG_MOST ||
	    start_all(w, o) != 0) {
		weights_rig_end(w, true);
		return NULL;
	}
	return w;
}

int
weights_rig_end(struct weights_rig *w, bool failed)
{
	int status;

	if (w == NULL)
		return 0;
	if (failed && w->db != NULL)
		weights_rig_show(w);
	db_close(w->db);
	status = sandbox_end(w->box, failed);
	free(w->ini);
	free(w->chain_url);
	free(w);
	return status;
}

/* -- the chain ----------------------------------------------------------- */

json_t *
weights_rig_call(struct weights_rig *w, const char *method, const char *params)
{
	char *text =
	    xasprintf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
		      "\"params\":%s}",
		method, params);
	struct fetch_answer answer;
	json_t *body, *result;

	fetch_post_json(w->chain_url, text, &answer);
	body = fetch_json(&answer);
	result = json_incref(json_object_get(body, "result"));
	if (result == NULL)
		fprintf(stderr, "weights_rig: %s %s: %s %s\n", method, params,
		    answer.why, answer.body != NULL ? answer.body : "");
	json_decref(body);
	fetch_clear(&answer);
	free(text);
	return result;
}

int
weights_rig_tell(struct weights_rig *w, const char *method, const char *params)
{
	json_t *result = weights_rig_call(w, method, params);
	int failed = result == NULL ? -1 : 0;

	json_decref(result);
	return failed;
}

int
weights_rig_endpoint(struct weights_rig *w, size_t i, const char *faults)
{
	char *params = xasprintf("[%zu, %s]", i, faults);
	int rc = weights_rig_tell(w, "dev_endpoint", params);

	free(params);
	return rc;
}

int
weights_rig_endpoint_of(const struct weights_rig *w, const char *line)
{
	char url[64];
	const char *port;

	if (proc_value(line, "url", url, sizeof(url)) != 0)
		return -1;
	port = strrchr(url, ':');
	for (size_t i = 0; port != NULL && i < w->n_endpoints; i++)
		if (strtoull(port + 1, NULL, 10) == w->ports[i])
			return (int)i;
	return -1;
}

static int64_t
number_of(struct weights_rig *w, const char *hash_params)
{
	json_t *header = weights_rig_call(w, "chain_getHeader", hash_params);
	const char *text = json_string_value(json_object_get(header, "number"));
	int64_t number = text == NULL ? -1 : (int64_t)strtoll(text, NULL, 16);

	json_decref(header);
	return number;
}

int64_t
weights_rig_best(struct weights_rig *w)
{
	return number_of(w, "[]");
}

int64_t
weights_rig_finalized(struct weights_rig *w)
{
	json_t *hash = weights_rig_call(w, "chain_getFinalizedHead", "[]");
	char *params = xasprintf("[\"%s\"]", json_string_value(hash));
	int64_t number = number_of(w, params);

	json_decref(hash);
	free(params);
	return number;
}

int
weights_rig_wait_block(struct weights_rig *w, int64_t number)
{
	int64_t at = weights_rig_finalized(w);

	for (int waited = 0; at < number && waited < PROC_WAIT_MS / 10;
	     waited++) {
		proc_nap();
		at = weights_rig_finalized(w);
	}
	if (at >= number)
		return 0;
	fprintf(stderr, "weights_rig: block %lld is not final, %lld is\n",
	    (long long)number, (long long)at);
	return -1;
}

/* -- vectors ------------------------------------------------------------- */

int
weights_rig_vector(struct weights_rig *w, uint16_t netuid, uint8_t mecid,
    const double *weights, char id[40])
{
	char uuid[UUID_TEXT], miner[64];
	char *command;

	uuid_new(uuid);
	snprintf(id, 40, "%s", uuid);
	if (db_exec(w->db, "begin") != 0 ||
	    db_exec(w->db,
		"insert into weight_vector (id, netuid, mecid, block, "
		"created_at) values ('%s', %u, %u, %lld, now())",
		id, netuid, mecid, (long long)weights_rig_finalized(w)) != 0)
		return -1;
	for (size_t i = 0; i < w->n_miners; i++) {
		if (weights_rig_miner(i + 1, miner) != 0 ||
		    db_exec(w->db,
			"insert into weight_entry (vector_id, netuid, hotkey, "
			"uid, weight) values ('%s', %u, '%s', %zu, %.17g)",
			id, netuid, miner, i + 1,
			weights == NULL ? (double)(i + 1) : weights[i]) != 0)
			return -1;
	}
	if (db_exec(w->db, "commit") != 0)
		return -1;
	command = xasprintf("XADD subnetd:weights * id %s", id);
	sandbox_redis(w->box, command);
	free(command);
	return 0;
}

int
weights_rig_wait(struct weights_rig *w, const char *vector_id,
    const char *state, int timeout_ms)
{
	if (db_wait_int(w->db, 1, timeout_ms,
		"select count(*) from (select from ledger where vector_id = "
		"'%s' and state = '%s' limit 1) as one",
		vector_id, state) == 0)
		return 0;
	weights_rig_show(w);
	return -1;
}

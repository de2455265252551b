/*
 * orchestratord: takes jobs over HTTP, routes each to miners, collects their
 * results and keeps them in PostgreSQL. This file reads the configuration and
 * wires the parts; what they do is in the files of the same names.
 */
#include <errno.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/blobs_config.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/redis_url.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/api.h"
#include "orchestrator/claim.h"
#include "orchestrator/convert.h"
#include "orchestrator/dispatch.h"
#include "orchestrator/docs.h"
#include "orchestrator/drain.h"
#include "orchestrator/files.h"
#include "orchestrator/flights.h"
#include "orchestrator/gate.h"
#include "orchestrator/gauges.h"
#include "orchestrator/hedges.h"
#include "orchestrator/idempotency.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/miners.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page_api.h"
#include "orchestrator/probe.h"
#include "orchestrator/rollups.h"
#include "orchestrator/schedules.h"
#include "orchestrator/signed_call.h"
#include "orchestrator/states.h"
#include "orchestrator/store_miners.h"
#include "orchestrator/sweep.h"
#include "orchestrator/turned_away.h"
#include "orchestrator/v1_events.h"
#include "orchestrator/v1_wait.h"
#include "orchestrator/watch.h"
#include "orchestrator/webhooks.h"
#include "orchestrator/webhooks_plan.h"

enum {
	MAX_PER_MINER = 8,
	MAX_PER_AXON = 64, /* who keeps a connection until the work is done */
	/* What 256 miners may hold, were all of them slow to answer. */
	MAX_CONNECTIONS = 256 * MAX_PER_MINER,
	/* Of clients and miners; those who follow events, wait for a job or
	 * watch the page may be a thousand of them. */
	MAX_CLIENTS = 2048,
	MAX_IDLE = 256,
	KINDS_RETRY_S = 2,
};

static const struct config_key keys[] = {
    {"orchestrator.listen", CONFIG_STRING, "127.0.0.1:8000", false,
	"address of the API: host:port or unix:/path", NULL, 0, 0},
    {"orchestrator.keys", CONFIG_STRING, "required", false,
	"required: requests carry an API key; open: whoever reaches the API is "
	"an operator",
	NULL, 0, 0},
    {"orchestrator.page", CONFIG_STRING, "public", false,
	"public: the page at / is read without an API key, and tells nothing "
	"of tenants; keys: it asks for one; off: there is none",
	NULL, 0, 0},
    {"orchestrator.public_url", CONFIG_STRING, "", false,
	"URL under which miners reach the API; empty: http:// and the address",
	NULL, 0, 0},
    {"orchestrator.metrics", CONFIG_STRING, "127.0.0.1:9101", false,
	"address of /metrics and health; empty: only on the API", NULL, 0, 0},
    {"orchestrator.store", CONFIG_STRING, "/var/lib/subnetd/files", false,
	"folder of inputs and results, shared by all instances, or "
	"s3://bucket/prefix",
	NULL, 0, 0},
    {"orchestrator.store_endpoint", CONFIG_STRING, "", false,
	"https://host of the S3-compatible storage; empty: Amazon's", NULL, 0,
	0},
    {"orchestrator.store_region", CONFIG_STRING, "us-east-1", false,
	"its region; auto for Cloudflare R2 and Google", NULL, 0, 0},
    {"orchestrator.store_key_id", CONFIG_STRING, "", false,
	"the key it knows us by", NULL, 0, 0},
    {"orchestrator.store_secret", CONFIG_SECRET, "", false,
	"@file with that key's secret", NULL, 0, 0},
    {"orchestrator.store_path_style", CONFIG_BOOL, "no", false,
	"the bucket stands in the path, not in the host's name", NULL, 0, 0},
    {"orchestrator.store_spool", CONFIG_STRING, "/var/lib/subnetd/spool", false,
	"folder for files on their way to and from the storage", NULL, 0, 0},
    {"orchestrator.store_spool_mib", CONFIG_INT, "20480", false,
	"that it may have at most", NULL, 1, 1 << 30},
    {"orchestrator.store_redirect", CONFIG_BOOL, "yes", false,
	"clients and miners get a URL of the storage; no: the bytes by us",
	NULL, 0, 0},
    {"orchestrator.file_ttl", CONFIG_MS, "7d", false,
	"how long a client's own file is kept", NULL, 1000, 366 * 86400e3},
    {"orchestrator.secret", CONFIG_SECRET, NULL, false,
	"@file with 32 or more random characters, shared by all instances",
	NULL, 0, 0},
    {"orchestrator.kinds", CONFIG_STRING, "/etc/subnetd/kinds.json", false,
	"file of the kinds of jobs", NULL, 0, 0},
    {"orchestrator.dippy_secret", CONFIG_SECRET, "", false,
	"@file with the secret that clients of Dippy's door send; empty: the "
	"door is closed",
	NULL, 0, 0},
    {"orchestrator.schedules", CONFIG_STRING, "", false,
	"file of the jobs that are made by the clock; empty: none", NULL, 0, 0},
    {"orchestrator.signer", CONFIG_STRING, "/run/subnetd/signer.sock", false,
	"signerd's socket", NULL, 0, 0},
    {"orchestrator.probe", CONFIG_STRING, "", false,
	"path of subnetd-probe; empty: beside this program", NULL, 0, 0},
    {"orchestrator.development", CONFIG_BOOL, "no", false,
	"plain http and private addresses to miners", NULL, 0, 0},
    {"orchestrator.violet_keyless", CONFIG_BOOL, "no", false,
	"let Violet's miners in that sign nothing, with an API key of role "
	"miner; whatever they do counts for no score",
	NULL, 0, 0},
    {"orchestrator.sweep", CONFIG_MS, "1s", false,
	"how often PostgreSQL is searched for what was forgotten; 0s: never",
	NULL, 0, 3600e3},
    {"orchestrator.lease", CONFIG_MS, "5s", false,
	"after this time without a sign of life an instance is dead to the "
	"others",
	NULL, 1000, 3600e3},
    {"orchestrator.ageing", CONFIG_MS, "30s", false,
	"a job goes before what came so much earlier, for each point of its "
	"priority",
	NULL, 0, 86400e3},
    {"orchestrator.drain", CONFIG_MS, "25s", false,
	"how long what is under way may take to end when we are told to stop",
	NULL, 0, 3600e3},
    {"orchestrator.probe_interval", CONFIG_MS, "1m", false,
	"how often a miner is asked for its capacity", NULL, 1000, 86400e3},
    {"orchestrator.capacity_start", CONFIG_INT, "4", false,
	"attempts at once that a miner we know nothing of is trusted with, of "
	"those it says it takes; 0: all",
	NULL, 0, 1000},
    {"orchestrator.eject_after", CONFIG_INT, "5", false,
	"failures in a row after which a miner gets nothing for a while; 0: "
	"never",
	NULL, 0, 1000},
    {"orchestrator.eject_for", CONFIG_MS, "30s", false,
	"how long; twice as long each time, to ten minutes", NULL, 1, 86400e3},
    {"orchestrator.hedge_budget", CONFIG_REAL, "0.05", false,
	"share of the jobs of quick kinds that get a second attempt when the "
	"first is slow; 0: none",
	NULL, 0, 1},
    {"orchestrator.hedge_least", CONFIG_MS, "500ms", false,
	"an attempt is not slow before that time", NULL, 0, 3600e3},
    {"orchestrator.webhook_key", CONFIG_SECRET, "", false,
	"@file with 32 or more random characters, shared by all instances: it "
	"seals the secrets of webhooks; empty: there are no webhooks",
	NULL, 0, 0},
    {"orchestrator.webhook_timeout", CONFIG_MS, "20s", false,
	"how long a receiver of webhooks may take to answer", NULL, 100, 30e3},
    {"orchestrator.webhook_retry", CONFIG_MS, "5s", false,
	"until the second try to deliver a webhook; the later waits grow with "
	"it, ten tries in all",
	NULL, 1, 60e3},
    {"orchestrator.stake_cap", CONFIG_REAL, "500", false,
	"alpha beyond which stake brings no more work", NULL, 0, 1e12},
    {"orchestrator.stake_floor", CONFIG_REAL, "1", false,
	"alpha that a miner with less is taken to have", NULL, 0, 1e12},
    {"orchestrator.score_floor", CONFIG_REAL, "0.05", false,
	"least score multiplier of a miner that was scored", NULL, 0, 1},
    {"orchestrator.score_unknown", CONFIG_REAL, "0.5", false,
	"score multiplier of a miner that was not scored yet", NULL, 0, 1},
    {"orchestrator.explore_least", CONFIG_REAL, "0.05", false,
	"share of the work that miners not scored yet have at least", NULL, 0,
	1},
    {"orchestrator.explore_most", CONFIG_REAL, "0.2", false,
	"and at most, as long as there are others", NULL, 0, 1},
    {"orchestrator.rollup", CONFIG_MS, "15s", false,
	"how often roll-ups for dashboards are brought up to date; 0s: never",
	NULL, 0, 3600e3},
    {"orchestrator.rollup_keep", CONFIG_MS, "180d", false,
	"how long what hours came to is kept for dashboards", NULL, 2 * 86400e3,
	3660 * 86400e3},
    {"orchestrator.mecid", CONFIG_INT, "0", false,
	"mechanism of the subnet whose scores routing goes by and the API "
	"shows",
	NULL, 0, 15},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

/* -- readiness ---------------------------------------------------------- */

static void
check_ready(struct buf *missing, void *arg)
{
	struct orchestrator *o = arg;

	if (!pg_is_up(o->pg))
		buf_add_str(missing, "postgresql\n");
	if (o->kinds == NULL)
		buf_add_str(missing, "kinds\n");
	else if (!schedules_are_read(o->schedules))
		buf_add_str(missing, "schedules\n");
	if (!redis_is_up(o->out))
		buf_add_str(missing, "redis\n");
	if (!signer_client_is_up(o->signer))
		buf_add_str(missing, "signerd\n");
	/* Where there are no kinds, there is no job that wants one. */
	if (o->table.n == 0 && (o->kinds == NULL || o->kinds->n > 0))
		buf_add_str(missing, "miners\n");
}

/* -- streams ------------------------------------------------------------ */

static void
on_job_message(const char *id, const char *kind, void *arg)
{
	struct orchestrator *o = arg;

	if (uuid_is_valid(id))
		claim_told(o->claim, kind);
}

static void
on_chain(const char *id, const char *note, void *arg)
{
	struct orchestrator *o = arg;

	(void)id;
	(void)note;
	miners_read(o->miners);
	page_api_news(o, "chain");
}

static void
on_scores(const char *id, const char *note, void *arg)
{
	struct orchestrator *o = arg;

	(void)id;
	(void)note;
	miners_read(o->miners);
	page_api_news(o, "scores");
}

static int
start_redis(struct orchestrator *o)
{
	const char *url = config_str(o->service.config, "redis.url");
	struct event_base *base = o->service.base;

	o->out = redis_new(base, url);
	o->jobs = redis_new(base, url);
	o->chain = redis_new(base, url);
	o->scores = redis_new(base, url);
	if (o->out == NULL) {
		log_fatal("config.refused", "why=\"%s\"", redis_url_refused);
		return -1;
	}
	/* Every instance hears of it: who has room for the job cannot be known
	 * before, and a claim takes it once. */
	redis_tail(o->jobs, redis_jobs, on_job_message, o);
	redis_tail(o->chain, redis_chain, on_chain, o);
	redis_tail(o->scores, redis_scores, on_scores, o);
	return 0;
}

/* -- kinds -------------------------------------------------------------- */

static void read_kinds(struct orchestrator *);

static void
on_read_kinds(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	read_kinds(arg);
}

/* The file may be put right, the schema be made; until then we are not ready
 * and /readyz says why. */
static void
read_kinds_later(struct orchestrator *o)
{
	struct timeval later = {KINDS_RETRY_S, 0};

	event_base_once(
	    o->service.base, -1, EV_TIMEOUT, on_read_kinds, o, &later);
}

static void
on_kinds(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;

	if (answer->outcome != PG_DONE) {
		log_error("kinds.unread", "why=\"%s\"", answer->why);
		read_kinds_later(o);
		return;
	}
	if (o->kinds != NULL)
		return; /* jobs in memory point into the ones we have */
	o->kinds = kinds_from_rows(answer->results[0]);
	log_info("kinds.read", "n=%zu", o->kinds->n);
	sweep_now(o->sweep);
	schedules_start(o->schedules);
}

static void
on_seeded(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;

	if (answer->outcome == PG_DONE) {
		store_kind_list(o, on_kinds, o);
		return;
	}
	log_error("kinds.not_stored", "why=\"%s\"", answer->why);
	read_kinds_later(o);
}

static void
read_kinds(struct orchestrator *o)
{
	const char *path = config_str(o->service.config, "orchestrator.kinds");
	char *text, *rows = NULL;
	struct err err;

	if (o->kinds != NULL || !pg_is_up(o->pg))
		return;
	text = config_read_file(path, &err);
	if (text != NULL)
		rows = kinds_rows(text, o->netuid, &err);
	if (rows != NULL) {
		store_kind_seed(o, rows, on_seeded, o);
	} else {
		log_error(
		    "kinds.refused", "file=%s why=\"%s\"", path, err.text);
		read_kinds_later(o);
	}
	free(rows);
	free(text);
}

/* The database is there, for the first time or again. */
static void
on_pg_up(struct pg *pg, void *arg)
{
	struct orchestrator *o = arg;

	(void)pg;
	miners_connected(o->miners);
	if (o->kinds != NULL)
		sweep_now(o->sweep);
	else
		read_kinds(o);
}

/* -- wiring ------------------------------------------------------------- */

static void
make_counters(struct orchestrator *o)
{
	struct metrics *m = o->service.metrics;
	struct counters *c = &o->counters;
	char labels[64];

	c->jobs_accepted = metrics_counter(
	    m, "subnetd_jobs_accepted_total", NULL, "Jobs answered 202.");
	for (int i = 0; i < N_JOB_STATES; i++) {
		snprintf(
		    labels, sizeof(labels), "state=\"%s\"", job_state_name(i));
		c->jobs_over[i] = metrics_counter(m, "subnetd_job_steps_total",
		    labels, "Steps of jobs, by the state they led to.");
	}
	for (int i = 0; i < N_ATTEMPT_STATES; i++) {
		snprintf(labels, sizeof(labels), "state=\"%s\"",
		    attempt_state_name(i));
		c->attempts_over[i] =
		    metrics_counter(m, "subnetd_attempts_over_total", labels,
			"Attempts that ended, by state.");
	}
	c->miner_seconds = metrics_histogram(m, "subnetd_miner_seconds", NULL,
	    "From sending an attempt to its result's arrival.");
	c->violet_reports = metrics_counter(m, "subnetd_violet_reports_total",
	    NULL, "What validators said of miners, which changes nothing.");
	overhead_init(&c->overhead, m);
}

/* A program beside this one, unless it is configured otherwise. */
static char *
path_beside(const char *configured, const char *self, const char *name)
{
	const char *slash = strrchr(self, '/');

	if (configured[0] != '\0')
		return xstrdup(configured);
	return xasprintf("%.*s/%s", slash != NULL ? (int)(slash - self) : 1,
	    slash != NULL ? self : ".", name);
}

static void
read_policy(struct orchestrator *o)
{
	const struct config *config = o->service.config;

	o->netuid = config_int(config, "netuid");
	o->mecid = config_int(config, "orchestrator.mecid");
	o->lease_ms = config_ms(config, "orchestrator.lease");
	o->ageing_ms = config_ms(config, "orchestrator.ageing");
	o->development = config_bool(config, "orchestrator.development");
	o->violet_keyless = config_bool(config, "orchestrator.violet_keyless");
	o->policy.stake_cap = config_real(config, "orchestrator.stake_cap");
	o->policy.stake_floor = config_real(config, "orchestrator.stake_floor");
	o->policy.score_floor = config_real(config, "orchestrator.score_floor");
	o->policy.score_unknown =
	    config_real(config, "orchestrator.score_unknown");
	o->policy.explore_least =
	    config_real(config, "orchestrator.explore_least");
	o->policy.explore_most =
	    config_real(config, "orchestrator.explore_most");
	o->table.policy.capacity_start =
	    (int)config_int(config, "orchestrator.capacity_start");
	o->table.policy.breaker.after =
	    (int)config_int(config, "orchestrator.eject_after");
	o->table.policy.breaker.eject_us =
	    config_ms(config, "orchestrator.eject_for") * 1000;
}

static int
open_files(struct orchestrator *o, const char *self)
{
	const struct config *config = o->service.config;
	struct blobs_options store;
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct err err;
	char *path;

	if (secrets_init(&o->secrets, config_str(config, "orchestrator.secret"),
		&err) != 0) {
		log_fatal("config.refused",
		    "key=orchestrator.secret why=\"%s\"", err.text);
		return -1;
	}
	if (webhooks_key_init(&o->webhooks_key,
		config_str(config, "orchestrator.webhook_key"), &err) != 0) {
		log_fatal("config.refused",
		    "key=orchestrator.webhook_key why=\"%s\"", err.text);
		return -1;
	}
	blobs_config(config, &store);
	o->redirects = config_bool(config, "orchestrator.store_redirect");
	o->file_ttl_ms = config_ms(config, "orchestrator.file_ttl");
	o->blobs = blobs_new(o->service.base, &store, &err);
	if (o->blobs == NULL) {
		log_fatal("config.refused", "key=orchestrator.store why=\"%s\"",
		    err.text);
		return -1;
	}
	exe[n > 0 ? n : 0] = '\0';
	path = path_beside("", n > 0 ? exe : self, "subnetd-convert");
	o->converts = converts_new(o->service.base, path);
	free(path);
	path = path_beside(config_str(config, "orchestrator.probe"),
	    n > 0 ? exe : self, "subnetd-probe");
	o->probes = probes_new(o->service.base, path);
	if (access(path, X_OK) != 0)
		log_warn("probe.missing", "program=%s", path);
	free(path);
	return 0;
}

static int
open_api(struct orchestrator *o)
{
	const struct config *config = o->service.config;
	const char *address = config_str(config, "orchestrator.listen");
	const char *public_url = config_str(config, "orchestrator.public_url");
	struct http_limits limits = http_default_limits;
	struct err err;

	o->docs = docs_new(&err);
	if (o->docs == NULL) {
		log_fatal("api.document", "why=\"%s\"", err.text);
		return -1;
	}
	o->gate = gate_new(o, config_str(config, "orchestrator.keys"));
	if (o->gate == NULL)
		return -1;
	o->page = page_api_new(o, config_str(config, "orchestrator.page"));
	if (o->page == NULL)
		return -1;
	limits.max_connections = MAX_CLIENTS;
	o->api = http_server_new(o->service.base, api_routes(), &limits, o);
	http_server_set_gate(o->api, gate_ask);
	http_server_count(o->api, o->service.metrics,
	    "subnetd_api_answers_total",
	    "Answers of the API, by the class of their status.");
	http_server_set_problems(o->api, openai_error_problem);
	if (http_server_listen(o->api, address, &err) != 0) {
		log_fatal(
		    "api.listen", "address=%s why=\"%s\"", address, err.text);
		return -1;
	}
	o->public_url = public_url[0] != '\0' ? xstrdup(public_url)
					      : xasprintf("http://127.0.0.1:%d",
						    http_server_port(o->api));
	log_info("api.listening", "port=%d instance=%s url=%s",
	    http_server_port(o->api), o->id, o->public_url);
	return 0;
}

/* As many files as we may have: what runs out here would look like a miner
 * that cannot be reached. */
static void
allow_connections(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		log_warn("files.limited", "why=\"%s\"", strerror(errno));
}

static void
start_webhooks(struct orchestrator *o)
{
	const struct config *config = o->service.config;
	struct webhooks_options options = {
	    .timeout_ms =
		(int)config_ms(config, "orchestrator.webhook_timeout"),
	    .first_ms = config_ms(config, "orchestrator.webhook_retry"),
	};

	o->webhooks = webhooks_new(o, &o->webhooks_key, &options);
}

static int
start(struct orchestrator *o, const char *self)
{
	struct event_base *base = o->service.base;
	const struct config *config = o->service.config;
	struct http_client_options client = {
	    .allow_private = config_bool(config, "orchestrator.development"),
	    .max_connections = MAX_CONNECTIONS,
	    .max_host_connections = MAX_PER_MINER,
	    .max_idle = MAX_IDLE,
	};

	uuid_new(o->id);
	o->started_us = clock_wall_us();
	read_policy(o);
	allow_connections();
	make_counters(o);
	if (open_files(o, self) != 0 || start_redis(o) != 0 || open_api(o) != 0)
		return -1;
	o->client = http_client_new(base, &client);
	client.max_host_connections = MAX_PER_AXON;
	client.allow_plain = true;
	o->axons = http_client_new(base, &client);
	o->flights = flights_new(o);
	o->watches = watches_new(o);
	start_webhooks(o);
	o->streams = v1_streams_new(o);
	o->hedges =
	    hedges_new(o, config_real(config, "orchestrator.hedge_budget"),
		config_ms(config, "orchestrator.hedge_least"));
	o->signer =
	    signer_client_new(base, config_str(config, "orchestrator.signer"));
	o->pg = pg_new(base, config_str(config, "db.url"), on_pg_up, o);
	o->back = pg_new(base, config_str(config, "db.url"), NULL, NULL);
	o->look = pg_new(base, config_str(config, "db.url"), NULL, NULL);
	o->schedules =
	    schedules_new(o, config_str(config, "orchestrator.schedules"));
	o->rollups = rollups_new(o, config_ms(config, "orchestrator.rollup"),
	    config_ms(config, "orchestrator.rollup_keep"));
	o->miners =
	    miners_new(o, config_ms(config, "orchestrator.probe_interval"));
	o->claim = claim_new(o);
	o->files = files_new(o);
	o->idempotencies = idempotencies_new(o);
	o->turned_away = turned_away_new(o);
	o->sweep = sweep_new(o, config_ms(config, "orchestrator.sweep"));
	o->gauges = gauges_new(o);
	return 0;
}

static void
stop(struct orchestrator *o)
{
	schedules_free(o->schedules);
	drain_free(o->drain);
	gauges_free(o->gauges);
	sweep_free(o->sweep);
	turned_away_free(o->turned_away);
	files_free(o->files);
	hedges_free(o->hedges);
	flights_free(o->flights);
	miners_free(o->miners);
	rollups_free(o->rollups);
	v1_wait_drop(o);
	v1_streams_free(o->streams);
	page_api_free(o->page);
	watches_free(o->watches);
	webhooks_free(o->webhooks);
	claim_free(o->claim);
	idempotencies_free(o->idempotencies);
	http_server_free(o->api);
	docs_free(o->docs);
	gate_free(o->gate);
	dispatches_drop(o);
	signed_calls_drop(o);
	http_client_free(o->client);
	http_client_free(o->axons);
	signer_client_free(o->signer);
	probes_free(o->probes);
	converts_free(o->converts);
	redis_free(o->out);
	redis_free(o->jobs);
	redis_free(o->chain);
	redis_free(o->scores);
	pg_free(o->pg);
	pg_free(o->back);
	pg_free(o->look);
	kinds_free(o->kinds);
	router_free(o->router);
	table_clear(&o->table);
	blobs_free(o->blobs);
	free(o->public_url);
	sodium_memzero(&o->secrets, sizeof(o->secrets));
	sodium_memzero(&o->webhooks_key, sizeof(o->webhooks_key));
}

static void
on_drain(void *arg)
{
	struct orchestrator *o = arg;

	v1_wait_drain(o);
	v1_streams_drain(o->streams);
	page_api_drain(o->page);
	o->drain =
	    drain_start(o, config_ms(o->service.config, "orchestrator.drain"));
}

int
main(int argc, char **argv)
{
	struct orchestrator o = {0};
	int code = service_init(
	    &o.service, "orchestratord", "orchestrator", keys, argc, argv);

	if (code >= 0)
		return code;
	o.service.check_ready = check_ready;
	o.service.on_drain = on_drain;
	o.service.arg = &o;
	code = EXIT_FAILURE;
	if (start(&o, argv[0]) == 0)
		code = service_run(&o.service, "orchestrator.metrics");
	stop(&o);
	service_clear(&o.service);
	return code;
}

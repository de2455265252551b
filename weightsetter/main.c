/*
 * weightsetterd: the suite's only connection to the chain. Arguments,
 * configuration and wiring; what to do is decided by the setters.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/redis_url.h"
#include "common/service.h"
#include "common/signer_client.h"
#include "common/uuid.h"
#include "subtensor/networks.h"
#include "weightsetter/chain.h"
#include "weightsetter/heads.h"
#include "weightsetter/setters.h"
#include "weightsetter/store.h"
#include "weightsetter/weather.h"

enum { SEEN_S = 5, PUBLIC_PER_S = 1, PUBLIC_BURST = 5 };

static const char group[] = "weightsetters";

static const struct config_key keys[] = {
    {"weightsetter.metrics", CONFIG_STRING, "127.0.0.1:9103", false,
	"address of metrics and health; empty: none", NULL, 0, 0},
    {"weightsetter.signer", CONFIG_STRING, "/run/subnetd/signer.sock", false,
	"signerd's socket", NULL, 0, 0},
    {"weightsetter.subnets", CONFIG_STRING, "", false,
	"what weights are set for, as 11, 49:0, 49:1 (netuid or "
	"netuid:mecid); empty: netuid with weightsetter.mecid",
	NULL, 0, 0},
    {"weightsetter.mecid", CONFIG_INT, "0", false,
	"mechanism of the subnet that weights are set for", NULL, 0, 15},
    {"weightsetter.version_key", CONFIG_INT, "0", false,
	"version of the validator's code, as the subnet's owner counts it",
	NULL, 0, 9007199254740992},
    {"weightsetter.commit_reveal", CONFIG_STRING, "auto", false,
	"how weights are committed where the subnet wants that: timelock, "
	"plain (revealed by a second transaction) or auto (timelock)",
	NULL, 0, 0},
    {"weightsetter.again_after", CONFIG_REAL, "2", false,
	"tempos without new weights after which the last proven ones are sent "
	"again; 0: never",
	NULL, 0, 1000},
    {"weightsetter.again_max_age", CONFIG_MS, "1d", false,
	"no weights are sent again that were made before that", NULL, 1000,
	366 * 86400e3},
    {"weightsetter.fallback", CONFIG_STRING, "none", false,
	"what is sent when there is nothing else: none, burn (all to the "
	"owner's hotkey) or last (the last proven weights, however old)",
	NULL, 0, 0},
    {"weightsetter.era_period", CONFIG_INT, "64", false,
	"blocks that a sent transaction may live for; a power of two", NULL, 4,
	2048},
    {"weightsetter.max_share", CONFIG_REAL, "1", false,
	"no vector gives one hotkey more than this part of the whole", NULL, 0,
	1},
    {"weightsetter.max_churn", CONFIG_REAL, "1", false,
	"no vector moves more than this part of the last proven weights", NULL,
	0, 1},
    {"weightsetter.max_vector_age", CONFIG_MS, "2h", false,
	"an older vector is not sent", NULL, 1000, 366 * 86400e3},
    {"weightsetter.min_entries", CONFIG_INT, "1", false,
	"no vector with fewer hotkeys above zero", NULL, 1, 65535},
    {"weightsetter.snapshot_blocks", CONFIG_INT, "1", false,
	"write a snapshot at most once in so many blocks", NULL, 1, 1e6},
    {"weightsetter.cache_dir", CONFIG_STRING, "", false,
	"directory to keep runtimes' metadata in; empty: none", NULL, 0, 0},
    {"weightsetter.sweep", CONFIG_MS, "5s", false,
	"look for vectors that no message told of; 0s: never", NULL, 0, 0},
    {"weightsetter.requests_per_s", CONFIG_REAL, "0", false,
	"requests to the node; 0: 1 at a public one, else no limit", NULL, 0,
	1e6},
    {"weightsetter.burst", CONFIG_INT, "0", false, "requests at once; 0: 5",
	NULL, 0, 1e6},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

struct weightsetter {
	struct service service;
	struct pg *pg;
	struct store *store;
	struct redis *sender, *vectors;
	struct signer_client *signer;
	struct chain *chain;
	struct setters *setters;
	struct subnets subnets;
	struct heads *heads;
	struct weather *weather;
	struct event *sweep, *seen;
	struct metric *chain_up;
	char id[UUID_TEXT];
	int64_t started_us;
};

/* -- what wakes us ------------------------------------------------------- */

static void
on_vector(const char *id, const char *note, void *arg)
{
	struct weightsetter *w = arg;

	(void)id;
	(void)note;
	setters_wake(w->setters);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct weightsetter *w = arg;

	(void)fd;
	(void)what;
	setters_wake(w->setters);
}

static void
on_seen(evutil_socket_t fd, short what, void *arg)
{
	struct weightsetter *w = arg;

	(void)fd;
	(void)what;
	store_seen(w->store, w->id, w->subnets.netuids[0], w->started_us,
	    clock_wall_us());
}

static void
on_head(const struct head *head, void *arg)
{
	struct weightsetter *w = arg;

	metric_set(w->chain_up, 1);
	heads_take(w->heads, head);
}

static void
on_down(void *arg)
{
	struct weightsetter *w = arg;

	metric_set(w->chain_up, 0);
}

static void
check_ready(struct buf *missing, void *arg)
{
	const struct weightsetter *w = arg;

	if (!pg_is_up(w->pg))
		buf_add_str(missing, "postgresql\n");
	if (!chain_is_up(w->chain))
		buf_add_str(missing, "chain\n");
	if (!signer_client_is_up(w->signer))
		buf_add_str(missing, "signerd\n");
	if (!heads_are_fresh(w->heads, clock_mono_us()))
		buf_add_str(missing, "snapshot\n");
}

/* -- the chain's address ------------------------------------------------- */

/* A network by name, or, as the SDK has it, a URL in the name's place. */
static int
find_urls(const struct config *config, char **endpoints, const char *one[2],
    struct chain_options *o, bool *is_public, struct err *err)
{
	const char *name = config_str(config, "subtensor.network");
	const struct network *network = network_find(name);

	*is_public = false;
	if (endpoints[0] != NULL) {
		o->urls = (const char *const *)endpoints;
		return 0;
	}
	if (strstr(name, "://") != NULL) {
		one[0] = name;
		o->urls = one;
		return 0;
	}
	if (network == NULL)
		return err_set(err,
		    "subtensor.network: \"%s\" is not finney, test, archive, "
		    "local or a ws URL",
		    name);
	o->urls = network->urls;
	o->genesis = network->genesis;
	*is_public = network->is_public;
	return 0;
}

static int
open_chain(struct weightsetter *w, struct err *err)
{
	const struct config *config = w->service.config;
	char **endpoints = config_list(config, "subtensor.chain_endpoint");
	struct chain_options o = {.metrics = w->service.metrics,
	    .on_head = on_head,
	    .on_down = on_down,
	    .arg = w};
	const char *one[2] = {NULL, NULL};
	bool is_public;

	if (find_urls(config, endpoints, one, &o, &is_public, err) == 0) {
		o.requests_per_s =
		    config_real(config, "weightsetter.requests_per_s");
		o.burst = (int)config_int(config, "weightsetter.burst");
		if (o.requests_per_s <= 0 && is_public)
			o.requests_per_s = PUBLIC_PER_S;
		if (o.burst == 0)
			o.burst = PUBLIC_BURST;
		w->chain = chain_new(w->service.base, &o, err);
	}
	if (w->chain != NULL)
		runtimes_cache(chain_runtimes(w->chain),
		    config_str(config, "weightsetter.cache_dir"));
	config_list_free(endpoints);
	return w->chain == NULL ? -1 : 0;
}

/* -- the parts ----------------------------------------------------------- */

static struct plan_rules
plan_rules_of(const struct config *config)
{
	return (struct plan_rules){
	    .max_share = config_real(config, "weightsetter.max_share"),
	    .max_churn = config_real(config, "weightsetter.max_churn"),
	    .max_age_us =
		config_ms(config, "weightsetter.max_vector_age") * 1000,
	    .min_entries = config_int(config, "weightsetter.min_entries"),
	};
}

/* A word of a closed list; -1 and why if it is none. */
static int
word(const struct config *config, const char *key, int (*of)(const char *name),
    struct err *err)
{
	int value = of(config_str(config, key));

	if (value < 0)
		err_set(err, "%s: \"%s\" is none of its values", key,
		    config_str(config, key));
	return value;
}

static int
take_rules(
    const struct config *config, struct setter_rules *rules, struct err *err)
{
	const struct network *network =
	    network_find(config_str(config, "subtensor.network"));
	int commits =
	    word(config, "weightsetter.commit_reveal", method_commits_of, err);
	int fallback =
	    word(config, "weightsetter.fallback", again_fallback_of, err);

	if (commits < 0 || fallback < 0)
		return -1;
	rules->plan = plan_rules_of(config);
	rules->commits = (enum method_commits)commits;
	rules->is_public = network != NULL && network->is_public &&
			   !config_is_set(config, "subtensor.chain_endpoint");
	rules->version_key =
	    (uint64_t)config_int(config, "weightsetter.version_key");
	rules->era_period =
	    (uint64_t)config_int(config, "weightsetter.era_period");
	rules->again = (struct again_rules){
	    .after_tempos = config_real(config, "weightsetter.again_after"),
	    .max_age_us =
		config_ms(config, "weightsetter.again_max_age") * 1000,
	    .fallback = (enum again_fallback)fallback,
	};
	return 0;
}

static int
take_subnets(struct weightsetter *w, struct err *err)
{
	const struct config *config = w->service.config;
	char **items = config_list(config, "weightsetter.subnets");
	struct subnet_of only = {(uint16_t)config_int(config, "netuid"),
	    (uint8_t)config_int(config, "weightsetter.mecid")};
	int rc = subnets_parse(&w->subnets, items, only, err);

	config_list_free(items);
	return rc == 0 ? 0 : err_wrap(err, "weightsetter.subnets");
}

static void
on_snapshot(struct snapshot *s, struct runtime *r, void *arg)
{
	struct weightsetter *w = arg;

	setters_take_snapshot(w->setters, s, r);
}

static void
make_setters(struct weightsetter *w, const struct setter_rules *rules)
{
	struct setters_parts setters = {
	    .chain = w->chain,
	    .store = w->store,
	    .signer = w->signer,
	    .redis = w->sender,
	    .metrics = w->service.metrics,
	    .rules = *rules,
	    .subnets = &w->subnets,
	};
	struct heads_parts heads = {
	    .chain = w->chain,
	    .store = w->store,
	    .signer = w->signer,
	    .redis = w->sender,
	    .metrics = w->service.metrics,
	    .netuids = w->subnets.netuids,
	    .n_netuids = w->subnets.n_netuids,
	    .snapshot_blocks = (uint64_t)config_int(
		w->service.config, "weightsetter.snapshot_blocks"),
	    .on_snapshot = on_snapshot,
	    .arg = w,
	};

	w->setters = setters_new(&setters);
	w->heads = heads_new(&heads);
}

static int
open_parts(struct weightsetter *w, struct err *err)
{
	const struct config *config = w->service.config;
	const char *redis = config_str(config, "redis.url");
	struct setter_rules rules;

	if (take_subnets(w, err) != 0 || take_rules(config, &rules, err) != 0)
		return -1;
	w->pg =
	    pg_new(w->service.base, config_str(config, "db.url"), NULL, NULL);
	w->store = store_new(w->pg);
	w->sender = redis_new(w->service.base, redis);
	w->vectors = redis_new(w->service.base, redis);
	if (w->sender == NULL || w->vectors == NULL)
		return err_set(err, "%s", redis_url_refused);
	w->signer = signer_client_new(
	    w->service.base, config_str(config, "weightsetter.signer"));
	w->chain_up = metrics_gauge(w->service.metrics, "subnetd_chain_up",
	    NULL, "Whether finalized heads are coming");
	if (open_chain(w, err) != 0)
		return -1;
	make_setters(w, &rules);
	w->weather = weather_new(w->service.base, chain_endpoints(w->chain),
	    w->store, (uint16_t)config_int(config, "netuid"));
	redis_join(w->vectors, redis_weights, group, w->id, on_vector, w);
	return 0;
}

static struct event *
every(struct weightsetter *w, int64_t ms, event_callback_fn cb)
{
	struct event *timer = event_new(w->service.base, -1, EV_PERSIST, cb, w);
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	event_add(timer, &tv);
	return timer;
}

static void
start_timers(struct weightsetter *w)
{
	int64_t sweep_ms = config_ms(w->service.config, "weightsetter.sweep");

	if (sweep_ms > 0)
		w->sweep = every(w, sweep_ms, on_sweep);
	w->seen = every(w, SEEN_S * 1000, on_seen);
	on_seen(-1, 0, w);
}

/* Connections first: they call nobody back once they are gone. */
static void
close_parts(struct weightsetter *w)
{
	if (w->sweep != NULL)
		event_free(w->sweep);
	if (w->seen != NULL)
		event_free(w->seen);
	redis_free(w->vectors);
	redis_free(w->sender);
	weather_free(w->weather);
	chain_free(w->chain);
	signer_client_free(w->signer);
	pg_free(w->pg);
	store_free(w->store);
	heads_free(w->heads);
	setters_free(w->setters);
}

int
main(int argc, char **argv)
{
	struct weightsetter w = {.started_us = clock_wall_us()};
	struct err err;
	int code;

	w.service.check_ready = check_ready;
	w.service.arg = &w;
	code = service_init(
	    &w.service, "weightsetterd", "weightsetter", keys, argc, argv);
	if (code >= 0)
		return code;
	uuid_new(w.id);
	if (open_parts(&w, &err) == 0) {
		start_timers(&w);
		code = service_run(&w.service, "weightsetter.metrics");
	} else {
		log_fatal("weightsetter.refused", "why=\"%s\"", err.text);
		code = EXIT_FAILURE;
	}
	close_parts(&w);
	service_clear(&w.service);
	return code;
}

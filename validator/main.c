/*
 * validatord: judges what miners did, and once an epoch turns the judgements
 * into weights. Arguments, configuration and wiring; what to do is decided
 * in judge.c, epoch.c and run.c.
 */
#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/service.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "validator/desk.h"
#include "validator/rounds.h"
#include "validator/store.h"
#include "validator/submissions.h"

enum { SEEN_S = 5, DRAIN_MS = 50, DRAIN_LIMIT_US = 10000000 };

static const char group[] = "validators";

static const struct config_key keys[] = {
    {"validator.policy", CONFIG_STRING, "/etc/subnetd/policy.ini", true,
	"file with the numbers of the incentive mechanism", NULL, 0, 0},
    {"validator.metrics", CONFIG_STRING, "127.0.0.1:9102", false,
	"address of metrics and health; empty: none", NULL, 0, 0},
    {"validator.sweep", CONFIG_MS, "5s", false,
	"look for what no message told of; 0s: never", NULL, 0, 0},
    {"validator.epoch_blocks", CONFIG_INT, "0", false,
	"blocks from one scoring round to the next; 0: as the chain's epochs",
	NULL, 0, 1e9},
    {"validator.window", CONFIG_MS, "24h", false,
	"judgements of this long count", NULL, 1000, 366 * 86400e3},
    {"validator.min_judgements", CONFIG_INT, "10", false,
	"no scoring round with fewer in the window", NULL, 0, 1e9},
    {"validator.judge_url", CONFIG_STRING, "", false,
	"service that scores submissions, https://..; empty: none", NULL, 0, 0},
    {"validator.judge_key_file", CONFIG_STRING, "", false,
	"file with the key it wants (Authorization: Bearer); empty: none", NULL,
	0, 0},
    {"validator.judge_at_once", CONFIG_INT, "8", false,
	"submissions it is asked about at once", NULL, 1, 64},
    {"validator.judge_retry", CONFIG_MS, "1m", false,
	"until it is asked again about one it has not done with", NULL, 100,
	86400e3},
    {"validator.judge_refresh", CONFIG_MS, "6h", false,
	"until it is asked again about one it has done with", NULL, 100,
	366 * 86400e3},
    {"validator.development", CONFIG_BOOL, "no", false,
	"the service may be on plain http and loopback", NULL, 0, 0},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

struct validator {
	struct service service;
	struct policy policy;
	char *policy_text;
	struct store store;
	struct redis *results, *chain;
	struct desk *desk;
	struct rounds *rounds;
	struct submissions *submissions; /* NULL: no service is named */
	struct event *sweep, *seen, *drain;
	char id[UUID_TEXT];
	int64_t started_us;
	int64_t drain_until_us;
};

/* -- the policy --------------------------------------------------------- */

static int
load_policy(struct validator *v, struct err *err)
{
	const char *path = config_str(v->service.config, "validator.policy");
	char *text = config_read_file(path, err);
	struct policy fresh;
	int failed;

	if (text == NULL)
		return -1;
	failed = policy_parse(text, &fresh, err);
	if (failed) {
		free(text);
		return err_wrap(err, "%s", path);
	}
	v->policy = fresh;
	free(v->policy_text);
	v->policy_text = text;
	log_info("policy.loaded", "name=%s path=%s", fresh.name, path);
	return 0;
}

static void
on_reload(void *arg)
{
	struct validator *v = arg;
	struct err err;

	if (load_policy(v, &err) != 0)
		log_error("policy.refused", "why=\"%s\" kept=%s", err.text,
		    v->policy.name);
}

/* -- what wakes us ------------------------------------------------------ */

static void
on_result(const char *id, const char *note, void *arg)
{
	struct validator *v = arg;

	(void)note;
	desk_wake(v->desk, id);
}

static void
on_chain(const char *id, const char *note, void *arg)
{
	struct validator *v = arg;

	(void)id;
	(void)note;
	submissions_wake(v->submissions);
	rounds_wake(v->rounds);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct validator *v = arg;

	(void)fd;
	(void)what;
	desk_sweep(v->desk);
	submissions_wake(v->submissions);
	rounds_wake(v->rounds);
}

static void
on_seen(evutil_socket_t fd, short what, void *arg)
{
	struct validator *v = arg;

	(void)fd;
	(void)what;
	store_seen(&v->store, v->id, v->started_us, clock_wall_us());
}

static void
on_up(struct pg *pg, void *arg)
{
	struct validator *v = arg;

	(void)pg;
	store_seen(&v->store, v->id, v->started_us, clock_wall_us());
	if (v->sweep != NULL)
		on_sweep(-1, 0, v);
}

/* -- the service -------------------------------------------------------- */

static void
check_ready(struct buf *missing, void *arg)
{
	struct validator *v = arg;

	if (!pg_is_up(v->store.pg))
		buf_add_str(missing, "postgres is away\n");
	if (!redis_is_up(v->results))
		buf_add_str(missing, "redis is away\n");
}

static void
on_drain_tick(evutil_socket_t fd, short what, void *arg)
{
	struct validator *v = arg;
	bool done = desk_is_idle(v->desk) && rounds_is_idle(v->rounds) &&
		    submissions_is_idle(v->submissions) &&
		    pg_pending(v->store.pg) == 0;
	/* What is under way then waits for whoever comes next. */
	bool is_vain = !pg_is_up(v->store.pg);

	(void)fd;
	(void)what;
	if (done || is_vain || clock_mono_us() > v->drain_until_us)
		service_stop(&v->service);
}

static void
on_drain(void *arg)
{
	struct validator *v = arg;
	struct timeval often = {0, DRAIN_MS * 1000};

	desk_close(v->desk);
	rounds_close(v->rounds);
	submissions_close(v->submissions);
	if (v->sweep != NULL)
		event_del(v->sweep);
	event_del(v->seen);
	v->drain_until_us = clock_mono_us() + DRAIN_LIMIT_US;
	event_add(v->drain, &often);
}

static struct event *
every(struct validator *v, int64_t ms, event_callback_fn fn)
{
	struct event *ev = event_new(v->service.base, -1, EV_PERSIST, fn, v);
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	event_add(ev, &tv);
	return ev;
}

static int
wire_redis(struct validator *v, struct err *err)
{
	const char *url = config_str(v->service.config, "redis.url");

	v->results = redis_new(v->service.base, url);
	v->chain = redis_new(v->service.base, url);
	if (v->results == NULL || v->chain == NULL)
		return err_set(err, "redis.url: \"%s\" is no address", url);
	redis_join(v->results, redis_results, group, v->id, on_result, v);
	redis_tail(v->chain, redis_chain, on_chain, v);
	return 0;
}

static void
wire_rounds(struct validator *v)
{
	const struct config *c = v->service.config;
	const struct rounds_setup setup = {
	    .store = &v->store,
	    .redis = v->results,
	    .policy_text = &v->policy_text,
	    .policy = &v->policy,
	    .metrics = v->service.metrics,
	    .rule =
		{
		    .netuid = v->store.netuid,
		    .blocks = config_int(c, "validator.epoch_blocks"),
		    .min_judgements = config_int(c, "validator.min_judgements"),
		},
	    .window_us = config_ms(c, "validator.window") * 1000,
	};

	v->rounds = rounds_new(&setup);
}

/* The first line of a file, without what is around it. */
static char *
read_key(const char *path, struct err *err)
{
	static const char space[] = " \t\r\n";
	char *text = config_read_file(path, err), *key;
	const char *start;

	if (text == NULL)
		return NULL;
	start = text + strspn(text, space);
	key = xstrndup(start, strcspn(start, space));
	sodium_memzero(text, strlen(text));
	free(text);
	if (key[0] != '\0')
		return key;
	free(key);
	err_set(err, "%s: no key is in it", path);
	return NULL;
}

static int
wire_submissions(struct validator *v, struct err *err)
{
	const struct config *c = v->service.config;
	const char *path = config_str(c, "validator.judge_key_file");
	struct submissions_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .metrics = v->service.metrics,
	    .url = config_str(c, "validator.judge_url"),
	    .development = config_bool(c, "validator.development"),
	    .at_once = config_int(c, "validator.judge_at_once"),
	    .retry_us = config_ms(c, "validator.judge_retry") * 1000,
	    .refresh_us = config_ms(c, "validator.judge_refresh") * 1000,
	};
	char *key = NULL;

	if (setup.url[0] == '\0')
		return 0;
	if (path[0] != '\0') {
		key = read_key(path, err);
		if (key == NULL)
			return err_wrap(err, "validator.judge_key_file");
	}
	setup.key = key;
	v->submissions = submissions_new(&setup, err);
	if (key != NULL)
		sodium_memzero(key, strlen(key));
	free(key);
	return v->submissions != NULL ? 0
				      : err_wrap(err, "validator.judge_url");
}

static int
wire(struct validator *v, struct err *err)
{
	const struct config *c = v->service.config;
	int64_t sweep_ms = config_ms(c, "validator.sweep");

	uuid_new(v->id);
	v->started_us = clock_wall_us();
	if (load_policy(v, err) != 0 || wire_redis(v, err) != 0)
		return -1;
	v->store.netuid = config_int(c, "netuid");
	v->store.pg =
	    pg_new(v->service.base, config_str(c, "db.url"), on_up, v);
	v->desk = desk_new(
	    v->service.base, &v->store, &v->policy, v->service.metrics);
	wire_rounds(v);
	if (wire_submissions(v, err) != 0)
		return -1;
	v->seen = every(v, SEEN_S * 1000, on_seen);
	if (sweep_ms > 0)
		v->sweep = every(v, sweep_ms, on_sweep);
	v->drain = event_new(v->service.base, -1, EV_PERSIST, on_drain_tick, v);
	return 0;
}

static void
free_event(struct event *ev)
{
	if (ev != NULL)
		event_free(ev);
}

static void
unwire(struct validator *v)
{
	free_event(v->sweep);
	free_event(v->seen);
	free_event(v->drain);
	redis_free(v->results);
	redis_free(v->chain);
	pg_free(v->store.pg);
	store_clear(&v->store);
	desk_free(v->desk);
	rounds_free(v->rounds);
	submissions_free(v->submissions);
	free(v->policy_text);
}

int
main(int argc, char **argv)
{
	struct validator v = {0};
	struct err err;
	int code;

	v.service.check_ready = check_ready;
	v.service.on_drain = on_drain;
	v.service.on_reload = on_reload;
	v.service.arg = &v;
	code = service_init(
	    &v.service, "validatord", "validator", keys, argc, argv);
	if (code >= 0)
		return code;
	if (wire(&v, &err) == 0) {
		code = service_run(&v.service, "validator.metrics");
	} else {
		log_fatal("validator.start", "why=\"%s\"", err.text);
		code = EXIT_FAILURE;
	}
	unwire(&v);
	service_clear(&v.service);
	return code;
}

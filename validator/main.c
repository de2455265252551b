/*
 * validatord: judges what miners did, and once an epoch turns the judgements
 * into weights. Arguments, configuration and wiring; what to do is decided
 * in judge.c, epoch.c and run.c.
 */
#include <event2/event.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs_config.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/redis_url.h"
#include "common/service.h"
#include "common/uuid.h"
#include "scorer/policy.h"
#include "validator/audit_desk.h"
#include "validator/challenges.h"
#include "validator/desk.h"
#include "validator/keys.h"
#include "validator/posts.h"
#include "validator/reference_desk.h"
#include "validator/reference_service.h"
#include "validator/reference_trust.h"
#include "validator/rounds.h"
#include "validator/store.h"
#include "validator/submissions.h"

enum { SEEN_S = 5, DRAIN_MS = 50, DRAIN_LIMIT_US = 10000000 };

static const char group[] = "validators";

struct validator {
	struct service service;
	struct policy policy;
	char *policy_text;
	struct store store;
	struct redis *results, *chain, *accepted;
	struct redis *out; /* a reader's connection waits for what it reads */
	bool judges;	   /* jobs; if not, there is none of the next */
	struct desk *desk;
	struct reference_service *reference; /* NULL: there is none */
	struct reference_trust *trust;
	struct reference_desk *references;
	struct audit_rule audit_rule;
	struct audit_desk *audits;
	struct challenges *challenges; /* NULL: none are made */
	struct rounds *rounds;
	struct submissions *submissions; /* NULL: no service is named */
	struct posts *posts;		 /* NULL: no tracker is named */
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
	reference_desk_wake(v->references);
	audit_desk_wake(v->audits);
}

static void
on_wanted(void *arg)
{
	struct validator *v = arg;

	reference_desk_wake(v->references);
}

static void
on_settled(void *arg)
{
	struct validator *v = arg;

	desk_sweep(v->desk);
	reference_desk_wake(v->references); /* another one may be wanted */
}

static void
on_chain(const char *id, const char *note, void *arg)
{
	struct validator *v = arg;

	(void)id;
	(void)note;
	submissions_wake(v->submissions);
	posts_wake(v->posts);
	rounds_wake(v->rounds);
}

static void
on_accepted(const char *id, const char *note, void *arg)
{
	struct validator *v = arg;

	(void)id;
	(void)note;
	challenges_follow(v->challenges);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct validator *v = arg;

	(void)fd;
	(void)what;
	desk_sweep(v->desk);
	reference_desk_wake(v->references);
	audit_desk_wake(v->audits);
	submissions_wake(v->submissions);
	posts_wake(v->posts);
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
		buf_add_str(missing, "postgresql\n");
	if (!redis_is_up(v->results))
		buf_add_str(missing, "redis\n");
}

static void
on_drain_tick(evutil_socket_t fd, short what, void *arg)
{
	struct validator *v = arg;
	bool done = desk_is_idle(v->desk) && rounds_is_idle(v->rounds) &&
		    reference_desk_is_idle(v->references) &&
		    audit_desk_is_idle(v->audits) &&
		    submissions_is_idle(v->submissions) &&
		    posts_is_idle(v->posts) && pg_pending(v->store.pg) == 0;
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
	reference_desk_close(v->references);
	audit_desk_close(v->audits);
	rounds_close(v->rounds);
	challenges_close(v->challenges);
	submissions_close(v->submissions);
	posts_close(v->posts);
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
	v->out = redis_new(v->service.base, url);
	if (v->results == NULL || v->chain == NULL || v->out == NULL)
		return err_set(err, "%s", redis_url_refused);
	if (v->judges)
		redis_join(
		    v->results, redis_results, group, v->id, on_result, v);
	redis_tail(v->chain, redis_chain, on_chain, v);
	return 0;
}

static void
wire_service(struct validator *v)
{
	const struct config *c = v->service.config;
	struct reference_service_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .metrics = v->service.metrics,
	    .url = config_str(c, "validator.reference_url"),
	    .key = config_str(c, "validator.reference_key"),
	    .models = {config_str(c, "validator.reference_speech_model"),
		config_str(c, "validator.reference_text_model")},
	    .deadline_ms = config_ms(c, "validator.reference_deadline"),
	    .wait_ms = config_ms(c, "validator.reference_wait"),
	    .has_trusted = reference_trust_is_open(v->trust),
	    .failures = (int)config_int(c, "validator.reference_failures"),
	    .out_ms = config_ms(c, "validator.reference_out"),
	    .is_development = config_bool(c, "validator.development"),
	    .on_settled = on_settled,
	    .arg = v,
	};

	blobs_config(c, &setup.files);
	if (setup.url[0] != '\0')
		v->reference = reference_service_new(&setup);
}

static void
wire_trust(struct validator *v)
{
	const struct config *c = v->service.config;
	const struct reference_trust_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .metrics = v->service.metrics,
	    .rule = &v->audit_rule,
	    .wait_ms = config_ms(c, "validator.reference_wait"),
	    .on_settled = on_settled,
	    .arg = v,
	};

	v->trust = reference_trust_new(&setup);
}

static void
wire_desks(struct validator *v)
{
	const struct config *c = v->service.config;
	const struct desk_setup desk = {
	    .base = v->service.base,
	    .store = &v->store,
	    .policy = &v->policy,
	    .metrics = v->service.metrics,
	    .rule = {v->reference != NULL,
		config_real(c, "validator.reference_rate"),
		reference_trust_is_open(v->trust)},
	    .audits = v->audit_rule,
	    .wait_ms = config_ms(c, "validator.reference_wait"),
	    .on_wanted = on_wanted,
	    .arg = v,
	};
	const struct reference_setup references = {
	    .base = desk.base,
	    .store = desk.store,
	    .policy = desk.policy,
	    .metrics = desk.metrics,
	    .service = v->reference,
	    .trust = v->trust,
	    .wait_ms = desk.wait_ms,
	    .on_settled = on_settled,
	    .arg = v,
	};

	v->desk = desk_new(&desk);
	v->references = reference_desk_new(&references);
}

static int
wire_audits(struct validator *v, struct err *err)
{
	const struct config *c = v->service.config;
	const struct audit_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .metrics = v->service.metrics,
	    .distance = (int)config_int(c, "validator.audit_distance"),
	    .penalty_ms = config_ms(c, "validator.audit_penalty"),
	};

	v->audit_rule.rate = config_real(c, "validator.audit_rate");
	v->audit_rule.budget = config_int(c, "validator.audit_budget");
	if (audit_trust(&v->audit_rule,
		config_str(c, "validator.trusted_hotkeys"), err) != 0)
		return err_wrap(err, "validator.trusted_hotkeys");
	v->audits = audit_desk_new(&setup);
	return 0;
}

static void
wire_rounds(struct validator *v)
{
	const struct config *c = v->service.config;
	const struct rounds_setup setup = {
	    .store = &v->store,
	    .redis = v->out,
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
	    .started_us = v->started_us,
	    .first_wait_us =
		v->judges ? config_ms(c, "validator.first_wait") * 1000 : 0,
	};

	v->rounds = rounds_new(&setup);
}

static void
wire_challenges(struct validator *v)
{
	const struct config *c = v->service.config;
	struct challenges_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .redis = v->out,
	    .metrics = v->service.metrics,
	    .rule =
		{
		    .share = config_real(c, "validator.challenge_share"),
		    .least_per_hour =
			config_real(c, "validator.challenge_per_hour"),
		    .most_per_hour = config_real(c, "validator.challenge_most"),
		},
	    .kinds = config_list(c, "validator.challenge_kinds"),
	    .probe = config_str(c, "orchestrator.probe"),
	    .corpus = config_str(c, "validator.challenge_corpus"),
	    .instance = v->id,
	};

	blobs_config(c, &setup.files);
	v->challenges = challenges_new(&setup);
	if (v->challenges != NULL) {
		v->accepted =
		    redis_new(v->service.base, config_str(c, "redis.url"));
		redis_tail(v->accepted, redis_accepted, on_accepted, v);
	}
}

/* All that has to do with jobs. */
static int
wire_judging(struct validator *v, struct err *err)
{
	if (wire_audits(v, err) != 0)
		return -1;
	wire_trust(v);
	wire_service(v);
	wire_desks(v);
	wire_challenges(v);
	return 0;
}

static int
wire_submissions(struct validator *v, struct err *err)
{
	const struct config *c = v->service.config;
	const char *key = config_str(c, "validator.judge_key");
	const struct submissions_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .metrics = v->service.metrics,
	    .url = config_str(c, "validator.judge_url"),
	    .key = key[0] != '\0' ? key : NULL,
	    .development = config_bool(c, "validator.development"),
	    .at_once = config_int(c, "validator.judge_at_once"),
	    .retry_us = config_ms(c, "validator.judge_retry") * 1000,
	    .refresh_us = config_ms(c, "validator.judge_refresh") * 1000,
	};

	if (setup.url[0] == '\0')
		return 0;
	v->submissions = submissions_new(&setup, err);
	return v->submissions != NULL ? 0
				      : err_wrap(err, "validator.judge_url");
}

static struct watch_service_setup
service_of(const struct config *c, const char *url, const char *key)
{
	return (struct watch_service_setup){
	    .url = config_str(c, url),
	    .key = config_str(c, key),
	    .at_once = config_int(c, "validator.engagement_at_once"),
	    .per_minute = config_int(c, "validator.engagement_per_minute"),
	};
}

static void
read_posts_rule(const struct config *c, struct posts_rule *rule)
{
	*rule = (struct posts_rule){
	    .gist_every = config_int(c, "validator.engagement_gist_every"),
	    .old_after = config_int(c, "validator.engagement_old_after"),
	    .old_every = config_int(c, "validator.engagement_old_every"),
	    .verdict_every =
		config_int(c, "validator.engagement_verdict_every"),
	    .audience_every =
		config_int(c, "validator.engagement_audience_every"),
	    .gone_times = (int)config_int(c, "validator.engagement_gone_times"),
	    .gone_buckets = config_int(c, "validator.engagement_gone_buckets"),
	};
}

static int
wire_posts(struct validator *v, struct err *err)
{
	const struct config *c = v->service.config;
	struct posts_setup setup = {
	    .base = v->service.base,
	    .store = &v->store,
	    .metrics = v->service.metrics,
	    .policy = &v->policy,
	    .development = config_bool(c, "validator.development"),
	    .gists_url = config_str(c, "validator.engagement_gists_url"),
	    .failures = (int)config_int(c, "validator.engagement_failures"),
	    .out_ms = config_ms(c, "validator.engagement_out"),
	    .takes_tags = config_bool(c, "validator.engagement_takes_tags"),
	    .new_claims = config_int(c, "validator.engagement_new_claims"),
	    .retry_us = config_ms(c, "validator.engagement_retry") * 1000,
	    .budget = config_int(c, "validator.engagement_budget"),
	    .verdict_budget =
		config_int(c, "validator.engagement_verdict_budget"),
	    .distance = (int)config_int(c, "validator.engagement_distance"),
	    .keep = config_int(c, "validator.engagement_keep"),
	};

	setup.services[WATCH_TRACKER] =
	    service_of(c, "validator.engagement_tracker_url",
		"validator.engagement_tracker_key");
	setup.services[WATCH_DETECTOR] =
	    service_of(c, "validator.engagement_detector_url",
		"validator.engagement_detector_key");
	setup.services[WATCH_MODERATOR] =
	    service_of(c, "validator.engagement_moderator_url",
		"validator.engagement_moderator_key");
	setup.services[WATCH_AUDIENCE] =
	    service_of(c, "validator.engagement_audience_url",
		"validator.engagement_audience_key");
	read_posts_rule(c, &setup.rule);
	if (setup.services[WATCH_TRACKER].url[0] == '\0')
		return 0;
	if (posts_platforms(config_str(c, "validator.engagement_platforms"),
		&setup.platforms, err) != 0)
		return err_wrap(err, "validator.engagement_platforms");
	v->posts = posts_new(&setup, err);
	return v->posts != NULL ? 0 : err_wrap(err, "validator.engagement");
}

static int
wire(struct validator *v, struct err *err)
{
	const struct config *c = v->service.config;
	int64_t sweep_ms = config_ms(c, "validator.sweep");

	uuid_new(v->id);
	v->started_us = clock_wall_us();
	v->judges = config_bool(c, "validator.judge_jobs");
	if (load_policy(v, err) != 0 || wire_redis(v, err) != 0)
		return -1;
	v->store.netuid = config_int(c, "netuid");
	v->store.mecid = config_int(c, "validator.mecid");
	v->store.pg =
	    pg_new(v->service.base, config_str(c, "db.url"), on_up, v);
	if (v->judges && wire_judging(v, err) != 0)
		return -1;
	wire_rounds(v);
	if (wire_submissions(v, err) != 0 || wire_posts(v, err) != 0)
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
	redis_free(v->accepted);
	redis_free(v->out);
	pg_free(v->store.pg);
	store_clear(&v->store);
	desk_free(v->desk);
	reference_desk_free(v->references);
	audit_desk_free(v->audits);
	reference_service_free(v->reference);
	reference_trust_free(v->trust);
	rounds_free(v->rounds);
	challenges_free(v->challenges);
	submissions_free(v->submissions);
	posts_free(v->posts);
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
	    &v.service, "validatord", "validator", validator_keys, argc, argv);
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

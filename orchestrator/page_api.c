/* The door of the page. */
#include "orchestrator/page_api.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/gate.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page.h"
#include "orchestrator/page_ask.h"
#include "orchestrator/page_cache.h"
#include "orchestrator/page_files.h"
#include "orchestrator/page_live.h"
#include "orchestrator/page_shares.h"
#include "orchestrator/principal.h"
#include "orchestrator/redrive.h"
#include "orchestrator/states.h"
#include "subtensor/ss58.h"

enum {
	LIMIT = 50,
	MAX_LIMIT = 100,
	MAX_BODY = 1024, /* of a request that needs none: not looked at */
};

struct page_door {
	bool is_served;
	struct page_cache *cache;
	struct page_live *live;
	struct page_shares *shares;
};

/* -- who reads ------------------------------------------------------------- */

static bool
has_key(const struct http_req *req)
{
	return principal_of(req)->role != 0;
}

/*
 * Dippy's door shows any job to whoever has its id: where it is open, ids are
 * for keys alone. Answers the request then.
 */
static bool
hides_jobs(struct orchestrator *o, struct http_req *req)
{
	if (has_key(req) ||
	    !config_is_set(o->service.config, "orchestrator.dippy_secret"))
		return false;
	http_reply_problem(req, 403, "jobs_hidden",
	    "Dippy's door is open here and shows a job to whoever has its id: "
	    "without an API key no ids are told");
	return true;
}

static void
reply(struct http_req *req, struct orchestrator *o, struct page_ask *ask)
{
	const char *own = principal_sees(principal_of(req));

	ask->sees_all = own == NULL;
	if (own != NULL)
		snprintf(ask->own, sizeof(ask->own), "%s", own);
	page_cache_reply(o->page->cache, req, ask);
}

/* -- what is shown of all -------------------------------------------------- */

/* One that takes no parameters. */
static void
show(struct http_req *req, struct orchestrator *o, enum page_view view)
{
	struct page_ask ask;

	page_ask_init(&ask, view);
	reply(req, o, &ask);
}

static void
show_now(struct http_req *req, void *orchestrator)
{
	show(req, orchestrator, PAGE_NOW);
}

static void
show_miners(struct http_req *req, void *orchestrator)
{
	show(req, orchestrator, PAGE_MINERS);
}

static void
show_weights(struct http_req *req, void *orchestrator)
{
	show(req, orchestrator, PAGE_WEIGHTS);
}

static void
show_engagement(struct http_req *req, void *orchestrator)
{
	show(req, orchestrator, PAGE_ENGAGEMENT);
}

static void
show_failures(struct http_req *req, void *orchestrator)
{
	if (!hides_jobs(orchestrator, req))
		show(req, orchestrator, PAGE_FAILURES);
}

static void
show_shares(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;

	page_shares_reply(o->page->shares, req);
}

/* -- jobs ------------------------------------------------------------------ */

/* A parameter's text, copied; absent: "". */
static int
take(struct http_req *req, const char *name, char *out, size_t size,
    struct err *err)
{
	const char *text = http_req_query(req, name);

	if (text == NULL)
		return 0;
	if (strlen(text) >= size)
		return err_set(
		    err, "%s has more than %zu bytes", name, size - 1);
	memcpy(out, text, strlen(text));
	return 0;
}

static int
check_jobs(const struct page_ask *ask, struct err *err)
{
	uint8_t key[32];

	if (ask->state[0] != '\0' && job_state_parse(ask->state) < 0)
		return err_set(err,
		    "state is queued, assigned, running, done, failed, expired "
		    "or cancelled");
	if (ask->hotkey[0] != '\0' && ss58_decode_account(ask->hotkey, key))
		return err_set(err, "hotkey is no SS58 address");
	return 0;
}

static int
take_jobs(struct http_req *req, struct page_ask *ask, struct err *err)
{
	const char *behind = http_req_query(req, "cursor");

	ask->limit = (int)page_number(
	    "limit", http_req_query(req, "limit"), LIMIT, 1, MAX_LIMIT, err);
	if (ask->limit < 0 ||
	    take(req, "kind", ask->kind, sizeof(ask->kind), err) != 0 ||
	    take(req, "state", ask->state, sizeof(ask->state), err) != 0 ||
	    take(req, "hotkey", ask->hotkey, sizeof(ask->hotkey), err) != 0 ||
	    check_jobs(ask, err) != 0)
		return -1;
	ask->has_behind = behind != NULL;
	return behind != NULL ? page_cursor_parse(behind, &ask->behind, err)
			      : 0;
}

static void
show_jobs(struct http_req *req, void *orchestrator)
{
	struct page_ask ask;
	struct err err;

	if (hides_jobs(orchestrator, req))
		return;
	page_ask_init(&ask, PAGE_JOBS);
	if (take_jobs(req, &ask, &err) != 0)
		http_reply_problem(req, 400, "bad_query", "%s", err.text);
	else
		reply(req, orchestrator, &ask);
}

static void
show_job(struct http_req *req, void *orchestrator)
{
	const char *id = http_req_param(req, "id");
	struct page_ask ask;

	if (hides_jobs(orchestrator, req))
		return;
	if (!uuid_is_valid(id)) {
		http_reply_problem(req, 404, "not_found", "no such job");
		return;
	}
	page_ask_init(&ask, PAGE_JOB);
	memcpy(ask.id, id, sizeof(ask.id));
	reply(req, orchestrator, &ask);
}

/* -- a miner --------------------------------------------------------------- */

static void
show_of_hotkey(
    struct http_req *req, struct orchestrator *o, enum page_view view)
{
	const char *hotkey = http_req_param(req, "hotkey");
	struct page_ask ask;
	struct err err;
	uint8_t key[32];

	page_ask_init(&ask, view);
	ask.limit = (int)page_number(
	    "limit", http_req_query(req, "limit"), LIMIT, 1, MAX_LIMIT, &err);
	if (ask.limit < 0) {
		http_reply_problem(req, 400, "bad_query", "%s", err.text);
		return;
	}
	if (strlen(hotkey) > PAGE_MAX_HOTKEY ||
	    ss58_decode_account(hotkey, key) != 0) {
		http_reply_problem(req, 400, "bad_hotkey",
		    "the path has no SS58 address where a hotkey stands");
		return;
	}
	memcpy(ask.hotkey, hotkey, strlen(hotkey));
	reply(req, o, &ask);
}

static void
show_miner(struct http_req *req, void *orchestrator)
{
	show_of_hotkey(req, orchestrator, PAGE_MINER);
}

static void
show_work(struct http_req *req, void *orchestrator)
{
	show_of_hotkey(req, orchestrator, PAGE_WORK);
}

static void
show_score(struct http_req *req, void *orchestrator)
{
	show_of_hotkey(req, orchestrator, PAGE_SCORE);
}

/* -- what happens ---------------------------------------------------------- */

static void
show_live(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *job = http_req_query(req, "job");

	if (job != NULL && hides_jobs(o, req))
		return;
	if (job != NULL && !uuid_is_valid(job))
		http_reply_problem(
		    req, 400, "bad_query", "job is no id of a job");
	else
		page_live_begin(o->page->live, req, job);
}

void
page_api_news(struct orchestrator *o, const char *of)
{
	if (o->page == NULL)
		return;
	page_cache_stale(o->page->cache);
	page_live_news(o->page->live, of);
}

void
page_api_changed(struct orchestrator *o)
{
	page_cache_stale(o->page->cache);
}

/* -- who asks -------------------------------------------------------------- */

/* What the page may do for its reader. */
static void
show_reader(struct http_req *req, void *orchestrator)
{
	const struct orchestrator *o = orchestrator;
	const struct principal *who = principal_of(req);
	bool acts = who->role == ROLE_OPERATOR || who->role == ROLE_ADMIN;
	char body[256];
	int len = snprintf(body, sizeof(body),
	    "{\"netuid\":%d,\"role\":\"%s\",\"sees_all\":%s,\"acts\":%s,"
	    "\"version\":\"%s\"}",
	    o->netuid, who->role != 0 ? role_name(who->role) : "public",
	    principal_sees(who) == NULL ? "true" : "false",
	    acts ? "true" : "false", SUBNETD_VERSION);

	http_reply_header(req, "Cache-Control", "no-store");
	http_reply(req, 200, "application/json", body, len);
}

/* -- the whole ------------------------------------------------------------- */

struct page_door *
page_api_new(struct orchestrator *o, const char *mode)
{
	bool is_public = strcmp(mode, "public") == 0;
	bool is_off = strcmp(mode, "off") == 0;
	struct page_door *d;

	if (!is_public && !is_off && strcmp(mode, "keys") != 0) {
		log_fatal("config.refused",
		    "key=orchestrator.page why=\"it must be public, keys or "
		    "off\"");
		return NULL;
	}
	d = xcalloc(1, sizeof(*d));
	d->is_served = !is_off;
	d->cache = page_cache_new(o);
	d->live = page_live_new(o);
	d->shares = page_shares_new(o);
	if (is_public)
		gate_let_read(o->gate);
	return d;
}

void
page_api_free(struct page_door *d)
{
	if (d == NULL)
		return;
	page_cache_free(d->cache);
	page_live_free(d->live);
	page_shares_free(d->shares);
	free(d);
}

void
page_api_drain(struct page_door *d)
{
	page_live_drain(d->live);
}

bool
page_api_is_served(const struct orchestrator *o)
{
	return o->page->is_served;
}

enum { READ = ROLES_ALL | GATE_PUBLIC, ACT = ROLE_OPERATOR | ROLE_ADMIN };

const struct http_route page_routes[] = {
    {"GET", "/", 0, false, page_files_index, 0},
    {"GET", "/page/{file}", 0, false, page_files_show, 0},
    {"GET", "/v1/page/reader", 0, false, show_reader, READ},
    {"GET", "/v1/page/now", 0, false, show_now, READ},
    {"GET", "/v1/page/live", 0, false, show_live, READ},
    {"GET", "/v1/page/jobs", 0, false, show_jobs, READ},
    {"GET", "/v1/page/jobs/{id}", 0, false, show_job, READ},
    {"GET", "/v1/page/miners", 0, false, show_miners, READ},
    {"GET", "/v1/page/miners/{hotkey}", 0, false, show_miner, READ},
    {"GET", "/v1/page/miners/{hotkey}/work", 0, false, show_work, READ},
    {"GET", "/v1/page/scores/{hotkey}", 0, false, show_score, READ},
    {"GET", "/v1/page/shares", 0, false, show_shares, READ},
    {"GET", "/v1/page/weights", 0, false, show_weights, READ},
    {"GET", "/v1/page/engagement", 0, false, show_engagement, READ},
    {"GET", "/v1/page/failures", 0, false, show_failures, READ},
    {"POST", "/v1/jobs/{id}/redrive", MAX_BODY, false, redrive_job, ACT},
    {"POST", "/v1/failures/{group}/redrive", MAX_BODY, false, redrive_group,
	ACT},
    {NULL, NULL, 0, false, NULL, 0},
};

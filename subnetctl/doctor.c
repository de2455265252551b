/* subnetctl doctor: what the suite needs, checked one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subnetctl/check.h"
#include "subnetctl/ctl.h"
#include "subnetctl/node.h"
#include "subnetctl/show.h"
#include "subtensor/keyfile.h"

enum { MAX_CHECKS = 24, MAX_NAMES = 20 };

/* What the later checks take of the earlier ones. */
struct exam {
	const struct ctl *ctl;
	const struct config *config;
	struct check checks[MAX_CHECKS];
	size_t n;
	PGconn *conn;
	char hotkey[CHECK_HOTKEY];
	struct node node;
	int64_t chain_ms;
};

/* The next one's place. */
static struct check *
next(struct exam *e)
{
	return &e->checks[e->n++];
}

/* -- names ----------------------------------------------------------------- */

static void
add_name(struct check_name names[MAX_NAMES], size_t *n, const char *key,
    const char *url)
{
	if (*n < MAX_NAMES && url != NULL)
		names[(*n)++] = (struct check_name){key, url};
}

static void
examine_names(struct exam *e)
{
	char **urls = config_list(e->config, "subtensor.chain_endpoint");
	const char *genesis;
	char *endpoint = node_endpoint(e->config, &genesis, NULL);
	struct check_name names[MAX_NAMES];
	size_t n = 0;

	for (size_t i = 0; urls[i] != NULL; i++)
		add_name(names, &n, "subtensor.chain_endpoint", urls[i]);
	if (urls[0] == NULL)
		add_name(names, &n, "subtensor.network", endpoint);
	add_name(names, &n, "db.url", config_str(e->config, "db.url"));
	add_name(names, &n, "redis.url", config_str(e->config, "redis.url"));
	add_name(names, &n, "orchestrator.public_url",
	    config_str(e->config, "orchestrator.public_url"));
	check_names(next(e), names, n);
	config_list_free(urls);
	free(endpoint);
}

/* -- stores ---------------------------------------------------------------- */

static void
examine_stores(struct exam *e)
{
	const char *redis = config_str(e->config, "redis.url");
	bool is_up;

	e->conn = check_postgres(next(e), config_str(e->config, "db.url"));
	check_schema(next(e), e->conn);
	check_settings(next(e), e->conn);
	is_up = check_redis(next(e), redis);
	check_memory(next(e), redis, is_up);
}

/* -- the hotkey ------------------------------------------------------------ */

static void
examine_key(struct exam *e)
{
	const char *set = config_str(e->config, "signer.key_file");
	char *path =
	    set[0] != '\0'
		? xstrdup(set)
		: keyfile_hotkey_path(config_str(e->config, "wallet.path"),
		      config_str(e->config, "wallet.name"),
		      config_str(e->config, "wallet.hotkey"));

	check_signer(
	    next(e), config_str(e->config, "signer.socket"), e->hotkey);
	check_key_file(next(e), path,
	    config_str(e->config, "signer.password_file"), e->hotkey);
	free(path);
}

/* -- the chain ------------------------------------------------------------- */

/* A chain that signerd signs for, if it is told of one. */
static void
examine_head(struct exam *e)
{
	const char *own = config_str(e->config, "signer.genesis"), *genesis;
	struct check *c = next(e);
	struct err err;
	char *endpoint = node_endpoint(e->config, &genesis, &err);

	c->name = "chain";
	if (endpoint != NULL) {
		check_chain(
		    c, endpoint, own[0] != '\0' ? own : genesis, &e->chain_ms);
	} else {
		check_fail(c, "%s", err.text);
		check_fix(c, "set subtensor.network to finney, test, archive, "
			     "local or a URL");
	}
	free(endpoint);
}

static void
examine_chain(struct exam *e)
{
	struct check_standing of = {.hotkey = e->hotkey,
	    .netuid = atoi(e->ctl->netuid),
	    .mecid = atoi(e->ctl->mecid),
	    .conn = e->conn};
	struct err err;

	examine_head(e);
	if (e->chain_ms != 0)
		e->node.url = node_url(e->config, &err);
	check_runtime(next(e), &e->node,
	    (int)config_int(e->config, "signer.weights_pallet"));
	check_standing(next(e), &e->node, &of);
	check_clock(next(e), clock_wall_ms(), e->chain_ms);
}

/* -- this machine ---------------------------------------------------------- */

static void
examine_host(struct exam *e)
{
	const char *grace = config_str(e->config, "subnetctl.stop_grace");
	const char *const folders[] = {
	    config_str(e->config, "orchestrator.store"),
	    config_str(e->config, "orchestrator.store_spool")};

	check_ntp(next(e));
	check_public_url(next(e),
	    config_str(e->config, "orchestrator.public_url"), e->conn,
	    clock_wall_us());
	check_disk(next(e), folders, 2);
	check_drain(next(e), config_ms(e->config, "orchestrator.drain"),
	    grace[0] != '\0' ? config_parse_ms(grace)
			     : check_unit_grace_ms(""));
}

/* -- what was found -------------------------------------------------------- */

static int
report(const struct exam *e)
{
	json_t *list = json_array();
	bool ok = true;

	for (size_t i = 0; i < e->n; i++) {
		ok = ok && e->checks[i].result != CHECK_FAIL;
		if (e->ctl->json)
			json_array_append_new(list, check_json(&e->checks[i]));
		else
			check_print(&e->checks[i]);
	}
	if (e->ctl->json)
		show_json(json_pack("{s:b, s:O}", "ok", ok, "checks", list));
	json_decref(list);
	return ok ? CTL_OK : CTL_FAILED;
}

int
ctl_doctor(const struct ctl *ctl)
{
	struct exam e = {.ctl = ctl, .config = ctl->config};
	const char *grace = config_str(ctl->config, "subnetctl.stop_grace");
	struct err err;
	int code;

	if (grace[0] != '\0' && config_parse_ms(grace) < 0) {
		err_set(&err,
		    "subnetctl.stop_grace: \"%.40s\" is no time, as 40s is",
		    grace);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	examine_names(&e);
	examine_stores(&e);
	examine_key(&e);
	examine_chain(&e);
	examine_host(&e);
	code = report(&e);
	node_clear(&e.node);
	PQfinish(e.conn);
	return code;
}

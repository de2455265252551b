/* subnetctl doctor: what the suite needs, checked one by one. */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/xalloc.h"
#include "subnetctl/check.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"
#include "subtensor/keyfile.h"
#include "subtensor/networks.h"

enum { N_CHECKS = 8 };

/* The first endpoint that was set, or the network's. */
static void
run_check_chain(struct check *c, const struct config *config, int64_t *chain_ms)
{
	const char *name = config_str(config, "subtensor.network");
	const struct network *network = network_find(name);
	char **urls = config_list(config, "subtensor.chain_endpoint");

	*chain_ms = 0;
	c->name = "chain";
	if (urls[0] != NULL) {
		check_chain(c, urls[0], NULL, chain_ms);
	} else if (network != NULL) {
		check_chain(c, network->urls[0], network->genesis, chain_ms);
	} else {
		check_fail(c, "\"%s\" is no network", name);
		check_fix(c, "set subtensor.network to finney, test, archive "
			     "or local");
	}
	config_list_free(urls);
}

static void
run_check_key(struct check *c, const struct config *config)
{
	const char *set = config_str(config, "signer.key_file");
	char *path = set[0] != '\0' ? xstrdup(set)
				    : keyfile_hotkey_path(
					  config_str(config, "wallet.path"),
					  config_str(config, "wallet.name"),
					  config_str(config, "wallet.hotkey"));

	check_key_file(c, path, config_str(config, "signer.password_file"));
	free(path);
}

static void
run_checks(const struct config *config, struct check checks[N_CHECKS])
{
	PGconn *conn = check_postgres(&checks[0], config_str(config, "db.url"));
	int64_t chain_ms;

	check_schema(&checks[1], conn);
	check_redis(&checks[2], config_str(config, "redis.url"));
	run_check_key(&checks[3], config);
	check_signer(&checks[4], config_str(config, "signer.socket"));
	run_check_chain(&checks[5], config, &chain_ms);
	check_clock(&checks[6], clock_wall_ms(), chain_ms);
	check_public_url(&checks[7],
	    config_str(config, "orchestrator.public_url"), conn,
	    clock_wall_us());
	PQfinish(conn);
}

static void
print_check(const struct check *c)
{
	static const char *const words[] = {"ok", "FAIL", "skip"};

	printf("%-4s %s: %s%s%s\n", words[c->result], c->name, c->what,
	    c->fix[0] != '\0' ? " — fix: " : "", c->fix);
}

static json_t *
check_json(const struct check *c)
{
	static const char *const words[] = {"ok", "fail", "skip"};

	return json_pack("{s:s, s:s, s:s, s:s}", "name", c->name, "result",
	    words[c->result], "what", c->what, "fix", c->fix);
}

int
ctl_doctor(const struct ctl *ctl)
{
	struct check checks[N_CHECKS] = {{.name = NULL}};
	json_t *list = json_array();
	bool ok = true;

	run_checks(ctl->config, checks);
	for (int i = 0; i < N_CHECKS; i++) {
		ok = ok && checks[i].result != CHECK_FAIL;
		if (ctl->json)
			json_array_append_new(list, check_json(&checks[i]));
		else
			print_check(&checks[i]);
	}
	if (ctl->json)
		show_json(json_pack("{s:b, s:O}", "ok", ok, "checks", list));
	json_decref(list);
	return ok ? CTL_OK : CTL_FAILED;
}

/*
 * subnetctl keys: who may use the API. A key is printed when it is made, and
 * when it gets another secret; PostgreSQL is told the secret's hash alone.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/api_key.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"

enum { MAX_NAME = 100 };

/* -- showing ------------------------------------------------------------ */

/* Its row; key NULL: without a secret. */
static void
show(const struct ctl *ctl, const PGresult *res, const struct api_key *key)
{
	char text[API_KEY_TEXT];
	json_t *row;

	if (key != NULL)
		api_key_print(key, text);
	if (ctl->json) {
		row = show_row(res, 0);
		if (key != NULL)
			json_object_set_new(row, "key", json_string(text));
		show_json(json_pack("{s:o}", "key", row));
	} else {
		show_pairs(res, 0);
		if (key != NULL)
			printf("%-16s %s\n", "key", text);
	}
	sodium_memzero(text, sizeof(text));
}

/* The row that a statement changed, or that there is none. */
static int
show_changed(const struct ctl *ctl, PGresult *res, const struct api_key *key)
{
	struct err err;
	int code = CTL_OK;

	if (res == NULL)
		return CTL_FAILED;
	if (PQntuples(res) == 1) {
		show(ctl, res, key);
	} else {
		err_set(&err, "there is no API key %s on netuid %s",
		    ctl->args[0], ctl->netuid);
		code = ctl_fail(ctl, CTL_FAILED, &err);
	}
	PQclear(res);
	return code;
}

static void
hash_of(const struct api_key *key, char out[2 * API_KEY_HASH + 1])
{
	uint8_t hash[API_KEY_HASH];

	api_key_hash(key->secret, hash);
	hex_encode(hash, sizeof(hash), out);
}

/* -- making ------------------------------------------------------------- */

static int
check_new(
    const char *role, const char *name, const char *tenant, struct err *err)
{
	if (role_parse(role) == 0)
		return err_set(err,
		    "--role must be client, miner, validator, operator or "
		    "admin");
	if (strlen(name) > MAX_NAME)
		return err_set(
		    err, "--name must have at most %d bytes", MAX_NAME);
	if (tenant[0] != '\0' && !api_key_tenant_is_valid(tenant))
		return err_set(err,
		    "--tenant must be a name of 1 to %d letters, digits, "
		    "dots, dashes and underscores",
		    API_KEY_MOST_TENANT);
	return 0;
}

int
ctl_keys_new(const struct ctl *ctl)
{
	const char *role = config_str(ctl->config, "subnetctl.role");
	const char *name = config_str(ctl->config, "subnetctl.name");
	const char *tenant = config_str(ctl->config, "subnetctl.tenant");
	int64_t expires_ms = config_ms(ctl->config, "subnetctl.expires");
	int64_t now_us = clock_wall_us();
	char hash[2 * API_KEY_HASH + 1];
	struct pg_params p = {0};
	struct api_key key;
	struct err err;
	int code;

	if (check_new(role, name, tenant, &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	api_key_make(&key);
	hash_of(&key, hash);
	pg_add_text(&p, key.id);
	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, hash);
	pg_add_text(&p, name);
	pg_add_text(&p, role);
	pg_add_text(&p, tenant[0] != '\0' ? tenant : key.id);
	pg_add_us(&p, now_us);
	pg_add_text(&p, NULL);
	pg_add_us(&p, expires_ms > 0 ? now_us + expires_ms * 1000 : 0);
	code =
	    show_changed(ctl, ctl_query(ctl, sql_key_new, p.n, p.values), &key);
	sodium_memzero(&key, sizeof(key));
	return code;
}

/* -- the others --------------------------------------------------------- */

int
ctl_keys_list(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->limit};

	return ctl_list(ctl, "keys", sql_ctl_key_list, 2, params);
}

int
ctl_keys_revoke(const struct ctl *ctl)
{
	struct pg_params p = {0};

	pg_add_text(&p, ctl->args[0]);
	pg_add_text(&p, ctl->netuid);
	pg_add_us(&p, clock_wall_us());
	return show_changed(
	    ctl, ctl_query(ctl, sql_key_revoke, p.n, p.values), NULL);
}

int
ctl_keys_rotate(const struct ctl *ctl)
{
	char hash[2 * API_KEY_HASH + 1];
	const char *const params[] = {ctl->args[0], ctl->netuid, hash};
	struct api_key key = {0};
	int code;

	snprintf(key.id, sizeof(key.id), "%s", ctl->args[0]);
	api_key_make_secret(&key);
	hash_of(&key, hash);
	code = show_changed(
	    ctl, ctl_query(ctl, sql_ctl_key_rotate, 3, params), &key);
	sodium_memzero(&key, sizeof(key));
	return code;
}

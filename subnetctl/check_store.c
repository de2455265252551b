/* Doctor: PostgreSQL, its schema and settings; Redis and what it keeps. */
#include <hiredis/hiredis.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "common/err.h"
#include "common/pg.h"
#include "common/redis_url.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/check.h"
#include "subnetctl/db.h"
#include "subnetctl/migrate.h"
#include "subnetctl/wake.h"

static const struct timeval redis_limit = {5, 0};

PGconn *
check_postgres(struct check *c, const char *conninfo)
{
	struct err err;
	PGconn *conn = db_connect(conninfo, &err);

	c->name = "postgres";
	if (conn != NULL) {
		check_ok(c, "server %d.%d", PQserverVersion(conn) / 10000,
		    PQserverVersion(conn) % 10000);
		return conn;
	}
	check_fail(c, "%s", err.text);
	check_fix(c, "start PostgreSQL, or set db.url");
	return NULL;
}

void
check_schema(struct check *c, PGconn *conn)
{
	struct migrate_state state;
	struct err err;

	c->name = "schema";
	if (conn == NULL) {
		check_skip(c, "PostgreSQL cannot be reached");
	} else if (migrate_look(conn, &state, &err) != 0) {
		check_fail(c, "%s", err.text);
		check_fix(c, "give this user the rights to read the tables");
	} else if (state.foreign[0] != '\0') {
		check_fail(c, "version %d (%s), and this program knows %d",
		    state.have, state.foreign, state.known);
		check_fix(c, "run the newer programs");
	} else if (state.have < state.known) {
		check_fail(c, "version %d of %d", state.have, state.known);
		check_fix(c, "run: subnetctl migrate");
	} else {
		check_ok(c, "version %d", state.have);
	}
}

/* -- PostgreSQL's settings ------------------------------------------------- */

/* The oldest server that the suite is tested with; connections that a daemon
 * and its restart want; a transaction older than that keeps dead rows. */
enum { LEAST_VERSION = 150000, LEAST_FREE = 8, MOST_OLD_S = 3600 };

/* Settings that must be as said, or at least not off, and what is lost
 * otherwise. */
static const struct {
	const char *name, *must;
	bool unless_off;
	const char *or_else;
} settings[] = {
    {"default_transaction_read_only", "off", false, "nothing can be written"},
    {"synchronous_commit", "on", true, "a crash loses jobs that were accepted"},
    {"fsync", "on", false, "a crash of the machine loses accepted jobs"},
    {"full_page_writes", "on", false, "a crash of the machine tears pages"},
    {"autovacuum", "on", false, "dead rows are never removed"},
    {"default_transaction_isolation", "read committed", false,
	"claims fail where they should wait"},
};

/* false: one of them is wrong, and the check says so. */
static bool
check_each(struct check *c, const PGresult *res)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *is = pg_text(res, 0, settings[i].name);

		if (settings[i].unless_off ? strcmp(is, "off") != 0
					   : strcmp(is, settings[i].must) == 0)
			continue;
		check_fail(c, "%s = %s: %s", settings[i].name, is,
		    settings[i].or_else);
		check_fix(c,
		    "set it to \"%s\" in postgresql.conf and reload; or where "
		    "pg_settings.source says that it was set",
		    settings[i].must);
		return false;
	}
	return true;
}

/* What makes it the wrong server. */
static bool
check_server(struct check *c, const PGresult *res)
{
	if (pg_bool(res, 0, "is_replica")) {
		check_fail(c, "it is a replica");
		check_fix(c, "set db.url to the primary");
	} else if (pg_int(res, 0, "version") < LEAST_VERSION) {
		check_fail(c, "version %d is older than 15",
		    (int)pg_int(res, 0, "version") / 10000);
		check_fix(c, "upgrade PostgreSQL");
	} else {
		return true;
	}
	return false;
}

/* What is well today. */
static void
check_room(struct check *c, const PGresult *res)
{
	int64_t spare = pg_int(res, 0, "free");
	double old_s = pg_real(res, 0, "oldest_s");

	if (spare < LEAST_FREE) {
		check_warn(c, "%d connections are left",
		    (int)spare < 0 ? 0 : (int)spare);
		check_fix(c, "raise max_connections in postgresql.conf, or "
			     "close what need not be open");
	} else if (old_s > MOST_OLD_S) {
		check_warn(c,
		    "a transaction of %s is open for %.0f s: dead rows "
		    "cannot be removed",
		    pg_text(res, 0, "oldest_who"), old_s);
		check_fix(c, "end it: select pg_terminate_backend(%d)",
		    (int)pg_int(res, 0, "oldest_pid"));
	} else {
		check_ok(c, "durable; %d connections left, %.1f GB", (int)spare,
		    pg_real(res, 0, "bytes") / 1e9);
	}
}

void
check_settings(struct check *c, PGconn *conn)
{
	struct err err;
	PGresult *res;

	c->name = "settings";
	if (conn == NULL) {
		check_skip(c, "PostgreSQL cannot be reached");
		return;
	}
	res = db_query(conn, sql_ctl_doctor_settings, 0, NULL, &err);
	if (res == NULL) {
		check_fail(c, "%s", err.text);
		check_fix(c, "give this user the rights of pg_monitor");
		return;
	}
	if (check_server(c, res) && check_each(c, res))
		check_room(c, res);
	PQclear(res);
}

/* -- Redis ----------------------------------------------------------------- */

/* It takes what it is told: no replica, not full, its disk not. */
static const char write_command[] = "SET subnetd:doctor 1 PX 1000";

static void
fail_redis(struct check *c, const char *url, const redisContext *context,
    const redisReply *reply)
{
	bool is_full = reply != NULL && reply->type == REDIS_REPLY_ERROR &&
		       strncmp(reply->str, "OOM", 3) == 0;
	bool is_there = reply != NULL && reply->type == REDIS_REPLY_ERROR;

	if (context == NULL)
		check_fail(c, "%s", redis_url_refused);
	else
		check_fail(c, "%s: %s", url,
		    reply != NULL ? reply->str : context->errstr);
	if (is_full)
		check_fix(c, "raise Redis's maxmemory: streams are trimmed, "
			     "and need a few MB");
	else if (is_there)
		check_fix(c, "point redis.url at a Redis that takes writes, "
			     "or mend what this one says");
	else
		check_fix(c, "start Redis, or set redis.url");
}

bool
check_redis(struct check *c, const char *url)
{
	redisContext *context = wake_connect(url);
	redisReply *reply = NULL;
	bool is_well = false;

	c->name = "redis";
	if (context != NULL && context->err == 0) {
		redisSetTimeout(context, redis_limit);
		reply = redisCommand(context, write_command);
	}
	if (reply != NULL && reply->type != REDIS_REPLY_ERROR) {
		check_ok(c, "%s answers and takes writes", url);
		is_well = true;
	} else {
		fail_redis(c, url, context, reply);
	}
	freeReplyObject(reply);
	redisFree(context);
	return is_well;
}

/* More of its maxmemory is nearly all. */
static const double most_used = 0.9;

/* A line "name:value" of INFO; "" if there is none. */
static void
info_value(const char *info, const char *name, char *out, size_t size)
{
	const char *at = strstr(info, name);
	size_t len = strlen(name);

	out[0] = '\0';
	if (at != NULL && at[len] == ':')
		snprintf(out, size, "%.*s", (int)strcspn(at + len + 1, "\r\n"),
		    at + len + 1);
}

static void
judge_info(struct check *c, const char *info)
{
	char aof[16], aof_status[16], rdb_status[16], policy[32], max[32],
	    used[32];
	double share;

	info_value(info, "aof_enabled", aof, sizeof(aof));
	info_value(
	    info, "aof_last_write_status", aof_status, sizeof(aof_status));
	info_value(
	    info, "rdb_last_bgsave_status", rdb_status, sizeof(rdb_status));
	info_value(info, "maxmemory_policy", policy, sizeof(policy));
	info_value(info, "maxmemory", max, sizeof(max));
	info_value(info, "used_memory", used, sizeof(used));
	share = strtod(used, NULL) / strtod(max, NULL); /* no limit: inf, nan */
	if (strcmp(aof_status, "err") == 0 || strcmp(rdb_status, "err") == 0) {
		check_warn(c, "it could not write to its disk; then it refuses "
			      "to take anything");
		check_fix(c, "make room where Redis keeps its files, or set "
			     "save \"\" and appendonly no: we need neither");
	} else if (strcmp(policy, "noeviction") != 0 && policy[0] != '\0' &&
		   strcmp(max, "0") != 0) {
		check_ok(c, "%s; what it evicts (%s) is found again by sweeps",
		    strcmp(aof, "1") == 0 ? "append-only file" : "no file",
		    policy);
	} else if (isfinite(share) && share > most_used) {
		check_warn(c,
		    "%.0f %% of its maxmemory are used; when it is full "
		    "it refuses to take anything",
		    100 * share);
		check_fix(c, "raise Redis's maxmemory");
	} else {
		check_ok(c, "%s: after a restart of Redis, %s",
		    strcmp(aof, "1") == 0 ? "append-only file"
					  : "no append-only file",
		    strcmp(aof, "1") == 0
			? "wake-ups are still there"
			: "what waits is found by the sweeps, seconds later");
	}
}

void
check_memory(struct check *c, const char *url, bool is_up)
{
	redisContext *context;
	redisReply *reply = NULL;

	c->name = "memory";
	if (!is_up) {
		check_skip(c, "Redis cannot be used");
		return;
	}
	context = wake_connect(url);
	if (context != NULL && context->err == 0) {
		redisSetTimeout(context, redis_limit);
		reply = redisCommand(context, "INFO");
	}
	if (reply != NULL && reply->type == REDIS_REPLY_STRING)
		judge_info(c, reply->str);
	else
		check_skip(c, "this Redis does not say how it keeps things");
	freeReplyObject(reply);
	redisFree(context);
}

/* Doctor: PostgreSQL, its schema, Redis. */
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "common/err.h"
#include "common/xalloc.h"
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

void
check_redis(struct check *c, const char *url)
{
	redisContext *context = wake_connect(url);
	redisReply *reply = NULL;

	c->name = "redis";
	if (context != NULL && context->err == 0) {
		redisSetTimeout(context, redis_limit);
		reply = redisCommand(context, "PING");
	}
	if (reply != NULL && reply->type != REDIS_REPLY_ERROR) {
		check_ok(c, "%s answers", url);
	} else {
		check_fail(c, "%s: %s", url,
		    context == NULL ? "neither redis://host:port nor unix:/path"
		    : reply != NULL ? reply->str
				    : context->errstr);
		check_fix(c, "start Redis, or set redis.url");
	}
	freeReplyObject(reply);
	redisFree(context);
}

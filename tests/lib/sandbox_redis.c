/* A throw-away Redis. */
#include "tests/lib/sandbox_redis.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/proc.h"

struct redisd {
	char *dir, *url, *log;
	struct proc *server;
};

struct redisd *
redisd_new(const char *dir)
{
	struct redisd *r = xcalloc(1, sizeof(*r));

	r->dir = xstrdup(dir);
	r->url = xasprintf("unix:%s/redis.sock", dir);
	r->log = xasprintf("%s/redis.log", dir);
	return r;
}

void
redisd_halt(struct redisd *r)
{
	proc_free(r->server);
	r->server = NULL;
}

void
redisd_free(struct redisd *r)
{
	if (r == NULL)
		return;
	redisd_halt(r);
	free(r->dir);
	free(r->url);
	free(r->log);
	free(r);
}

const char *
redisd_url(const struct redisd *r)
{
	return r->url;
}

/* NULL, or a reply that is no error. */
static redisReply *
ask(struct redisd *r, const char *command)
{
	struct timeval limit = {5, 0};
	redisContext *c = redisConnectUnixWithTimeout(r->url + 5, limit);
	redisReply *reply = NULL;

	if (c != NULL && c->err == 0) {
		redisSetTimeout(c, limit);
		reply = redisCommand(c, command);
	}
	redisFree(c);
	if (reply == NULL || reply->type != REDIS_REPLY_ERROR)
		return reply;
	freeReplyObject(reply);
	return NULL;
}

long long
redisd_command(struct redisd *r, const char *command)
{
	redisReply *reply = ask(r, command);
	long long value = -1;

	if (reply != NULL)
		value = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
	freeReplyObject(reply);
	return value;
}

char *
redisd_text(struct redisd *r, const char *command)
{
	redisReply *reply = ask(r, command);
	char *text = NULL;

	if (reply != NULL && reply->str != NULL)
		text = xstrdup(reply->str);
	freeReplyObject(reply);
	return text;
}

int
redisd_start(struct redisd *r)
{
	const char *argv[] = {"redis-server", "--port", "0", "--unixsocket",
	    r->url + 5, "--save", "", "--appendonly", "no", "--dir", r->dir,
	    NULL};
	struct proc_options o = {.name = "redis", .log = r->log, .argv = argv};
	int64_t until = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	redisd_halt(r);
	r->server = proc_start(&o);
	while (r->server != NULL && proc_is_alive(r->server) &&
	       clock_mono_us() < until) {
		if (redisd_command(r, "PING") == 0)
			return 0;
		proc_nap();
	}
	if (r->server != NULL)
		proc_show_log(r->server, 20);
	return -1;
}

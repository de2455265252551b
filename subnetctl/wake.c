/* Redis for subnetctl. */
#include "subnetctl/wake.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis.h"
#include "common/xalloc.h"

static const struct timeval limit = {5, 0};

struct redisContext *
wake_connect(const char *url)
{
	const char *colon;
	redisContext *context;
	char *host;

	if (strncmp(url, "unix:", 5) == 0)
		return redisConnectUnixWithTimeout(url + 5, limit);
	if (strncmp(url, "redis://", 8) != 0 || strchr(url, '@') != NULL)
		return NULL; /* no passwords: the daemons know none either */
	url += 8;
	colon = strrchr(url, ':');
	host = colon != NULL ? xstrndup(url, colon - url) : xstrdup(url);
	context = redisConnectWithTimeout(
	    host, colon != NULL ? strtol(colon + 1, NULL, 10) : 6379, limit);
	free(host);
	return context;
}

int
wake_send(const char *url, const char *stream, const char *id)
{
	redisContext *context = wake_connect(url);
	redisReply *reply = NULL;
	int rc = -1;

	if (context != NULL && context->err == 0) {
		redisSetTimeout(context, limit);
		reply =
		    redisCommand(context, "XADD %s MAXLEN ~ %d * id %s note %s",
			stream, (int)REDIS_STREAM_LEN, id, "");
	}
	if (reply != NULL && reply->type != REDIS_REPLY_ERROR)
		rc = 0;
	freeReplyObject(reply);
	redisFree(context);
	return rc;
}

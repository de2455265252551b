/* Redis for subnetctl. */
#include "subnetctl/wake.h"

#include <hiredis/hiredis.h>

#include "common/redis.h"
#include "common/redis_url.h"

static const struct timeval limit = {5, 0};

struct redisContext *
wake_connect(const char *text)
{
	struct redis_url url;

	if (redis_url_parse(text, &url) != 0)
		return NULL;
	return url.port != 0
		   ? redisConnectWithTimeout(url.host, url.port, limit)
		   : redisConnectUnixWithTimeout(url.host, limit);
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

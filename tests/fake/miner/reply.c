/* JSON answers. */
#include "tests/fake/miner/reply.h"

#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"

void
reply_json(struct http_req *req, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	http_reply(req, status, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

void
reply_detail(struct http_req *req, int status, const char *text)
{
	reply_json(req, status, json_pack("{s:s}", "detail", text));
}

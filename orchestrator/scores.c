/* A miner's score, over HTTP. */
#include "orchestrator/scores.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_miners.h"
#include "subtensor/ss58.h"

static void
on_score(const struct pg_answer *answer, void *arg)
{
	struct http_req *req = arg;
	const char *body;

	if (answer->outcome != PG_DONE) {
		http_reply_problem(
		    req, 503, "unavailable", "the database is away");
	} else if (PQntuples(answer->results[0]) == 0) {
		http_reply_problem(req, 404, "not_found",
		    "the latest round has no such miner");
	} else {
		body = pg_text(answer->results[0], 0, "body");
		http_reply(req, 200, "application/json", body, strlen(body));
	}
}

/* Those of a page; -1: text is no such number. */
static long
limit_of(const char *text)
{
	char *end;
	long n;

	if (text == NULL)
		return SCORES_LIMIT;
	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < 1 ||
	    n > SCORES_MAX_LIMIT)
		return -1;
	return n;
}

void
scores_show(struct http_req *req, void *orchestrator)
{
	const char *hotkey = http_req_param(req, "hotkey");
	const char *before = http_req_query(req, "before");
	long limit = limit_of(http_req_query(req, "limit"));
	uint8_t key[32];

	if (ss58_decode_account(hotkey, key) != 0)
		http_reply_problem(req, 400, "bad_hotkey",
		    "the path does not end with a hotkey");
	else if (limit < 0)
		http_reply_problem(req, 400, "bad_limit",
		    "limit is not a number from 1 to %d", SCORES_MAX_LIMIT);
	else if (before != NULL && !uuid_is_valid(before))
		http_reply_problem(req, 400, "bad_before",
		    "before is not an attempt's id, as next was");
	else
		store_score_show(
		    orchestrator, hotkey, limit, before, on_score, req);
}

/* Miners, one of them, and the leaderboard. */
#include "orchestrator/v1_miners.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/http_server.h"
#include "orchestrator/page.h"
#include "orchestrator/store_v1.h"
#include "orchestrator/v1_read.h"
#include "subtensor/ss58.h"

/* -- the list -------------------------------------------------------------- */

static void
send_list(struct http_req *req, const PGresult *res)
{
	struct page_param params[] = {
	    {"limit", http_req_query(req, "limit")}, {NULL, NULL}};
	const char *body = pg_text(res, 0, "body");
	struct buf link = {0};

	if (!pg_is_null(res, 0, "next")) {
		page_link(&link, "/v1/miners", params, pg_text(res, 0, "next"));
		http_reply_header(req, "Link", buf_str(&link));
		buf_free(&link);
	}
	http_reply(req, 200, "application/json", body, strlen(body));
}

static void
on_list(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;
	const PGresult *res = v1_read_row(r, answer);

	if (res != NULL)
		send_list(r->req, res);
	free(r);
}

void
v1_miner_list(struct http_req *req, void *orchestrator)
{
	struct err err;
	int64_t limit = page_number("limit", http_req_query(req, "limit"),
	    V1_MINERS_LIMIT, 1, V1_MINERS_MAX_LIMIT, &err);
	int64_t behind =
	    limit < 0 ? 0
		      : page_number("cursor", http_req_query(req, "cursor"), -1,
			    0, V1_MAX_UID, &err);

	/* Without a cursor -1 is right. */
	if (limit < 0 || (behind < 0 && http_req_query(req, "cursor") != NULL))
		http_reply_problem(req, 400, "bad_query", "%s", err.text);
	else
		store_miner_show(orchestrator, behind, (int)limit, NULL,
		    on_list, v1_read_new(orchestrator, req, "miners"));
}

/* -- one of them ----------------------------------------------------------- */

static void
on_miner(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;

	if (answer->outcome != PG_DONE ||
	    pg_int(answer->results[0], 0, "n") > 0) {
		v1_read_on_body(answer, r);
		return;
	}
	http_reply_problem(r->req, 404, "not_found",
	    "no miner of this subnet has that hotkey");
	free(r);
}

void
v1_miner_show(struct http_req *req, void *orchestrator)
{
	const char *hotkey = http_req_param(req, "hotkey");
	uint8_t key[32];

	if (ss58_decode_account(hotkey, key) != 0)
		http_reply_problem(req, 400, "bad_hotkey",
		    "the path does not end with a hotkey");
	else
		store_miner_show(orchestrator, -1, 1, hotkey, on_miner,
		    v1_read_new(orchestrator, req, "miner"));
}

/* -- the leaderboard ------------------------------------------------------- */

void
v1_leaderboard(struct http_req *req, void *orchestrator)
{
	const char *policy = http_req_query(req, "policy");
	struct err err;
	int64_t limit = page_number("limit", http_req_query(req, "limit"),
	    V1_MINERS_LIMIT, 1, V1_MINERS_MAX_LIMIT, &err);

	if (limit >= 0 && policy != NULL && strlen(policy) > V1_MAX_POLICY)
		limit = err_set(
		    &err, "policy has more than %d bytes", V1_MAX_POLICY);
	if (limit < 0)
		http_reply_problem(req, 400, "bad_query", "%s", err.text);
	else
		store_score_board(orchestrator, policy, (int)limit,
		    v1_read_on_body, v1_read_new(orchestrator, req, "rounds"));
}

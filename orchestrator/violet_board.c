/* Violet's leaderboard. */
#include "orchestrator/violet_board.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"

enum { MAX_BOARD = 1000, BOARD = 100 };

struct asking {
	struct orchestrator *o;
	struct http_req *req;
	const char *sort_by;
	bool is_down, is_one;
	int64_t uid, limit;
};

static struct asking *
asking_new(struct orchestrator *o, struct http_req *req)
{
	struct asking *a = xcalloc(1, sizeof(*a));

	a->o = o;
	a->req = req;
	return a;
}

static const char *const sorts[] = {"overall_score", "uptime_score",
    "invocation_count", "diversity_count", "bounty_count",
    "total_tasks_completed", "average_response_time", NULL};

/* The constant; NULL: it is none. */
static const char *
sort_of(const char *word)
{
	for (int i = 0; sorts[i] != NULL; i++) {
		if (word == NULL || strcmp(sorts[i], word) == 0)
			return sorts[i];
	}
	return NULL;
}

static json_t *
counts_of(const PGresult *res, int row)
{
	int64_t jobs = pg_int(res, row, "jobs");
	int64_t done = pg_int(res, row, "successes");
	double rate = jobs > 0 ? 10000.0 * done / jobs : 0;

	return json_pack("{s:I, s:I, s:i, s:I, s:I, s:I, s:I, s:f}",
	    "invocation_count", (json_int_t)jobs, "diversity_count",
	    (json_int_t)pg_int(res, row, "kinds"), "bounty_count", 0,
	    "total_tasks_assigned", (json_int_t)jobs, "total_tasks_completed",
	    (json_int_t)done, "total_responses_submitted", (json_int_t)done,
	    "response_count", (json_int_t)done, "completion_rate",
	    (double)(int64_t)(rate + 0.5) / 100);
}

static json_t *
entry_of(const PGresult *res, int row)
{
	const char *hotkey = pg_text(res, row, "hotkey");
	int64_t uid = pg_int(res, row, "uid");
	char *identity = xasprintf("%s_%lld", hotkey, (long long)uid);
	json_t *entry = json_pack("{s:I, s:I, s:s, s:s, s:s, s:f, s:f, s:f, "
				  "s:f, s:f, s:b, s:f, s:f, s:f, s:f}",
	    "rank", (json_int_t)pg_int(res, row, "rank"), "uid",
	    (json_int_t)uid, "hotkey", hotkey, "coldkey",
	    pg_text(res, row, "coldkey"), "miner_identity", identity,
	    "overall_score", pg_real(res, row, "overall"), "uptime_score",
	    pg_real(res, row, "uptime"), "invocation_score",
	    pg_real(res, row, "invocation"), "diversity_score",
	    pg_real(res, row, "diversity"), "bounty_score", 0.0, "is_serving",
	    pg_bool(res, row, "is_up"), "stake", pg_real(res, row, "stake"),
	    "score", pg_real(res, row, "score"), "win_rate",
	    pg_real(res, row, "win_rate"), "weight",
	    pg_real(res, row, "weight"));

	free(identity);
	json_object_update_new(entry, counts_of(res, row));
	json_object_set_new(entry, "average_response_time",
	    pg_is_null(res, row, "latency_ms")
		? json_null()
		: json_real(pg_real(res, row, "latency_ms") / 1000));
	return entry;
}

static void
on_board(const struct pg_answer *answer, void *arg)
{
	struct asking *a = arg;
	const PGresult *res;
	json_t *list;

	if (!violet_is_read(a->req, answer)) {
		free(a);
		return;
	}
	res = answer->results[0];
	if (a->is_one && PQntuples(res) == 0) {
		violet_refuse(a->req, 404, "Miner not found");
	} else if (a->is_one) {
		violet_reply(a->req, 200,
		    json_pack("{s:b, s:o, s:o}", "success", 1, "miner",
			entry_of(res, 0), "timestamp",
			violet_time(clock_wall_us())));
	} else {
		list = json_array();
		for (int i = 0; i < PQntuples(res); i++)
			json_array_append_new(list, entry_of(res, i));
		violet_reply(a->req, 200,
		    json_pack("{s:b, s:o, s:I, s:s, s:s, s:o}", "success", 1,
			"leaderboard", list, "total_miners",
			(json_int_t)(PQntuples(res) > 0
					 ? pg_int(res, 0, "total")
					 : 0),
			"sort_by", a->sort_by, "order",
			a->is_down ? "desc" : "asc", "timestamp",
			violet_time(clock_wall_us())));
	}
	free(a);
}

static void
read_board(struct asking *a)
{
	store_violet_board(a->o, a->is_one ? a->uid : -1, a->sort_by,
	    a->is_down, a->limit, on_board, a);
}

void
violet_board(struct http_req *req, void *o)
{
	struct asking *a = asking_new(o, req);
	const char *limit = http_req_query(req, "limit");
	const char *order = http_req_query(req, "order");

	a->sort_by = sort_of(http_req_query(req, "sort_by"));
	a->is_down = order == NULL || strcmp(order, "desc") == 0;
	a->limit = BOARD;
	if (a->sort_by == NULL)
		violet_refuse(req, 400,
		    "sort_by must be overall_score, uptime_score, "
		    "invocation_count, diversity_count, bounty_count, "
		    "total_tasks_completed or average_response_time");
	else if (!a->is_down && strcmp(order, "asc") != 0)
		violet_refuse(req, 400, "order must be asc or desc");
	else if (limit != NULL &&
		 !violet_number(limit, 1, MAX_BOARD, &a->limit))
		violet_refuse(
		    req, 400, "limit must be between 1 and %d", MAX_BOARD);
	else {
		read_board(a);
		return;
	}
	free(a);
}

void
violet_board_one(struct http_req *req, void *o)
{
	struct asking *a = asking_new(o, req);

	a->sort_by = sorts[0];
	a->is_down = a->is_one = true;
	a->limit = 1;
	if (violet_number(
		http_req_param(req, "uid"), 0, VIOLET_MAX_UID, &a->uid)) {
		read_board(a);
		return;
	}
	violet_refuse(req, 404, "Miner not found");
	free(a);
}

/* Answers made of a row. */
#include "orchestrator/reply_row.h"

#include <string.h>

#include "common/http_server.h"
#include "orchestrator/store_op.h"

bool
reply_has_row(
    struct http_req *req, const struct pg_answer *answer, const char *what)
{
	if (!store_is_done(answer, what))
		http_reply_problem(
		    req, 503, "unavailable", "%s", store_why(answer));
	else if (PQntuples(answer->results[0]) == 0)
		http_reply_problem(req, 404, "not_found", "no such %s", what);
	else
		return true;
	return false;
}

void
reply_row(
    struct http_req *req, const struct pg_answer *answer, const char *what)
{
	const char *body;

	if (!reply_has_row(req, answer, what))
		return;
	body = pg_text(answer->results[0], 0, "body");
	http_reply(req, 200, "application/json", body, strlen(body));
}

/*
 * The floor under a job: accept, batched insert, POST to the miner, callback,
 * batched update, and nothing else. No parameters are checked, no miner is
 * chosen (they take turns), nothing is signed, no secret is compared.
 *
 *   floor_jobs CONNINFO PORT,PORT,...     the miners' ports
 *
 * The HTTP server and client are the library's, as orchestratord's are;
 * PostgreSQL is reached by libpq alone: what comes up in a turn of the loop
 * goes out as one pipeline and is one transaction, and while one is under way
 * the next gathers. POST /bare is answered at once, with 202: what a request
 * costs by itself. Says on
 * stderr where it listens, and runs until it is killed.
 */
#include <event2/event.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/http_client.h"
#include "common/http_server.h"
#include "common/uuid.h"
#include "common/xalloc.h"

enum { MAX_BODY = 65536, MAX_MINERS = 1024, MAX_BATCH = 200 };

struct op {
	struct op *next;
	const char *statement;
	char id[UUID_TEXT];
	char *text;
	void (*on_done)(struct op *);
	struct http_req *req;
	struct floor *floor;
};

struct floor {
	struct event_base *base;
	struct http_server *server;
	struct http_client *client;
	PGconn *conn;
	struct event *readable, *turn;
	struct op *waiting, **waiting_last; /* for the next batch */
	struct op *sent, *sent_next;	    /* the batch under way */
	int ports[MAX_MINERS];
	size_t n_ports, turn_of;
};

static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "floor: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

/* -- the database ------------------------------------------------------- */

static void
send_batch(struct floor *f)
{
	struct op **last = &f->sent, *op;

	if (f->sent != NULL || f->waiting == NULL)
		return;
	f->sent = f->sent_next = f->waiting;
	for (int n = 0; n < MAX_BATCH && (op = *last) != NULL; n++) {
		const char *params[] = {op->id, op->text};

		if (!PQsendQueryPrepared(
			f->conn, op->statement, 2, params, NULL, NULL, 0))
			fail("send", PQerrorMessage(f->conn));
		last = &op->next;
	}
	f->waiting = *last;
	*last = NULL;
	if (f->waiting == NULL)
		f->waiting_last = &f->waiting;
	if (!PQpipelineSync(f->conn))
		fail("sync", PQerrorMessage(f->conn));
}

static void
end_batch(struct floor *f)
{
	struct op *op = f->sent, *next;

	f->sent = NULL;
	for (; op != NULL; op = next) {
		next = op->next;
		op->on_done(op);
		free(op->text);
		free(op);
	}
	send_batch(f);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct floor *f = arg;

	(void)fd;
	(void)what;
	if (!PQconsumeInput(f->conn))
		fail("read", PQerrorMessage(f->conn));
	while (f->sent != NULL && !PQisBusy(f->conn)) {
		PGresult *res = PQgetResult(f->conn);
		ExecStatusType status = PQresultStatus(res);

		if (res != NULL && status != PGRES_COMMAND_OK &&
		    status != PGRES_PIPELINE_SYNC)
			fail("statement", PQresultErrorMessage(res));
		PQclear(res);
		if (res != NULL && status == PGRES_PIPELINE_SYNC)
			end_batch(f);
	}
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_batch(arg);
}

static void
op_add(struct floor *f, struct op *op)
{
	struct timeval soon = {0, 0};

	op->floor = f;
	*f->waiting_last = op;
	f->waiting_last = &op->next;
	if (!event_pending(f->turn, EV_TIMEOUT, NULL))
		event_add(f->turn, &soon);
}

static void
run(struct floor *f, const char *sql)
{
	PGresult *res = PQexec(f->conn, sql);

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		fail(sql, PQerrorMessage(f->conn));
	PQclear(res);
}

static void
prepare(struct floor *f, const char *name, const char *sql)
{
	PGresult *res = PQprepare(f->conn, name, sql, 2, NULL);

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		fail(sql, PQerrorMessage(f->conn));
	PQclear(res);
}

static void
open_database(struct floor *f, const char *conninfo)
{
	f->conn = PQconnectdb(conninfo);
	if (PQstatus(f->conn) != CONNECTION_OK)
		fail("connect", PQerrorMessage(f->conn));
	run(f, "set client_min_messages = warning");
	run(f, "create table if not exists floor (id uuid primary key, "
	       "state text not null, body text not null, result text)");
	prepare(f, "in", "insert into floor values ($1, 'sent', $2)");
	prepare(f, "out",
	    "update floor set state = 'done', result = $2 where id = $1");
	if (!PQenterPipelineMode(f->conn))
		fail("pipeline", PQerrorMessage(f->conn));
	f->readable = event_new(
	    f->base, PQsocket(f->conn), EV_READ | EV_PERSIST, on_readable, f);
	event_add(f->readable, NULL);
	f->turn = evtimer_new(f->base, on_turn, f);
	f->waiting_last = &f->waiting;
}

/* -- a job -------------------------------------------------------------- */

static void
on_taken(const struct http_answer *answer, void *arg)
{
	(void)arg;
	if (answer->status != 200)
		fail("miner", answer->detail);
}

static void
send_to_miner(struct floor *f, const struct op *op)
{
	static const char *const headers[] = {
	    "Content-Type: application/json", NULL};
	int port = f->ports[f->turn_of++ % f->n_ports];
	char *url = xasprintf("http://127.0.0.1:%d/jobs/bench", port);
	char *body = xasprintf("{\"job_id\":\"%s\",\"job\":%s,\"callback_url\":"
			       "\"http://127.0.0.1:%d/v1/attempts/%s/"
			       "result\",\"callback_secret\":\"%s\"}",
	    op->id, op->text, http_server_port(f->server), op->id, op->id);
	struct http_call_options call = {.method = "POST",
	    .url = url,
	    .headers = headers,
	    .body = body,
	    .body_len = strlen(body),
	    .timeout_ms = 20000,
	    .max_answer = MAX_BODY};

	http_call_start(f->client, &call, on_taken, f);
	free(url);
	free(body);
}

static void
on_inserted(struct op *op)
{
	char text[128];
	int len = snprintf(text, sizeof(text),
	    "{\"id\":\"%s\",\"kind\":\"bench\",\"state\":\"queued\"}", op->id);

	http_reply(op->req, 202, "application/json", text, len);
	send_to_miner(op->floor, op);
}

static void
on_updated(struct op *op)
{
	static const char text[] = "{\"status\":\"accepted\"}";

	http_reply(op->req, 200, "application/json", text, sizeof(text) - 1);
}

static struct op *
op_new(
    struct http_req *req, const char *statement, void (*on_done)(struct op *))
{
	struct op *op = xcalloc(1, sizeof(*op));
	size_t len;
	const void *body = http_req_body(req, &len);

	op->req = req;
	op->statement = statement;
	op->on_done = on_done;
	op->text = xstrndup(body, len);
	return op;
}

static void
post_job(struct http_req *req, void *arg)
{
	struct op *op = op_new(req, "in", on_inserted);

	uuid_new(op->id);
	op_add(arg, op);
}

static void
post_result(struct http_req *req, void *arg)
{
	struct op *op = op_new(req, "out", on_updated);

	snprintf(op->id, sizeof(op->id), "%s", http_req_param(req, "id"));
	op_add(arg, op);
}

static void
post_bare(struct http_req *req, void *arg)
{
	size_t len;
	const void *body = http_req_body(req, &len);

	(void)arg;
	http_reply(req, 202, "application/json", body, len);
}

static const struct http_route routes[] = {
    {"POST", "/v1/jobs", MAX_BODY, false, post_job, 0},
    {"POST", "/v1/attempts/{id}/result", MAX_BODY, false, post_result, 0},
    {"POST", "/bare", MAX_BODY, false, post_bare, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* -- the program -------------------------------------------------------- */

static void
take_ports(struct floor *f, const char *list)
{
	while (f->n_ports < MAX_MINERS && *list != '\0') {
		char *rest;

		f->ports[f->n_ports++] = strtol(list, &rest, 10);
		list = *rest == ',' ? rest + 1 : rest;
	}
	if (f->n_ports == 0)
		fail("usage", "floor_jobs CONNINFO PORT,PORT,...");
}

int
main(int argc, char **argv)
{
	struct floor f = {.base = event_base_new()};
	struct http_client_options client = {.allow_private = true,
	    .max_connections = 256,
	    .max_host_connections = 8};
	struct err err;

	take_ports(&f, argc == 3 ? argv[2] : "");
	open_database(&f, argv[1]);
	f.client = http_client_new(f.base, &client);
	f.server = http_server_new(f.base, routes, &http_default_limits, &f);
	if (http_server_listen(f.server, "127.0.0.1:0", &err) != 0)
		fail("listen", err.text);
	fprintf(stderr, "info floor floor.listening port=%d\n",
	    http_server_port(f.server));
	event_base_dispatch(f.base);
	return EXIT_SUCCESS;
}

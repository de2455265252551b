/*
 * PostgreSQL in pipeline mode: operations go out, each closed by a sync, and
 * their answers come back in the same order. Without an explicit BEGIN all
 * statements up to a sync are one transaction, which is just what an
 * operation, or a batch of them, wants to be.
 *
 * A unit is what stands between two syncs: one operation, or a batch.
 */
#include "common/pg.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/pg_op.h"
#include "common/pg_rows.h"
#include "common/xalloc.h"

enum {
	MAX_PREPARED = 256,
	MAX_BATCH = 200,   /* operations in one transaction; rows: sql/README */
	MAX_IN_FLIGHT = 8, /* units sent and not answered */
	WAIT_MS = 10000,   /* for a connection that is down */
	CONNECT_MS = 10000,
	ANSWER_MS = 30000, /* for the oldest unit that was sent */
	NAME_SIZE = 18,	   /* of a prepared statement */
};

/* What a session has unless the configuration says otherwise: a row that
 * somebody holds on to stops its own operation, and none behind it; plans of
 * queries that touch few rows are not worth compiling, nor making anew for
 * each execution. */
static const char session[] = "-c lock_timeout=1s -c jit=off "
			      "-c plan_cache_mode=force_generic_plan";

static const char no_such_statement[] = "26000"; /* SQLSTATE */

struct unit {
	struct unit *next;
	struct op_list ops;
	struct sendings sendings;
	size_t n_answered;
	bool is_batch;
	const char *prepares; /* a unit that only prepares this statement */
	char why[256];
	char sqlstate[6];
	bool failed;
	int64_t sent_us;
};

enum pg_state { PG_CONNECTING, PG_UP, PG_WAITING };

struct pg {
	struct event_base *base;
	char *conninfo;
	PGconn *conn;
	enum pg_state state;
	struct event *io;
	short io_events;
	struct event *timer;  /* reconnecting, and the connect's deadline */
	struct event *turn;   /* end of the loop's turn: flush */
	struct event *expire; /* what waits for a connection too long */
	struct backoff backoff;
	struct op_list single; /* to run by themselves */
	struct op_list batch;  /* to run together */
	struct unit *sent, **sent_last;
	size_t n_sent;
	bool batch_in_flight;
	const char *prepared[MAX_PREPARED];
	char names[MAX_PREPARED][NAME_SIZE];
	size_t n_prepared;
	char prepare_why[256]; /* of the last that could not be prepared */
	char prepare_state[6];
	size_t pending;
	void (*on_up)(struct pg *, void *);
	void *arg;
};

static void flush(struct pg *);
static void drop_connection(struct pg *, const char *why);

/* -- operations --------------------------------------------------------- */

static void
op_queue(struct pg *pg, struct op_list *list, struct pg_op *op,
    pg_on_answer *on_answer, void *arg)
{
	struct timeval soon = {0, 0};

	op->on_answer = on_answer;
	op->arg = arg;
	op->queued_us = clock_mono_us();
	pg->pending++;
	op_list_push(list, op);
	if (!event_pending(pg->turn, EV_TIMEOUT, NULL))
		event_add(pg->turn, &soon);
}

void
pg_op_run(struct pg *pg, struct pg_op *op, pg_on_answer *on_answer, void *arg)
{
	op_queue(pg, &pg->single, op, on_answer, arg);
}

void
pg_op_batch(struct pg *pg, struct pg_op *op, pg_on_answer *on_answer, void *arg)
{
	op_queue(pg, &pg->batch, op, on_answer, arg);
}

void
pg_query(struct pg *pg, const char *sql, size_t n_params,
    const char *const *params, pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new("");

	pg_op_add(op, sql, n_params, params);
	pg_op_run(pg, op, on_answer, arg);
}

/* -- units -------------------------------------------------------------- */

static struct unit *
unit_new(bool is_batch)
{
	struct unit *u = xcalloc(1, sizeof(*u));

	op_list_init(&u->ops);
	u->is_batch = is_batch;
	return u;
}

static void
unit_free(struct unit *u)
{
	sendings_clear(&u->sendings);
	free(u);
}

static long
slot_of(const struct pg *pg, const char *sql)
{
	for (size_t i = 0; i < pg->n_prepared; i++) {
		if (pg->prepared[i] == sql)
			return i;
	}
	return -1;
}

static void
sent_push(struct pg *pg, struct unit *u)
{
	u->sent_us = clock_mono_us();
	*pg->sent_last = u;
	pg->sent_last = &u->next;
	pg->n_sent++;
	if (u->is_batch)
		pg->batch_in_flight = true;
}

/* By what it says: where a pooler hands us the session of another program, a
 * name is that statement's or nobody's, and never another one's. */
static void
name_statement(const char *sql, char out[NAME_SIZE])
{
	snprintf(out, NAME_SIZE, "s%016llx",
	    (unsigned long long)XXH64(sql, strlen(sql), 0));
}

/* A prepare goes out as a unit of its own, so that a failure of the work
 * behind it does not leave us guessing whether it was carried out. */
static int
send_prepare(struct pg *pg, const char *sql)
{
	struct unit *u = unit_new(false);
	long slot = slot_of(pg, NULL); /* of one that could not be prepared */

	if (slot < 0)
		slot = pg->n_prepared++;
	assert(slot < MAX_PREPARED);
	pg->prepared[slot] = sql;
	name_statement(sql, pg->names[slot]);
	u->prepares = sql;
	sent_push(pg, u);
	return PQsendPrepare(pg->conn, pg->names[slot], sql, 0, NULL) &&
		       PQpipelineSync(pg->conn)
		   ? 0
		   : -1;
}

/* The largest N of $N in a statement: how many parameters it takes. */
static size_t
params_of(const char *sql)
{
	size_t most = 0;

	for (; (sql = strchr(sql, '$')) != NULL; sql++) {
		size_t n = strtoul(sql + 1, NULL, 10);

		if (n > most)
			most = n;
	}
	return most;
}

static int
prepare_all(struct pg *pg, const struct sendings *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct statement *first = all->list[i].statements[0];
		const char *sql = first->sql;

		/* The server would refuse it each time, which nobody sees. */
		assert(params_of(sql) == first->n_params);
		if (slot_of(pg, sql) < 0 && send_prepare(pg, sql) != 0)
			return -1;
	}
	return 0;
}

static int
send_one(struct pg *pg, const struct sending *s)
{
	const struct statement *first = s->statements[0];
	const char *name = pg->names[slot_of(pg, first->sql)];
	char **params = sending_params(s);
	int sent = PQsendQueryPrepared(pg->conn, name, first->n_params,
	    (const char *const *)params, NULL, NULL, 0);

	free(params);
	return sent ? 0 : -1;
}

static int
send_unit(struct pg *pg, struct unit *u)
{
	int failed;

	sendings_fill(&u->sendings, &u->ops);
	failed = prepare_all(pg, &u->sendings);
	sent_push(pg, u);
	for (size_t i = 0; i < u->sendings.n && !failed; i++)
		failed = send_one(pg, &u->sendings.list[i]);
	return failed || !PQpipelineSync(pg->conn) ? -1 : 0;
}

static struct unit *
sent_pop(struct pg *pg)
{
	struct unit *u = pg->sent;

	pg->sent = u->next;
	if (pg->sent == NULL)
		pg->sent_last = &pg->sent;
	pg->n_sent--;
	if (u->is_batch)
		pg->batch_in_flight = false;
	return u;
}

/* That it is not done: refused, or unknown. */
static void
fail(struct pg *pg, struct pg_op *op, enum pg_outcome outcome, const char *why,
    const char *sqlstate)
{
	pg->pending--;
	op_fail(op, outcome, why, sqlstate);
}

static void
unit_done(struct pg *pg, struct unit *u)
{
	struct pg_op *op;

	sendings_share(&u->sendings);
	while ((op = op_list_pop(&u->ops)) != NULL) {
		pg->pending--;
		op_done(op);
	}
}

static void
prepare_failed(struct pg *pg, const struct unit *u)
{
	long slot = slot_of(pg, u->prepares);

	if (slot >= 0)
		pg->prepared[slot] = NULL;
	memcpy(pg->prepare_why, u->why, sizeof(u->why));
	memcpy(pg->prepare_state, u->sqlstate, sizeof(u->sqlstate));
}

/* A batch that failed is run again one by one. */
static void
unit_failed(struct pg *pg, struct unit *u)
{
	bool alone = !u->is_batch || u->ops.n == 1;
	struct pg_op *op;

	if (u->prepares != NULL)
		prepare_failed(pg, u);
	/* Its statement is missing because preparing it failed: say why. */
	if (strcmp(u->sqlstate, no_such_statement) == 0 &&
	    pg->prepare_state[0] != '\0') {
		memcpy(u->why, pg->prepare_why, sizeof(u->why));
		memcpy(u->sqlstate, pg->prepare_state, sizeof(u->sqlstate));
	}
	while ((op = op_list_pop(&u->ops)) != NULL) {
		if (alone)
			fail(pg, op, PG_REFUSED, u->why, u->sqlstate);
		else
			op_list_push(&pg->single, op);
	}
}

/* -- answers ------------------------------------------------------------ */

static void
note_error(struct unit *u, PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	if (u->failed)
		return;
	u->failed = true;
	snprintf(u->why, sizeof(u->why), "%s",
	    text != NULL ? text : "no reason given");
	snprintf(
	    u->sqlstate, sizeof(u->sqlstate), "%s", state != NULL ? state : "");
}

static void
on_sync(struct pg *pg)
{
	struct unit *u = sent_pop(pg);

	if (u->failed)
		unit_failed(pg, u);
	else
		unit_done(pg, u);
	unit_free(u);
}

static void
on_result(struct pg *pg, PGresult *res)
{
	struct unit *u = pg->sent;

	switch (PQresultStatus(res)) {
	case PGRES_PIPELINE_SYNC:
		PQclear(res);
		on_sync(pg);
		return;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		if (u->n_answered < u->sendings.n) {
			u->sendings.list[u->n_answered++].result = res;
			return;
		}
		break;
	case PGRES_PIPELINE_ABORTED:
		u->failed = true;
		break;
	default:
		note_error(u, res);
	}
	PQclear(res);
}

/* -- the connection ----------------------------------------------------- */

static void
watch(struct pg *pg, short events)
{
	if (pg->io_events == events)
		return;
	event_del(pg->io);
	event_assign(pg->io, pg->base, PQsocket(pg->conn), events | EV_PERSIST,
	    event_get_callback(pg->io), pg);
	event_add(pg->io, NULL);
	pg->io_events = events;
}

static void
push_out(struct pg *pg)
{
	int left = PQflush(pg->conn);

	if (left < 0)
		drop_connection(pg, PQerrorMessage(pg->conn));
	else
		watch(pg, left > 0 ? EV_READ | EV_WRITE : EV_READ);
}

/*
 * In pipeline mode each statement's results end with a NULL, and only two of
 * them in a row mean that nothing more is here.
 */
static void
take_results(struct pg *pg)
{
	int nulls = 0;

	while (pg->sent != NULL && nulls < 2 && !PQisBusy(pg->conn)) {
		PGresult *res = PQgetResult(pg->conn);

		nulls = res == NULL ? nulls + 1 : 0;
		if (res != NULL)
			on_result(pg, res);
	}
}

static void
on_up_io(struct pg *pg)
{
	if (!PQconsumeInput(pg->conn)) {
		drop_connection(pg, PQerrorMessage(pg->conn));
		return;
	}
	take_results(pg);
	if (PQstatus(pg->conn) == CONNECTION_BAD) {
		drop_connection(pg, PQerrorMessage(pg->conn));
		return;
	}
	flush(pg);
}

/* What the server says of itself; libpq would write it on stderr. */
static void
on_notice(void *arg, const char *text)
{
	(void)arg;
	log_debug("pg.notice", "text=\"%.*s\"", (int)strcspn(text, "\n"), text);
}

static void
come_up(struct pg *pg)
{
	PQsetnonblocking(pg->conn, 1);
	PQsetNoticeProcessor(pg->conn, on_notice, NULL);
	PQenterPipelineMode(pg->conn);
	pg->state = PG_UP;
	pg->n_prepared = 0;
	backoff_reset(&pg->backoff);
	event_del(pg->timer);
	watch(pg, EV_READ);
	log_info("pg.up", "server=%d", PQserverVersion(pg->conn));
	if (pg->on_up != NULL)
		pg->on_up(pg, pg->arg);
	flush(pg);
}

static void
go_on_connecting(struct pg *pg)
{
	switch (PQconnectPoll(pg->conn)) {
	case PGRES_POLLING_READING:
		pg->io_events = 0; /* the socket may be another one now */
		watch(pg, EV_READ);
		return;
	case PGRES_POLLING_WRITING:
		pg->io_events = 0;
		watch(pg, EV_WRITE);
		return;
	case PGRES_POLLING_OK:
		pg->io_events = 0;
		come_up(pg);
		return;
	default:
		drop_connection(pg, PQerrorMessage(pg->conn));
	}
}

static void
on_io(evutil_socket_t fd, short what, void *arg)
{
	struct pg *pg = arg;

	(void)fd;
	(void)what;
	if (pg->state == PG_UP)
		on_up_io(pg);
	else if (pg->state == PG_CONNECTING)
		go_on_connecting(pg);
}

static void
set_timer(struct pg *pg, int64_t ms)
{
	struct timeval in = {ms / 1000, ms % 1000 * 1000};

	event_add(pg->timer, &in);
}

static void
start_connecting(struct pg *pg)
{
	const char *const keywords[] = {"options", "dbname", NULL};
	const char *const values[] = {session, pg->conninfo, NULL};

	pg->state = PG_CONNECTING;
	pg->conn = PQconnectStartParams(keywords, values, 1);
	if (pg->conn == NULL || PQstatus(pg->conn) == CONNECTION_BAD) {
		drop_connection(pg, PQerrorMessage(pg->conn));
		return;
	}
	set_timer(pg, CONNECT_MS);
	watch(pg, EV_WRITE);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pg *pg = arg;

	(void)fd;
	(void)what;
	if (pg->state == PG_CONNECTING)
		drop_connection(pg, "no connection in time");
	else
		start_connecting(pg);
}

/* What was under way is unknown; what was not sent yet waits. */
static void
drop_connection(struct pg *pg, const char *why)
{
	struct unit *u = pg->sent;
	int64_t ms = backoff_next_ms(&pg->backoff);
	char text[200];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(why, "\n"), why);
	log_warn("pg.down", "retry_ms=%ld why=\"%s\"", (long)ms, text);
	event_del(pg->io);
	pg->io_events = 0;
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->state = PG_WAITING;
	pg->sent = NULL;
	pg->sent_last = &pg->sent;
	pg->n_sent = 0;
	pg->batch_in_flight = false;
	set_timer(pg, ms);
	while (u != NULL) {
		struct unit *next = u->next;
		struct pg_op *op;

		while ((op = op_list_pop(&u->ops)) != NULL)
			fail(pg, op, PG_UNKNOWN, text, "");
		unit_free(u);
		u = next;
	}
}

/* -- sending ------------------------------------------------------------ */

static struct unit *
next_batch(struct pg *pg)
{
	struct unit *u = unit_new(true);

	while (pg->batch.first != NULL && u->ops.n < MAX_BATCH)
		op_list_push(&u->ops, op_list_pop(&pg->batch));
	op_list_sort(&u->ops);
	return u;
}

static void
flush(struct pg *pg)
{
	int failed = 0;

	if (pg->state != PG_UP)
		return;
	while (
	    pg->single.first != NULL && pg->n_sent < MAX_IN_FLIGHT && !failed) {
		struct unit *u = unit_new(false);

		op_list_push(&u->ops, op_list_pop(&pg->single));
		failed = send_unit(pg, u);
	}
	if (pg->batch.first != NULL && !pg->batch_in_flight && !failed)
		failed = send_unit(pg, next_batch(pg));
	if (failed)
		drop_connection(pg, PQerrorMessage(pg->conn));
	else
		push_out(pg);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush(arg);
}

static void
expire_list(struct pg *pg, struct op_list *list, int64_t before_us)
{
	while (list->first != NULL && list->first->queued_us < before_us)
		fail(pg, op_list_pop(list), PG_REFUSED,
		    "the database cannot be reached", "");
}

static void
on_expire(evutil_socket_t fd, short what, void *arg)
{
	struct pg *pg = arg;
	int64_t now_us = clock_mono_us();
	int64_t before_us = now_us - (int64_t)WAIT_MS * 1000;

	(void)fd;
	(void)what;
	if (pg->state == PG_UP) {
		if (pg->sent != NULL &&
		    now_us - pg->sent->sent_us > (int64_t)ANSWER_MS * 1000)
			drop_connection(pg, "no answer in time");
		return;
	}
	expire_list(pg, &pg->single, before_us);
	expire_list(pg, &pg->batch, before_us);
}

/* -- the whole ---------------------------------------------------------- */

struct pg *
pg_new(struct event_base *base, const char *conninfo,
    void (*on_up)(struct pg *, void *), void *arg)
{
	struct pg *pg = xcalloc(1, sizeof(*pg));
	struct timeval second = {1, 0};

	pg->base = base;
	pg->conninfo = xstrdup(conninfo);
	pg->on_up = on_up;
	pg->arg = arg;
	op_list_init(&pg->single);
	op_list_init(&pg->batch);
	pg->sent_last = &pg->sent;
	pg->io = event_new(base, -1, 0, on_io, pg);
	pg->timer = event_new(base, -1, 0, on_timer, pg);
	pg->turn = event_new(base, -1, 0, on_turn, pg);
	pg->expire = event_new(base, -1, EV_PERSIST, on_expire, pg);
	event_add(pg->expire, &second);
	pg->state = PG_WAITING;
	set_timer(pg, 0);
	return pg;
}

void
pg_free(struct pg *pg)
{
	struct pg_op *op;

	if (pg == NULL)
		return;
	while (pg->sent != NULL) {
		struct unit *u = sent_pop(pg);

		while ((op = op_list_pop(&u->ops)) != NULL)
			op_free(op);
		unit_free(u);
	}
	while ((op = op_list_pop(&pg->single)) != NULL)
		op_free(op);
	while ((op = op_list_pop(&pg->batch)) != NULL)
		op_free(op);
	event_free(pg->io);
	event_free(pg->timer);
	event_free(pg->turn);
	event_free(pg->expire);
	PQfinish(pg->conn);
	free(pg->conninfo);
	free(pg);
}

bool
pg_is_up(const struct pg *pg)
{
	return pg->state == PG_UP;
}

size_t
pg_pending(const struct pg *pg)
{
	return pg->pending;
}

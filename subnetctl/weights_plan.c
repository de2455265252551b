/* subnetctl weights plan: who would get what, and who had it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"
#include "subnetctl/wake.h"
#include "subtensor/weights.h"

/* Sums of shares that should be equal differ by less. */
static const double slack = 1e-9;

struct shares {
	double *old, *new; /* a row each; of the whole */
	double churn;	   /* half of what they differ by */
	bool has_old;
};

struct plan {
	PGresult *vector, *proven, *moves;
	struct shares shares;
	bool above; /* the limit, and nobody has accepted it */
	bool accepted;
};

static void
plan_clear(struct plan *p)
{
	PQclear(p->vector);
	PQclear(p->proven);
	PQclear(p->moves);
	free(p->shares.old);
	free(p->shares.new);
}

/* -- the arithmetic ----------------------------------------------------- */

static void
normalize(double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	for (size_t i = 0; i < n && sum > 0; i++)
		x[i] /= sum;
}

/* The new weights as they would be sent; entries whose hotkey is gone are
 * left out. */
static int
emit(const PGresult *moves, double *out, struct err *err)
{
	size_t n = PQntuples(moves);
	uint16_t *rows = xcalloc(3 * n + 1, sizeof(*rows));
	long sent;

	if (n > UINT16_MAX) {
		free(rows);
		return err_set(err, "the vector has %zu entries", n);
	}
	for (size_t i = 0; i < n; i++) {
		rows[i] = i;
		if (pg_bool(moves, i, "stands"))
			out[i] = pg_real(moves, i, "weight");
	}
	sent = weights_emit(rows, out, n, true, rows + n, rows + 2 * n, err);
	for (long i = 0; i < sent; i++)
		out[i] = rows[2 * n + i];
	free(rows);
	return sent >= 0 ? 0 : err_wrap(err, "row of the vector");
}

static int
compare(const PGresult *moves, struct shares *s, struct err *err)
{
	size_t n = PQntuples(moves);

	s->old = xcalloc(n + 1, sizeof(*s->old));
	s->new = xcalloc(n + 1, sizeof(*s->new));
	if (emit(moves, s->new, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		s->old[i] = pg_real(moves, i, "proven");
		s->has_old = s->has_old || s->old[i] > 0;
	}
	normalize(s->old, n);
	normalize(s->new, n);
	for (size_t i = 0; i < n; i++)
		s->churn += fabs(s->old[i] - s->new[i]) / 2;
	return 0;
}

/* -- the rows ----------------------------------------------------------- */

static int
load(const struct ctl *ctl, PGconn *conn, struct plan *p, struct err *err)
{
	const char *const mechanism[] = {ctl->netuid, ctl->mecid};
	const char *moves[3] = {NULL, NULL, ctl->netuid};

	p->vector = db_query(conn, sql_ctl_weight_vector, 2, mechanism, err);
	p->proven = db_query(conn, sql_ctl_weight_proven, 2, mechanism, err);
	if (p->vector == NULL || p->proven == NULL)
		return -1;
	if (PQntuples(p->vector) == 0)
		return 0;
	moves[0] = pg_text(p->vector, 0, "id");
	if (PQntuples(p->proven) > 0)
		moves[1] = pg_text(p->proven, 0, "id");
	p->moves = db_query(conn, sql_ctl_weight_moves, 3, moves, err);
	if (p->moves == NULL || compare(p->moves, &p->shares, err) != 0)
		return -1;
	p->accepted = !pg_is_null(p->vector, 0, "accepted_at");
	p->above =
	    p->shares.has_old && !p->accepted &&
	    p->shares.churn >
		config_real(ctl->config, "weightsetter.max_churn") + slack;
	return 0;
}

/* By our limit, or by weightsetterd, which has refused it. */
static bool
is_held_back(const struct plan *p)
{
	return p->above ||
	       (p->moves != NULL && !pg_is_null(p->vector, 0, "refusal"));
}

/* A person has looked at it and wants it. */
static enum ctl_exit
accept_it(const struct ctl *ctl, PGconn *conn, struct plan *p, struct err *err)
{
	const char *id = pg_text(p->vector, 0, "id");
	struct pg_params params = {.n = 0};
	PGresult *res;
	int n;

	pg_add_text(&params, id);
	pg_add_us(&params, clock_wall_us());
	res =
	    db_query(conn, sql_ctl_weight_accept, params.n, params.values, err);
	n = PQntuples(res);
	PQclear(res);
	if (res == NULL)
		return CTL_FAILED;
	if (n == 0) {
		err_set(err,
		    "vector %s does not wait any more and was not refused for "
		    "what it moves (%s): there is nothing to accept",
		    id,
		    pg_is_null(p->vector, 0, "refusal")
			? "it was taken"
			: pg_text(p->vector, 0, "refusal"));
		return CTL_REFUSED;
	}
	p->accepted = true;
	p->above = false;
	if (wake_send(
		config_str(ctl->config, "redis.url"), redis_weights, id) != 0)
		fputs("subnetctl: Redis cannot be told: weightsetterd finds "
		      "the vector at its next sweep\n",
		    stderr);
	return CTL_OK;
}

/* -- showing ------------------------------------------------------------ */

static json_t *
moves_json(const struct plan *p)
{
	json_t *list = json_array();

	for (int i = 0; i < PQntuples(p->moves); i++)
		json_array_append_new(
		    list, json_pack("{s:I, s:s?, s:f, s:f, s:b}", "uid",
			      (json_int_t)pg_int(p->moves, i, "uid"), "hotkey",
			      pg_is_null(p->moves, i, "hotkey")
				  ? NULL
				  : pg_text(p->moves, i, "hotkey"),
			      "old", p->shares.old[i], "new", p->shares.new[i],
			      "stands", pg_bool(p->moves, i, "stands")));
	return list;
}

static void
print_json(const struct ctl *ctl, const struct plan *p)
{
	bool has_vector = PQntuples(p->vector) > 0;

	show_json(json_pack("{s:o, s:o, s:o, s:f, s:b, s:b, s:o}", "vector",
	    has_vector ? show_row(p->vector, 0) : json_null(), "proven",
	    PQntuples(p->proven) > 0 ? show_row(p->proven, 0) : json_null(),
	    "churn",
	    p->shares.has_old ? json_real(p->shares.churn) : json_null(),
	    "max_churn", config_real(ctl->config, "weightsetter.max_churn"),
	    "above_limit", p->above, "accepted", p->accepted, "hotkeys",
	    has_vector ? moves_json(p) : json_array()));
}

static void
print_moves(const struct plan *p)
{
	printf("%5s  %-48s  %9s  %9s\n", "uid", "hotkey", "old", "new");
	for (int i = 0; i < PQntuples(p->moves); i++)
		printf("%5s  %-48s  %8.3f%%  %8.3f%%%s\n",
		    pg_text(p->moves, i, "uid"),
		    pg_is_null(p->moves, i, "hotkey")
			? "-"
			: pg_text(p->moves, i, "hotkey"),
		    100 * p->shares.old[i], 100 * p->shares.new[i],
		    pg_bool(p->moves, i, "stands")
			? ""
			: "  left out: not at this uid");
}

static void
print_text(const struct ctl *ctl, const struct plan *p)
{
	double limit = config_real(ctl->config, "weightsetter.max_churn");

	if (PQntuples(p->vector) == 0) {
		puts("none");
		return;
	}
	printf("vector %s of %s, %s\n", pg_text(p->vector, 0, "id"),
	    pg_text(p->vector, 0, "source"),
	    !pg_is_null(p->vector, 0, "refusal")
		? pg_text(p->vector, 0, "refusal")
	    : pg_is_null(p->vector, 0, "taken_at") ? "waiting"
						   : "taken");
	if (PQntuples(p->proven) > 0)
		printf("against the weights proven at block %s\n",
		    pg_text(p->proven, 0, "proven_block"));
	print_moves(p);
	if (!p->shares.has_old)
		puts("nothing was proven before");
	else
		printf("moves %.3f%% of the whole, the limit is %.3f%%%s\n",
		    100 * p->shares.churn, 100 * limit,
		    p->accepted ? ": accepted"
		    : p->above	? ": --accept takes it all the same"
				: "");
}

int
ctl_weights_plan(const struct ctl *ctl)
{
	PGconn *conn = ctl_connect(ctl);
	struct plan p = {.vector = NULL};
	enum ctl_exit code = CTL_FAILED;
	struct err err;

	if (conn == NULL)
		return CTL_FAILED;
	if (load(ctl, conn, &p, &err) == 0)
		code = CTL_OK;
	if (code == CTL_OK && config_bool(ctl->config, "subnetctl.accept") &&
	    is_held_back(&p))
		code = accept_it(ctl, conn, &p, &err);
	PQfinish(conn);
	if (code != CTL_OK) {
		ctl_fail(ctl, code, &err);
	} else {
		if (ctl->json)
			print_json(ctl, &p);
		else
			print_text(ctl, &p);
		code = p.above ? CTL_REFUSED : CTL_OK;
	}
	plan_clear(&p);
	return code;
}

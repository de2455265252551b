/*
 * subnetctl audit-weights: what other validators have set on chain against
 * what we set, or would.
 *
 * Weights on chain are of uids, and so are compared by uid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/differ.h"
#include "subnetctl/rows.h"
#include "subnetctl/show.h"
#include "subtensor/ss58.h"

enum { N_UIDS = 65536 };

struct audit {
	const struct ctl *ctl;
	const char *only; /* this validator; NULL: all but us */
	double least;
	size_t limit;
	PGresult *neurons, *ours; /* rows */
	bool is_proven;		  /* ours: else of our latest round */
	const char **hotkeys;	  /* by uid; NULL: nobody's */
	double *weights;	  /* ours, by uid */
	json_t *answers;	  /* of each validator */
	size_t below;		  /* validators too far from us */
};

static void
audit_clear(struct audit *a)
{
	PQclear(a->neurons);
	PQclear(a->ours);
	free(a->hotkeys);
	free(a->weights);
	json_decref(a->answers);
}

/* -- what is compared --------------------------------------------------- */

static bool
is_uid(int64_t uid)
{
	return uid >= 0 && uid < N_UIDS;
}

static int
load_ours(struct audit *a, PGconn *conn, struct err *err)
{
	const char *const params[] = {a->ctl->netuid, a->ctl->mecid};

	a->is_proven = true;
	a->ours = db_query(conn, sql_ctl_audit_proven, 2, params, err);
	if (a->ours != NULL && PQntuples(a->ours) == 0) {
		PQclear(a->ours);
		a->is_proven = false;
		a->ours = db_query(conn, sql_ctl_audit_round, 2, params, err);
	}
	if (a->ours == NULL)
		return -1;
	if (PQntuples(a->ours) == 0)
		return err_set(err,
		    "we have nothing to compare with on subnet %s: no weights "
		    "of ours are proven, and no scoring round gave any",
		    a->ctl->netuid);
	return 0;
}

static int
load(struct audit *a, PGconn *conn, struct err *err)
{
	const char *const params[] = {a->ctl->netuid, a->ctl->mecid};

	if (load_ours(a, conn, err) != 0)
		return -1;
	a->neurons = db_query(conn, sql_ctl_audit_neurons, 2, params, err);
	if (a->neurons == NULL)
		return -1;
	a->hotkeys = xcalloc(N_UIDS, sizeof(*a->hotkeys));
	a->weights = xcalloc(N_UIDS, sizeof(*a->weights));
	for (int i = 0; i < PQntuples(a->neurons); i++) {
		int64_t uid = pg_int(a->neurons, i, "uid");

		if (is_uid(uid))
			a->hotkeys[uid] = pg_text(a->neurons, i, "hotkey");
	}
	for (int i = 0; i < PQntuples(a->ours); i++) {
		int64_t uid = pg_int(a->ours, i, "uid");

		if (is_uid(uid))
			a->weights[uid] = pg_real(a->ours, i, "weight");
	}
	return 0;
}

/* Theirs by uid, the caller's to free; what is no pair is passed over. */
static double *
spread(const char *text)
{
	json_t *pairs = json_loads(text, 0, NULL), *pair;
	double *weights = xcalloc(N_UIDS, sizeof(*weights));
	size_t i;

	json_array_foreach(pairs, i, pair)
	{
		const json_t *uid = json_array_get(pair, 0);
		const json_t *weight = json_array_get(pair, 1);

		if (json_is_integer(uid) && is_uid(json_integer_value(uid)) &&
		    json_number_value(weight) > 0)
			weights[json_integer_value(uid)] =
			    json_number_value(weight);
	}
	json_decref(pairs);
	return weights;
}

/* A row for each uid that either gives anything; the caller frees. */
static struct differ_row *
rows_of(const struct audit *a, const double *theirs, size_t *n)
{
	struct differ_row *rows;

	*n = 0;
	for (int uid = 0; uid < N_UIDS; uid++)
		*n += theirs[uid] > 0 || a->weights[uid] > 0;
	rows = xcalloc(*n + 1, sizeof(*rows));
	*n = 0;
	for (int uid = 0; uid < N_UIDS; uid++) {
		if (theirs[uid] > 0 || a->weights[uid] > 0)
			rows[(*n)++] = (struct differ_row){.uid = uid,
			    .hotkey = a->hotkeys[uid],
			    .a = a->weights[uid],
			    .b = theirs[uid]};
	}
	return rows;
}

static void
add_comparison(struct audit *a, const char *weights, json_t *to)
{
	double *theirs = spread(weights);
	struct differ how;
	size_t n;
	struct differ_row *rows = rows_of(a, theirs, &n);

	differ_compute(rows, n, &how);
	a->below += how.cosine < a->least;
	json_object_set_new(to, "cosine", json_real(how.cosine));
	json_object_set_new(to, "moved", json_real(how.moved));
	json_object_set_new(to, "below", json_boolean(how.cosine < a->least));
	json_object_set_new(
	    to, "uids", differ_json(rows, n, a->limit, "ours", "theirs"));
	free(rows);
	free(theirs);
}

static bool
is_asked_for(const struct audit *a, int row)
{
	if (a->only != NULL)
		return strcmp(pg_text(a->neurons, row, "hotkey"), a->only) == 0;
	return pg_bool(a->neurons, row, "validator_permit") &&
	       !pg_bool(a->neurons, row, "ours");
}

/* Of one that set no weights all that is compared is null. */
static void
audit_one(struct audit *a, int row)
{
	bool has = !pg_is_null(a->neurons, row, "weights");
	json_t *to = json_pack("{s:s s:I s:b s:I s:o s:n s:n s:n s:[]}",
	    "hotkey", pg_text(a->neurons, row, "hotkey"), "uid",
	    (json_int_t)pg_int(a->neurons, row, "uid"), "has_weights", has,
	    "last_update", (json_int_t)pg_int(a->neurons, row, "last_update"),
	    "block",
	    has ? json_integer(pg_int(a->neurons, row, "block")) : json_null(),
	    "cosine", "moved", "below", "uids");

	if (has)
		add_comparison(a, pg_text(a->neurons, row, "weights"), to);
	json_array_append_new(a->answers, to);
}

static int
audit_all(struct audit *a, struct err *err)
{
	a->answers = json_array();
	for (int i = 0; i < PQntuples(a->neurons); i++) {
		if (is_asked_for(a, i))
			audit_one(a, i);
	}
	if (a->only != NULL && json_array_size(a->answers) == 0)
		return err_set(err, "%s is no neuron of subnet %s", a->only,
		    a->ctl->netuid);
	return 0;
}

/* -- showing ------------------------------------------------------------ */

static json_t *
ours_json(const struct audit *a)
{
	return json_pack("{s:s s:I s:o}", "of",
	    a->is_proven ? "proven" : "round", "block",
	    (json_int_t)pg_int(a->ours, 0, "block"), "epoch",
	    a->is_proven ? json_null()
			 : json_integer(pg_int(a->ours, 0, "epoch")));
}

static const struct rows_column columns[] = {{"uid", ROWS_INT},
    {"hotkey", ROWS_TEXT}, {"ours", ROWS_REAL}, {"theirs", ROWS_REAL},
    {"difference", ROWS_REAL}};

static double
real_of(const json_t *json, const char *name)
{
	return json_number_value(json_object_get(json, name));
}

static void
print_uids(const json_t *uids)
{
	PGresult *rows = rows_new(columns, 5);
	const json_t *one;
	size_t i;

	json_array_foreach(uids, i, one)
	{
		int row = (int)i;

		rows_int(rows, row, 0,
		    json_integer_value(json_object_get(one, "uid")));
		rows_text(rows, row, 1,
		    json_string_value(json_object_get(one, "hotkey")));
		rows_real(rows, row, 2, real_of(one, "ours"));
		rows_real(rows, row, 3, real_of(one, "theirs"));
		rows_real(rows, row, 4, real_of(one, "difference"));
	}
	if (i > 0)
		show_table(rows);
	PQclear(rows);
}

static void
print_validator(const json_t *v)
{
	printf(
	    "\n%s, uid %lld: ", json_string_value(json_object_get(v, "hotkey")),
	    json_integer_value(json_object_get(v, "uid")));
	if (!json_is_true(json_object_get(v, "has_weights"))) {
		puts("has set no weights");
		return;
	}
	printf("cosine %.5f%s, %.3f%% lie elsewhere\n", real_of(v, "cosine"),
	    json_is_true(json_object_get(v, "below")) ? ": too far" : "",
	    100 * real_of(v, "moved"));
	print_uids(json_object_get(v, "uids"));
}

static void
print_text(const struct audit *a)
{
	const json_t *v;
	size_t i;

	if (a->is_proven)
		printf(
		    "ours: proven at block %s\n", pg_text(a->ours, 0, "block"));
	else
		printf("ours: of the scoring round of epoch %s; none are "
		       "proven\n",
		    pg_text(a->ours, 0, "epoch"));
	if (json_array_size(a->answers) == 0)
		puts("there is no other validator with a permit");
	json_array_foreach(a->answers, i, v)
	{
		print_validator(v);
	}
}

static void
print(const struct audit *a)
{
	if (a->ctl->json)
		show_json(json_pack("{s:o s:f s:I s:O}", "ours", ours_json(a),
		    "least", a->least, "below", (json_int_t)a->below,
		    "validators", a->answers));
	else
		print_text(a);
}

/* -- the whole ---------------------------------------------------------- */

static enum ctl_exit
run(struct audit *a, struct err *err)
{
	PGconn *conn = db_connect(config_str(a->ctl->config, "db.url"), err);
	int failed = conn == NULL || load(a, conn, err) != 0;

	PQfinish(conn);
	if (failed || audit_all(a, err) != 0)
		return CTL_FAILED;
	print(a);
	return a->below > 0 ? CTL_REFUSED : CTL_OK;
}

int
ctl_audit_weights(const struct ctl *ctl)
{
	const char *who = config_str(ctl->config, "subnetctl.validator");
	struct audit a = {.ctl = ctl,
	    .only = strcmp(who, "all") == 0 ? NULL : who,
	    .least = config_real(ctl->config, "subnetctl.least"),
	    .limit = config_int(ctl->config, "subnetctl.limit")};
	enum ctl_exit code;
	uint8_t key[32];
	struct err err;

	if (a.only != NULL && ss58_decode_account(a.only, key) != 0) {
		err_set(&err, "\"%.60s\" is no hotkey, nor \"all\"", a.only);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	code = run(&a, &err);
	audit_clear(&a);
	if (code == CTL_FAILED)
		return ctl_fail(ctl, code, &err);
	return code;
}

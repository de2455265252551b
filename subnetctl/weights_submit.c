/* subnetctl weights submit: weights by hand, through the same rules. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/uuid.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"
#include "subnetctl/wake.h"

enum { MAX_UID = 65535, LOOK_MS = 500 };

/* -- what is given ------------------------------------------------------ */

static int
add_uid(struct buf *out, const char *text, bool *seen, struct err *err)
{
	char *end;
	long uid;

	errno = 0;
	uid = strtol(text, &end, 10);
	if (*end != '\0' || end == text || errno != 0 || uid < 0 ||
	    uid > MAX_UID)
		return err_set(err, "\"%.40s\" in --uids is no uid", text);
	if (seen[uid])
		return err_set(err, "uid %ld is in --uids twice", uid);
	seen[uid] = true;
	buf_printf(out, "%s%ld", out->len > 1 ? "," : "", uid);
	return 0;
}

static int
add_weight(struct buf *out, const char *text, struct err *err)
{
	char *end;
	double weight = strtod(text, &end);

	if (*end != '\0' || end == text || !isfinite(weight) || weight < 0)
		return err_set(err,
		    "\"%.40s\" in --weights is no weight: a number not below 0",
		    text);
	buf_printf(out, "%s%.17g", out->len > 1 ? "," : "", weight);
	return 0;
}

/* Both lists as arrays of PostgreSQL. */
static int
read_lists(char **uids, char **weights, struct buf *uid_array,
    struct buf *weight_array, struct err *err)
{
	bool seen[MAX_UID + 1] = {false};
	size_t n = 0, m = 0;

	buf_add_str(uid_array, "{");
	buf_add_str(weight_array, "{");
	for (; uids[n] != NULL; n++)
		if (add_uid(uid_array, uids[n], seen, err) != 0)
			return -1;
	for (; weights[m] != NULL; m++)
		if (add_weight(weight_array, weights[m], err) != 0)
			return -1;
	buf_add_str(uid_array, "}");
	buf_add_str(weight_array, "}");
	if (n == 0 || n != m)
		return err_set(err,
		    "--uids names %zu and --weights %zu: as many are needed, "
		    "separated by commas",
		    n, m);
	return 0;
}

/* -- the vector --------------------------------------------------------- */

static PGresult *
insert(const struct ctl *ctl, PGconn *conn, const char *id, struct buf *uids,
    struct buf *weights, struct err *err)
{
	struct pg_params p = {.n = 0};
	int64_t now_us = clock_wall_us();
	PGresult *res;

	pg_add_text(&p, id);
	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->mecid);
	pg_add_us(&p, now_us);
	pg_add_text(&p, buf_str(uids));
	pg_add_text(&p, buf_str(weights));
	pg_add_us(
	    &p, config_bool(ctl->config, "subnetctl.accept") ? now_us : 0);
	res = db_query(conn, sql_ctl_weight_submit, p.n, p.values, err);
	if (res != NULL && PQntuples(res) == 0) {
		err_set(err, "a uid of --uids is nobody's on subnet %s",
		    ctl->netuid);
		PQclear(res);
		return NULL;
	}
	return res;
}

static PGresult *
look(PGconn *conn, const char *id, struct err *err)
{
	const char *const params[] = {id};

	return db_query(conn, sql_ctl_weight_outcome, 1, params, err);
}

/* Proven, or refused for good. */
static bool
has_ended(const PGresult *res)
{
	return PQntuples(res) == 0 || !pg_is_null(res, 0, "refusal") ||
	       (!pg_is_null(res, 0, "state") &&
		   strcmp(pg_text(res, 0, "state"), "proven") == 0);
}

/* Until it has ended or the time is up; the last look. A refused row of the
 * ledger is not the end: the vector is tried again. */
static PGresult *
wait_for(const struct ctl *ctl, PGconn *conn, const char *id, struct err *err)
{
	int64_t until_us = clock_mono_us() + 1000 * config_ms(ctl->config,
							"subnetctl.wait_limit");
	PGresult *res = look(conn, id, err);

	while (res != NULL && !has_ended(res) && clock_mono_us() < until_us) {
		poll(NULL, 0, LOOK_MS);
		PQclear(res);
		res = look(conn, id, err);
	}
	return res;
}

static enum ctl_exit
outcome_code(const struct ctl *ctl, const PGresult *res)
{
	if (!config_bool(ctl->config, "subnetctl.wait"))
		return CTL_OK;
	if (PQntuples(res) == 0 || !has_ended(res))
		return CTL_FAILED;
	return pg_is_null(res, 0, "refusal") ? CTL_OK : CTL_REFUSED;
}

static void
print(const struct ctl *ctl, const PGresult *entries, const PGresult *outcome)
{
	json_t *json;

	if (!ctl->json) {
		show_table(entries);
		putchar('\n');
		if (PQntuples(outcome) > 0)
			show_pairs(outcome, 0);
		return;
	}
	json = PQntuples(outcome) > 0 ? show_row(outcome, 0) : json_object();
	json_object_set_new(json, "entries", show_rows(entries));
	show_json(json);
}

static enum ctl_exit
submit(const struct ctl *ctl, PGconn *conn, struct buf *uids,
    struct buf *weights, struct err *err)
{
	char id[UUID_TEXT];
	PGresult *entries, *outcome;
	enum ctl_exit code;

	uuid_new(id);
	entries = insert(ctl, conn, id, uids, weights, err);
	if (entries == NULL)
		return CTL_FAILED;
	if (wake_send(
		config_str(ctl->config, "redis.url"), redis_weights, id) != 0)
		fputs("subnetctl: Redis cannot be told: weightsetterd finds "
		      "the vector at its next sweep\n",
		    stderr);
	outcome = config_bool(ctl->config, "subnetctl.wait")
		      ? wait_for(ctl, conn, id, err)
		      : look(conn, id, err);
	code = CTL_FAILED;
	if (outcome != NULL) {
		print(ctl, entries, outcome);
		code = outcome_code(ctl, outcome);
		err->text[0] = '\0';
	}
	PQclear(entries);
	PQclear(outcome);
	return code;
}

int
ctl_weights_submit(const struct ctl *ctl)
{
	char **uids = config_list(ctl->config, "subnetctl.uids");
	char **weights = config_list(ctl->config, "subnetctl.weights");
	struct buf uid_array = {0}, weight_array = {0};
	enum ctl_exit code = CTL_USAGE;
	PGconn *conn = NULL;
	struct err err = {""};

	if (read_lists(uids, weights, &uid_array, &weight_array, &err) == 0) {
		conn = ctl_connect(ctl);
		code = conn != NULL
			   ? submit(ctl, conn, &uid_array, &weight_array, &err)
			   : CTL_FAILED;
	}
	if (code != CTL_OK && err.text[0] != '\0')
		ctl_fail(ctl, code, &err);
	PQfinish(conn);
	buf_free(&uid_array);
	buf_free(&weight_array);
	config_list_free(uids);
	config_list_free(weights);
	return code;
}

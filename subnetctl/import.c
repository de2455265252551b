/*
 * subnetctl import dippy, violet, infinitevibe: what an operator who moves over
 * needs of the old system, from dumps and exports of its tables.
 *
 * All is done in one transaction, which is undone in the end unless --write is
 * given: a dry run says what the same import would write. What has been
 * imported is known by its ids, so that doing it again adds what is new alone.
 */
#include "subnetctl/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/api_key.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/import_read.h"
#include "subnetctl/import_report.h"
#include "subnetctl/import_store.h"
#include "subnetctl/wake.h"

enum {
	BATCH = 200, /* rows that are written at once */
	HOUR_BLOCKS = 300,
};

struct importing {
	const struct ctl *ctl;
	PGconn *conn;
	struct import_view view;
	json_t *kinds;
	struct import_neuron *neurons;
	struct import_rows rows;
	struct import_counts counts;
	struct import_report report;
};

/* -- what records are looked at by ---------------------------------------- */

static int
read_kinds(struct importing *im, struct err *err)
{
	const char *const params[] = {im->ctl->netuid};
	PGresult *res =
	    db_query(im->conn, sql_ctl_import_kinds, 1, params, err);

	if (res == NULL)
		return -1;
	im->kinds = json_object();
	for (int i = 0; i < PQntuples(res); i++)
		json_object_set_new(im->kinds, pg_text(res, i, "capacity_key"),
		    json_string(pg_text(res, i, "name")));
	im->view.kinds = im->kinds;
	PQclear(res);
	return 0;
}

static int
read_neurons(struct importing *im, struct err *err)
{
	const char *const params[] = {im->ctl->netuid};
	PGresult *res =
	    db_query(im->conn, sql_ctl_import_neurons, 1, params, err);
	size_t n;

	if (res == NULL)
		return -1;
	n = (size_t)PQntuples(res);
	im->neurons = xcalloc(n + 1, sizeof(*im->neurons));
	for (size_t i = 0; i < n; i++) {
		struct import_neuron *to = &im->neurons[i];

		to->uid = (int)pg_int(res, (int)i, "uid");
		to->since_us = pg_int(res, (int)i, "since_us");
		snprintf(to->hotkey, sizeof(to->hotkey), "%s",
		    pg_text(res, (int)i, "hotkey"));
	}
	im->view.neurons = im->neurons;
	im->view.n_neurons = n;
	PQclear(res);
	return 0;
}

static int
read_place(struct importing *im, struct err *err)
{
	const char *const params[] = {im->ctl->netuid};
	PGresult *res =
	    db_query(im->conn, sql_ctl_import_place, 1, params, err);
	bool found = res != NULL && PQntuples(res) == 1;

	if (found) {
		im->view.block = pg_int(res, 0, "block");
		im->view.block_us = pg_int(res, 0, "at_us");
	}
	PQclear(res);
	if (res == NULL)
		return -1;
	return found ? 0
		     : err_set(err,
			   "there is no snapshot of netuid %s yet: start "
			   "weightsetterd, and import when it has written one",
			   im->ctl->netuid);
}

/* Buckets are counted as validatord counts them. */
static int
read_policy(struct importing *im, struct err *err)
{
	const char *path = config_str(im->ctl->config, "validator.policy");
	char *text = config_read_file(path, err);
	struct policy policy;
	int failed;

	if (text == NULL)
		return err_wrap(err,
		    "validator.policy: posts are counted in its buckets, and "
		    "must be as validatord's are");
	failed = policy_parse(text, &policy, err);
	free(text);
	if (failed)
		return err_wrap(err, "validator.policy: %s", path);
	im->view.bucket_blocks =
	    policy.engagement.growth.bucket_blocks >= 1
		? (int64_t)policy.engagement.growth.bucket_blocks
		: HOUR_BLOCKS;
	return 0;
}

static int
read_view(struct importing *im, const struct import_upstream *upstream,
    struct err *err)
{
	const struct config *config = im->ctl->config;

	im->view = (struct import_view){
	    .now_us = clock_wall_us(),
	    .bucket_blocks = HOUR_BLOCKS,
	    .keep_buckets = config_int(config, "validator.engagement_keep"),
	    .takes_tags =
		config_bool(config, "validator.engagement_takes_tags"),
	    .penalty_ms = config_ms(config, "validator.audit_penalty"),
	    .keep_keys_ms = config_ms(config, "subnetctl.keep_keys"),
	    .tenant = config_str(config, "subnetctl.tenant"),
	};
	if (read_kinds(im, err) != 0 ||
	    (upstream->needs_place && read_place(im, err) != 0) ||
	    (upstream->needs_policy && read_policy(im, err) != 0))
		return -1;
	return read_neurons(im, err);
}

/* -- records --------------------------------------------------------------- */

static int
write_rows(struct importing *im, bool is_last, struct err *err)
{
	return import_store_write(
	    im->conn, im->ctl->netuid, &im->rows, is_last, &im->counts, err);
}

static int
on_record(const struct import_table *table, const json_t *record,
    const char *unread, const char *where, struct err *err, void *arg)
{
	struct importing *im = arg;
	enum import_outcome outcome = IMPORT_LEFT;
	struct import_why why = {{0}, {0}};

	if (table->take != NULL && record == NULL)
		outcome = import_refuse(&why, "record", "%s", unread);
	else if (table->take != NULL)
		outcome = table->take(&im->view, record, &im->rows, &why);
	import_report_add(&im->report, table, outcome, record, where, &why);
	return im->rows.n >= BATCH ? write_rows(im, false, err) : 0;
}

static void
on_unknown(const char *name, void *arg)
{
	struct importing *im = arg;

	import_report_add_unknown(&im->report, name);
}

static int
read_all(struct importing *im, const struct import_upstream *upstream,
    struct err *err)
{
	const struct import_reader reader = {
	    upstream, on_record, on_unknown, im};

	for (size_t i = 0; i < im->ctl->n_args; i++) {
		if (import_read(&reader, im->ctl->args[i], err) != 0)
			return -1;
	}
	return write_rows(im, true, err);
}

/* -- the whole ------------------------------------------------------------- */

static int
query(PGconn *conn, const char *sql, struct err *err)
{
	PGresult *res = db_query(conn, sql, 0, NULL, err);

	PQclear(res);
	return res != NULL ? 0 : -1;
}

/* The connection's end undoes what is not committed. */
static int
run(struct importing *im, const struct import_upstream *upstream, bool is_write,
    struct err *err)
{
	if (query(im->conn, sql_ctl_begin, err) != 0 ||
	    read_view(im, upstream, err) != 0 ||
	    read_all(im, upstream, err) != 0)
		return -1;
	if (!is_write)
		return query(im->conn, sql_ctl_rollback, err);
	if (query(im->conn, sql_ctl_commit, err) != 0)
		return err_wrap(err,
		    "whether all of it is written or nothing is not known; "
		    "import again, what is there stays");
	return 0;
}

/* Orchestrators read their miners again. */
static void
tell(const struct importing *im)
{
	if (im->counts.added[IMPORT_BANS] + im->counts.added[IMPORT_AUDITS] > 0)
		(void)wake_send(config_str(im->ctl->config, "redis.url"),
		    redis_scores, "import");
}

static int
import(const struct ctl *ctl, const struct import_upstream *upstream)
{
	const char *tenant = config_str(ctl->config, "subnetctl.tenant");
	bool is_write = config_bool(ctl->config, "subnetctl.write");
	struct importing im = {.ctl = ctl};
	int code = CTL_OK;
	struct err err;

	if (tenant[0] != '\0' && !api_key_tenant_is_valid(tenant)) {
		err_set(&err,
		    "--tenant must be a name of 1 to %d letters, digits, "
		    "dots, dashes and underscores",
		    API_KEY_MOST_TENANT);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	im.conn = ctl_connect(ctl);
	if (im.conn == NULL)
		return CTL_FAILED;
	import_report_init(
	    &im.report, upstream, (size_t)strtoull(ctl->limit, NULL, 10));
	if (run(&im, upstream, is_write, &err) != 0) {
		code = ctl_fail(ctl, CTL_FAILED, &err);
	} else {
		import_report_show(&im.report, &im.counts, is_write, ctl->json);
		if (is_write)
			tell(&im);
	}
	PQfinish(im.conn);
	import_report_clear(&im.report);
	import_rows_clear(&im.rows);
	json_decref(im.kinds);
	free(im.neurons);
	return code;
}

int
ctl_import_dippy(const struct ctl *ctl)
{
	return import(ctl, &import_dippy);
}

int
ctl_import_violet(const struct ctl *ctl)
{
	return import(ctl, &import_violet);
}

int
ctl_import_infinitevibe(const struct ctl *ctl)
{
	return import(ctl, &import_infinitevibe);
}

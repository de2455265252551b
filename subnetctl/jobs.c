/* subnetctl jobs: what clients asked for and what became of it. */
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

static const char *const states[] = {"queued", "assigned", "running", "done",
    "failed", "expired", "cancelled", NULL};

static const char *const sources[] = {
    "client", "schedule", "audit", "challenge", NULL};

static bool
is_one_of(const char *const *words, const char *word)
{
	while (*words != NULL && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

int
ctl_jobs_list(const struct ctl *ctl)
{
	const char *state = ctl->n_args > 0 ? ctl->args[0] : NULL;
	const char *source = config_is_set(ctl->config, "subnetctl.source")
				 ? config_str(ctl->config, "subnetctl.source")
				 : NULL;
	const char *const params[] = {ctl->netuid, state, ctl->limit, source};
	struct err err;

	if (state != NULL && !is_one_of(states, state)) {
		err_set(&err, "\"%s\" is no state of a job", state);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	if (source != NULL && !is_one_of(sources, source)) {
		err_set(&err,
		    "\"%s\" is no source of jobs, which are client, schedule, "
		    "audit and challenge",
		    source);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	return ctl_list(ctl, "jobs", sql_ctl_job_list, 4, params);
}

int
ctl_jobs_failures(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->limit};

	return ctl_list(ctl, "failures", sql_ctl_job_failures, 2, params);
}

/* -- once more ------------------------------------------------------------ */

/* "{id,id}": ids for as many jobs as there may be. */
static char *
new_ids(size_t n)
{
	struct buf ids = {0};
	char id[UUID_TEXT];

	for (size_t i = 0; i < n; i++) {
		uuid_new(id);
		buf_printf(&ids, "%s%s", i == 0 ? "{" : ",", id);
	}
	buf_add_str(&ids, "}");
	return buf_take_str(&ids);
}

static bool
is_group(const char *word)
{
	return strlen(word) == 8 && strspn(word, "0123456789abcdef") == 8;
}

/* Any id wakes the dispatchers, who claim whatever is due. */
static void
tell(const struct ctl *ctl)
{
	char id[UUID_TEXT];

	uuid_new(id);
	if (wake_send(config_str(ctl->config, "redis.url"), redis_jobs, id) !=
	    0)
		fputs("subnetctl: Redis cannot be told: orchestratord finds "
		      "them at its next sweep\n",
		    stderr);
}

int
ctl_jobs_redrive(const struct ctl *ctl)
{
	char *ids = new_ids((size_t)strtoul(ctl->limit, NULL, 10));
	struct pg_params p = {0};
	struct err err;
	int code;

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->args[0]);
	pg_add_text(&p, ids);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, 0);
	if (uuid_is_valid(ctl->args[0]) || is_group(ctl->args[0])) {
		code =
		    ctl_list(ctl, "jobs", sql_ctl_job_redrive, p.n, p.values);
		if (code == CTL_OK)
			tell(ctl);
	} else {
		err_set(&err,
		    "\"%s\" is neither a job's id nor a group of jobs failures",
		    ctl->args[0]);
		code = ctl_fail(ctl, CTL_USAGE, &err);
	}
	free(ids);
	return code;
}

static void
show_job(const struct ctl *ctl, const PGresult *job, const PGresult *attempts)
{
	json_t *object;

	if (!ctl->json) {
		show_pairs(job, 0);
		putchar('\n');
		show_table(attempts);
		return;
	}
	object = show_row(job, 0);
	json_object_set_new(object, "attempts", show_rows(attempts));
	show_json(json_pack("{s:o}", "job", object));
}

int
ctl_jobs_show(const struct ctl *ctl)
{
	PGresult *job, *attempts = NULL;
	PGconn *conn;
	struct err err;
	int code = CTL_OK;

	if (!uuid_is_valid(ctl->args[0])) {
		err_set(&err, "\"%s\" is no id of a job", ctl->args[0]);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	job = db_query(conn, sql_ctl_job_show, 1, ctl->args, &err);
	if (job != NULL)
		attempts =
		    db_query(conn, sql_ctl_job_attempts, 1, ctl->args, &err);
	if (job != NULL && PQntuples(job) == 0)
		err_set(&err, "there is no job %s", ctl->args[0]);
	if (attempts == NULL || PQntuples(job) == 0)
		code = ctl_fail(ctl, CTL_FAILED, &err);
	else
		show_job(ctl, job, attempts);
	PQclear(job);
	PQclear(attempts);
	PQfinish(conn);
	return code;
}

/* Schedules: from the file to rows, and from a row to its next time. */
#include "orchestrator/schedule.h"

#include <jansson.h>
#include <string.h>

#include "common/err.h"
#include "orchestrator/cron.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/order.h"
#include "orchestrator/queue.h"

enum { MAX_NAME = 64, MAX_JITTER_S = 3600 };

int64_t
schedule_next(const char *name, const char *text, int64_t jitter_ms,
    int64_t after_us, struct err *err)
{
	struct cron cron;
	int64_t due_us;

	if (cron_parse(text, &cron, err) != 0)
		return -1;
	due_us = cron_next(&cron, after_us);
	if (due_us < 0)
		return err_set(err, "it is never due: \"%s\"", text);
	return due_us + cron_jitter_us(name, due_us, jitter_ms);
}

/* -- the file ------------------------------------------------------------ */

static int
check_name(const char *name, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(name);

	if (len < 1 || len > MAX_NAME || strspn(name, letters) != len)
		return err_set(err,
		    "a name must be 1 to %d letters, digits, dots, dashes and "
		    "underscores",
		    MAX_NAME);
	return 0;
}

static int
check_times(const char *name, const json_t *given, struct err *err)
{
	const char *cron = json_string_value(json_object_get(given, "cron"));
	const json_t *jitter = json_object_get(given, "jitter_s");
	json_int_t jitter_s = json_integer_value(jitter);

	if (cron == NULL)
		return err_set(err, "cron must be a string");
	if (jitter != NULL && (!json_is_integer(jitter) || jitter_s < 0 ||
				  jitter_s > MAX_JITTER_S))
		return err_set(err,
		    "jitter_s must be a whole number between 0 and %d",
		    MAX_JITTER_S);
	/* Eight years from 2000 hold each date there is, but not always from
	 * now: a file is good or bad whenever it is read. */
	if (schedule_next(name, cron, 0, INT64_C(946684800000000), err) < 0)
		return err_wrap(err, "cron");
	return 0;
}

static int
check_input(const struct kind *kind, struct err *err)
{
	if (json_array_size(kind->input_types) == 0)
		return 0;
	return err_set(err,
	    "kind %s works on a file, and a schedule has none to give",
	    kind->name);
}

/* The job as the table keeps it: checked, defaults filled in. */
static json_t *
template_of(const struct job *job, const json_t *request, int64_t ageing_ms)
{
	json_t *kept = json_copy((json_t *)request);
	int64_t rank_us =
	    queue_rank_us(job->created_us, job->priority, ageing_ms);

	json_object_del(kept, "kind");
	json_object_set(kept, "params", job->params);
	json_object_set_new(kept, "priority", json_integer(job->priority));
	json_object_set_new(
	    kept, "lead_ms", json_integer((job->created_us - rank_us) / 1000));
	return kept;
}

static json_t *
row_of(const char *name, const json_t *given,
    const struct schedule_place *place, struct err *err)
{
	json_t *request = json_copy((json_t *)given), *row = NULL;
	json_int_t jitter_s =
	    json_integer_value(json_object_get(given, "jitter_s"));
	struct job *job = NULL;

	json_object_del(request, "cron");
	json_object_del(request, "jitter_s");
	job = order_parse(place->kinds, request, place->now_us, err);
	if (job != NULL && check_input(job->kind, err) == 0)
		row = json_pack("{s:i, s:s, s:O, s:I, s:s, s:o, s:b, s:b}",
		    "netuid", place->netuid, "name", name, "cron",
		    json_object_get(given, "cron"), "jitter_ms",
		    jitter_s * 1000, "kind", job->kind->name, "job",
		    template_of(job, request, place->ageing_ms), "in_file", 1,
		    "enabled", 1);
	job_free(job);
	json_decref(request);
	return row;
}

/* Only of clients' jobs somebody is told. */
static int
check_webhook(const json_t *given, struct err *err)
{
	if (json_object_get(given, "webhook_url") == NULL)
		return 0;
	return err_set(err,
	    "webhook_url: nobody is told of a job that is made by the clock; "
	    "leave it out");
}

static int
add_row(json_t *rows, const char *name, const json_t *given,
    const struct schedule_place *place, struct err *err)
{
	json_t *row = NULL;

	if (!json_is_object(given))
		err_set(err, "it must be an object");
	else if (check_name(name, err) == 0 &&
		 check_times(name, given, err) == 0 &&
		 check_webhook(given, err) == 0)
		row = row_of(name, given, place, err);
	if (row == NULL)
		return err_wrap(err, "schedule %s", name);
	return json_array_append_new(rows, row);
}

char *
schedule_rows(
    const char *text, const struct schedule_place *place, struct err *err)
{
	json_error_t why;
	json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	json_t *rows = json_array(), *given;
	char *out = NULL;
	const char *name;

	if (file == NULL)
		err_set(err, "line %d: %s", why.line, why.text);
	else if (!json_is_object(file))
		err_set(err, "it must be an object of schedules by their "
			     "names");
	if (!json_is_object(file))
		goto done;
	json_object_foreach(file, name, given)
	{
		if (add_row(rows, name, given, place, err) != 0)
			goto done;
	}
	out = json_dumps(rows, JSON_COMPACT);
done:
	json_decref(rows);
	json_decref(file);
	return out;
}

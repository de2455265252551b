/* The request's JSON as a job. */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/draw.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/order.h"
#include "orchestrator/params.h"

enum { MAX_PRIORITY = 100, MIN_DEADLINE_MS = 1000 };

static const char *const known_fields[] = {"kind", "params", "miners",
    "deadline_ms", "priority", "tenant", "sticky", "expect", "input_file",
    "webhook_url", NULL};

static const char tenant_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static int
check_fields(const json_t *request, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)request, name, value)
	{
		int i = 0;

		while (known_fields[i] != NULL &&
		       strcmp(known_fields[i], name) != 0)
			i++;
		if (known_fields[i] == NULL)
			return err_set(err,
			    "%s is not a field of a job, which has kind, "
			    "params, miners, deadline_ms, priority, tenant, "
			    "sticky, expect, input_file and webhook_url",
			    name);
	}
	return 0;
}

/* An optional whole number within limits. */
static int
take_int(const json_t *request, const char *name, int64_t least, int64_t most,
    int64_t *out, struct err *err)
{
	const json_t *value = json_object_get(request, name);

	if (value == NULL)
		return 0;
	*out = json_integer_value(value);
	if (!json_is_integer(value) || *out < least || *out > most)
		return err_set(err,
		    "%s must be a whole number between %lld and %lld", name,
		    (long long)least, (long long)most);
	return 0;
}

static int
take_numbers(const json_t *request, struct job *job, struct err *err)
{
	const struct kind *kind = job->kind;
	int64_t miners = kind->miners_wanted, priority = 0;
	int64_t deadline_ms = kind->deadline_ms;

	if (take_int(request, "miners", kind->miners_min, kind->miners_max,
		&miners, err) != 0 ||
	    take_int(request, "priority", -MAX_PRIORITY, MAX_PRIORITY,
		&priority, err) != 0 ||
	    take_int(request, "deadline_ms", MIN_DEADLINE_MS, kind->deadline_ms,
		&deadline_ms, err) != 0)
		return -1;
	job->min = kind->miners_min;
	job->wanted = miners;
	job->priority = priority;
	job->retries_left = kind->retry_budget;
	job->deadline_us = job->created_us + deadline_ms * 1000;
	return 0;
}

static int
take_sticky(const json_t *request, struct job *job, struct err *err)
{
	const json_t *value = json_object_get(request, "sticky");
	size_t len = json_string_length(value);

	if (value == NULL)
		return 0;
	if (!json_is_string(value) || len < 1 || len > DRAW_MAX_KEY)
		return err_set(err, "sticky must be a string of 1 to %d bytes",
		    DRAW_MAX_KEY);
	job->sticky = xstrdup(json_string_value(value));
	return 0;
}

static int
take_input_file(const json_t *request, struct job *job, struct err *err)
{
	const json_t *value = json_object_get(request, "input_file");
	const char *id = json_string_value(value);

	if (value == NULL)
		return 0;
	if (id == NULL || !uuid_is_valid(id))
		return err_set(
		    err, "input_file must be the id of a file of /v1/files");
	snprintf(job->input_of, sizeof(job->input_of), "%s", id);
	return 0;
}

static int
take_tenant(const json_t *request, struct job *job, struct err *err)
{
	const json_t *value = json_object_get(request, "tenant");
	const char *name = json_string_value(value);

	if (value == NULL)
		return 0;
	if (name == NULL || json_string_length(value) > JOB_MAX_TENANT ||
	    name[0] == '\0' || name[strspn(name, tenant_characters)] != '\0')
		return err_set(err,
		    "tenant must be a name of 1 to %d letters, digits, dots, "
		    "dashes and underscores",
		    JOB_MAX_TENANT);
	snprintf(job->tenant, sizeof(job->tenant), "%s", name);
	return 0;
}

/* kind is what stands there, NULL if nothing. Always -1. */
static int
refuse_kind(const struct kinds *kinds, const json_t *kind, struct err *err)
{
	const char *name = json_string_value(kind);
	struct buf known = {0};

	buf_add_str(&known, kinds->n > 0
				? "there are "
				: "no kinds are configured: the file of "
				  "orchestrator.kinds has none");
	for (size_t i = 0; i < kinds->n; i++)
		buf_printf(
		    &known, "%s%s", i > 0 ? ", " : "", kinds->items[i].name);
	if (name != NULL)
		err_set(
		    err, "there is no kind \"%s\"; %s", name, buf_str(&known));
	else
		err_set(err, "kind %s; %s",
		    kind != NULL ? "must be a string" : "is missing",
		    buf_str(&known));
	buf_free(&known);
	return -1;
}

struct job *
order_parse(const struct kinds *kinds, const json_t *request, int64_t now_us,
    struct err *err)
{
	const char *name = json_string_value(json_object_get(request, "kind"));
	const json_t *expect = json_object_get(request, "expect");
	struct job *job = xcalloc(1, sizeof(*job));

	job->created_us = now_us;
	job->kind = name != NULL ? kinds_find(kinds, name) : NULL;
	job->tried = json_array();
	if (check_fields(request, err) != 0)
		goto fail;
	if (job->kind == NULL) {
		refuse_kind(kinds, json_object_get(request, "kind"), err);
		goto fail;
	}
	if (expect != NULL && !json_is_object(expect)) {
		err_set(err, "expect must be an object");
		goto fail;
	}
	if (expect != NULL)
		job->expect = json_deep_copy(expect);
	job->params = params_check(
	    job->kind->params, json_object_get(request, "params"), err);
	if (job->params == NULL || take_numbers(request, job, err) != 0 ||
	    take_tenant(request, job, err) != 0 ||
	    take_sticky(request, job, err) != 0 ||
	    take_input_file(request, job, err) != 0)
		goto fail;
	return job;
fail:
	job_free(job);
	return NULL;
}

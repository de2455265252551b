/*
 * Dippy's form: the parameters themselves as the body, with what the miner
 * must know among them; the result to one URL for all (docs/dippy.md says
 * where this differs from Dippy's own, and why).
 *
 * A kind's wire may have `defaults`, which never take the place of what is
 * there, and `at_most`, above which a number is cut.
 */
#include <string.h>

#include "common/err.h"
#include "common/job_seed.h"
#include "common/python_text.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/protocol_parts.h"

/*
 * No parameters, whatever a kind says, and no defaults: ours to say, or
 * nobody's. A client that could say them would take another's result, or
 * have a miner call any address.
 */
static const char *const not_params[] = {"job_id", "callback_url",
    "callback_secret", "image_url", "webhook_url", NULL};

/* What a client said, less that. The caller decrefs. */
static json_t *
params_of(const struct job *job)
{
	json_t *params = json_copy(job->params);

	for (size_t i = 0; not_params[i] != NULL; i++)
		json_object_del(params, not_params[i]);
	return params;
}

static bool
is_edit(const struct job *job)
{
	const char *key = job->kind->capacity_key;

	return job->input_type != NULL || strstr(key, "img-h100") != NULL ||
	       strstr(key, "kontext") != NULL;
}

static void
set_default(json_t *body, const char *key, json_t *value)
{
	if (json_object_get(body, key) == NULL)
		json_object_set_new(body, key, value);
	else
		json_decref(value);
}

static void
set_defaults(json_t *body, const struct job *job)
{
	const char *key;
	json_t *value;

	json_object_foreach(
	    json_object_get(job->kind->wire, "defaults"), key, value)
	{
		set_default(body, key, json_incref(value));
	}
	set_default(body, "task_type", json_string(job->kind->capacity_key));
	set_default(
	    body, "flux_mode", json_string(is_edit(job) ? "kontext" : "dev"));
}

static void
cut(json_t *body, const json_t *at_most)
{
	const char *key;
	json_t *most;

	json_object_foreach((json_t *)at_most, key, most)
	{
		const json_t *value = json_object_get(body, key);

		if (json_is_number(value) &&
		    json_number_value(value) > json_number_value(most))
			json_object_set(body, key, most);
	}
}

static int
build(const struct protocol_ask *ask, struct protocol_sending *out,
    struct err *err)
{
	const struct job *job = ask->job;
	json_t *body = params_of(job);

	(void)err;
	json_object_set_new(body, "seed",
	    json_integer(
		job_seed_sent(json_object_get(body, "seed"), job->id)));
	set_defaults(body, job);
	cut(body, json_object_get(job->kind->wire, "at_most"));
	json_object_set_new(body, "job_id", json_string(ask->attempt_id));
	protocol_set(body, "callback_url",
	    xasprintf("%s/results/callback", ask->o->public_url));
	protocol_set_secret(body, ask);
	if (job->input_type != NULL)
		protocol_set(body, "image_url", protocol_input_url(ask));
	out->body = python_json(body);
	json_decref(body);
	return 0;
}

/* -- the kind's wire ------------------------------------------------------- */

static int
check_defaults(const json_t *defaults, struct err *err)
{
	if (defaults != NULL && !json_is_object(defaults))
		return err_set(err, "wire.defaults must be an object");
	if (json_object_get(defaults, "seed") != NULL)
		return err_set(err,
		    "wire.defaults must not have seed: each job has its own");
	for (size_t i = 0; not_params[i] != NULL; i++) {
		if (json_object_get(defaults, not_params[i]) != NULL)
			return err_set(err,
			    "wire.defaults must not have %s: it is ours to "
			    "say",
			    not_params[i]);
	}
	return 0;
}

static int
check_at_most(const json_t *at_most, struct err *err)
{
	const char *key;
	json_t *most;

	if (at_most != NULL && !json_is_object(at_most))
		return err_set(err, "wire.at_most must be an object");
	json_object_foreach((json_t *)at_most, key, most)
	{
		if (!json_is_number(most))
			return err_set(
			    err, "wire.at_most.%s must be a number", key);
	}
	return 0;
}

static int
check(const json_t *kind, struct err *err)
{
	static const char *const names[] = {"defaults", "at_most", NULL};
	const json_t *wire = json_object_get(kind, "wire");

	if (protocol_check_members(wire, names, err) != 0 ||
	    check_defaults(json_object_get(wire, "defaults"), err) != 0)
		return -1;
	return check_at_most(json_object_get(wire, "at_most"), err);
}

const struct protocol protocol_dippy = {
    .name = "dippy",
    .check = check,
    .build = build,
};

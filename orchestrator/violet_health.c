/* For whoever watches. */
#include "orchestrator/violet_health.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/flights.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"

static double
uptime_s(const struct orchestrator *o)
{
	return (clock_wall_us() - o->started_us) / 1e6;
}

static bool
is_well(const struct orchestrator *o)
{
	return pg_is_up(o->pg) && o->kinds != NULL;
}

/* Redis only wakes, and is not needed to be right. */
static const char *
status_of(const struct orchestrator *o)
{
	if (!is_well(o))
		return "error";
	return redis_is_up(o->out) && signer_client_is_up(o->signer) &&
		       o->table.n > 0
		   ? "healthy"
		   : "degraded";
}

void
violet_health_short(struct http_req *req, void *orchestrator)
{
	const struct orchestrator *o = orchestrator;

	violet_reply(req, is_well(o) ? 200 : 503,
	    json_pack("{s:s, s:o, s:f, s:{s:b, s:[]}}", "status", status_of(o),
		"timestamp", violet_time(clock_wall_us()), "uptime_seconds",
		uptime_s(o), "file_system", "healthy", o->blobs != NULL,
		"errors"));
}

static json_t *
component(bool is_up, const char *why_not)
{
	json_t *part = json_pack("{s:b, s:[]}", "healthy", is_up, "errors");

	if (!is_up)
		json_array_append_new(
		    json_object_get(part, "errors"), json_string(why_not));
	return part;
}

void
violet_health_long(struct http_req *req, void *orchestrator)
{
	const struct orchestrator *o = orchestrator;
	json_t *parts = json_pack("{s:o, s:o, s:o, s:o, s:o}", "database",
	    component(pg_is_up(o->pg), "PostgreSQL is away"), "file_system",
	    component(o->blobs != NULL, "the folder cannot be used"),
	    "task_manager",
	    component(o->kinds != NULL, "the kinds are not read yet"),
	    "workflow_orchestrator",
	    component(o->table.n > 0, "there are no miners"), "signer",
	    component(signer_client_is_up(o->signer), "signerd is away"));

	json_object_set_new(parts, "redis",
	    component(redis_is_up(o->out), "Redis is away: jobs go on"));
	violet_reply(req, is_well(o) ? 200 : 503,
	    json_pack("{s:s, s:s, s:s, s:s, s:o, s:f, s:o, s:{s:I, s:I}}",
		"status", status_of(o), "service", "subnetd", "version",
		"1.0.0", "instance", o->id, "timestamp",
		violet_time(clock_wall_us()), "uptime_seconds", uptime_s(o),
		"components", parts, "metrics", "in_flight",
		(json_int_t)flights_count(o->flights), "miners",
		(json_int_t)o->table.n));
}

/* -- with the database's word ---------------------------------------------- */

struct watching {
	struct orchestrator *o;
	struct http_req *req;
	json_t *(*answer_of)(const struct orchestrator *, const PGresult *);
};

static void
on_stats(const struct pg_answer *answer, void *arg)
{
	struct watching *w = arg;

	if (violet_is_read(w->req, answer))
		violet_reply(
		    w->req, 200, w->answer_of(w->o, answer->results[0]));
	free(w);
}

static void
watch(struct http_req *req, struct orchestrator *o,
    json_t *(*answer_of)(const struct orchestrator *, const PGresult *))
{
	struct watching *w = xcalloc(1, sizeof(*w));

	w->o = o;
	w->req = req;
	w->answer_of = answer_of;
	store_violet_stats(o, on_stats, w);
}

static json_t *
queue_of(const PGresult *res)
{
	return json_pack("{s:I, s:I, s:I}", "pending",
	    (json_int_t)pg_int(res, 0, "queued"), "assigned",
	    (json_int_t)pg_int(res, 0, "assigned"), "in_progress",
	    (json_int_t)pg_int(res, 0, "running"));
}

static json_t *
metrics_of(const struct orchestrator *o, const PGresult *res)
{
	return json_pack("{s:f, s:f, s:o, s:I, s:I, s:s}", "uptime_seconds",
	    uptime_s(o), "uptime_hours", uptime_s(o) / 3600, "open_tasks",
	    queue_of(res), "total_miners", (json_int_t)pg_int(res, 0, "miners"),
	    "available_miners", (json_int_t)pg_int(res, 0, "up"), "counters",
	    "/metrics");
}

/* Only Violet's words, of what the rows say. */
static json_t *
pending_of(const PGresult *res)
{
	json_t *rows = json_loads(pg_text(res, 0, "pending"), 0, NULL);
	json_t *list = json_array(), *row;
	const struct violet_type *type;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		type = violet_type_of(
		    json_string_value(json_object_get(row, "kind")));
		json_array_append_new(
		    list, json_pack("{s:O, s:s, s:s, s:s, s:o}", "task_id",
			      json_object_get(row, "id"), "task_type",
			      type->name, "status", "pending", "priority",
			      violet_priority_word(json_integer_value(
				  json_object_get(row, "priority"))),
			      "created_at",
			      violet_time(json_integer_value(
				  json_object_get(row, "created_us")))));
	}
	json_decref(rows);
	return list;
}

static json_t *
miners_of(const PGresult *res)
{
	json_t *rows = json_loads(pg_text(res, 0, "list"), 0, NULL);
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_array_append_new(
		    list, json_pack("{s:O, s:O, s:O, s:O, s:O, s:O, s:o}",
			      "uid", json_object_get(row, "uid"), "hotkey",
			      json_object_get(row, "hotkey"), "stake",
			      json_object_get(row, "alpha"), "is_serving",
			      json_object_get(row, "is_up"), "capacity",
			      json_object_get(row, "capacity"), "pulls",
			      json_object_get(row, "pulls"), "last_seen",
			      violet_time(json_integer_value(
				  json_object_get(row, "seen_us")))));
	}
	json_decref(rows);
	return list;
}

static json_t *
integration_of(const struct orchestrator *o, const PGresult *res)
{
	return json_pack("{s:{s:i, s:s, s:I, s:I}, s:o, s:o, s:o}",
	    "network_info", "netuid", o->netuid, "network",
	    config_str(o->service.config, "subtensor.network"), "total_miners",
	    (json_int_t)pg_int(res, 0, "miners"), "available_miners",
	    (json_int_t)pg_int(res, 0, "up"), "miners", miners_of(res),
	    "pending_tasks", pending_of(res), "queue_stats", queue_of(res));
}

void
violet_health_metrics(struct http_req *req, void *o)
{
	watch(req, o, metrics_of);
}

void
violet_health_integration(struct http_req *req, void *o)
{
	watch(req, o, integration_of);
}

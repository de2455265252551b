/* Jobs that are over, as rows. */
#include "subnetctl/import_past.h"

#include "subnetctl/import_field.h"

static json_t *
text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? json_string(text)
					       : json_null();
}

void
import_add_job(struct import_rows *rows, const struct import_job *j)
{
	import_add_row(rows, IMPORT_JOBS,
	    json_pack("{s:s, s:s, s:s, s:s, s:O, s:i, s:I, s:I, s:I, s:o, s:s, "
		      "s:o}",
		"id", j->id, "kind", j->kind, "tenant", j->tenant, "source",
		j->is_audit ? "audit" : "client", "params", j->params,
		"priority", j->priority, "created_us",
		(json_int_t)j->created_us, "deadline_us",
		(json_int_t)j->deadline_us, "finished_us",
		(json_int_t)j->finished_us, "best", text_or_null(j->best),
		"state", j->end.state, "reason", text_or_null(j->end.reason)));
}

/* From one time to the other; NaN if one is not known. */
static json_t *
ms_between(int64_t from_us, int64_t to_us)
{
	return from_us != 0 && to_us >= from_us
		   ? json_real((double)(to_us - from_us) / 1000)
		   : json_null();
}

void
import_add_attempt(struct import_rows *rows, const struct import_job *j,
    const struct import_attempt *a)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:{s:s}}", "id",
	    a->id, "job_id", j->id, "kind", j->kind, "hotkey", a->hotkey,
	    "state", a->end.state, "reason", text_or_null(a->end.reason),
	    "receipt", "imported", a->upstream);

	json_object_set_new(
	    row, "prepared_us", import_us_or_null(a->prepared_us));
	json_object_set_new(row, "sent_us", import_us_or_null(a->sent_us));
	json_object_set_new(
	    row, "accepted_us", import_us_or_null(a->accepted_us));
	json_object_set_new(
	    row, "received_us", import_us_or_null(a->received_us));
	json_object_set_new(
	    row, "finished_us", import_us_or_null(a->finished_us));
	json_object_set_new(
	    row, "deadline_us", import_us_or_null(j->deadline_us));
	json_object_set_new(
	    row, "queue_ms", ms_between(j->created_us, a->prepared_us));
	json_object_set_new(
	    row, "dispatch_ms", ms_between(a->prepared_us, a->accepted_us));
	json_object_set_new(row, "miner_ms", import_real_or_null(a->miner_ms));
	json_object_set_new(row, "result_json",
	    a->result != NULL ? json_incref(a->result) : json_null());
	import_add_row(rows, IMPORT_ATTEMPTS, row);
}

void
import_add_judgement(struct import_rows *rows, const struct import_job *j,
    const struct import_attempt *a, enum import_verdict verdict)
{
	if (verdict == IMPORT_UNJUDGED)
		return;
	import_add_row(rows, IMPORT_JUDGEMENTS,
	    json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:o, s:s}", "id", a->id,
		"hotkey", a->hotkey, "kind", j->kind, "source",
		j->is_audit ? "audit" : "client", "success",
		verdict == IMPORT_SUCCESS, "ended_us",
		(json_int_t)a->finished_us, "miner_ms",
		import_real_or_null(a->miner_ms), "upstream", a->upstream));
}

enum import_outcome
import_check_past(const struct import_view *view, const struct import_job *j,
    struct import_why *why)
{
	static const int64_t day_us = 86400 * INT64_C(1000000);

	return j->finished_us >= view->now_us + day_us
		   ? import_refuse(why, "completed_at", "it is ahead of now")
		   : IMPORT_TAKEN;
}

bool
import_is_long(const json_t *json)
{
	return json_dumpb(json, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) >
	       IMPORT_MAX_JSON;
}

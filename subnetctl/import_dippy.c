/*
 * Dippy's tables (SN11): its relay's jobs, its orchestrator's miners and
 * failed audits, and the list of those it has banned.
 *
 * A job keeps its id, so that who asked for it finds it here. Its secrets stay
 * where they are. What it counts for is decided by our rules, not by its
 * status: a success without a picture is none, and of what went wrong only the
 * miner's part is the miner's.
 */
#include <math.h>
#include <string.h>

#include "common/uuid.h"
#include "subnetctl/import_field.h"
#include "subnetctl/import_id.h"
#include "subnetctl/import_past.h"

enum { MAX_TYPE = 64, MAX_URL = 2048 };

static const int64_t week_us = 7 * 86400 * INT64_C(1000000);

/* -- kinds --------------------------------------------------------------- */

/* Job types that are another's by an older name. */
static const char *const synonyms[][2] = {
    {"generate", "base-h100_pcie"}, {"lora", "lora.train"}};

static const char *
kind_of(const struct import_view *view, const char *type)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (strcmp(synonyms[i][0], type) == 0)
			type = synonyms[i][1];
	}
	return json_string_value(json_object_get(view->kinds, type));
}

/* -- parameters ---------------------------------------------------------- */

/* Secrets, addresses of another time, and what no miner was given. */
static const char *const left_out[] = {"job_id", "callback_secret",
    "callback_url", "webhook_url", "image_url", "image_b64", "task_type",
    "flux_mode", "expiry", NULL};

/* *out is the caller's to json_decref. */
static enum import_outcome
read_params(const json_t *record, json_t **out, struct import_why *why)
{
	json_t *payload;

	if (import_need_json(record, "payload", JSON_OBJECT, &payload, why) !=
	    IMPORT_TAKEN)
		return IMPORT_REFUSED;
	*out = json_copy(payload);
	json_decref(payload);
	for (int i = 0; left_out[i] != NULL; i++)
		json_object_del(*out, left_out[i]);
	return import_is_long(*out)
		   ? import_refuse(why, "payload", "it has more than %d bytes",
			 IMPORT_MAX_JSON)
		   : IMPORT_TAKEN;
}

/* -- what became of it ---------------------------------------------------- */

enum status { PENDING, SUCCESS, FAILED, TIMEOUT };

/* Words that Dippy's own reader takes for each. */
static enum status
status_of(const json_t *record)
{
	static const struct {
		const char *word;
		enum status status;
	} words[] = {{"success", SUCCESS}, {"successful", SUCCESS},
	    {"complete", SUCCESS}, {"completed", SUCCESS}, {"fail", FAILED},
	    {"failed", FAILED}, {"timeout", TIMEOUT}, {"timed_out", TIMEOUT},
	    {"timed-out", TIMEOUT}};
	char word[16];

	import_word(record, "status", word, sizeof(word));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].status;
	}
	return PENDING;
}

/* A job, its only attempt, and what that counts for. */
struct fate {
	struct import_end job, attempt;
	enum import_verdict verdict;
};

static const struct fate succeeded = {
    {"done", NULL}, {"delivered", NULL}, IMPORT_SUCCESS};
static const struct fate no_picture = {
    {"failed", "empty_result"}, {"failed", "empty_result"}, IMPORT_FAILURE};
static const struct fate never_came = {
    {"expired", "no_result"}, {"timed_out", "no_result"}, IMPORT_FAILURE};
/* Not the miner's doing, or nobody can tell any more. */
static const struct fate unknown = {
    {"failed", "lost_result"}, {"abandoned", "lost_result"}, IMPORT_UNJUDGED};

/* Its failure reasons, by how they begin; the first that fits. */
static const struct {
	const char *begins;
	struct fate fate;
} failures[] = {
    {"dispatch_error:[Errno", {{"failed", "unreachable"},
				  {"refused", "unreachable"}, IMPORT_FAILURE}},
    {"dispatch_error:timed out",
	{{"failed", "unreachable"}, {"refused", "unreachable"},
	    IMPORT_FAILURE}},
    {"dispatch_",
	{{"failed", "refused"}, {"refused", "refused"}, IMPORT_FAILURE}},
    {"prepare_failed:",
	{{"failed", "not_sent"}, {"abandoned", "not_sent"}, IMPORT_UNJUDGED}},
    {"empty_image_payload", {{"failed", "empty_result"},
				{"failed", "empty_result"}, IMPORT_FAILURE}},
    {"callback_status:", {{"failed", "miner_failed"},
			     {"failed", "miner_failed"}, IMPORT_FAILURE}},
    {"flux_kontext_max_latency_violation",
	{{"failed", "came_late"}, {"late", "came_late"}, IMPORT_FAILURE}},
    /* A wrong secret may have come from anybody; what came too early was
     * thrown away; an upload that failed was the orchestrator's. */
    {"callback_", {{"failed", "lost_result"}, {"abandoned", "lost_result"},
		      IMPORT_UNJUDGED}},
};

static const struct fate *
fate_of_failure(const json_t *record)
{
	const char *reason = import_text(record, "failure_reason");

	for (size_t i = 0;
	     reason != NULL && i < sizeof(failures) / sizeof(failures[0]);
	     i++) {
		const char *begins = failures[i].begins;

		if (strncmp(reason, begins, strlen(begins)) == 0)
			return &failures[i].fate;
	}
	return &unknown;
}

/* Did the callback say that it has none? Of older rows nobody knows. */
static bool
says_no_picture(const json_t *response)
{
	const json_t *told = json_object_get(response, "callback_metadata");
	bool has_picture;

	return import_bool(told, "has_image", &has_picture) && !has_picture;
}

static const struct fate *
fate_of(const json_t *record, enum status status, const json_t *response)
{
	switch (status) {
	case SUCCESS:
		return says_no_picture(response) ? &no_picture : &succeeded;
	case TIMEOUT:
		return &never_came;
	case FAILED:
		return fate_of_failure(record);
	case PENDING:
		break;
	}
	return NULL;
}

/* -- times ---------------------------------------------------------------- */

static int64_t
first_time(const json_t *record, const char *const *names)
{
	int64_t us = 0;

	for (; *names != NULL; names++) {
		if (import_time(record, *names, &us))
			return us;
	}
	return 0;
}

static int64_t
received_of(const json_t *record, const json_t *response)
{
	static const char *const names[] = {
	    "response_timestamp", "completed_at", NULL};
	int64_t us;

	return import_time(response, "callback_received_at", &us)
		   ? us
		   : first_time(record, names);
}

/* From when the request was sent, as we measure it; else what Dippy measured,
 * from the job's making on. */
static double
miner_ms_of(const json_t *response, const struct import_attempt *a)
{
	double ms;

	if (a->sent_us != 0 && a->received_us >= a->sent_us)
		return (double)(a->received_us - a->sent_us) / 1000;
	if (import_real(response, "total_runtime_ms", &ms) && ms >= 0)
		return ms;
	return import_real(response, "latency_ms", &ms) && ms >= 0 ? ms : NAN;
}

static void
take_times(const json_t *record, const json_t *response, struct import_job *j,
    struct import_attempt *a)
{
	static const char *const ends[] = {
	    "completed_at", "response_timestamp", "last_updated_at", NULL};
	static const char *const sent[] = {"prepared_at", NULL};
	static const char *const accepted[] = {
	    "miner_received_at", "dispatched_at", NULL};
	static const char *const expires[] = {"expires_at", NULL};

	j->finished_us = first_time(record, ends);
	if (j->finished_us < j->created_us)
		j->finished_us = j->created_us;
	j->deadline_us = first_time(record, expires);
	if (j->deadline_us < j->created_us)
		j->deadline_us = j->created_us + week_us;
	a->sent_us = first_time(record, sent);
	a->prepared_us = a->sent_us != 0 ? a->sent_us : j->created_us;
	a->accepted_us = first_time(record, accepted);
	a->received_us = received_of(record, response);
	a->finished_us = j->finished_us;
	a->miner_ms = miner_ms_of(response, a);
}

/* -- a job ---------------------------------------------------------------- */

/* Where Dippy keeps the picture. NULL: nothing is known of one. */
static json_t *
result_of(const json_t *record, const json_t *response)
{
	static const char *const urls[] = {"image_url", "image_uri", NULL};
	const char *url = import_text(record, "result_image_url");
	const char *sha256 = import_text(response, "image_sha256");
	json_t *result;

	for (int i = 0; url == NULL && urls[i] != NULL; i++)
		url = import_text(response, urls[i]);
	if ((url == NULL && sha256 == NULL) ||
	    (url != NULL && strlen(url) > MAX_URL))
		return NULL;
	result = json_object();
	if (url != NULL)
		json_object_set_new(result, "image_url", json_string(url));
	if (sha256 != NULL)
		json_object_set_new(
		    result, "image_sha256", json_string(sha256));
	return result;
}

/* What has been read of a record; its JSON is ours. */
struct past {
	struct import_job job;
	struct import_attempt attempt;
	json_t *params, *response, *result;
	char attempt_id[UUID_TEXT];
};

static void
past_clear(struct past *p)
{
	json_decref(p->params);
	json_decref(p->response);
	json_decref(p->result);
}

static enum import_outcome
read_past(const struct import_view *view, const json_t *record, struct past *p,
    struct import_why *why)
{
	struct import_job *j = &p->job;
	struct import_attempt *a = &p->attempt;
	const char *type;

	if (import_need_uuid(record, "job_id", &j->id, why) != IMPORT_TAKEN ||
	    import_need_text(record, "job_type", MAX_TYPE, &type, why) !=
		IMPORT_TAKEN ||
	    import_need_hotkey(record, "miner_hotkey", &a->hotkey, why) !=
		IMPORT_TAKEN ||
	    import_need_time(record, "creation_timestamp", &j->created_us,
		why) != IMPORT_TAKEN ||
	    import_bool_or_not(record, "is_audit_job", &j->is_audit, why) !=
		IMPORT_TAKEN)
		return IMPORT_REFUSED;
	j->kind = kind_of(view, type);
	if (j->kind == NULL)
		return import_refuse(why, "job_type",
		    "no kind of this subnet has the capacity_key \"%s\": put "
		    "one into orchestrator.kinds and start orchestratord once",
		    type);
	if (read_params(record, &p->params, why) != IMPORT_TAKEN ||
	    import_json(record, "response_payload", JSON_OBJECT, &p->response,
		why) != IMPORT_TAKEN)
		return IMPORT_REFUSED;
	p->result = result_of(record, p->response);
	return IMPORT_TAKEN;
}

static void
add_past(struct import_rows *rows, struct past *p, const struct fate *fate)
{
	struct import_job *j = &p->job;
	struct import_attempt *a = &p->attempt;

	import_id("dippy attempt", j->id, a->hotkey, p->attempt_id);
	j->params = p->params;
	j->end = fate->job;
	a->upstream = "dippy";
	a->id = p->attempt_id;
	a->end = fate->attempt;
	if (fate == &succeeded) {
		j->best = p->attempt_id;
		a->result = p->result;
	}
	import_add_job(rows, j);
	import_add_attempt(rows, j, a);
	import_add_judgement(
	    rows, j, a, j->is_audit ? IMPORT_UNJUDGED : fate->verdict);
}

static enum import_outcome
take_job(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	enum status status = status_of(record);
	struct past p = {.job = {.tenant = view->tenant}};
	enum import_outcome got;

	if (status == PENDING)
		return IMPORT_LEFT;
	got = read_past(view, record, &p, why);
	if (got == IMPORT_TAKEN) {
		take_times(record, p.response, &p.job, &p.attempt);
		got = import_check_past(view, &p.job, why);
	}
	if (got == IMPORT_TAKEN)
		add_past(rows, &p, fate_of(record, status, p.response));
	past_clear(&p);
	return got;
}

/* -- what counts against miners ------------------------------------------- */

static void
add_audit(const struct import_view *view, struct import_rows *rows,
    const char *id, const char *hotkey, int64_t at_us, const char *reason)
{
	import_add_row(rows, IMPORT_AUDITS,
	    json_pack("{s:s, s:s, s:I, s:I, s:s}", "id", id, "hotkey", hotkey,
		"at_us", (json_int_t)at_us, "expires_us",
		(json_int_t)(at_us + view->penalty_ms * 1000), "reason",
		reason));
}

static enum import_outcome
take_audit_failure(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	const char *target = import_text(record, "target_job_id");
	const char *hotkey, *audit;
	char id[UUID_TEXT];
	int64_t at_us;

	if (import_need_uuid(record, "audit_job_id", &audit, why) !=
		IMPORT_TAKEN ||
	    import_need_hotkey(record, "miner_hotkey", &hotkey, why) !=
		IMPORT_TAKEN ||
	    import_need_time(record, "created_at", &at_us, why) != IMPORT_TAKEN)
		return IMPORT_REFUSED;
	/* Its attempt's id, if it is known what was looked into. */
	if (target != NULL && uuid_is_valid(target))
		import_id("dippy attempt", target, hotkey, id);
	else
		import_id("dippy audit", audit, hotkey, id);
	add_audit(
	    view, rows, id, hotkey, at_us, "imported: an audit of Dippy's");
	return IMPORT_TAKEN;
}

/* 0: there is none, or no value. */
static enum import_outcome
read_failed_audits(const json_t *record, int64_t *out, struct import_why *why)
{
	static const char field[] = "failed_audits";
	enum import_outcome got;
	json_t *value;

	*out = 0;
	got = import_json(record, "value", JSON_OBJECT, &value, why);
	if (json_object_get(value, field) != NULL &&
	    !import_int(value, field, out))
		got = import_refuse(why, field, "it is no whole number");
	json_decref(value);
	return got;
}

/* The count grows by one at each run of Dippy's check, whatever has happened:
 * that it is not 0 is all that it says. */
static enum import_outcome
take_miner(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	const char *hotkey;
	char id[UUID_TEXT];
	int64_t failed;

	if (import_need_hotkey(record, "hotkey", &hotkey, why) !=
		IMPORT_TAKEN ||
	    read_failed_audits(record, &failed, why) != IMPORT_TAKEN)
		return IMPORT_REFUSED;
	if (failed <= 0)
		return IMPORT_LEFT;
	import_id("dippy miner", hotkey, "", id);
	add_audit(view, rows, id, hotkey, view->now_us,
	    "imported: Dippy counted failed audits");
	return IMPORT_TAKEN;
}

static enum import_outcome
take_ban(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	const char *hotkey;

	if (import_need_hotkey(record, "address", &hotkey, why) != IMPORT_TAKEN)
		return IMPORT_REFUSED;
	import_add_row(rows, IMPORT_BANS,
	    json_pack("{s:s, s:I, s:s}", "hotkey", hotkey, "at_us",
		(json_int_t)view->now_us, "reason",
		"imported: on Dippy's list of bans"));
	return IMPORT_TAKEN;
}

/* -- the tables ------------------------------------------------------------ */

static const struct import_table tables[] = {
    {"inference_jobs", "jobs", "jobs", "job_id", take_job,
	"jobs that are over, with their ids; open ones are left"},
    {"miners", NULL, NULL, "hotkey", take_miner,
	"who has failed audits; scores are made again from jobs"},
    {"audit_failures", NULL, "audit_failures", "audit_job_id",
	take_audit_failure, "each counts for validator.audit_penalty"},
    {"addresses", "bans", "addresses", "address", take_ban,
	"hotkeys that are banned"},
    {"duckdb_sync_state", NULL, NULL, "id", NULL, "not needed"},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct import_upstream import_dippy = {
    .name = "dippy",
    .tables = tables,
};

/*
 * Violet's tables (SN49): tasks that are over, with what their miners brought,
 * and, if they are asked for, its users' keys.
 *
 * Violet measured nothing itself: scores and times are what miners said of
 * themselves, so nothing here counts in anybody's score. Its miners are uids;
 * whose a response is can be told only if who holds the uid now held it then.
 * Texts and files of clients stay where they are.
 */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/api_key.h"
#include "common/hex.h"
#include "common/uuid.h"
#include "subnetctl/import_field.h"
#include "subnetctl/import_id.h"
#include "subnetctl/import_past.h"

enum { MAX_WORD = 32, MAX_RESPONSES = 64, MAX_NAME = 100, MAX_LANGUAGE = 16 };

static const int64_t hour_us = 3600 * INT64_C(1000000);

/* -- words ---------------------------------------------------------------- */

/* Types of tasks, the capacity key of our kind, and where a response has its
 * text; NULL: it is a file. */
static const struct type {
	const char *name, *key, *field;
} types[] = {
    {"transcription", "audio.transcribe", "transcript"},
    {"tts", "audio.speak", NULL},
    {"summarization", "text.summarize", "summary"},
    {"video_transcription", "video.transcribe", "transcript"},
    {"text_translation", "text.translate", "translated_text"},
    {"document_translation", "document.translate", "translated_text"},
};

static const struct type *
type_of(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	}
	return NULL;
}

static bool
is_among(const char *const *words, const char *word)
{
	for (; *words != NULL; words++) {
		if (strcmp(*words, word) == 0)
			return true;
	}
	return false;
}

static int
priority_of(const json_t *record)
{
	static const struct {
		const char *word;
		int points;
	} words[] = {{"low", -10}, {"high", 10}, {"urgent", 30}};
	char word[MAX_WORD];

	import_word(record, "priority", word, sizeof(word));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].points;
	}
	return 0;
}

/* -- whose a uid was ------------------------------------------------------ */

static const char *
hotkey_of(const struct import_view *view, int64_t uid, int64_t at_us,
    struct import_why *why)
{
	for (size_t i = 0; i < view->n_neurons; i++) {
		const struct import_neuron *n = &view->neurons[i];

		if (n->uid != uid)
			continue;
		if (n->since_us != 0 && n->since_us < at_us)
			return n->hotkey;
		import_refuse(why, "miner_responses",
		    n->since_us == 0
			? "since when uid %d is %s's the chain does not say"
			: "uid %d is %s's only since then",
		    n->uid, n->hotkey);
		return NULL;
	}
	import_refuse(
	    why, "miner_responses", "nobody has uid %lld now", (long long)uid);
	return NULL;
}

/* -- a response ----------------------------------------------------------- */

/* Violet kept responses in three shapes; the text, or what has it, is in the
 * innermost. Borrowed. */
static const json_t *
output_of(const json_t *response)
{
	static const char *const shells[] = {
	    "response", "response_data", "output_data"};
	const json_t *at = response;

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		const json_t *inner = json_object_get(at, shells[i]);

		if (json_is_object(inner) ||
		    (json_is_string(inner) && i + 1 == 3))
			at = inner;
	}
	return at;
}

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

/* {"text", "language"}; NULL: there is no text, or it is none that counts. */
static json_t *
result_of(const struct type *type, const json_t *response)
{
	const json_t *output = output_of(response);
	const char *text = json_is_string(output)
			       ? json_string_value(output)
			       : import_text(output, type->field);
	const char *language = import_text(output, "language");
	json_t *result;

	if (is_blank(text) || strcmp(text, "broken file") == 0)
		return NULL;
	result = json_pack("{s:s}", "text", text);
	if (!is_blank(language) && strlen(language) <= MAX_LANGUAGE)
		json_object_set_new(result, "language", json_string(language));
	return result;
}

/* What is known of a task's response beside its text. */
struct said {
	int64_t uid, at_us;
	const char *hotkey;
};

static bool
read_said(const struct import_view *view, const json_t *response,
    struct said *said, struct import_why *why)
{
	if (!import_int(response, "miner_uid", &said->uid) || said->uid < 0) {
		import_refuse(why, "miner_responses",
		    "miner_uid is missing, or no number");
		return false;
	}
	if (!import_time(response, "submitted_at", &said->at_us)) {
		import_refuse(why, "miner_responses",
		    "submitted_at of uid %lld is no time",
		    (long long)said->uid);
		return false;
	}
	said->hotkey = hotkey_of(view, said->uid, said->at_us, why);
	return said->hotkey != NULL;
}

/* -- a task --------------------------------------------------------------- */

struct task {
	const struct type *type;
	struct import_job job;
	json_t *params, *responses;
	int64_t given_us; /* 0: not known */
	char best[UUID_TEXT];
	const char *from[MAX_RESPONSES]; /* hotkeys of neurons */
	size_t n_from;
};

static void
task_clear(struct task *t)
{
	json_decref(t->params);
	json_decref(t->responses);
}

/* Violet takes the same miner's response again while the first waits to be
 * written; here a miner has one. */
static bool
is_again(struct task *t, const char *hotkey)
{
	for (size_t i = 0; i < t->n_from; i++) {
		if (t->from[i] == hotkey)
			return true;
	}
	t->from[t->n_from++] = hotkey;
	return false;
}

/* Its attempt, if it can be told whose it is; the first that delivered a text
 * is the task's result. */
static enum import_outcome
add_response(const struct import_view *view, struct task *t,
    const json_t *response, struct import_rows *rows, struct import_why *why)
{
	struct import_attempt a = {
	    .upstream = "violet",
	    .miner_ms = NAN,
	    .sent_us = t->given_us,
	    .end = {"failed", "miner_failed"},
	};
	struct said said;
	char id[UUID_TEXT];

	if (!read_said(view, response, &said, why))
		return IMPORT_REFUSED;
	if (is_again(t, said.hotkey))
		return IMPORT_TAKEN;
	import_id("violet attempt", t->job.id, said.hotkey, id);
	a.id = id;
	a.hotkey = said.hotkey;
	a.prepared_us = t->given_us != 0 ? t->given_us : t->job.created_us;
	a.received_us = a.finished_us = said.at_us;
	if (t->given_us != 0 && said.at_us >= t->given_us)
		a.miner_ms = (double)(said.at_us - t->given_us) / 1000;
	a.result = result_of(t->type, response);
	if (a.result != NULL && import_is_long(a.result)) {
		json_decref(a.result);
		return import_refuse(why, "miner_responses",
		    "that of uid %lld has more than %d bytes",
		    (long long)said.uid, IMPORT_MAX_JSON);
	}
	if (a.result != NULL) {
		a.end = (struct import_end){"delivered", NULL};
		if (t->best[0] == '\0')
			snprintf(t->best, sizeof(t->best), "%s", id);
	}
	import_add_attempt(rows, &t->job, &a);
	json_decref(a.result);
	return IMPORT_TAKEN;
}

/* One refused response is one too many, but the others stand. */
static enum import_outcome
add_responses(const struct import_view *view, struct task *t,
    struct import_rows *rows, struct import_why *why)
{
	size_t n = json_array_size(t->responses);
	enum import_outcome worst = IMPORT_TAKEN;

	if (t->type->field == NULL)
		return IMPORT_TAKEN;
	for (size_t i = 0; i < n && i < MAX_RESPONSES; i++) {
		if (add_response(view, t, json_array_get(t->responses, i), rows,
			why) != IMPORT_TAKEN)
			worst = IMPORT_REFUSED;
	}
	return worst;
}

static json_t *
params_of(const json_t *record)
{
	static const char *const names[][2] = {{"source_language", "language"},
	    {"target_language", "target_language"}, {"voice_name", "voice"}};
	json_t *params = json_object();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = import_text(record, names[i][0]);

		if (!is_blank(text) && strlen(text) <= MAX_NAME)
			json_object_set_new(
			    params, names[i][1], json_string(text));
	}
	return params;
}

static enum import_outcome
read_task(const struct import_view *view, const json_t *record, struct task *t,
    struct import_why *why)
{
	struct import_job *j = &t->job;
	char word[MAX_WORD];

	if (import_need_uuid(record, "task_id", &j->id, why) != IMPORT_TAKEN ||
	    import_need_time(record, "created_at", &j->created_us, why) !=
		IMPORT_TAKEN)
		return IMPORT_REFUSED;
	import_word(record, "task_type", word, sizeof(word));
	t->type = type_of(word);
	if (t->type == NULL)
		return import_refuse(
		    why, "task_type", "\"%s\" is no type of task", word);
	j->kind = json_string_value(json_object_get(view->kinds, t->type->key));
	if (j->kind == NULL)
		return import_refuse(why, "task_type",
		    "no kind of this subnet has the capacity_key \"%s\": put "
		    "one into orchestrator.kinds and start orchestratord once",
		    t->type->key);
	if (!import_time(record, "completed_at", &j->finished_us) &&
	    !import_time(record, "updated_at", &j->finished_us))
		j->finished_us = j->created_us;
	if (j->finished_us < j->created_us)
		j->finished_us = j->created_us;
	j->deadline_us = j->finished_us > j->created_us + hour_us
			     ? j->finished_us
			     : j->created_us + hour_us;
	j->priority = priority_of(record);
	if (!import_time(record, "distributed_at", &t->given_us))
		t->given_us = 0;
	if (import_check_past(view, j, why) != IMPORT_TAKEN)
		return IMPORT_REFUSED;
	t->params = j->params = params_of(record);
	return import_json(
	    record, "miner_responses", JSON_ARRAY, &t->responses, why);
}

/* How a task ended; of a sound nobody has the file here. */
static struct import_end
end_of(const struct task *t, const char *status)
{
	if (strcmp(status, "cancelled") == 0)
		return (struct import_end){"cancelled", "cancelled"};
	if (t->best[0] != '\0')
		return (struct import_end){"done", NULL};
	if (json_array_size(t->responses) == 0)
		return (struct import_end){"failed", "no_miner"};
	return (struct import_end){"failed", "lost_result"};
}

static enum import_outcome
take_task(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	static const char *const open[] = {
	    "pending", "assigned", "in_progress", NULL};
	static const char *const over[] = {
	    "completed", "done", "approved", "failed", "cancelled", NULL};
	struct task t = {.job = {.tenant = view->tenant}};
	enum import_outcome got;
	char status[MAX_WORD];

	import_word(record, "status", status, sizeof(status));
	if (is_among(open, status))
		return IMPORT_LEFT;
	if (!is_among(over, status))
		return import_refuse(
		    why, "status", "\"%s\" is no status of a task", status);
	got = read_task(view, record, &t, why);
	if (got == IMPORT_TAKEN) {
		got = add_responses(view, &t, rows, why);
		t.job.best = t.best;
		t.job.end = end_of(&t, status);
		import_add_job(rows, &t.job);
	}
	task_clear(&t);
	return got;
}

/* -- keys ----------------------------------------------------------------- */

static void
add_key(const struct import_view *view, const struct api_key *key,
    const char *name, const char *role, const char *tenant,
    struct import_rows *rows)
{
	uint8_t hash[API_KEY_HASH];
	char hex[2 * API_KEY_HASH + 1];

	api_key_hash(key->secret, hash);
	hex_encode(hash, sizeof(hash), hex);
	import_add_row(rows, IMPORT_KEYS,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "id", key->id,
		"hash", hex, "name", name, "role", role, "tenant", tenant,
		"created_us", (json_int_t)view->now_us, "expires_us",
		(json_int_t)(view->now_us + view->keep_keys_ms * 1000)));
}

/* Anybody could make himself an admin there. */
static enum import_outcome
check_role(const char *role, struct import_why *why)
{
	static const char *const taken[] = {
	    "client", "miner", "validator", NULL};

	if (is_among(taken, role))
		return IMPORT_TAKEN;
	if (strcmp(role, "admin") == 0)
		return import_refuse(why, "role",
		    "admins are made here: subnetctl keys new --role admin");
	return import_refuse(why, "role", "\"%s\" is no role", role);
}

static enum import_outcome
take_user(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	const char *name, *text, *tenant = view->tenant;
	bool is_active = true;
	struct api_key key;
	char role[MAX_WORD];

	if (view->keep_keys_ms == 0)
		return IMPORT_LEFT;
	if (import_bool_or_not(record, "is_active", &is_active, why) !=
	    IMPORT_TAKEN)
		return IMPORT_REFUSED;
	if (!is_active)
		return IMPORT_LEFT;
	import_word(record, "role", role, sizeof(role));
	if (check_role(role, why) != IMPORT_TAKEN ||
	    import_need_text(record, "email", MAX_NAME, &name, why) !=
		IMPORT_TAKEN ||
	    (tenant[0] == '\0' &&
		import_need_text(record, "user_id", API_KEY_MOST_TENANT,
		    &tenant, why) != IMPORT_TAKEN))
		return IMPORT_REFUSED;
	if (!api_key_tenant_is_valid(tenant))
		return import_refuse(why, "user_id",
		    "a tenant has letters, digits, dots, dashes and "
		    "underscores");
	text = import_text(record, "api_key");
	if (text == NULL || api_key_parse_old(text, &key) != 0)
		return import_refuse(why, "api_key",
		    "it has not the form of a key of Violet's, %d letters of "
		    "base64url",
		    API_KEY_OLD);
	add_key(view, &key, name, role, tenant, rows);
	sodium_memzero(&key, sizeof(key));
	return IMPORT_TAKEN;
}

/* -- the tables ------------------------------------------------------------ */

static const struct import_table tables[] = {
    {"tasks", NULL, "tasks", "task_id", take_task,
	"tasks that are over, with their texts; they score nothing"},
    {"users", NULL, NULL, "email", take_user,
	"keys of active users, with --keep_keys; admins are made anew"},
    {"task_assignments", NULL, NULL, "assignment_id", NULL,
	"never brought up to date upstream"},
    {"text_content", NULL, NULL, "content_id", NULL,
	"clients' texts stay where they are"},
    {"files", NULL, NULL, "file_id", NULL,
	"clients' files stay where they are"},
    {"voices", NULL, NULL, "voice_name", NULL,
	"voices are a parameter of the kind: orchestrator.kinds"},
    {"miners", NULL, NULL, "uid", NULL, "read from the chain"},
    {"miner_status", NULL, NULL, "uid", NULL,
	"loads and scores made up by chance upstream"},
    {"miner_metrics", NULL, NULL, "uid", NULL, "never written upstream"},
    {"miner_consensus", NULL, NULL, "miner_uid", NULL,
	"never written upstream"},
    {"validator_reports", NULL, NULL, "report_id", NULL,
	"made up by chance upstream"},
    {"system_metrics", NULL, NULL, "id", NULL, "see /metrics"},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct import_upstream import_violet = {
    .name = "violet",
    .tables = tables,
    .needs_place = true,
};

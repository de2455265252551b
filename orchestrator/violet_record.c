/* Rows of tasks as records. */
#include "orchestrator/violet_record.h"

#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/violet.h"

static json_t *
cell(const PGresult *res, int row, const char *column)
{
	json_t *json =
	    json_loads(pg_text(res, row, column), JSON_DECODE_ANY, NULL);

	return json != NULL ? json : json_null();
}

static const char *
word_of(const json_t *object, const char *name, const char *otherwise)
{
	const char *word = json_string_value(json_object_get(object, name));

	return word != NULL ? word : otherwise;
}

const struct violet_type *
violet_record_type(const PGresult *res, int row)
{
	return violet_type_of(pg_text(res, row, "kind"));
}

const char *
violet_record_status(const PGresult *res, int row)
{
	return violet_status(job_state_parse(pg_text(res, row, "state")));
}

/* -- inputs -------------------------------------------------------------- */

json_t *
violet_record_text(const char *content_id, const json_t *params)
{
	const char *text = word_of(params, "text", "");
	const char *language = word_of(params, "language", "en");

	return json_pack("{s:s, s:s, s:s, s:s, s:f, s:I, s:I, s:o?, s:n}",
	    "content_id", content_id, "text", text, "source_language", language,
	    "detected_language", language, "language_confidence", 1.0,
	    "text_length", (json_int_t)violet_length(text), "word_count",
	    (json_int_t)violet_words(text), "target_language",
	    json_incref(json_object_get(params, "target_language")),
	    "metadata");
}

static const char *
extension_for(const char *media_type)
{
	static const struct {
		const char *type, *extension;
	} known[] = {
	    {"audio/wav", ".wav"},
	    {"audio/mpeg", ".mp3"},
	    {"audio/flac", ".flac"},
	    {"audio/ogg", ".ogg"},
	    {"audio/mp4", ".m4a"},
	    {"video/mp4", ".mp4"},
	    {"video/webm", ".webm"},
	    {"video/quicktime", ".mov"},
	    {"video/x-matroska", ".mkv"},
	    {"text/plain", ".txt"},
	    {"application/pdf", ".pdf"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].type, media_type) == 0)
			return known[i].extension;
	}
	return strstr(media_type, "wordprocessingml") != NULL ? ".docx" : "";
}

char *
violet_record_file_name(const char *id, const char *type)
{
	return xasprintf("%s%s", id, extension_for(type));
}

json_t *
violet_record_file(const char *id, const char *type, int64_t bytes, char *url)
{
	char *name = violet_record_file_name(id, type);
	json_t *file = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s}",
	    "file_id", id, "file_name", name, "file_type", type, "file_size",
	    (json_int_t)bytes, "storage_location", "subnetd", "public_url", url,
	    "download_url", url);

	free(name);
	free(url);
	return file;
}

void
violet_record_add_input(
    json_t *record, const PGresult *res, int row, char *file_url)
{
	json_t *params = cell(res, row, "params");
	const char *id = word_of(record, "task_id", "");

	json_object_set_new(record, "input_text", json_null());
	json_object_set_new(record, "input_file", json_null());
	if (!pg_is_null(res, row, "input_type"))
		json_object_set_new(record, "input_file",
		    violet_record_file(id, pg_text(res, row, "input_type"),
			pg_int(res, row, "input_bytes"), file_url));
	else if (json_object_get(params, "text") != NULL)
		json_object_set_new(
		    record, "input_text", violet_record_text(id, params));
	if (pg_is_null(res, row, "input_type"))
		free(file_url);
	json_decref(params);
}

/* -- answers ------------------------------------------------------------- */

json_t *
violet_record_answers(const PGresult *res, int row)
{
	return cell(res, row, "answers");
}

const json_t *
violet_record_best(const json_t *answers, const char *best)
{
	json_t *one;
	size_t i;

	json_array_foreach(answers, i, one)
	{
		if (strcmp(word_of(one, "id", ""), best) == 0)
			return one;
	}
	return NULL;
}

json_t *
violet_record_output(const struct orchestrator *o,
    const struct violet_type *type, const json_t *answer)
{
	const json_t *json = json_object_get(answer, "json");
	const char *text = word_of(json, "text", NULL);
	json_t *output = json_object();
	char *url;

	if (json_is_object(json))
		json_object_update(output, (json_t *)json);
	if (text != NULL && type->field != NULL) {
		json_object_set_new(output, type->field, json_string(text));
		json_object_del(output, "text");
	}
	if (json_is_string(json_object_get(answer, "type"))) {
		url = violet_file_url(o, word_of(answer, "id", ""));
		json_object_set_new(output,
		    type->field == NULL ? "audio_file" : "file",
		    violet_record_file(word_of(answer, "id", ""),
			word_of(answer, "type", ""),
			json_integer_value(json_object_get(answer, "bytes")),
			url));
	}
	return output;
}

static json_t *
responses_of(const struct orchestrator *o, const struct violet_type *type,
    const json_t *answers)
{
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach(answers, i, one)
	{
		json_array_append_new(list,
		    json_pack("{s:O, s:O, s:{s:o, s:f}, s:o}", "miner_uid",
			json_object_get(one, "uid"), "hotkey",
			json_object_get(one, "hotkey"), "response",
			"output_data", violet_record_output(o, type, one),
			"processing_time",
			json_number_value(json_object_get(one, "ms")) / 1000,
			"submitted_at",
			violet_time(json_integer_value(
			    json_object_get(one, "at_us")))));
	}
	return list;
}

/* -- the whole ----------------------------------------------------------- */

json_t *
violet_record_base(const PGresult *res, int row)
{
	const struct violet_type *type = violet_record_type(res, row);
	json_t *params = cell(res, row, "params");
	json_t *record = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}",
	    "task_id",
	    pg_text(res, row, PQfnumber(res, "job_id") >= 0 ? "job_id" : "id"),
	    "task_type", type != NULL ? type->name : pg_text(res, row, "kind"),
	    "status", violet_record_status(res, row), "priority",
	    violet_priority_word(pg_int(res, row, "priority")),
	    "source_language",
	    violet_text_or_null(word_of(params, "language", NULL)),
	    "target_language",
	    violet_text_or_null(word_of(params, "target_language", NULL)),
	    "voice_name", violet_text_or_null(word_of(params, "voice", NULL)));

	json_object_update_new(record,
	    json_pack("{s:o, s:n, s:I, s:I, s:I, s:o, s:o}", "model_id",
		violet_text_or_null(word_of(
		    params, "model", type != NULL ? type->model : NULL)),
		"speaker_wav_url", "required_miner_count",
		(json_int_t)pg_int(res, row, "wanted"), "min_miner_count",
		(json_int_t)pg_int(res, row, "min"), "max_miner_count",
		(json_int_t)pg_int(res, row, "wanted"), "assigned_miners",
		cell(res, row, "assigned"), "created_at",
		violet_time(pg_int(res, row, "created_us"))));
	json_decref(params);
	return record;
}

/* {"validator": at}, for all who have. */
static json_t *
seen_at(const json_t *seen)
{
	json_t *times = json_object(), *one;
	size_t i;

	json_array_foreach(seen, i, one)
	{
		json_object_set_new(times, word_of(one, "validator", ""),
		    violet_time(
			json_integer_value(json_object_get(one, "at_us"))));
	}
	return times;
}

static json_t *
seen_by(const json_t *seen)
{
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach(seen, i, one)
	{
		json_array_append(list, json_object_get(one, "validator"));
	}
	return list;
}

static json_t *
best_of(const struct orchestrator *o, const struct violet_type *type,
    const json_t *answers, const char *id)
{
	const json_t *best = violet_record_best(answers, id);

	return best != NULL ? violet_record_output(o, type, best) : json_null();
}

json_t *
violet_record(const struct orchestrator *o, const PGresult *res, int row)
{
	const struct violet_type *type = violet_record_type(res, row);
	json_t *record = violet_record_base(res, row);
	json_t *answers = cell(res, row, "answers");
	json_t *seen = cell(res, row, "seen");
	int64_t given_us = pg_int(res, row, "given_us");
	int64_t finished_us = pg_int(res, row, "finished_us");

	json_object_update_new(record,
	    json_pack(
		"{s:I, s:n, s:n, s:n, s:o, s:o, s:o, s:o, s:o, s:n, s:o, s:o}",
		"actual_miner_count", (json_int_t)pg_int(res, row, "asked"),
		"user_id", "callback_url", "user_metadata", "updated_at",
		violet_time(finished_us != 0 ? finished_us
			    : given_us != 0  ? given_us
					     : pg_int(res, row, "created_us")),
		"distributed_at", violet_time(given_us), "completed_at",
		violet_time(finished_us), "miner_responses",
		responses_of(o, type, answers), "best_response",
		best_of(o, type, answers, pg_text(res, row, "best")),
		"evaluation_data", "validators_seen", seen_by(seen),
		"validators_seen_timestamps", seen_at(seen)));
	violet_record_add_input(
	    record, res, row, violet_file_url(o, pg_text(res, row, "id")));
	json_decref(answers);
	json_decref(seen);
	return record;
}

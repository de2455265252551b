/* Kinds of job for daemon tests. */
#include "tests/lib/kinds.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"

enum { MOST_BYTES = 1 << 20, SIDE = 64 };

static json_t *
picture_params(void)
{
	return json_pack("{s:{s:s, s:b}, s:{s:s, s:i}, s:{s:s, s:i}}", "prompt",
	    "type", "string", "required", 1, "width", "type", "integer",
	    "default", SIDE, "height", "type", "integer", "default", SIDE);
}

static json_t *
speech_params(void)
{
	return json_pack("{s:{s:s, s:b}, s:{s:s, s:b}}", "text", "type",
	    "string", "required", 1, "language", "type", "language", "required",
	    1);
}

static const struct {
	const char *protocol, *path, *scoring;
	const char *gives; /* NULL: JSON */
	json_t *(*params)(void);
} works[] = {
    [WORK_PICTURE] = {"dippy", "/inference", "image", "image/png",
	picture_params},
    [WORK_UNWELCOME] = {"dippy", "/inference", "image", "image/jpeg",
	picture_params},
    [WORK_SPEECH] = {"native", "/jobs/audio.speak", "speech", "audio/wav",
	speech_params},
    [WORK_TEXT] = {"native", "/jobs/text.summarize", "none", NULL,
	speech_params},
    [WORK_ASKED] = {"violet", "/", "none", NULL, speech_params},
};

static json_t *
kind_of(const struct kind_row *row)
{
	json_t *kind = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "name", row->name, "capacity_key", row->offer, "protocol",
	    works[row->work].protocol, "path", works[row->work].path, "scoring",
	    works[row->work].scoring, "attempt", row->attempt, "answer",
	    row->answer, "deadline", row->deadline);
	json_t *gives = json_array();

	if (works[row->work].gives != NULL)
		json_array_append_new(
		    gives, json_string(works[row->work].gives));
	json_object_update_new(kind,
	    json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:[], s:o, s:o}",
		"retry_budget", row->budget, "miners_min", 1, "miners_wanted",
		row->wanted, "miners_max", row->wanted, "max_input_bytes", 0,
		"max_output_bytes", MOST_BYTES, "input_types", "output_types",
		gives, "params", works[row->work].params()));
	return kind;
}

char *
kinds_write(const char *name, const struct kind_row *rows, size_t n)
{
	char *build = paths_build();
	char *path = xasprintf("%s/%s.json", build, name);
	json_t *kinds = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(kinds, kind_of(&rows[i]));
	if (json_dump_file(kinds, path, JSON_INDENT(1)) != 0) {
		fprintf(stderr, "kinds: cannot write %s\n", path);
		free(path);
		path = NULL;
	}
	json_decref(kinds);
	free(build);
	return path;
}

char *
kinds_job(const struct kind_row *row)
{
	json_t *job, *params;
	char *text;

	if (row->work == WORK_SPEECH || row->work == WORK_TEXT ||
	    row->work == WORK_ASKED)
		params = json_pack("{s:s, s:s}", "text",
		    "Good evening. It is late. We have been here before.",
		    "language", "en");
	else
		params = json_pack("{s:s}", "prompt", "a small picture");
	job = json_pack("{s:s, s:o}", "kind", row->name, "params", params);
	text = json_dumps(job, JSON_COMPACT);
	json_decref(job);
	return text;
}

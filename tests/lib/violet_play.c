/* Tasks of Violet's types, played. */
#include "tests/lib/violet_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/sample.h"
#include "tests/lib/violet_rig.h"

const char *const violet_play_types[] = {"transcription", "summarization",
    "text-translation", "video-transcription", "document-translation", "tts",
    "audio-enhancement", NULL};

/* -- given ------------------------------------------------------------------
 */

void
violet_play_alone(struct violet_rig *r, const char *query)
{
	for (int i = 1; i < VIOLET_MINERS; i++)
		json_decref(puller_poll(r->miners[i], "&types=none"));
	json_decref(puller_poll(r->miners[0], query));
}

json_t *
violet_play_given(struct violet_rig *r, const char *type, char id[40])
{
	char *path = xasprintf("/api/v1/%s", type);
	json_t *task;

	violet_play_alone(r, "");
	assert_int_equal(violet_submit(r, path, id), 0);
	task = puller_await(r->miners[0], id);
	assert_non_null(task);
	free(path);
	return task;
}

/* -- brought ----------------------------------------------------------------
 */

/* field NULL: a sound is sent. */
static const struct way {
	const char *type, *path, *field, *value;
} ways[] = {
    {"transcription", "response", "response_data",
	"{\"output_data\":{\"transcript\":\"a tone\",\"confidence\":0.95,"
	"\"language\":\"en\"}}"},
    {"summarization", "response", "response_data",
	"{\"summary\":\"the river rose\"}"},
    {"text-translation", "text-translation/upload-result", "translated_text",
	"der Fluss stieg"},
    {"video-transcription", "video-transcription/upload-result", "transcript",
	"der Fluss stieg"},
    {"document-translation", "document-translation/upload-result",
	"translated_text", "der Fluss stieg"},
    {"tts", "tts/upload-audio", NULL, NULL},
    {"audio-enhancement", "audio-enhancement/upload-audio", NULL, NULL},
};

static const struct way *
way_of(const char *type)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].type, type) == 0)
			return &ways[i];
	}
	fail_msg("there is no type %s", type);
	return NULL;
}

void
violet_play_bring(struct violet_rig *r, const char *type, const char *id)
{
	const struct puller *p = r->miners[0];
	const struct way *way = way_of(type);
	char uid[16], *path = xasprintf("/api/v1/miner/%s", way->path);
	const char *fields[] = {
	    "task_id", id, "miner_uid", uid, way->field, way->value, NULL};
	struct fetch_answer answer;
	struct buf wav = {0};

	snprintf(uid, sizeof(uid), "%d", puller_uid(p));
	sample_wav(440, 0.5, &wav);
	if (puller_upload(p, path, fields, way->field == NULL ? wav.data : NULL,
		wav.len, &answer) != 200)
		fail_msg("%s: %d %s", path, answer.status, answer.body);
	fetch_clear(&answer);
	buf_free(&wav);
	free(path);
}

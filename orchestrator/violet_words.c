/* Violet's words: types of tasks, statuses, priorities. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "orchestrator/violet.h"

enum { MIB = 1024 * 1024 };

/* -- types of tasks ------------------------------------------------------ */

static const char *const sounds[] = {
    "wav", "mp3", "flac", "ogg", "oga", "opus", "m4a", "mp4", "webm", NULL};
static const char *const videos[] = {
    "mp4", "avi", "mov", "mkv", "webm", "flv", "wmv", "m4v", NULL};
static const char *const documents[] = {"pdf", "docx", "txt", "text", NULL};

static const char translator[] = "facebook/mbart-large-50-many-to-many-mmt";
static const char whisper[] = "openai/whisper-tiny";

static const struct violet_type types[] = {
    {.name = "transcription",
	.path = "transcription",
	.kind = "audio.transcribe",
	.model = whisper,
	.file = "audio_file",
	.media = "audio/",
	.sort = "an audio file",
	.extensions = sounds,
	.max_file = 50 * MIB,
	.field = "transcript"},
    {.name = "tts",
	.path = "tts",
	.kind = "audio.speak",
	.model = "tts_models/multilingual/multi-dataset/xtts_v2",
	.min_text = 10},
    {.name = "summarization",
	.path = "summarization",
	.kind = "text.summarize",
	.model = "facebook/bart-large-cnn",
	.min_text = 50,
	.field = "summary"},
    {.name = "video_transcription",
	.path = "video-transcription",
	.kind = "video.transcribe",
	.model = whisper,
	.file = "video_file",
	.media = "video/",
	.by_name = true,
	.sort = "a video file",
	.extensions = videos,
	.max_file = 100 * MIB,
	.field = "transcript"},
    {.name = "text_translation",
	.path = "text-translation",
	.kind = "text.translate",
	.model = translator,
	.min_text = 10,
	.has_target = true,
	.field = "translated_text"},
    {.name = "document_translation",
	.path = "document-translation",
	.kind = "document.translate",
	.model = translator,
	.file = "document_file",
	.by_name = true,
	.sort = "a document",
	.extensions = documents,
	.max_file = 50 * MIB,
	.has_target = true,
	.field = "translated_text"},
    {.name = "audio_enhancement",
	.path = "audio-enhancement",
	.kind = "audio.enhance",
	.file = "audio_file",
	.media = "audio/",
	.sort = "an audio file",
	.extensions = sounds,
	.max_file = 50 * MIB},
};

enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

const struct violet_type *
violet_types(size_t *n)
{
	*n = N_TYPES;
	return types;
}

const struct violet_type *
violet_type_by_path(const char *path)
{
	for (int i = 0; i < N_TYPES; i++) {
		if (strcmp(types[i].path, path) == 0)
			return &types[i];
	}
	return NULL;
}

const struct violet_type *
violet_type_of(const char *kind)
{
	for (int i = 0; i < N_TYPES; i++) {
		if (strcmp(types[i].kind, kind) == 0)
			return &types[i];
	}
	return NULL;
}

/* -- words --------------------------------------------------------------- */

static const char *const statuses[N_JOB_STATES] = {
    [JOB_QUEUED] = "pending",
    [JOB_ASSIGNED] = "assigned",
    [JOB_RUNNING] = "in_progress",
    [JOB_DONE] = "completed",
    [JOB_FAILED] = "failed",
    [JOB_EXPIRED] = "failed",
    [JOB_CANCELLED] = "cancelled",
};

static const struct {
	const char *status, *states;
} states_of[] = {
    {"pending", "{queued}"},
    {"assigned", "{assigned}"},
    {"in_progress", "{running}"},
    {"processing", "{running}"},
    {"completed", "{done}"},
    {"failed", "{failed,expired}"},
    {"cancelled", "{cancelled}"},
};

static const struct {
	const char *word;
	int points;
} priorities[] = {{"low", -10}, {"normal", 0}, {"high", 10}, {"urgent", 30}};

enum {
	N_STATUSES = sizeof(states_of) / sizeof(states_of[0]),
	N_PRIORITIES = sizeof(priorities) / sizeof(priorities[0]),
};

const char *
violet_status(enum job_state state)
{
	return statuses[state];
}

const char *
violet_states(const char *status)
{
	for (int i = 0; i < N_STATUSES; i++) {
		if (strcmp(states_of[i].status, status) == 0)
			return states_of[i].states;
	}
	return NULL;
}

int
violet_priority(const char *word, int *points)
{
	for (int i = 0; i < N_PRIORITIES; i++) {
		if (strcmp(priorities[i].word, word) == 0) {
			*points = priorities[i].points;
			return 0;
		}
	}
	return -1;
}

/* Of jobs that came by another door, too. */
const char *
violet_priority_word(int64_t points)
{
	int i = 0;

	while (i + 1 < N_PRIORITIES && points >= priorities[i + 1].points)
		i++;
	return priorities[i].word;
}

size_t
violet_length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

size_t
violet_words(const char *text)
{
	static const char blanks[] = " \t\r\n\v\f";
	size_t n = 0;

	for (text += strspn(text, blanks); *text != '\0'; n++) {
		text += strcspn(text, blanks);
		text += strspn(text, blanks);
	}
	return n;
}

json_t *
violet_time(int64_t wall_us)
{
	time_t s = wall_us / 1000000;
	struct tm tm;
	char text[48];
	size_t len;

	if (wall_us == 0)
		return json_null();
	gmtime_r(&s, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(
	    text + len, sizeof(text) - len, ".%06dZ", (int)(wall_us % 1000000));
	return json_string(text);
}

json_t *
violet_text_or_null(const char *text)
{
	json_t *string = text != NULL ? json_string(text) : NULL;

	return string != NULL ? string : json_null();
}

void
violet_safe_name(const char *name, char *out, size_t size)
{
	static const char kept[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t n = 0;

	for (; *name != '\0' && n + 1 < size; name++)
		out[n++] = strchr(kept, *name) != NULL ? *name : '_';
	out[n] = '\0';
	if (n == 0)
		snprintf(out, size, "unnamed_file.wav");
}

bool
violet_is_utf8(const char *text)
{
	json_t *string = json_string(text); /* NULL if it is not */
	bool is = string != NULL;

	json_decref(string);
	return is;
}

bool
violet_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
	size_t len = text != NULL ? strlen(text) : 0;
	int64_t n;

	if (len == 0 || len > 15 || text[strspn(text, "0123456789")] != '\0')
		return false;
	n = strtoll(text, NULL, 10);
	if (n < least || n > most)
		return false;
	*out = n;
	return true;
}

/* A suite whose kinds are asked for by Violet's miners. */
#include "tests/lib/violet_rig.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/media.h"
#include "tests/lib/paths.h"
#include "tests/lib/sample.h"

enum { MAX_PARTS = 10, STAKE = 200 };

static const char *const kinds_of_violet[] = {"audio.transcribe", "audio.speak",
    "audio.enhance", "video.transcribe", "text.summarize", "text.translate",
    "document.translate", NULL};

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	for (i = 0; kinds_of_violet[i] != NULL; i++) {
		kind = sample_kind(kinds, kinds_of_violet[i]);
		json_object_set_new(kind, "protocol", json_string("violet"));
		json_object_set_new(kind, "hedge", json_false());
		json_object_set_new(kind, "pull_capacity", json_integer(9));
	}
}

int
violet_rig_set_up(void **state, const char *name, const char *ini)
{
	struct violet_rig *r = xcalloc(1, sizeof(*r));
	struct suite_options o = {.name = name, .n_miners = VIOLET_MINERS};
	char *file = xasprintf("%s-kinds.json", name);
	char *all = xasprintf("[orchestrator]\ncapacity_start = 0\n%s", ini);

	*state = r;
	r->kinds = sample_kinds(file, edit_kinds);
	free(file);
	if (r->kinds == NULL)
		return -1;
	o.kinds = r->kinds;
	o.ini = all;
	for (int i = 0; i < VIOLET_MINERS; i++) {
		o.miners[i].alpha = STAKE;
		o.miners[i].port = -1;
	}
	r->s = suite_new(&o);
	free(all);
	if (r->s == NULL)
		return -1;
	for (int i = 0; i < VIOLET_MINERS; i++) {
		r->miners[i] = puller_new(r->s, i);
		if (r->miners[i] == NULL)
			return -1;
	}
	return 0;
}

int
violet_rig_tear_down(void **state)
{
	struct violet_rig *r = *state;
	int failed = suite_end(r->s, false);

	for (int i = 0; i < VIOLET_MINERS; i++)
		puller_free(r->miners[i]);
	free(r->kinds);
	free(r);
	return failed;
}

/* The caller frees; NULL: no key. */
static char *
key_header(const struct violet_rig *r)
{
	return r->key != NULL ? xasprintf("X-API-Key: %s", r->key) : NULL;
}

int
violet_post(struct violet_rig *r, const char *path, const char *const fields[],
    const struct violet_file *file, struct fetch_answer *answer)
{
	struct fetch_part parts[MAX_PARTS + 2] = {{0}};
	char *url = xasprintf("%s%s", r->s->api_url, path);
	char *header = key_header(r);
	const char *const headers[] = {header, NULL};
	struct fetch_ask ask = {.url = url, .parts = parts, .headers = headers};
	int n = 0;

	for (; fields[0] != NULL && n < MAX_PARTS; fields += 2)
		parts[n++] = (struct fetch_part){
		    fields[0], NULL, NULL, fields[1], strlen(fields[1])};
	if (file != NULL)
		parts[n++] = (struct fetch_part){
		    file->part, file->name, file->type, file->data, file->len};
	fetch(&ask, answer);
	free(header);
	free(url);
	return answer->status;
}

int
violet_get(struct violet_rig *r, const char *path, struct fetch_answer *answer)
{
	char *url = xasprintf("%s%s", r->s->api_url, path);
	char *header = key_header(r);
	const char *const headers[] = {header, NULL};
	struct fetch_ask ask = {.url = url, .headers = headers};

	fetch(&ask, answer);
	free(header);
	free(url);
	return answer->status;
}

json_t *
violet_read(struct violet_rig *r, int status, const char *fmt, ...)
{
	struct fetch_answer answer;
	char path[512];
	json_t *body = NULL;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	if (violet_get(r, path, &answer) == status)
		body = fetch_json(&answer);
	if (body == NULL)
		fprintf(stderr, "violet: %s: %d %s\n", path, answer.status,
		    answer.body != NULL ? answer.body : "");
	fetch_clear(&answer);
	return body;
}

const char *
violet_word(const json_t *object, const char *name)
{
	const char *word = json_string_value(json_object_get(object, name));

	return word != NULL ? word : "";
}

/* -- one of each sort ------------------------------------------------------ */

static const char long_text[] =
    "The river rose in the night, and by the morning the lower fields were "
    "under water as far as the mill.";

static int
post_text(struct violet_rig *r, const char *path, struct fetch_answer *answer)
{
	const char *fields[] = {"text", long_text, "source_language", "en",
	    "target_language", "de", "priority", "high", NULL};

	return violet_post(r, path, fields, NULL, answer);
}

static int
post_sound(struct violet_rig *r, const char *path, struct fetch_answer *answer)
{
	const char *const fields[] = {"source_language", "en", NULL};
	struct violet_file file = {
	    "audio_file", "a tone.wav", "audio/wav", NULL, 0};
	struct buf wav = {0};
	int status;

	sample_wav(440, 0.5, &wav);
	file.data = wav.data;
	file.len = wav.len;
	status = violet_post(r, path, fields, &file, answer);
	buf_free(&wav);
	return status;
}

static int
post_document(
    struct violet_rig *r, const char *path, struct fetch_answer *answer)
{
	const char *const fields[] = {
	    "source_language", "en", "target_language", "de", NULL};
	struct violet_file file = {"document_file", "a letter.txt",
	    "text/plain", long_text, sizeof(long_text) - 1};

	return violet_post(r, path, fields, &file, answer);
}

/* The caller frees. */
static char *
read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	struct buf bytes = {0};
	size_t n;

	while (f != NULL &&
	       (n = fread(buf_reserve(&bytes, 65536), 1, 65536, f)) > 0)
		bytes.len += n;
	if (f != NULL)
		fclose(f);
	*len = bytes.len;
	return buf_take_str(&bytes);
}

/* A second of a picture that moves, and a tone. */
static int
post_video(struct violet_rig *r, const char *path, struct fetch_answer *answer)
{
	const char *const fields[] = {"source_language", "en", NULL};
	struct violet_file file = {
	    "video_file", "a clip.mp4", "video/mp4", NULL, 0};
	char *build = paths_build(), *name = xasprintf("%s/clip.mp4", build);
	char *data;
	int status;

	media_make((const char *const[]){"ffmpeg", "-v", "error", "-y", "-f",
	    "lavfi", "-i", "testsrc=d=1:s=64x64", "-f", "lavfi", "-i",
	    "sine=440:d=1", "-pix_fmt", "yuv420p", name, NULL});
	data = read_whole(name, &file.len);
	file.data = data;
	status = violet_post(r, path, fields, &file, answer);
	free(data);
	free(name);
	free(build);
	return status;
}

int
violet_submit(struct violet_rig *r, const char *path, char id[40])
{
	struct fetch_answer answer;
	json_t *body;
	int status;

	if (strstr(path, "document") != NULL)
		status = post_document(r, path, &answer);
	else if (strstr(path, "video") != NULL)
		status = post_video(r, path, &answer);
	else if (strstr(path, "transcription") != NULL ||
		 strstr(path, "audio") != NULL)
		status = post_sound(r, path, &answer);
	else
		status = post_text(r, path, &answer);
	body = fetch_json(&answer);
	snprintf(id, 40, "%s", violet_word(body, "task_id"));
	json_decref(body);
	if (status != 200)
		fprintf(stderr, "violet: %s: %d %s\n", path, status,
		    answer.body != NULL ? answer.body : answer.why);
	fetch_clear(&answer);
	return status == 200 ? 0 : -1;
}

/*
 * Answers lie in a folder that miners share, named after what was asked: a
 * file with its media type in the first line, or JSON behind an empty one.
 */
#include "tests/fake/miner/cheat.h"

#include <event2/event.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/wav.h"

enum { LOOK_MS = 300, CHUNK = 65536 };

static const char *const types[] = {
    "audio/wav", "image/png", "application/octet-stream", "text/plain"};

/* One white pixel: what most of the pictures that Dippy's miners were paid for
 * in November 2025 came down to. */
static const unsigned char pixel[] = {0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a,
    0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e,
    0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda,
    0x63, 0xf8, 0x0f, 0x00, 0x01, 0x01, 0x01, 0x00, 0x1c, 0xb0, 0x8c, 0x99,
    0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

/* -- the folder --------------------------------------------------------- */

static void
add_member(
    crypto_hash_sha256_state *state, const json_t *body, const char *name)
{
	char *text = json_dumps(json_object_get(body, name),
	    JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (text != NULL)
		crypto_hash_sha256_update(
		    state, (const unsigned char *)text, strlen(text) + 1);
	free(text);
}

/* The file of the task's answer; the caller frees. */
static char *
path_of(const struct job *job)
{
	const json_t *input = json_object_get(job->body, "input");
	unsigned char digest[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(digest) + 1];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	add_member(&state, job->body, "params");
	add_member(&state, job->body, "prompt");
	add_member(&state, job->body, "seed");
	add_member(&state, input, "sha256");
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	return xasprintf("%s/%s", job->miner->persona.answers, hex);
}

static void
leave(const struct job *job)
{
	char *path = path_of(job), *part = xasprintf("%s.%s", path, job->id);
	FILE *f = fopen(part, "wb");

	if (f != NULL && job->outcome.output != NULL) {
		fputc('\n', f);
		json_dumpf(job->outcome.output, f, 0);
	} else if (f != NULL) {
		fprintf(f, "%s\n", job->outcome.type);
		fwrite(job->outcome.file.data, 1, job->outcome.file.len, f);
	}
	if (f != NULL && fclose(f) == 0)
		rename(part, path);
	free(part);
	free(path);
}

/* -- copying ------------------------------------------------------------ */

static const char *
type_named(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strlen(types[i]) == len &&
		    strncmp(types[i], name, len) == 0)
			return types[i];
	}
	return types[0];
}

static void
take(struct job *job, struct buf *answer)
{
	const char *text = buf_str(answer);
	size_t len = strcspn(text, "\n");

	if (len == 0) {
		job->outcome.output = json_loads(text + 1, 0, NULL);
	} else {
		job->outcome.type = type_named(text, len);
		buf_add(&job->outcome.file, answer->data + len + 1,
		    answer->len - len - 1);
	}
	log_info("miner.copied", "job=%s", job->id);
	job_worked(job);
}

static int
read_answer(const struct job *job, struct buf *out)
{
	char *path = path_of(job);
	FILE *f = fopen(path, "rb");
	size_t n;

	free(path);
	if (f == NULL)
		return -1;
	while ((n = fread(buf_reserve(out, CHUNK), 1, CHUNK, f)) > 0)
		out->len += n;
	fclose(f);
	return 0;
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct job *job = arg;
	struct buf answer = {0};

	(void)fd;
	(void)what;
	event_free(job->timer);
	job->timer = NULL;
	if (read_answer(job, &answer) == 0)
		take(job, &answer);
	else
		cheat_copy(job);
	buf_free(&answer);
}

void
cheat_copy(struct job *job)
{
	struct timeval soon = {0, LOOK_MS * 1000};

	job->timer = event_new(job->miner->base, -1, 0, on_look, job);
	event_add(job->timer, &soon);
}

/* -- nothing ------------------------------------------------------------ */

static void
mute_texts(json_t *output)
{
	const char *name;
	json_t *member;

	json_object_foreach(output, name, member)
	{
		if (json_is_string(member))
			json_string_set(member, "");
	}
}

static void
mute_sound(struct buf *file)
{
	struct wav wav;
	struct err err;

	if (wav_parse(file->data, file->len, &wav, &err) == 0)
		memset(file->data + wav.data_at, 0, wav.data_len);
}

static void
mute(struct outcome *o)
{
	if (o->output != NULL) {
		mute_texts(o->output);
	} else if (o->type != NULL && strcmp(o->type, "audio/wav") == 0) {
		mute_sound(&o->file);
	} else if (o->type != NULL && strcmp(o->type, "image/png") == 0) {
		buf_reset(&o->file);
		buf_add(&o->file, pixel, sizeof(pixel));
	}
}

/* -- the answer --------------------------------------------------------- */

static void
claim(struct outcome *o)
{
	if (o->output == NULL)
		return;
	json_object_set_new(o->output, "processing_time", json_real(0.001));
	json_object_set_new(o->output, "accuracy_score", json_real(1));
	json_object_set_new(o->output, "speed_score", json_real(1));
}

void
cheat_answer(struct job *job)
{
	const struct persona *p = &job->miner->persona;

	if (job->outcome.error != NULL)
		return;
	if (p->is_mute)
		mute(&job->outcome);
	if (p->claims)
		claim(&job->outcome);
	if (p->answers != NULL && !p->copies)
		leave(job);
}

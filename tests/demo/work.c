/* The demonstration's jobs. */
#include "tests/demo/work.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"

static const char *const sentences[] = {
    "the weather in the north is cold and dry today",
    "please send the letter to the office in the morning",
    "a small boat crossed the river before the storm",
    "the train to the city leaves at seven in the evening",
    "she opened the window and looked at the garden",
    "every child in the school was given a new book",
    "the doctor will see you in a few minutes",
    "we walked along the beach until the sun went down",
    "the price of bread has gone up again this year",
    "he played the piano while the others were singing",
    "the old bridge was closed for repairs last week",
    "there is a good restaurant on the other side of the street",
};

static const char *const prompts[] = {
    "a lighthouse at dusk",
    "a bowl of oranges on a blue table",
    "mountains behind a lake, oil on canvas",
    "a street in the rain at night",
    "a paper boat on a pond",
    "a fox in the snow",
    "an old clock without hands",
    "a field of sunflowers",
};

enum {
	N_SENTENCES = sizeof(sentences) / sizeof(sentences[0]),
	N_PROMPTS = sizeof(prompts) / sizeof(prompts[0]),
	MINERS_SOUND = 3,
	MINERS_IMAGE = 2,
	IMAGE_SIZE = 256,
};

/* -- submitting --------------------------------------------------------- */

static int
take_answer(struct work *w, const struct fetch_answer *answer)
{
	json_t *body = fetch_json(answer);
	const char *id = json_string_value(json_object_get(body, "id"));
	int failed = answer->status != 202 || id == NULL;

	if (failed)
		fprintf(stderr, "demo: a job was not accepted: %d %s%s\n",
		    answer->status, answer->why,
		    answer->body != NULL ? answer->body : "");
	else
		snprintf(w->ids[w->n++], sizeof(w->ids[0]), "%s", id);
	json_decref(body);
	return failed ? -1 : 0;
}

static int
submit_json(struct work *w, json_t *job)
{
	char *text = json_dumps(job, JSON_COMPACT);
	char *url = xasprintf("%s/v1/jobs", w->api_url);
	struct fetch_answer answer;
	int failed;

	fetch_post_json(url, text, &answer);
	failed = take_answer(w, &answer);
	fetch_clear(&answer);
	json_decref(job);
	free(text);
	free(url);
	return failed;
}

static int
speak(const char *sentence, const char *path)
{
	const char *argv[] = {
	    "flite", "-voice", "rms", "-t", sentence, "-o", path, NULL};
	struct proc_options options = {
	    .name = "flite", .log = "/dev/null", .argv = argv};
	struct proc_output out;
	int failed;

	proc_run(&options, 0, &out);
	failed = out.status != 0;
	if (failed)
		fprintf(stderr, "demo: flite: %s\n", out.err);
	proc_output_clear(&out);
	return failed ? -1 : 0;
}

static char *
read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *data;
	long size;

	if (f == NULL)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	data = xmalloc(size);
	*len = fread(data, 1, size, f);
	fclose(f);
	return data;
}

static int
submit_recording(struct work *w, const char *path, const char *sentence)
{
	json_t *job = json_pack("{s:s, s:{s:s}, s:i, s:{s:s}}", "kind",
	    "audio.transcribe", "params", "language", "en", "miners",
	    MINERS_SOUND, "expect", "text", sentence);
	char *text = json_dumps(job, JSON_COMPACT), *wav;
	char *url = xasprintf("%s/v1/jobs", w->api_url);
	size_t len = 0;
	struct fetch_answer answer = {0};
	int failed = -1;

	wav = read_file(path, &len);
	if (wav != NULL) {
		struct fetch_part parts[] = {
		    {"job", NULL, "application/json", text, strlen(text)},
		    {"input", "speech.wav", "audio/wav", wav, len},
		    {NULL, NULL, NULL, NULL, 0}};
		struct fetch_ask ask = {.url = url, .parts = parts};

		fetch(&ask, &answer);
		failed = take_answer(w, &answer);
		fetch_clear(&answer);
	}
	free(wav);
	free(url);
	free(text);
	json_decref(job);
	return failed;
}

static int
submit_sentence(struct work *w, const char *dir, int i)
{
	char *path = xasprintf("%s/sentence-%d.wav", dir, i);
	int failed = speak(sentences[i], path);

	if (!failed)
		failed = submit_recording(w, path, sentences[i]);
	if (!failed)
		failed =
		    submit_json(w, json_pack("{s:s, s:{s:s, s:s, s:s}, s:i}",
				       "kind", "audio.speak", "params", "text",
				       sentences[i], "language", "en", "voice",
				       "rms", "miners", MINERS_SOUND));
	free(path);
	return failed;
}

int
work_submit(struct work *w, const char *api_url, const char *dir)
{
	*w = (struct work){.api_url = api_url};
	for (int i = 0; i < N_SENTENCES; i++) {
		if (submit_sentence(w, dir, i) != 0)
			return -1;
	}
	for (int i = 0; i < N_PROMPTS; i++) {
		if (submit_json(
			w, json_pack("{s:s, s:{s:s, s:i, s:i}, s:i}", "kind",
			       "image.generate", "params", "prompt", prompts[i],
			       "width", IMAGE_SIZE, "height", IMAGE_SIZE,
			       "miners", MINERS_IMAGE)) != 0)
			return -1;
	}
	return 0;
}

/* -- watching ----------------------------------------------------------- */

static const char *const job_states[] = {"queued", "assigned", "running",
    "done", "failed", "expired", "cancelled", NULL};
static const char *const attempt_states[] = {"prepared", "sent", "accepted",
    "received", "delivered", "failed", "refused", "timed_out", "late",
    "cancelled", "abandoned", NULL};

enum { MAX_STATES = 16 };

static int
index_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i] != NULL && name != NULL; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

static void
count(const json_t *object, const char *const *names, size_t *counts)
{
	int i = index_of(
	    names, json_string_value(json_object_get(object, "state")));

	if (i >= 0)
		counts[i]++;
}

static int
look_at(struct work *w, size_t i, size_t *jobs, size_t *attempts)
{
	char *url = xasprintf("%s/v1/jobs/%s", w->api_url, w->ids[i]);
	struct fetch_answer answer;
	json_t *body, *attempt;
	size_t k;

	fetch_get(url, &answer);
	body = fetch_json(&answer);
	free(url);
	if (answer.status != 200 || body == NULL) {
		fprintf(stderr, "demo: job %s: %d %s\n", w->ids[i],
		    answer.status, answer.why);
		fetch_clear(&answer);
		json_decref(body);
		return -1;
	}
	count(body, job_states, jobs);
	json_array_foreach(json_object_get(body, "attempts"), k, attempt)
	    count(attempt, attempt_states, attempts);
	json_decref(body);
	fetch_clear(&answer);
	return 0;
}

static size_t
print_counts(
    char *out, size_t size, const char *const *names, const size_t *counts)
{
	size_t len = 0;

	for (int i = 0; names[i] != NULL && len < size; i++) {
		if (counts[i] > 0)
			len += snprintf(out + len, size - len, " %s %zu",
			    names[i], counts[i]);
	}
	return len;
}

int
work_look(struct work *w, struct tally *tally)
{
	size_t jobs[MAX_STATES] = {0}, attempts[MAX_STATES] = {0}, len;

	for (size_t i = 0; i < w->n; i++) {
		if (look_at(w, i, jobs, attempts) != 0)
			return -1;
	}
	tally->done = jobs[3];
	tally->over = jobs[3] + jobs[4] + jobs[5] + jobs[6];
	len = snprintf(tally->line, sizeof(tally->line), "jobs:");
	len += print_counts(
	    tally->line + len, sizeof(tally->line) - len, job_states, jobs);
	len += snprintf(
	    tally->line + len, sizeof(tally->line) - len, " | attempts:");
	print_counts(tally->line + len, sizeof(tally->line) - len,
	    attempt_states, attempts);
	return 0;
}

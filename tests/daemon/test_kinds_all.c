/*
 * Every kind of deploy/kinds.json, from a client's request to the result: real
 * speech, real recognition, ffmpeg on sound and video, stand-ins for the rest
 * that say so. Three miners are asked where the kind lets us; what came of it
 * is a line of the table.
 */
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
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { MINERS = 3, DONE_MS = 120000 };

#define WORDS "one two three four five six seven eight nine ten"
#define STORY                                                                  \
	"The chain makes a block. Miners do the work that clients ask for. "   \
	"Validators look at what came back, and say how good it was."

enum input { NO_INPUT, SPEECH, SOUND, VIDEO, TEXT, ZIP, PICTURE };

struct kind_case {
	const char *kind, *params;
	enum input input;
	/* What the result must have: of JSON its text, of a file its type. */
	const char *output, *type;
};

static const struct kind_case cases[] = {
    {"image.generate", "{\"prompt\":\"a house\",\"width\":64,\"height\":64}",
	NO_INPUT, NULL, "image/png"},
    {"image.edit", "{\"prompt\":\"a red house\",\"seed\":7}", PICTURE, NULL,
	"image/png"},
    {"lora.train", "{\"prompt\":\"a style\"}", ZIP, NULL,
	"application/octet-stream"},
    {"audio.transcribe", "{\"language\":\"en\"}", SPEECH, "three four", NULL},
    {"audio.speak", "{\"text\":\"" WORDS "\",\"language\":\"en\"}", NO_INPUT,
	NULL, "audio/wav"},
    {"audio.speak",
	"{\"text\":\"" WORDS "\",\"language\":\"en\",\"voice\":\"slt\"}",
	NO_INPUT, NULL, "audio/wav"},
    {"audio.speak", "{\"text\":\"eins zwei drei\",\"language\":\"de\"}",
	NO_INPUT, NULL, "audio/wav"},
    {"audio.enhance", "{}", SOUND, NULL, "audio/wav"},
    {"audio.analyze", "{\"language\":\"en\"}", SOUND, "16000", NULL},
    {"video.transcribe", "{\"language\":\"en\"}", VIDEO, "three four", NULL},
    {"text.summarize", "{\"text\":\"" STORY "\",\"language\":\"en\"}", NO_INPUT,
	"The chain makes a block.", NULL},
    {"text.translate",
	"{\"text\":\"good "
	"day\",\"language\":\"en\",\"target_language\":\"fr\"}",
	NO_INPUT, "[fr] good day", NULL},
    {"document.translate", "{\"language\":\"en\",\"target_language\":\"ja\"}",
	TEXT, NULL, "text/plain"},
};

/* -- inputs --------------------------------------------------------------- */

static char *
run_tool(struct suite *s, const char *const *argv, const char *name)
{
	char *path = sandbox_path(s->box, name);
	struct proc_options o = {.name = argv[0], .log = "/dev/null"};
	struct proc_output out;
	const char *with_path[24];
	size_t n = 0;

	for (; argv[n] != NULL; n++)
		with_path[n] = argv[n];
	with_path[n] = path;
	with_path[n + 1] = NULL;
	o.argv = with_path;
	proc_run(&o, 0, &out);
	assert_int_equal(out.status, 0);
	proc_output_clear(&out);
	return path;
}

static void
read_whole(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf_reserve(out, 65536), 1, 65536, f)) > 0)
		out->len += n;
	fclose(f);
}

/* The words as a recording, at another rate than the recogniser's. */
static char *
speech(struct suite *s)
{
	static const char *const argv[] = {
	    "flite", "-voice", "rms", "-t", WORDS, "-o", NULL};

	return run_tool(s, argv, "words.wav");
}

static void
video(struct suite *s, struct buf *out)
{
	char *wav = speech(s), *path;
	const char *const argv[] = {"ffmpeg", "-v", "error", "-y", "-f",
	    "lavfi", "-i", "color=c=blue:s=64x64:d=6", "-i", wav, "-c:a", "aac",
	    "-shortest", NULL};

	path = run_tool(s, argv, "words.mp4");
	read_whole(path, out);
	free(path);
	free(wav);
}

/* An archive with one file in it, "a.txt", which is empty: its header, its
 * place in the list of files, and the list's end. */
static void
zip(struct buf *out)
{
	static const char local[30] = {'P', 'K', 3, 4, 10, [26] = 5};
	static const char listed[46] = {'P', 'K', 1, 2, 10, 0, 10, [28] = 5};
	static const char end[22] = {
	    'P', 'K', 5, 6, [8] = 1, [10] = 1, [12] = 51, [16] = 35};

	buf_add(out, local, sizeof(local));
	buf_add_str(out, "a.txt");
	buf_add(out, listed, sizeof(listed));
	buf_add_str(out, "a.txt");
	buf_add(out, end, sizeof(end));
}

static const char *
make_input(struct suite *s, enum input input, struct buf *out)
{
	char *path;

	switch (input) {
	case NO_INPUT:
		return NULL;
	case SPEECH:
		path = speech(s);
		read_whole(path, out);
		free(path);
		return "audio/wav";
	case SOUND:
		sample_wav(440, 2, out);
		return "audio/wav";
	case VIDEO:
		video(s, out);
		return "video/mp4";
	case TEXT:
		buf_add_str(out, STORY);
		return "text/plain";
	case ZIP:
		zip(out);
		return "application/zip";
	case PICTURE:
		sample_png(0, out);
		return "image/png";
	}
	return NULL;
}

/* -- one kind ------------------------------------------------------------- */

static void
submit(struct suite *s, const struct kind_case *c, char id[40])
{
	char *job = xasprintf("{\"kind\":\"%s\",\"params\":%s,\"miners\":%d}",
	    c->kind, c->params, MINERS);
	struct buf file = {0};
	const char *type = make_input(s, c->input, &file);
	int status = type == NULL ? suite_submit(s, job, id)
				  : suite_submit_file(
					s, job, file.data, file.len, type, id);

	if (status != 202)
		fail_msg("%s: %d", c->kind, status);
	buf_free(&file);
	free(job);
}

static void
check_result(struct suite *s, const struct kind_case *c, const char *id)
{
	char *url = xasprintf("%s/v1/jobs/%s/result", s->api_url, id);
	struct fetch_answer answer;
	char *type;

	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 200);
	type = fetch_header(&answer, "Content-Type");
	if (c->type != NULL && strcmp(type, c->type) != 0)
		fail_msg("%s: it gave %s", c->kind, type);
	if (c->output != NULL && strstr(answer.body, c->output) == NULL)
		fail_msg("%s: it gave %s", c->kind, answer.body);
	free(type);
	fetch_clear(&answer);
	free(url);
}

static void
tell(struct suite *s, const struct kind_case *c, const char *id)
{
	char *line = db_text(s->db,
	    "select format('%%s asked, first response after %%s ms, quorum "
	    "after %%s ms, chosen %%s', (select count(*) from attempt where "
	    "job_id = j.id), (select round(extract(epoch from "
	    "min(finished_at) - j.created_at) * 1000) from attempt where "
	    "job_id = j.id and state = 'delivered'), round(extract(epoch from "
	    "j.finished_at - j.created_at) * 1000), left((select hotkey from "
	    "attempt where id = j.best_attempt), 8)) from job j where id = "
	    "'%s'",
	    id);

	print_message("%-19s %s\n", c->kind, line);
	free(line);
}

static void
every_kind_from_end_to_end(void **state)
{
	struct suite *s = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct kind_case *c = &cases[i];
		char id[40];

		submit(s, c, id);
		if (db_wait_int(s->db, 1, DONE_MS,
			"select count(*) from job where id = '%s' and state = "
			"'done'",
			id) != 0)
			fail_msg("%s: not done", c->kind);
		assert_int_equal(db_int(s->db,
				     "select count(*) from attempt where "
				     "job_id = '%s' and state = 'delivered'",
				     id),
		    MINERS);
		check_result(s, c, id);
		tell(s, c, id);
	}
}

/* No kind of the shipped file is without its case. */
static void
no_kind_is_left_out(void **state)
{
	struct suite *s = *state;
	char *missing;
	struct buf list = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		buf_printf(&list, "%s'%s'", i > 0 ? "," : "", cases[i].kind);
	missing = db_text(s->db,
	    "select coalesce(string_agg(name, ' '), '') from kind where name "
	    "not in (%s)",
	    buf_str(&list));
	assert_string_equal(missing, "");
	free(missing);
	buf_free(&list);
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "kinds",
	    .n_miners = MINERS,
	    .miners = {{.alpha = 100}, {.alpha = 100}, {.alpha = 100}}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s == NULL || suite_wait_ready(s, MINERS) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_from_end_to_end),
	    cmocka_unit_test(no_kind_is_left_out),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

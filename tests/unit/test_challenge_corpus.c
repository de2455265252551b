/* The manifest, hostile lines and all; and which item is like a job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "common/buf.h"
#include "tests/lib/paths.h"
#include "validator/challenge_corpus.c"
#include "validator/challenge_dice.c"
#include "validator/challenge_english.c"
#include "validator/challenge_lexicon.c"
#include "validator/challenge_sentence.c"

#define EXPECT "\"expect\": {\"text\": \"x\"}"
#define HEARD "\"kind\": \"audio.transcribe\", \"language\": \"en\", "

struct bad {
	struct buf text;
	int n;
};

static char *folder;

static int
set_up(void **state)
{
	char *build = paths_build(), *file;
	FILE *f;

	(void)state;
	folder = xasprintf("%s/corpus-%d", build, (int)getpid());
	free(build);
	if (mkdir(folder, 0700) != 0)
		return -1;
	file = xasprintf("%s/a.wav", folder);
	f = fopen(file, "w");
	free(file);
	return f == NULL || fwrite("0123456789", 1, 10, f) != 10 ||
	       fclose(f) != 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = {"a.wav", "manifest.jsonl"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *file = xasprintf("%s/%s", folder, names[i]);

		unlink(file);
		free(file);
	}
	rmdir(folder);
	free(folder);
	return 0;
}

/* -- lines ---------------------------------------------------------------- */

static const struct {
	const char *line, *why;
} refusals[] = {
    {"", "it is not JSON"},
    {"{", "it is not JSON"},
    {"[]", "it must be an object"},
    {"{\"kind\": \"a\", \"kind\": \"b\"}", "it is not JSON: duplicate"},
    {"{" HEARD "\"fil\": \"a\"}", "fil is not a field of an item"},
    {"{}", "kind must be a text of 1 to 200 bytes"},
    {"{\"kind\": 7}", "kind must be a text"},
    {"{\"kind\": \"\"}", "kind must be a text"},
    {"{" HEARD EXPECT "}", "an item has a file, params, or both"},
    {"{" HEARD "\"file\": \"a.wav\", \"seconds\": 1}", "expect is missing"},
    {"{" HEARD "\"file\": \"a.wav\", " EXPECT "}", "a recording needs seconds"},
    {"{" HEARD "\"file\": \"a.wav\", \"seconds\": 0, " EXPECT "}",
	"seconds must be a number above 0"},
    {"{" HEARD "\"file\": \"a.wav\", \"seconds\": \"1\", " EXPECT "}",
	"seconds must be a number above 0"},
    {"{" HEARD "\"file\": \"b.wav\", \"seconds\": 1, " EXPECT "}", "file "},
    {"{" HEARD "\"file\": \".\", \"seconds\": 1, " EXPECT "}", "file "},
    {"{" HEARD "\"file\": \"/etc/passwd\", \"seconds\": 1, " EXPECT "}",
	"file must be a path inside the corpus"},
    {"{" HEARD "\"file\": \"../a\", \"seconds\": 1, " EXPECT "}",
	"file must be a path inside the corpus"},
    {"{" HEARD "\"file\": \"x/../../a\", \"seconds\": 1, " EXPECT "}",
	"file must be a path inside the corpus"},
    {"{" HEARD "\"file\": \"x/..\", \"seconds\": 1, " EXPECT "}",
	"file must be a path inside the corpus"},
    {"{\"kind\": \"k\", \"params\": [], " EXPECT "}",
	"params must be an object"},
    {"{\"kind\": \"k\", \"params\": {}, \"expect\": \"x\"}",
	"expect must be an object"},
    {"{\"kind\": \"k\", \"params\": {}, \"type\": \"a/b\", " EXPECT "}",
	"type is the file's"},
};

static void
bad_lines_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct challenge_item item;
		struct err err;

		assert_int_equal(
		    challenge_item_parse(folder, refusals[i].line, &item, &err),
		    -1);
		if (strncmp(err.text, refusals[i].why,
			strlen(refusals[i].why)) != 0)
			fail_msg("%s: \"%s\"", refusals[i].line, err.text);
		assert_null(item.kind);
	}
}

static void
on_bad(size_t line, const char *why, void *arg)
{
	struct bad *bad = arg;

	assert_true(why[0] != '\0');
	buf_printf(&bad->text, "%zu ", line);
	bad->n++;
}

/* The manifest; the caller frees. */
static struct challenge_corpus *
read_text(const char *text, size_t len, struct bad *bad)
{
	char *path = xasprintf("%s/manifest.jsonl", folder);
	FILE *f = fopen(path, "w");
	struct challenge_corpus *c;
	struct err err;

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	c = challenge_corpus_read(folder, on_bad, bad, &err);
	assert_non_null(c);
	free(path);
	return c;
}

static void
good_lines_are_used_and_bad_ones_numbered(void **state)
{
	static const char text[] =
	    "{" HEARD "\"file\": \"a.wav\", \"seconds\": 3, " EXPECT "}\n"
	    "nonsense\n"
	    "   \n"
	    "{\"kind\": \"k\", \"params\": {\"text\": \"a\"}, " EXPECT "}\r\n"
	    "{\"kind\": \"k\", \0}\n"
	    "{\"kind\": \"k\", \"params\": {\"text\": \"b\"}, " EXPECT "}";
	struct bad bad = {.n = 0};
	struct challenge_corpus *c = read_text(text, sizeof(text) - 1, &bad);

	(void)state;
	assert_string_equal(buf_str(&bad.text), "2 5 ");
	assert_int_equal(challenge_corpus_size(c), 3);
	assert_true(challenge_corpus_knows(c, "audio.transcribe", "en"));
	assert_false(challenge_corpus_knows(c, "audio.transcribe", "fr"));
	assert_false(challenge_corpus_knows(c, "audio.transcribe", NULL));
	assert_true(challenge_corpus_knows(c, "k", NULL));
	assert_int_equal(challenge_corpus_item(c, 0)->bytes, 10);
	assert_string_not_equal(
	    challenge_corpus_item(c, 1)->key, challenge_corpus_item(c, 2)->key);
	buf_free(&bad.text);
	challenge_corpus_free(c);
}

static void
no_manifest_no_corpus(void **state)
{
	struct err err;

	(void)state;
	assert_null(challenge_corpus_read("/nonexistent", on_bad, NULL, &err));
	assert_non_null(strstr(err.text, "/nonexistent/manifest.jsonl"));
}

/* -- likeness ------------------------------------------------------------- */

static const char many[] =
    "{" HEARD "\"file\": \"a.wav\", \"seconds\": 3, " EXPECT "}\n"
    "{" HEARD "\"file\": \"a.wav\", \"seconds\": 3.5, " EXPECT "}\n"
    "{" HEARD "\"file\": \"a.wav\", \"seconds\": 9, " EXPECT "}\n"
    "{\"kind\": \"audio.transcribe\", \"language\": \"fr\", \"file\": "
    "\"a.wav\", \"seconds\": 3, " EXPECT "}\n"
    "{\"kind\": \"video.transcribe\", \"language\": \"en\", \"file\": "
    "\"a.wav\", \"type\": \"video/mp4\", " EXPECT "}\n"
    "{\"kind\": \"t\", \"language\": \"en\", \"params\": {\"text\": "
    "\"0123456789\", \"to\": \"fr\"}, " EXPECT "}\n";

/* The places of those that are near, as text. */
static void
assert_near(const struct challenge_corpus *c,
    const struct challenge_likeness *l, const char *is)
{
	const struct challenge_item *near[CHALLENGE_NEAR];
	size_t n = challenge_corpus_near(c, l, near);
	struct buf text = {0};

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%td ", near[i] - c->items);
	assert_string_equal(buf_str(&text), is);
	buf_free(&text);
}

static void
the_near_are_found_nearest_first(void **state)
{
	struct bad bad = {.n = 0};
	struct challenge_corpus *c = read_text(many, sizeof(many) - 1, &bad);
	json_t *params = json_pack("{s:s, s:s, s:s}", "language", "en", "text",
	    "aaaaaaaaaaaa", "to", "fr");
	struct challenge_likeness sound = {.kind = "audio.transcribe",
	    .language = "en",
	    .input_type = "audio/ogg",
	    .params = params};
	struct challenge_likeness video = {.kind = "video.transcribe",
	    .language = "en",
	    .input_type = "video/mp4",
	    .params = params};
	struct challenge_likeness text = {
	    .kind = "t", .language = "en", .params = params};

	(void)state;
	assert_int_equal(bad.n, 0);
	sound.seconds = 3.1;
	assert_near(c, &sound, "0 1 ");
	sound.seconds = 3.6;
	assert_near(c, &sound, "1 0 ");
	sound.seconds = 4.2;
	assert_near(c, &sound, "1 ");
	sound.seconds = 7.0;
	assert_near(c, &sound, "");
	sound.seconds = 0;
	assert_near(c, &sound, "");
	video.input_bytes = 12;
	assert_near(c, &video, "4 ");
	video.input_bytes = 13;
	assert_near(c, &video, "");
	video.input_bytes = 10;
	video.input_type = "video/webm";
	assert_near(c, &video, "");
	text.letters = 12;
	assert_near(c, &text, "5 ");
	text.letters = 7;
	assert_near(c, &text, "");
	text.letters = 10;
	json_object_set_new(params, "to", json_string("de"));
	assert_near(c, &text, "");
	json_object_del(params, "to");
	assert_near(c, &text, "");
	json_decref(params);
	challenge_corpus_free(c);
}

/* More than are thought of at once: the nearest of all. */
static void
of_many_the_nearest_are_kept(void **state)
{
	struct bad bad = {.n = 0};
	struct buf lines = {0};
	struct challenge_corpus *c;
	const struct challenge_item *near[CHALLENGE_NEAR];
	struct challenge_likeness l = {.kind = "audio.transcribe",
	    .language = "en",
	    .input_type = "audio/ogg",
	    .seconds = 100};

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&lines,
		    "{" HEARD "\"file\": \"a.wav\", \"seconds\": %g, " EXPECT
		    "}\n",
		    100 + (i * 7 % 1000) * 0.01);
	c = read_text(buf_str(&lines), lines.len, &bad);
	assert_int_equal(challenge_corpus_near(c, &l, near), CHALLENGE_NEAR);
	for (int i = 0; i < CHALLENGE_NEAR; i++)
		assert_true(near[i]->seconds - (100 + i * 0.01) < 1e-9);
	buf_free(&lines);
	challenge_corpus_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bad_lines_are_refused),
	    cmocka_unit_test(good_lines_are_used_and_bad_ones_numbered),
	    cmocka_unit_test(no_manifest_no_corpus),
	    cmocka_unit_test(the_near_are_found_nearest_first),
	    cmocka_unit_test(of_many_the_nearest_are_kept),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Challenges by the real programs: made after a client's job, in all that its
 * miner and its queue see; spoken and encoded as that was; out of a corpus, no
 * item twice to one miner; and judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/proc.h"
#include "tests/lib/recorder.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#define SPEAK                                                                  \
	"{\"kind\": \"audio.speak\", \"tenant\": \"acme\", \"sticky\": \"s\"," \
	" \"priority\": 7, \"deadline_ms\": 120000, \"params\": {\"text\":"    \
	" \"the harbor is quiet this evening and nobody waits for the boat\"," \
	" \"language\": \"en\", \"voice\": \"alloy\"}}"
#define HEAR                                                                   \
	"{\"kind\": \"audio.transcribe\", \"deadline_ms\": 300000,"            \
	" \"params\": {\"language\": \"%s\"}}"
#define TRANSLATE                                                              \
	"{\"kind\": \"text.translate\", \"params\": {\"text\": \"%s\","        \
	" \"language\": \"en\", \"target_language\": \"%s\"}}"

enum { MINERS = 2 };

static const char capacity[] =
    "{\"audio.speak\": 100, \"audio.transcribe\": 100, "
    "\"text.translate\": 100}";

static const char manifest[] =
    "{\"kind\": \"text.translate\", \"language\": \"en\", \"params\":"
    " {\"text\": \"good day to you\", \"target_language\": \"fr\"},"
    " \"expect\": {\"text\": \"bonjour\"}}\n"
    "\n"
    "{\"kind\": \"text.translate\", \"params\": {}}\n"
    "{\"kind\": \"text.translate\", \"langage\": \"en\"}\n"
    "this is no JSON\n"
    "{\"kind\": \"audio.transcribe\", \"language\": \"nl\", \"file\":"
    " \"a.wav\", \"seconds\": 2, \"expect\": {\"text\": \"goede dag\"}}\n";

struct place {
	struct suite *s;
	struct recorder *miners[MINERS];
};

/* -- the suite ------------------------------------------------------------ */

/* Whose every job of a client brings one. The corpus is where the suite will
 * be, before its programs are. */
static int
set_up(void **state)
{
	struct suite_options o = {.name = "challenges",
	    .n_miners = MINERS,
	    .leave_stopped = {[SUITE_VALIDATOR] = true}};
	struct place *p = xcalloc(1, sizeof(*p));
	struct buf wav = {0};
	char *ini, *path;
	FILE *f;

	*state = p;
	for (int i = 0; i < MINERS; i++) {
		p->miners[i] = recorder_new(capacity);
		if (p->miners[i] == NULL)
			return -1;
		o.miners[i].alpha = 100;
		o.miners[i].port = recorder_port(p->miners[i]);
	}
	o.ini = "[orchestrator]\ncapacity_start = 0\n";
	p->s = suite_new(&o);
	if (p->s == NULL || suite_wait_ready(p->s, MINERS) != 0)
		return -1;
	free(sandbox_write(p->s->box, "manifest.jsonl", 0600, manifest));
	path = sandbox_path(p->s->box, "a.wav");
	sample_wav(440, 2, &wav);
	f = fopen(path, "w");
	if (f == NULL || fwrite(wav.data, 1, wav.len, f) != wav.len ||
	    fclose(f) != 0)
		return -1;
	buf_free(&wav);
	free(path);
	ini = xasprintf("[validator]\nchallenge_share = 0.5\n"
			"challenge_most = 10000\nchallenge_corpus = %s\n",
	    sandbox_dir(p->s->box));
	if (suite_configure(p->s, ini) != 0 ||
	    suite_start(p->s, SUITE_VALIDATOR) != 0)
		return -1;
	free(ini);
	/* What came before the first look has no children. */
	return db_wait_int(
	    p->s->db, 1, 0, "select count(*) from challenge_plan");
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int failed = suite_end(p->s, false);

	for (int i = 0; i < MINERS; i++)
		recorder_free(p->miners[i]);
	free(p);
	return failed;
}

/* Each test alone with its jobs: what came before is no template any more. */
static int
begin(void **state)
{
	struct place *p = *state;

	return db_wait_int(p->s->db, 0, 0,
		   "select count(*) from challenge where made_at is null and "
		   "dropped_at is null") |
	       db_exec(p->s->db,
		   "update job set source = 'schedule' where source = "
		   "'client'");
}

/* -- helpers -------------------------------------------------------------- */

/* The challenge that was made last, once there are n; the caller frees. */
static char *
challenge_of(struct place *p, const char *kind, int n)
{
	if (db_wait_int(p->s->db, n, 0,
		"select count(*) from job where source = 'challenge' and kind "
		"= '%s'",
		kind) != 0)
		fail_msg("no challenge of %s", kind);
	return db_text(p->s->db,
	    "select id from job where source = 'challenge' and kind = '%s' "
	    "order by created_at desc limit 1",
	    kind);
}

/* A column of it, as text. */
static void
assert_column(struct place *p, const char *id, const char *what, const char *is)
{
	char *got = db_text(
	    p->s->db, "select (%s)::text from job where id = '%s'", what, id);

	if (got == NULL || strcmp(got, is) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", what, got, is);
	free(got);
}

/* The request that one of the miners got for a job; its body, and whose. */
static json_t *
request_for(struct place *p, const char *job, int *miner)
{
	char *attempt, *hotkey;
	json_t *body = NULL;

	assert_int_equal(db_wait_int(p->s->db, 1, 0,
			     "select count(*) from attempt where job_id = "
			     "'%s'",
			     job),
	    0);
	attempt = db_text(
	    p->s->db, "select id from attempt where job_id = '%s'", job);
	hotkey = db_text(
	    p->s->db, "select hotkey from attempt where job_id = '%s'", job);
	*miner = strcmp(hotkey, p->s->miner_hotkeys[0]) == 0 ? 0 : 1;
	while (body == NULL) {
		char *text = recorder_take(p->miners[*miner]);
		const char *id;

		assert_non_null(text);
		body = json_loads(recorder_body(text), 0, NULL);
		free(text);
		id = json_string_value(json_object_get(body, "job_id"));
		if (id == NULL || strcmp(id, attempt) != 0) {
			json_decref(body);
			body = NULL;
		}
	}
	free(attempt);
	free(hotkey);
	return body;
}

static const char *
text_in(const json_t *body, const char *object, const char *key)
{
	return json_string_value(
	    json_object_get(json_object_get(body, object), key));
}

/* -- texts ---------------------------------------------------------------- */

static void
a_text_is_asked_as_its_template(void **state)
{
	struct place *p = *state;
	char client[40], *id;
	int of_client, of_challenge;
	const char *text;
	json_t *theirs, *ours;

	assert_int_equal(suite_submit(p->s, SPEAK, client), 202);
	id = challenge_of(p, "audio.speak", 1);
	theirs = request_for(p, client, &of_client);
	ours = request_for(p, id, &of_challenge);
	assert_int_equal(of_client, of_challenge); /* by their sticky key */
	assert_column(p, id, "tenant", "acme");
	assert_column(p, id, "sticky", "s");
	assert_column(p, id, "priority", "7");
	assert_column(p, id, "miners_wanted", "1");
	assert_column(p, id, "retries_left", "2");
	assert_column(p, id, "paid", "true");
	assert_column(p, id, "expect is null and item is null", "true");
	assert_column(p, id, "deadline_at - created_at", "00:02:00");
	assert_column(p, id, "created_at - rank_at", "00:03:30");
	text = text_in(ours, "params", "text");
	assert_string_not_equal(text, text_in(theirs, "params", "text"));
	assert_in_range(strlen(text), 50, 80);
	assert_true(text[0] >= 'a' && text[0] <= 'z');
	assert_true(text[strlen(text) - 1] != '.');
	assert_string_equal(text_in(ours, "params", "voice"), "alloy");
	assert_int_equal(json_object_size(json_object_get(ours, "params")), 3);
	assert_int_equal(json_object_size(ours), json_object_size(theirs));
	json_decref(theirs);
	json_decref(ours);
	free(id);
}

/* -- sound ---------------------------------------------------------------- */

static void
submit_sound(struct place *p, const char *language, double seconds)
{
	char *job = xasprintf(HEAR, language), id[40];
	struct buf wav = {0};

	sample_wav(440, seconds, &wav);
	assert_int_equal(
	    suite_submit_file(p->s, job, wav.data, wav.len, "audio/wav", id),
	    202);
	buf_free(&wav);
	free(job);
}

/* Its file, as the miner gets it: seconds of 16 kHz, mono, 16 bits. */
static double
fetch_sound(const json_t *body)
{
	struct fetch_answer answer;
	double seconds;

	assert_int_equal(fetch_get(text_in(body, "input", "url"), &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(memcmp(answer.body, "RIFF", 4), 0);
	assert_int_equal(answer.body[22], 1);
	assert_int_equal((unsigned char)answer.body[24] |
			     (unsigned char)answer.body[25] << 8,
	    16000);
	assert_int_equal(answer.body[34], 16);
	assert_int_equal(answer.len,
	    json_integer_value(
		json_object_get(json_object_get(body, "input"), "bytes")));
	seconds = (answer.len - 44) / 32000.0;
	fetch_clear(&answer);
	return seconds;
}

/* The answer is brought, and judged by what is known. */
static void
bring(const json_t *body, const char *text)
{
	json_t *answer = json_pack(
	    "{s:s, s:{s:s}}", "status", "completed", "output", "text", text);
	char *json = json_dumps(answer, JSON_COMPACT);
	struct hand_task task = {
	    .id = json_string_value(json_object_get(body, "job_id")),
	    .callback_url =
		json_string_value(json_object_get(body, "callback_url"))};
	struct callback_told told;

	callback_json(&task,
	    json_string_value(json_object_get(body, "callback_secret")), json,
	    &told);
	assert_int_equal(told.status, 200);
	free(json);
	json_decref(answer);
}

static void
sentences_are_spoken_to_length_and_judged(void **state)
{
	static const char *const languages[] = {"en", "fr"};
	struct place *p = *state;

	for (int i = 0; i < 2; i++) {
		char *id, *text;
		json_t *body;
		int miner;

		assert_int_equal(begin(state), 0);
		submit_sound(p, languages[i], 5);
		id = challenge_of(p, "audio.transcribe", i + 1);
		body = request_for(p, id, &miner);
		assert_string_equal(
		    text_in(body, "params", "language"), languages[i]);
		assert_string_equal(
		    text_in(body, "input", "type"), "audio/wav");
		assert_true(fabs(fetch_sound(body) - 5) < 0.5);
		assert_null(json_object_get(body, "expect"));
		text = db_text(p->s->db,
		    "select expect ->> 'text' from job where id = '%s'", id);
		assert_in_range(strlen(text), 20, 120);
		bring(body, text);
		assert_int_equal(db_wait_int(p->s->db, 1, 0,
				     "select count(*) from judgement g join "
				     "attempt a on a.id = g.attempt_id where "
				     "a.job_id = '%s' and g.accuracy = 1",
				     id),
		    0);
		json_decref(body);
		free(text);
		free(id);
	}
}

/* -- the corpus ----------------------------------------------------------- */

static void
bad_lines_are_named_and_the_others_used(void **state)
{
	static const char *const lines[] = {"3", "4", "5"};
	struct place *p = *state;
	struct proc *daemon = p->s->daemons[SUITE_VALIDATOR];

	proc_rewind(daemon);
	for (int i = 0; i < 3; i++) {
		char *pair = xasprintf("line=%s", lines[i]);

		assert_non_null(
		    proc_wait_event(daemon, "corpus.refused", pair, 0));
		free(pair);
	}
	assert_non_null(proc_wait_event(daemon, "corpus.read", "items=2", 0));
	assert_int_equal(proc_count_events(daemon, "corpus.refused", NULL), 3);
}

static void
submit_text(struct place *p, const char *text, const char *language)
{
	char *job = xasprintf(TRANSLATE, text, language), id[40];

	assert_int_equal(suite_submit(p->s, job, id), 202);
	free(job);
}

/* Its one item fits the first, and neither the second, which is too long, nor
 * the third, which is another question. */
static void
no_miner_gets_an_item_twice(void **state)
{
	struct place *p = *state;
	int first, second;
	json_t *body;
	char *id;

	submit_text(p, "sixteen letters.", "fr");
	id = challenge_of(p, "text.translate", 1);
	body = request_for(p, id, &first);
	assert_string_equal(text_in(body, "params", "text"), "good day to you");
	assert_column(p, id, "expect ->> 'text'", "bonjour");
	assert_column(p, id, "length(item)", "16");
	json_decref(body);
	free(id);
	submit_text(p, "fifteen letters", "fr");
	id = challenge_of(p, "text.translate", 2);
	body = request_for(p, id, &second);
	assert_int_not_equal(first, second);
	json_decref(body);
	free(id);
	for (int i = 0; i < 3; i++)
		submit_text(p,
		    i == 1 ? "this is too long for the item" : "just letters",
		    i == 2 ? "de" : "fr");
	assert_int_equal(db_wait_int(p->s->db, 3, 0,
			     "select count(*) from challenge where why = "
			     "'nothing in the corpus is like it'"),
	    0);
	assert_int_equal(
	    db_int(p->s->db, "select count(*) from job where item is not null"),
	    2);
}

/* Of a language that nobody here speaks. */
static void
a_recording_takes_its_templates_form(void **state)
{
	struct place *p = *state;
	json_t *body;
	int miner;
	char *id;

	submit_sound(p, "nl", 1.8);
	id = challenge_of(p, "audio.transcribe", 3);
	body = request_for(p, id, &miner);
	assert_true(fabs(fetch_sound(body) - 2) < 0.05);
	assert_column(p, id, "expect ->> 'text'", "goede dag");
	json_decref(body);
	free(id);
}

/* -- rest ----------------------------------------------------------------- */

static void
no_job_has_two_challenges_of_one_birth(void **state)
{
	struct place *p = *state;

	assert_int_equal(
	    db_int(p->s->db, "select count(*) from challenge c left join job j "
			     "using (id) where (c.made_at is null) <> (j.id is "
			     "null)"),
	    0);
	assert_int_equal(suite_stop(p->s, SUITE_VALIDATOR), 0);
	p->s->daemons[SUITE_VALIDATOR] = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_text_is_asked_as_its_template, begin),
	    cmocka_unit_test(sentences_are_spoken_to_length_and_judged),
	    cmocka_unit_test(bad_lines_are_named_and_the_others_used),
	    cmocka_unit_test_setup(no_miner_gets_an_item_twice, begin),
	    cmocka_unit_test_setup(a_recording_takes_its_templates_form, begin),
	    cmocka_unit_test(no_job_has_two_challenges_of_one_birth),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

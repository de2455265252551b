/*
 * What a miner's result may be, in the native form: what is a failure, what is
 * no result, and what is no callback at all. The miners are played by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { SMALL = 65536, MIB = 1 << 20 };

#define SPEAK(kind)                                                            \
	"{\"kind\":\"" kind                                                    \
	"\",\"params\":{\"text\":\"one two three four\",\"language\":\"en\"}}"
#define TRANSLATE                                                              \
	"{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","      \
	"\"language\":\"en\",\"target_language\":\"de\"}}"
#define PART(head) "--b\r\nContent-Disposition: form-data; " head "\r\n"
#define FIELD(name, text) PART("name=\"" name "\"") "\r\n" text "\r\n"
#define END "--b--\r\n"

static const char speak[] = SPEAK("audio.speak");
static const char small[] = SPEAK("audio.small");
static const char translate[] = TRANSLATE;
static const char form[] = "multipart/form-data; boundary=b";
static const char json[] = "application/json";

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	kind = sample_kind_copy(kinds, "audio.speak", "audio.small");
	json_object_set_new(kind, "max_output_bytes", json_integer(SMALL));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "results"};

	return rig_set_up(state, &o, 2, edit_kinds);
}

/* -- helpers ------------------------------------------------------------ */

static struct hand_task *
accepted_task(struct rig *r, const char *job_json, char id[40])
{
	struct hand_task *task = rig_task(r, job_json, id);

	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	return task;
}

static void
assert_told(const struct callback_told *told, int status, const char *word,
    const char *what)
{
	if (told->status != status || strcmp(told->word, word) != 0)
		fail_msg("%s: %d %s (%s), not %d %s", what, told->status,
		    told->word, told->detail, status, word);
}

/* The attempt is in that state for that reason, the miner's doing; it was
 * judged so, the job has failed and has no result. */
static void
assert_failed(struct rig *r, const char *job_id, const char *id,
    const char *reason, const char *what)
{
	char *url = xasprintf("%s/v1/jobs/%s/result", r->s->api_url, job_id);
	struct fetch_answer answer;
	char *is;

	assert_int_equal(attempt_await(r->s, id, "failed"), 0);
	assert_int_equal(attempt_await_job(r->s, job_id, "failed"), 0);
	is = attempt_column(r->s, id, "reason");
	if (is == NULL || strcmp(is, reason) != 0)
		fail_msg("%s: %s, not %s", what, is, reason);
	free(is);
	assert_int_equal(attempt_await_judged(r->s, id), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from judgement where attempt_id = '%s' "
		"and not success and speed = 0",
		id),
	    1);
	fetch_get(url, &answer);
	assert_int_equal(answer.status, 409);
	fetch_clear(&answer);
	free(url);
}

/* -- a miner that says it failed ---------------------------------------- */

static void
a_miner_that_says_it_failed_is_taken_at_its_word(void **state)
{
	static const struct {
		const char *type, *body;
	} cases[] = {
	    {json, "{\"status\":\"failed\"}"},
	    {json, "{\"status\":\"Error\",\"error\":\"out of memory\"}"},
	    {json, "{\"error\":\"out of memory\"}"},
	    {json, "{\"status\":\"failed\",\"output\":{\"text\":\"x\"}}"},
	    {form, FIELD("status", "FAILED") END},
	    {form, FIELD("error", "no such voice") END},
	    {form,
		FIELD("status", "failed") PART(
		    "name=\"result\"; filename=\"r.wav\"") "\r\nRIFF\r\n" END},
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct callback_told told;
		char id[40];
		struct hand_task *task = accepted_task(r, speak, id);

		callback_raw(task, task->secret, cases[i].type, cases[i].body,
		    strlen(cases[i].body), &told);
		assert_told(&told, 200, "failed", cases[i].body);
		assert_failed(r, id, task->id, "miner_failed", cases[i].body);
		assert_int_equal(attempt_await_files(r->s, task->id, 0), 0);
		hand_drop(r->hand, task);
	}
}

/* Blanks are no error, and "completed" is not asked for. */
static void
a_miner_that_does_not_say_it_failed_has_not(void **state)
{
	static const char *const bodies[] = {
	    "{\"output\":{\"text\":\"x\"}}",
	    "{\"status\":\"completed\",\"error\":\" \\t\",\"output\":\"x\"}",
	    "{\"status\":\"banana\",\"error\":null,\"output\":[1,2]}",
	    "{\"output\":0}",
	    "{\"output\":false}",
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct callback_told told;
		char id[40];
		struct hand_task *task = accepted_task(r, translate, id);

		callback_json(task, task->secret, bodies[i], &told);
		assert_told(&told, 200, "accepted", bodies[i]);
		assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
		hand_drop(r->hand, task);
	}
}

/* -- results that are none ---------------------------------------------- */

struct no_result {
	const char *what;
	const char *job;
	const char *part, *type; /* of the file; NULL: the body is JSON */
	const char *word, *reason;
	void (*fill)(struct buf *);
};

static void
nothing(struct buf *out)
{
	(void)out;
}

static void
words(struct buf *out)
{
	buf_add_str(out, "this is no recording at all, but a few words\n");
}

static void
picture(struct buf *out)
{
	sample_png(0, out);
}

static void
recording(struct buf *out)
{
	sample_wav(440, 0.5, out);
}

static void
headless(struct buf *out)
{
	recording(out);
	memset(out->data + 8, 'x', 32);
}

static void
small_and_a_byte(struct buf *out)
{
	sample_wav(440, 1, out);
	while (out->len < SMALL + 1)
		buf_add_byte(out, 0);
	out->len = SMALL + 1;
}

static void
output_of(struct buf *out, size_t len)
{
	buf_add_str(out, "{\"output\":\"");
	memset(buf_reserve(out, len), 'x', len);
	out->len += len;
	buf_add_str(out, "\"}");
}

static void
two_mib(struct buf *out)
{
	output_of(out, 2 * MIB);
}

static void
five_mib(struct buf *out)
{
	output_of(out, 5 * MIB);
}

static void
null_output(struct buf *out)
{
	buf_add_str(out, "{\"status\":\"completed\",\"output\":null}");
}

static void
no_output(struct buf *out)
{
	buf_add_str(out, "{\"status\":\"completed\",\"text\":\"x\"}");
}

static void
an_output(struct buf *out)
{
	buf_add_str(out, "{\"output\":{\"text\":\"x\"}}");
}

static const struct no_result no_results[] = {
    {"no bytes", speak, "result", "audio/wav", "failed", "empty_result",
	nothing},
    {"words as audio", speak, "result", "audio/wav", "accepted", "wrong_type",
	words},
    {"words", speak, "result", "text/plain", "accepted", "wrong_type", words},
    {"a picture as audio", speak, "result", "audio/wav", "accepted",
	"wrong_type", picture},
    {"a broken recording", speak, "result", "audio/wav", "accepted",
	"bad_media", headless},
    {"too large a file", small, "result", "audio/wav", "failed", "too_large",
	small_and_a_byte},
    {"JSON where a file is wanted", speak, NULL, NULL, "failed", "empty_result",
	an_output},
    {"a file under another name", speak, "file", "audio/wav", "failed",
	"empty_result", recording},
    {"a file where JSON is wanted", translate, "result", "audio/wav", "failed",
	"empty_result", recording},
    {"an output of null", translate, NULL, NULL, "failed", "empty_result",
	null_output},
    {"no output", translate, NULL, NULL, "failed", "empty_result", no_output},
    {"a large output", translate, NULL, NULL, "failed", "too_large", two_mib},
    {"a huge output", translate, NULL, NULL, "failed", "too_large", five_mib},
};

static void
what_is_no_result_is_answered_kept_out_and_counted(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(no_results) / sizeof(no_results[0]);
	     i++) {
		const struct no_result *c = &no_results[i];
		struct callback_told told;
		struct buf data = {0};
		char id[40];
		struct hand_task *task = accepted_task(r, c->job, id);

		buf_reserve(&data, 1);
		c->fill(&data);
		if (c->part != NULL)
			callback_file(task, task->secret, c->part, c->type,
			    data.data, data.len, &told);
		else
			callback_raw(task, task->secret, json, data.data,
			    data.len, &told);
		assert_told(&told, 200, c->word, c->what);
		assert_failed(r, id, task->id, c->reason, c->what);
		buf_free(&data);
		hand_drop(r->hand, task);
	}
}

/* Just as much as the kind allows. */
static void
a_result_of_the_largest_size_is_taken(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct buf data = {0};
	char id[40];
	struct hand_task *task = accepted_task(r, small, id);

	sample_wav(440, (SMALL - 44) / 32000.0, &data);
	assert_int_equal(data.len, SMALL);
	callback_file(task, task->secret, "result", "audio/wav", data.data,
	    data.len, &told);
	assert_told(&told, 200, "accepted", "the largest");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	buf_free(&data);
	hand_drop(r->hand, task);
}

/* -- what is no callback ------------------------------------------------ */

static const struct {
	const char *what, *type, *body;
	int status;
	const char *word;
} malformed[] = {
    {"no end", form, FIELD("status", "failed"), 400, "bad_body"},
    {"an end within", form, PART("name=\"result\"; filename=\"r\"") "\r\nRI",
	400, "bad_body"},
    {"no name", form, "--b\r\n\r\nRIFF\r\n" END, 400, "bad_body"},
    {"no boundary in it", form, "RIFF", 400, "bad_body"},
    {"two results", form,
	PART("name=\"result\"; filename=\"r\"") "\r\nRIFF\r\n" PART(
	    "name=\"result\"; filename=\"r\"") "\r\nRIFF\r\n" END,
	400, "bad_body"},
    {"nothing", form, "", 400, "bad_body"},
    {"no boundary named", "multipart/form-data", END, 415, "bad_content_type"},
    {"half a JSON", json, "{\"status\":\"failed\"", 400, "bad_body"},
    {"a list", json, "[\"failed\"]", 400, "bad_body"},
    {"a word", json, "\"failed\"", 400, "bad_body"},
    {"a member twice", json, "{\"status\":\"failed\",\"status\":\"failed\"}",
	400, "bad_body"},
    {"no JSON", json, "", 400, "bad_body"},
    {"no text", json, "{\"error\":\"\xff\xfe\"}", 400, "bad_body"},
    {"another type", "text/plain", "failed", 415, "bad_content_type"},
    {"no type", NULL, "{\"status\":\"failed\"}", 415, "bad_content_type"},
};

/* A connection that breaks in the middle of a body; returns once it is seen. */
static void
hang_up(struct rig *r, const struct hand_task *task)
{
	int fd = raw_dial(r->s->ports[SUITE_ORCHESTRATOR]);
	struct raw_answer answer;
	char *head = xasprintf("POST %s HTTP/1.1\r\nHost: x\r\n"
			       "X-Callback-Secret: %s\r\n"
			       "Content-Length: 1000000\r\nContent-Type: %s\r\n"
			       "Expect: 100-continue\r\n\r\n",
	    strstr(task->callback_url, "/v1/"), task->secret, form);

	raw_send_str(fd, head);
	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 100);
	raw_send_str(
	    fd, PART("name=\"result\"; filename=\"r\"") "\r\nRIFF and more");
	shutdown(fd, SHUT_WR);
	raw_is_closed(fd);
	close(fd);
	free(head);
}

static void
what_is_malformed_is_refused_and_the_attempt_stays_open(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct buf wav = {0};
	char id[40], *before, *after;
	struct hand_task *task = accepted_task(r, speak, id);

	before = attempt_all(r->s, task->id);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		callback_raw(task, task->secret, malformed[i].type,
		    malformed[i].body, strlen(malformed[i].body), &told);
		assert_told(&told, malformed[i].status, malformed[i].word,
		    malformed[i].what);
		if (told.detail[0] == '\0')
			fail_msg("%s: no reason", malformed[i].what);
		after = attempt_all(r->s, task->id);
		assert_string_equal(before, after);
		free(after);
	}
	hang_up(r, task);
	after = attempt_all(r->s, task->id);
	assert_string_equal(before, after);
	sample_wav(440, 0.5, &wav);
	callback_file(task, task->secret, "result", "audio/wav", wav.data,
	    wav.len, &told);
	assert_told(&told, 200, "accepted", "a good one");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(attempt_await_files(r->s, task->id, 1), 0);
	free(after);
	free(before);
	buf_free(&wav);
	hand_drop(r->hand, task);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_miner_that_says_it_failed_is_taken_at_its_word),
	    cmocka_unit_test(a_miner_that_does_not_say_it_failed_has_not),
	    cmocka_unit_test(
		what_is_no_result_is_answered_kept_out_and_counted),
	    cmocka_unit_test(a_result_of_the_largest_size_is_taken),
	    cmocka_unit_test(
		what_is_malformed_is_refused_and_the_attempt_stays_open),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

/*
 * Can a miner tell challenges from clients' jobs?
 *
 * Clients of several characters send some hundreds of jobs to four miners,
 * who keep what they are sent byte for byte, and fetch every file they are
 * offered. A classifier is given all there is to see, without being told what
 * it means: heads, bodies, files, gaps. It must do no better than 0.6 (area
 * under the curve); and the same classifier must do better than 0.9 where
 * challenges are leaky, one leak at a time.
 *
 * Not looked at is what is said, and by which voice: docs/challenges.md.
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
#include <time.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/classify.h"
#include "tests/lib/db.h"
#include "tests/lib/dice.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/recorder.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum {
	MINERS = 4,
	WARM_UP = 100,	    /* jobs before any is looked at */
	JOBS = 420,	    /* with them */
	CONTROLS = 90,	    /* leaky ones, and twice as many clients' jobs */
	SLOW_CONTROLS = 40, /* of a leak that takes a second each */
	ITEMS = 400,	    /* of the corpus */
	LAST_BYTES = 65536,
	SEED = 20260102,
};

/* Features that no single miner has. */
#define TOGETHER "together: "
static const char together[] = TOGETHER;

static const double most_blind = 0.6, least_leaky = 0.9;

static const char capacity[] =
    "{\"audio.speak\": 9999, \"audio.transcribe\": 9999, "
    "\"text.translate\": 9999}";

/* -- clients -------------------------------------------------------------- */

/* One who sends jobs of one sort, in a manner of its own. */
static const struct client {
	const char *kind, *language, *voices[3];
	int share;			  /* of 20 jobs */
	int least, most;		  /* letters, or tenths of a second */
	bool is_tidy;			  /* capitals and a dot */
	int deadline_s, miners, priority; /* deadline: 0: the kind's */
	const char *tenant;
	/* Files: type, ending, and how ffmpeg is to make them. */
	const char *type, *ending;
	const char *flags[12];
} clients[] = {
    {"audio.speak", "en", {"alloy", "nova", "alloy"}, 5, 20, 160, true, 1800, 1,
	0, "radio", NULL, NULL, {NULL}},
    {"audio.speak", "fr", {NULL}, 3, 30, 90, false, 0, 1, 3, "kiosk", NULL,
	NULL, {NULL}},
    {"text.translate", "en", {NULL}, 5, 40, 300, true, 1500, 1, 0, "press",
	NULL, NULL, {NULL}},
    {"audio.transcribe", "en", {NULL}, 3, 20, 60, false, 2400, 1, 0, "calls",
	"audio/wav", "wav", {"-ar", "16000", "-ac", "1", "-bitexact", NULL}},
    {"audio.transcribe", "es", {NULL}, 2, 30, 80, false, 0, 2, 0, "press",
	"audio/mpeg", "mp3",
	{"-ar", "44100", "-ac", "2", "-b:a", "128k", NULL}},
    {"audio.transcribe", "en", {NULL}, 2, 20, 50, false, 0, 1, 0, "",
	"audio/ogg", "ogg",
	{"-c:a", "libopus", "-ar", "48000", "-b:a", "32k", NULL}},
};

enum { N_CLIENTS = sizeof(clients) / sizeof(clients[0]) };

struct place {
	struct suite *s;
	struct recorder *miners[MINERS];
	struct dice dice;
	int last; /* client, of whom the last job was */
};

/* Words of no language, with spaces, of exactly that length. */
static char *
say_words(struct dice *dice, int letters, bool is_tidy)
{
	static const char sounds[] = "aeiouaeioutnsrldmkpbg";
	char *text = xcalloc(letters + 1, 1);
	int word = 0;

	for (int i = 0; i < letters; i++) {
		bool ends = word > 2 && i < letters - 2 &&
			    dice_between(dice, 0, 5) == 0;

		text[i] =
		    ends ? ' '
			 : sounds[dice_between(dice, 0, sizeof(sounds) - 2)];
		word = ends ? 0 : word + 1;
	}
	if (is_tidy && letters > 1) {
		text[0] -= 'a' - 'A';
		text[letters - 1] = '.';
	}
	return text;
}

/* As many of the like follow each other as there are gaps that are short. */
static const struct client *
next_client(struct place *p, bool in_burst)
{
	int draw = dice_between(&p->dice, 0, 19);

	for (int i = 0; !in_burst && i < N_CLIENTS; i++) {
		draw -= clients[i].share;
		if (draw < 0) {
			p->last = i;
			break;
		}
	}
	return &clients[p->last];
}

/* -- their files ---------------------------------------------------------- */

static void
run(const char *const *argv)
{
	struct proc_options o = {.name = argv[0], .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != 0)
		fail_msg("%s: %d %s", argv[0], got.status, got.err);
	proc_output_clear(&got);
}

/* A voice and a level by chance, cut to length, in the client's form. */
static void
make_file(
    struct place *p, const struct client *c, double seconds, struct buf *out)
{
	char *dir = sandbox_path(p->s->box, "");
	char *speech = xasprintf("%sspeech.wav", dir);
	char *file = xasprintf("%sclient.%s", dir, c->ending);
	char *voice =
	    xasprintf("%s+m%d", c->language, dice_between(&p->dice, 1, 7));
	char *cut = xasprintf("%.3f", seconds);
	char *level =
	    xasprintf("apad,volume=%ddB", -dice_between(&p->dice, 1, 12));
	char *text = say_words(&p->dice, (int)(16 * seconds), false);
	const char *const speak[] = {
	    "espeak-ng", "-v", voice, "-w", speech, text, NULL};
	const char *encode[24] = {"ffmpeg", "-nostdin", "-v", "error", "-y",
	    "-i", speech, "-t", cut, "-af", level};
	size_t n = 11;
	char piece[4096];
	size_t got;
	FILE *f;

	for (int i = 0; c->flags[i] != NULL; i++)
		encode[n++] = c->flags[i];
	encode[n] = file;
	run(speak);
	run(encode);
	f = fopen(file, "r");
	assert_non_null(f);
	while ((got = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, piece, got);
	fclose(f);
	free(dir);
	free(speech);
	free(file);
	free(voice);
	free(cut);
	free(level);
	free(text);
}

/* -- their jobs ----------------------------------------------------------- */

/* What a leaky maker of challenges would do. */
enum leak { NO_LEAK, FIXED_SIZE, OWN_VOICE, FULL_SECONDS, N_LEAKS };

static json_t *
params_of(struct place *p, const struct client *c, enum leak leak)
{
	json_t *params = json_pack("{s:s}", "language", c->language);
	const char *voice = c->voices[dice_between(&p->dice, 0, 2)];
	int letters = dice_between(&p->dice, c->least, c->most);
	char *text;

	if (c->type != NULL)
		return params;
	text =
	    say_words(&p->dice, leak == FIXED_SIZE ? 64 : letters, c->is_tidy);
	json_object_set_new(params, "text", json_string(text));
	free(text);
	if (strcmp(c->kind, "text.translate") == 0)
		json_object_set_new(
		    params, "target_language", json_string("fr"));
	else if (leak == OWN_VOICE)
		json_object_set_new(params, "voice", json_string("default"));
	else if (voice != NULL)
		json_object_set_new(params, "voice", json_string(voice));
	return params;
}

static char *
job_of(struct place *p, const struct client *c, enum leak leak)
{
	json_t *job = json_pack("{s:s, s:o, s:i, s:i}", "kind", c->kind,
	    "params", params_of(p, c, leak), "miners", c->miners, "priority",
	    c->priority);
	char *text;

	if (c->deadline_s > 0)
		json_object_set_new(
		    job, "deadline_ms", json_integer(c->deadline_s * 1000));
	if (c->tenant[0] != '\0')
		json_object_set_new(job, "tenant", json_string(c->tenant));
	text = json_dumps(job, JSON_COMPACT);
	json_decref(job);
	return text;
}

/* A job that is ready to be sent. */
struct ready {
	char *job;
	struct buf file;
	const char *type;
	int64_t gap_us; /* behind the one before */
};

static void
prepare(struct place *p, struct ready *r, bool only_text, enum leak leak)
{
	bool in_burst = dice_between(&p->dice, 0, 9) < 5;
	const struct client *c = next_client(p, in_burst);

	while (only_text && strcmp(c->kind, "audio.speak") != 0)
		c = next_client(p, false);
	*r = (struct ready){.job = job_of(p, c, leak), .type = c->type};
	r->gap_us =
	    1000 * (in_burst ? dice_between(&p->dice, 20, 90)
			     : dice_between(&p->dice, 1, 30) *
				   dice_between(&p->dice, 1, 30) * 5 / 2);
	if (c->type != NULL)
		make_file(p, c,
		    dice_between(&p->dice, c->least * 100, c->most * 100) /
			1000.0,
		    &r->file);
}

static void
wait_until(int64_t mono_us)
{
	while (clock_mono_us() < mono_us)
		proc_nap();
}

static void
send_one(struct place *p, struct ready *r, char id[40])
{
	int status;

	if (r->type != NULL)
		status = suite_submit_file(
		    p->s, r->job, r->file.data, r->file.len, r->type, id);
	else
		status = suite_submit(p->s, r->job, id);
	assert_int_equal(status, 202);
	free(r->job);
	buf_free(&r->file);
}

/* -- the suite ------------------------------------------------------------ */

/* Translations of all the lengths that are asked for. */
static void
write_corpus(struct place *p)
{
	struct buf lines = {0};

	for (int i = 0; i < ITEMS; i++) {
		char *text =
		    say_words(&p->dice, dice_between(&p->dice, 36, 330), true);

		buf_printf(&lines,
		    "{\"kind\": \"text.translate\", \"language\": \"en\", "
		    "\"params\": {\"text\": \"%s\", \"target_language\": "
		    "\"fr\"}, \"expect\": {\"text\": \"%d\"}}\n",
		    text, i);
		free(text);
	}
	free(sandbox_write(p->s->box, "manifest.jsonl", 0600, buf_str(&lines)));
	buf_free(&lines);
}

/* Nothing of what is never answered ends before the test does. */
static void
give_time(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "deadline", json_string("60m"));
		json_object_set_new(kind, "attempt", json_string("50m"));
	}
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "blind",
	    .n_miners = MINERS,
	    .leave_stopped = {[SUITE_VALIDATOR] = true},
	    .ini = "[orchestrator]\ncapacity_start = 0\n"};
	struct place *p = xcalloc(1, sizeof(*p));
	char *ini, *kinds = sample_kinds("test-blind.json", give_time);

	*state = p;
	o.kinds = kinds;
	p->dice.state = SEED;
	for (int i = 0; i < MINERS; i++) {
		p->miners[i] = recorder_new(capacity);
		if (p->miners[i] == NULL)
			return -1;
		o.miners[i].alpha = 50 + 50 * i;
		o.miners[i].port = recorder_port(p->miners[i]);
	}
	p->s = suite_new(&o);
	free(kinds);
	if (p->s == NULL || suite_wait_ready(p->s, MINERS) != 0)
		return -1;
	write_corpus(p);
	ini = xasprintf("[validator]\nchallenge_share = 0.3\n"
			"challenge_most = 100000\nchallenge_corpus = %s\n",
	    sandbox_dir(p->s->box));
	if (suite_configure(p->s, ini) != 0 ||
	    suite_start(p->s, SUITE_VALIDATOR) != 0)
		return -1;
	free(ini);
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

/* -- what a miner sees ---------------------------------------------------- */

struct sight {
	char *text; /* the request */
	json_t *body;
	int miner;
	int64_t at_ms; /* as it says */
	const char *id;
	char job[40];
	bool is_it;			     /* a challenge, or a leaky one */
	bool is_wanted;			     /* to be looked at */
	struct sight *before, *before_there; /* at any miner, at this one */
};

struct sights {
	struct sight *items;
	size_t n;
};

static int
by_time(const void *a, const void *b)
{
	int64_t x = ((const struct sight *)a)->at_ms;
	int64_t y = ((const struct sight *)b)->at_ms;

	return (x > y) - (x < y);
}

static void
read_sight(struct sight *s, char *text, int miner)
{
	const char *stamp = strcasestr(text, "\r\nEpistula-Timestamp:");

	assert_non_null(stamp);
	s->text = text;
	s->miner = miner;
	s->at_ms = strtoll(strchr(stamp, ':') + 1, NULL, 10);
	s->body = json_loads(recorder_body(text), 0, NULL);
	s->id = json_string_value(json_object_get(s->body, "job_id"));
	assert_non_null(s->id);
}

/* All requests that came since the last time, in order. */
static void
collect(struct place *p, struct sights *all)
{
	*all = (struct sights){NULL, 0};
	assert_int_equal(db_wait_int(p->s->db, 0, 60000,
			     "select count(*) from attempt where state = "
			     "'sent'"),
	    0);
	for (int i = 0; i < MINERS; i++) {
		int64_t n = db_int(p->s->db,
		    "select count(*) from attempt where hotkey = '%s' and "
		    "result_type is null",
		    p->s->miner_hotkeys[i]);

		for (int64_t k = 0; k < n; k++) {
			all->items = xrealloc(
			    all->items, all->n + 1, sizeof(*all->items));
			all->items[all->n] = (struct sight){.text = NULL};
			read_sight(&all->items[all->n++],
			    recorder_take(p->miners[i]), i);
		}
	}
	db_exec(p->s->db, "update attempt set result_type = 'seen'");
	qsort(all->items, all->n, sizeof(*all->items), by_time);
	for (size_t i = 0; i < all->n; i++) {
		struct sight *s = &all->items[i];

		if (i > 0)
			s->before = s - 1;
		for (size_t k = i; k-- > 0 && s->before_there == NULL;) {
			if (all->items[k].miner == s->miner)
				s->before_there = &all->items[k];
		}
	}
}

static void
sights_clear(struct sights *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->items[i].text);
		json_decref(all->items[i].body);
	}
	free(all->items);
}

/* -- features ------------------------------------------------------------- */

/* What can be seen of a text: never the text itself, unless it is one of
 * few. */
static void
see_text(struct classify *c, const char *name, const char *text)
{
	char what[80];
	double capitals = 0, digits = 0, odd = 0;
	size_t len = strlen(text);

	for (const char *s = text; *s != '\0'; s++) {
		capitals += *s >= 'A' && *s <= 'Z';
		digits += *s >= '0' && *s <= '9';
		odd += (*s < 'a' || *s > 'z') && *s != ' ';
	}
	snprintf(what, sizeof(what), "%s length", name);
	classify_number(c, what, len);
	snprintf(what, sizeof(what), "%s log length", name);
	classify_number(c, what, log(len + 1));
	snprintf(what, sizeof(what), "%s capitals", name);
	classify_number(c, what, capitals > 0);
	snprintf(what, sizeof(what), "%s ends in a mark", name);
	classify_number(
	    c, what, len > 0 && strchr(".?!", text[len - 1]) != NULL);
	/* Ids and secrets: more digits than chance would have it? */
	if (strchr(name, '.') == NULL || len == 36) {
		snprintf(what, sizeof(what), "%s digits", name);
		classify_number(c, what, len > 0 ? digits / len : 0);
		snprintf(what, sizeof(what), "%s odd letters", name);
		classify_number(c, what, len > 0 ? odd / len : 0);
	}
	if (len <= 20 && len > 0)
		classify_word(c, name, text);
}

static void
see_json(struct classify *c, const char *name, const json_t *value)
{
	struct buf order = {0};
	const char *key;
	json_t *one;

	if (json_is_string(value))
		see_text(c, name, json_string_value(value));
	else if (json_is_number(value))
		classify_number(c, name, json_number_value(value));
	json_object_foreach((json_t *)value, key, one)
	{
		char path[64];

		snprintf(path, sizeof(path), "%s%s%s", name,
		    name[0] != '\0' ? "." : "", key);
		see_json(c, path, one);
		buf_printf(&order, "%s,", key);
	}
	if (order.len > 0) {
		char what[80];

		snprintf(what, sizeof(what), "%s order", name);
		classify_word(c, what, buf_str(&order));
	}
	buf_free(&order);
}

/* The request's first line and its headers: which, in what order, how long. */
static void
see_head(struct classify *c, const char *text)
{
	struct buf order = {0};
	int lines = 0;

	while (strncmp(text, "\r\n", 2) != 0) {
		size_t len = strcspn(text, "\r"), name = strcspn(text, ":\r");
		char what[80];

		if (lines++ > 0) {
			buf_printf(&order, "%.*s,", (int)name, text);
			snprintf(what, sizeof(what), "header %.*s length",
			    (int)name, text);
			classify_number(c, what, len - name);
		}
		text += len + 2;
	}
	classify_number(c, "headers", lines);
	classify_word(c, "header order", buf_str(&order));
	classify_number(c, "body length", strlen(text + 2));
	buf_free(&order);
}

static const char *
word_in(const struct sight *s, const char *object, const char *key)
{
	const json_t *in =
	    object != NULL ? json_object_get(s->body, object) : s->body;
	const char *word = json_string_value(json_object_get(in, key));

	return word != NULL ? word : "";
}

static bool
are_alike(const struct sight *a, const struct sight *b)
{
	return strcmp(word_in(a, NULL, "kind"), word_in(b, NULL, "kind")) ==
		   0 &&
	       strcmp(word_in(a, "params", "language"),
		   word_in(b, "params", "language")) == 0;
}

static int64_t
hex_number(const char *hex, int digits)
{
	char part[20];

	snprintf(part, sizeof(part), "%.*s", digits, hex);
	return strtoll(part, NULL, 16);
}

static void
see_times(struct classify *c, const struct sight *s)
{
	/* The id's own time, and the deadline's, against the request's. */
	int64_t born_ms = hex_number(s->id, 8) << 16 | hex_number(s->id + 9, 4);
	const char *deadline = word_in(s, NULL, "deadline");
	struct tm tm = {0};

	classify_number(c, "id is older by ms", s->at_ms - born_ms);
	assert_non_null(strptime(deadline, "%Y-%m-%dT%H:%M:%SZ", &tm));
	classify_number(c, "time left s", timegm(&tm) - s->at_ms / 1000.0);
	classify_number(c, "time left whole s", timegm(&tm) - s->at_ms / 1000);
	classify_number(c, "ms of the second", s->at_ms % 1000);
	/* Clocks of ours that might beat in it. */
	classify_number(c, "ms of a half", s->at_ms % 500);
	classify_number(c, "ms of a quarter", s->at_ms % 250);
	classify_number(c, "ms of a tenth", s->at_ms % 100);
	classify_number(c, "miner", s->miner);
	if (s->before_there == NULL)
		return;
	classify_number(
	    c, "log gap", log(s->at_ms - s->before_there->at_ms + 1));
	classify_number(c, "as the one before", are_alike(s, s->before_there));
}

/* What only miners see who tell each other of all they get, at once. */
static void
see_together(struct classify *c, const struct sight *s)
{
	if (s->before == NULL)
		return;
	classify_number(
	    c, TOGETHER "log gap", log(s->at_ms - s->before->at_ms + 1));
	classify_number(
	    c, TOGETHER "as the one before", are_alike(s, s->before));
}

/* -- files ---------------------------------------------------------------- */

static json_t *
probe(struct place *p, const void *data, size_t len)
{
	char *program = paths_program("bin/subnetd-probe");
	char *path = sandbox_path(p->s->box, "seen");
	const char *const argv[] = {
	    "sh", "-c", "exec \"$0\" <\"$1\"", program, path, NULL};
	struct proc_options o = {.name = "probe", .argv = argv};
	struct proc_output got;
	FILE *f = fopen(path, "w");
	json_t *measured;

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
	proc_run(&o, 0, &got);
	measured = json_loads(got.out, 0, NULL);
	proc_output_clear(&got);
	free(program);
	free(path);
	return measured;
}

static double
number_in(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static bool
has(const struct fetch_answer *file, const char *word)
{
	size_t n = file->len < LAST_BYTES ? file->len : LAST_BYTES;

	return memmem(file->body, n, word, strlen(word)) != NULL ||
	       memmem(file->body + file->len - n, n, word, strlen(word)) !=
		   NULL;
}

static void
see_file(struct place *p, struct classify *c, const struct sight *s)
{
	static const char *const signs[] = {
	    "Lavf", "Lavc", "LAME", "LIST", "ID3", "Opus", "vorbis", "moov"};
	struct fetch_answer file;
	json_t *measured;
	double seconds;
	char *type;

	if (json_object_get(s->body, "input") == NULL)
		return;
	assert_int_equal(fetch_get(word_in(s, "input", "url"), &file), 0);
	assert_int_equal(file.status, 200);
	measured = probe(p, file.body, file.len);
	seconds = number_in(measured, "duration_s");
	type = fetch_header(&file, "Content-Type");
	classify_word(c, "file type", type);
	classify_number(c, "file log bytes", log(file.len));
	classify_number(c, "file headers", strlen(file.headers));
	classify_number(c, "file seconds", seconds);
	classify_number(
	    c, "file whole tenths", fabs(seconds * 10 - round(seconds * 10)));
	classify_number(c, "file rate", number_in(measured, "rate"));
	classify_number(c, "file channels", number_in(measured, "channels"));
	classify_number(c, "file kbps", file.len * 8 / seconds / 1000);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		char what[32];

		snprintf(what, sizeof(what), "file has %s", signs[i]);
		classify_number(c, what, has(&file, signs[i]));
	}
	classify_number(c, "file first bytes",
	    (uint8_t)file.body[0] << 16 | (uint8_t)file.body[1] << 8 |
		(uint8_t)file.body[2]);
	free(type);
	json_decref(measured);
	fetch_clear(&file);
}

/* All of it; the rows of one job are one group. */
static struct classify *
look(struct place *p, const struct sights *all)
{
	struct classify *c = classify_new();

	for (size_t i = 0; i < all->n; i++) {
		const struct sight *s = &all->items[i];

		if (!s->is_wanted)
			continue;
		classify_row(
		    c, (int)(hex_number(s->job + 30, 6) & 0xffff), s->is_it);
		see_head(c, s->text);
		see_json(c, "", s->body);
		see_times(c, s);
		see_together(c, s);
		see_file(p, c, s);
	}
	return c;
}

/* -- blind ---------------------------------------------------------------- */

/* From the tables, which no miner reads. */
static void
label_by_source(
    struct place *p, struct sights *all, int64_t from_us, int64_t to_us)
{
	for (size_t i = 0; i < all->n; i++) {
		struct sight *s = &all->items[i];
		char *job = db_text(p->s->db,
		    "select job_id from attempt where id = '%s'", s->id);
		char *source = db_text(
		    p->s->db, "select source from job where id = '%s'", job);

		snprintf(s->job, sizeof(s->job), "%s", job);
		s->is_it = strcmp(source, "challenge") == 0;
		s->is_wanted =
		    s->at_ms >= from_us / 1000 && s->at_ms <= to_us / 1000;
		free(job);
		free(source);
	}
}

static double
say_auc(struct classify *c, const char *who)
{
	double auc = classify_auc(c);

	fprintf(stderr, "# %zu of clients, %zu challenges, %s: %.3f\n",
	    classify_count(c, false), classify_count(c, true), who, auc);
	classify_show(c, 8);
	return auc;
}

static void
a_miner_cannot_tell(void **state)
{
	struct place *p = *state;
	struct ready *jobs = xcalloc(JOBS, sizeof(*jobs));
	int64_t due_us, from_us = 0;
	struct classify *c;
	struct sights all;
	char id[40];
	double auc;

	for (int i = 0; i < JOBS; i++)
		prepare(p, &jobs[i], false, NO_LEAK);
	due_us = clock_mono_us();
	for (int i = 0; i < JOBS; i++) {
		due_us += jobs[i].gap_us;
		wait_until(due_us);
		if (i == WARM_UP)
			from_us = clock_wall_us();
		send_one(p, &jobs[i], id);
	}
	free(jobs);
	assert_int_equal(suite_stop(p->s, SUITE_VALIDATOR), 0);
	p->s->daemons[SUITE_VALIDATOR] = NULL;
	assert_int_equal(db_wait_int(p->s->db, 0, 60000,
			     "select count(*) from job where state = "
			     "'queued'"),
	    0);
	collect(p, &all);
	label_by_source(p, &all, from_us,
	    db_int(p->s->db, "select extract(epoch from max(created_at)) * 1e6 "
			     "from job where source = 'client'"));
	c = look(p, &all);
	assert_true(classify_count(c, true) > 80);
	say_auc(c, "all miners together"); /* no promise */
	classify_drop(c, together);
	auc = say_auc(c, "each by itself");
	assert_true(auc <= most_blind);
	classify_free(c);
	sights_clear(&all);
}

/* -- leaky ---------------------------------------------------------------- */

static bool
is_among(char (*ids)[40], size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(ids[i], id) == 0)
			return true;
	}
	return false;
}

/* Clients' jobs, and as if challenges were among them that have this leak and
 * are otherwise as clients' jobs are. */
static double
auc_with(struct place *p, enum leak leak)
{
	char(*leaky)[40] = xcalloc(CONTROLS, sizeof(*leaky)), id[40];
	int64_t due_us = clock_mono_us();
	int controls = leak == FULL_SECONDS ? SLOW_CONTROLS : CONTROLS;
	struct classify *c;
	struct sights all;
	size_t n = 0;
	double auc;

	for (int i = 0; i < 3 * controls; i++) {
		bool is_leaky = i % 3 == 1;
		struct ready r;

		prepare(p, &r, true, is_leaky ? leak : NO_LEAK);
		due_us += r.gap_us / 10;
		wait_until(due_us);
		if (is_leaky && leak == FULL_SECONDS)
			while (clock_wall_ms() % 1000 > 20)
				proc_nap();
		send_one(p, &r, id);
		if (leak == FULL_SECONDS)
			due_us = clock_mono_us();
		if (is_leaky)
			snprintf(leaky[n++], sizeof(*leaky), "%s", id);
	}
	collect(p, &all);
	label_by_source(p, &all, 0, INT64_MAX);
	for (size_t i = 0; i < all.n; i++)
		all.items[i].is_it = is_among(leaky, n, all.items[i].job);
	c = look(p, &all);
	classify_drop(c, together);
	auc = classify_auc(c);
	fprintf(stderr, "# leak %d, %zu of clients, %zu leaky: %.3f\n", leak,
	    classify_count(c, false), classify_count(c, true), auc);
	classify_show(c, 3);
	classify_free(c);
	sights_clear(&all);
	free(leaky);
	return auc;
}

static void
leaky_challenges_are_told(void **state)
{
	for (int leak = FIXED_SIZE; leak < N_LEAKS; leak++)
		assert_true(auc_with(*state, leak) >= least_leaky);
}

/* The classifier itself finds nothing where there is nothing. */
static void
what_is_alike_is_not_told(void **state)
{
	double auc = auc_with(*state, NO_LEAK);

	assert_true(auc <= most_blind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_miner_cannot_tell),
	    cmocka_unit_test(leaky_challenges_are_told),
	    cmocka_unit_test(what_is_alike_is_not_told),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

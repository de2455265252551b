/*
 * Measuring media in child processes: the real subnetd-probe on files made
 * here, and, in its place, scripts that misbehave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "orchestrator/probe.c"
#include "tests/lib/paths.h"

/* A picture of one red dot. */
static const char png[] =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde"
    "\0\0\0\x0cIDATx\x9c"
    "c\xf8\xcf\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef"
    "\0\0\0\0IEND\xae"
    "B`\x82";

struct seen {
	int calls;
	enum probe_outcome outcome;
	json_t *measured;
};

struct place {
	char *dir;
	struct event_base *base;
	struct probes *probes;
	struct seen seen;
};

static int
make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char *program = paths_program("bin/subnetd-probe");

	p->dir = paths_make_tmp();
	p->base = event_base_new();
	p->probes = probes_new(p->base, program);
	free(program);
	*state = p;
	return 0;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	probes_free(p->probes);
	event_base_free(p->base);
	json_decref(p->seen.measured);
	paths_remove(p->dir);
	free(p->dir);
	free(p);
	return 0;
}

static int
file_of(struct place *p, const void *bytes, size_t len)
{
	char *path = xasprintf("%s/file", p->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	free(path);
	return fd;
}

static void
on_seen(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct seen *seen = arg;

	seen->calls++;
	seen->outcome = outcome;
	json_decref(seen->measured);
	seen->measured = json_deep_copy(measured);
}

static enum probe_outcome
look(struct place *p, const void *bytes, size_t len)
{
	int before = p->seen.calls;

	probe_start(p->probes, "f", file_of(p, bytes, len), on_seen, &p->seen);
	assert_int_equal(p->seen.calls, before); /* never inside its start */
	while (p->seen.calls == before)
		event_base_loop(p->base, EVLOOP_ONCE);
	assert_int_equal(p->seen.calls, before + 1);
	return p->seen.outcome;
}

static double
number(const struct place *p, const char *name)
{
	const json_t *value = json_object_get(p->seen.measured, name);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

static void
assert_type(const struct place *p, const char *type)
{
	assert_string_equal(
	    json_string_value(json_object_get(p->seen.measured, "type")), type);
}

/* -- sound --------------------------------------------------------------- */

enum { RATE = 8000 };

static void
add_le(struct buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_byte(b, v >> (8 * i));
}

/* A tone of so many samples, mono, 16 bit; the second half silent. */
static void
make_wav(struct buf *wav, int samples, double loudness)
{
	buf_add(wav, "RIFF", 4);
	add_le(wav, 36 + 2 * samples, 4);
	buf_add(wav, "WAVEfmt ", 8);
	add_le(wav, 16, 4);
	add_le(wav, 1, 2);
	add_le(wav, 1, 2);
	add_le(wav, RATE, 4);
	add_le(wav, 2 * RATE, 4);
	add_le(wav, 2, 2);
	add_le(wav, 16, 2);
	buf_add(wav, "data", 4);
	add_le(wav, 2 * samples, 4);
	for (int i = 0; i < samples; i++) {
		double v = i < samples / 2 ? loudness * sin(i * .5) : 0;

		add_le(wav, (int16_t)lrint(v * 32767), 2);
	}
}

static void
a_recording_is_measured(void **state)
{
	struct place *p = *state;
	struct buf wav = {0};

	make_wav(&wav, 2 * RATE, .5);
	assert_int_equal(look(p, wav.data, wav.len), PROBE_MEASURED);
	assert_type(p, "audio/wav");
	assert_true(fabs(number(p, "duration_s") - 2) < 1e-9);
	assert_true(number(p, "rate") == RATE);
	assert_true(number(p, "channels") == 1);
	/* half of it is a sine of .5: -6 dB, less 3, less 3 */
	assert_true(fabs(number(p, "rms_db") + 12.04) < .1);
	assert_true(fabs(number(p, "peak_db") + 6.02) < .1);
	assert_true(fabs(number(p, "voiced") - .5) < .03);
	assert_true(number(p, "lead_s") == 0);
	assert_true(number(p, "gap_s") == 0);
	assert_true(fabs(number(p, "trail_s") - 1) < .03);
	assert_true(number(p, "clipped") == 0);
	assert_true(number(p, "uneven") < .05);
	assert_true(fabs(number(p, "offset")) < .001);
	buf_free(&wav);
}

static void
silence_is_not_voiced(void **state)
{
	struct place *p = *state;
	struct buf wav = {0};

	make_wav(&wav, RATE, 0);
	assert_int_equal(look(p, wav.data, wav.len), PROBE_MEASURED);
	assert_true(number(p, "voiced") == 0);
	assert_true(number(p, "silence") == 1);
	assert_true(number(p, "rms_db") == -120);
	assert_true(number(p, "lead_s") == 1);
	assert_true(number(p, "trail_s") == 0);
	buf_free(&wav);
}

static const char *
text(const struct place *p, const char *name)
{
	const char *value =
	    json_string_value(json_object_get(p->seen.measured, name));

	return value != NULL ? value : "";
}

/* What its header promises is no length of its own. */
static void
a_recording_cut_short_says_how_long_it_would_be(void **state)
{
	struct place *p = *state;
	struct buf wav = {0};

	make_wav(&wav, 2 * RATE, .5);
	assert_int_equal(look(p, wav.data, 44 + 2 * RATE / 2), PROBE_BAD);
	assert_type(p, "audio/wav");
	assert_string_equal(text(p, "fault"), "truncated");
	assert_string_equal(
	    text(p, "why"), "the container says 2.0 s, 0.5 s decode");
	assert_true(number(p, "duration_s") < .51);
	assert_true(number(p, "says_s") == 2);
	/* Written to a pipe: nobody knew how long it would be. */
	memset(wav.data + 40, 0xff, 4);
	assert_int_equal(look(p, wav.data, 44 + 2 * RATE / 2), PROBE_MEASURED);
	assert_true(number(p, "duration_s") < .51);
	buf_free(&wav);
}

static void
a_recording_of_nothing_is_bad(void **state)
{
	struct place *p = *state;
	struct buf wav = {0};

	make_wav(&wav, 0, 0);
	assert_int_equal(look(p, wav.data, wav.len), PROBE_BAD);
	make_wav(&wav, RATE, .5);
	/* Cut inside its header. */
	assert_int_equal(look(p, wav.data, 30), PROBE_BAD);
	assert_int_equal(look(p, wav.data, 4), PROBE_BAD);
	buf_free(&wav);
}

/* -- pictures and documents ---------------------------------------------- */

static void
a_picture_is_measured(void **state)
{
	struct place *p = *state;

	assert_int_equal(look(p, png, sizeof(png) - 1), PROBE_MEASURED);
	assert_type(p, "image/png");
	assert_true(number(p, "width") == 1);
	assert_true(number(p, "height") == 1);
	assert_true(json_is_true(json_object_get(p->seen.measured, "blank")));
	assert_null(json_object_get(p->seen.measured, "duration_s"));
}

static void
a_picture_that_does_not_decode_is_bad(void **state)
{
	struct place *p = *state;

	assert_int_equal(look(p, png, 20), PROBE_BAD);
	assert_int_equal(look(p, png, 45), PROBE_BAD);
	/* It says that it is one; a document it is not. */
	assert_int_equal(look(p, "\x89PNG and then a poem", 20), PROBE_BAD);
}

static const struct {
	const char *bytes;
	size_t len;
	const char *type; /* NULL: bad */
} documents[] = {
    {"Once upon a time", 16, "text/plain"},
    {"x", 1, "text/plain"},
    {"", 0, NULL},
    {"%PDF-1.7\n", 9, NULL},
    {"PK\3\4 something", 14, NULL},
    {"PK\3\4 [Content_Types].xml word/document.xml", 42, NULL},
    {"\x08\0\0\0\0\0\0\0{}", 10, "application/octet-stream"},
    {"<html><script>alert(1)</script>", 31, "text/html"},
    {"\xef\xbb\xbf\n <!DOCTYPE html>", 20, "text/html"},
    {"a <html> page", 13, "text/plain"},
};

static void
documents_are_known_by_how_they_begin(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		enum probe_outcome outcome =
		    look(p, documents[i].bytes, documents[i].len);

		assert_int_equal(outcome,
		    documents[i].type != NULL ? PROBE_MEASURED : PROBE_BAD);
		if (documents[i].type != NULL)
			assert_type(p, documents[i].type);
	}
}

/* Fronts of real formats with noise behind, and real files with bytes turned:
 * whatever is made of them, it is an answer about the file, and in time. */
static void
hostile_bytes_are_judged_and_no_more(void **state)
{
	static const char *const fronts[] = {"RIFF\xff\xff\xff\xffWAVEfmt ",
	    "\x89PNG\r\n\x1a\n\0\0\xff\xff", "\xff\xd8\xff\xe0",
	    "fLaC\0\0\0\x22", "OggS\0\2", "ID3\4\0\0\x7f\x7f\x7f\x7f",
	    "\xff\xfb\x90\x64",
	    "\0\0\0\x18"
	    "ftypmp42",
	    "\x1a\x45\xdf\xa3\xff\xff"};
	struct place *p = *state;
	uint64_t random = 42;
	char bytes[4096];

	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		for (size_t k = 0; k < sizeof(bytes); k++) {
			random = random * 6364136223846793005u + 1;
			bytes[k] = random >> 56;
		}
		memcpy(bytes, fronts[i], 4);
		assert_int_not_equal(
		    look(p, bytes, sizeof(bytes)), PROBE_BROKEN);
	}
	for (size_t i = 8; i < sizeof(png) - 1; i += 5) {
		memcpy(bytes, png, sizeof(png));
		bytes[i] ^= 0x55;
		assert_int_not_equal(
		    look(p, bytes, sizeof(png) - 1), PROBE_BROKEN);
	}
}

/* -- children that misbehave --------------------------------------------- */

/* A shell script in the program's place. */
static void
use_script(struct place *p, const char *script, int deadline_ms)
{
	char *path = xasprintf("%s/script", p->dir);
	FILE *f = fopen(path, "w");

	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	assert_int_equal(chmod(path, 0755), 0);
	probes_free(p->probes);
	p->probes = probes_new(p->base, path);
	p->probes->deadline_ms = deadline_ms;
	free(path);
}

static const struct {
	const char *script;
	enum probe_outcome outcome;
} scripts[] = {
    {"cat >/dev/null; echo '{\"type\": \"a/b\"}'", PROBE_MEASURED},
    {"exit 1", PROBE_BAD},
    {"echo '{\"type\": \"a/b\"}'; exit 1", PROBE_BAD},
    {"echo '{\"type\": 7}'", PROBE_BAD},
    {"echo '[]'", PROBE_BAD},
    {"echo 'half a {'", PROBE_BAD},
    {"true", PROBE_BAD},
    {"kill -SEGV $$", PROBE_BAD},
    {"kill -ABRT $$", PROBE_BAD},
    {"kill -XCPU $$", PROBE_BAD},
    /* not the file's fault */
    {"exit 2", PROBE_BROKEN},
    {"exit 127", PROBE_BROKEN},
    {"kill -SYS $$", PROBE_BROKEN},
    {"kill -KILL $$", PROBE_BROKEN},
};

static void
a_childs_end_says_whose_fault_it_was(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		enum probe_outcome got;

		use_script(p, scripts[i].script, 20000);
		got = look(p, "x", 1);
		if (got != scripts[i].outcome)
			print_error("%s\n", scripts[i].script);
		assert_int_equal(got, scripts[i].outcome);
	}
}

/* What it found is told, and of what it could not find, that. */
static void
a_child_says_why(void **state)
{
	static const struct {
		const char *script, *fault;
	} cases[] = {
	    {"echo '{\"fault\": \"bomb\"}'; exit 1", "bomb"},
	    {"kill -XCPU $$", "too_costly"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		use_script(p, cases[i].script, 20000);
		assert_int_equal(look(p, "x", 1), PROBE_BAD);
		assert_string_equal(text(p, "fault"), cases[i].fault);
	}
}

/* Whatever our environment has is not for it. */
static void
a_child_has_no_environment(void **state)
{
	struct place *p = *state;

	setenv("SUBNETD_SECRET", "s3cret", 1);
	use_script(p,
	    "echo '{\"type\": \"a/b\", \"has\": '"
	    "\"\\\"$SUBNETD_SECRET$HOME\\\"}\"",
	    20000);
	assert_int_equal(look(p, "x", 1), PROBE_MEASURED);
	unsetenv("SUBNETD_SECRET");
	assert_true(json_is_string(json_object_get(p->seen.measured, "has")));
	assert_string_equal(text(p, "has"), "");
}

/* The pid of a script that has written it to a file. */
static pid_t
pid_of(const struct place *p)
{
	char *path = xasprintf("%s/pid", p->dir);
	FILE *f = fopen(path, "r");
	int pid = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	free(path);
	return pid;
}

static void
a_child_that_hangs_is_killed(void **state)
{
	static const char *const hangs[] = {"echo $$ >%s/pid; exec sleep 1000",
	    /* without an output to wait for */
	    "echo $$ >%s/pid; exec sleep 1000 >/dev/null 2>&1",
	    /* a byte now and then does not buy time */
	    "echo $$ >%s/pid; while :; do printf ' '; sleep .05; done"};
	struct place *p = *state;

	for (int i = 0; i < 3; i++) {
		char *script = xasprintf(hangs[i], p->dir);
		int64_t begun_us = clock_mono_us();

		use_script(p, script, 300);
		assert_int_equal(look(p, "x", 1), PROBE_BROKEN);
		assert_true(clock_mono_us() - begun_us < 10000000);
		assert_int_equal(kill(pid_of(p), 0), -1);
		free(script);
	}
}

static void
a_child_that_talks_too_much_is_cut_off(void **state)
{
	struct place *p = *state;

	use_script(p, "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done", 20000);
	assert_int_equal(look(p, "x", 1), PROBE_BROKEN);
}

static void
a_program_that_is_not_there_is_our_trouble(void **state)
{
	struct place *p = *state;

	probes_free(p->probes);
	p->probes = probes_new(p->base, "/no/such/program");
	assert_int_equal(look(p, "x", 1), PROBE_BROKEN);
}

/* -- several ------------------------------------------------------------- */

static void
no_more_than_two_run_at_once(void **state)
{
	struct place *p = *state;
	struct seen seen[5] = {0};
	int most = 0, done = 0;

	use_script(p, "sleep .1; echo '{\"type\": \"a/b\"}'", 20000);
	for (int i = 0; i < 5; i++) {
		char id[8];

		snprintf(id, sizeof(id), "f%d", i);
		probe_start(
		    p->probes, id, file_of(p, "x", 1), on_seen, &seen[i]);
	}
	assert_true(probes_has(p->probes, "f0"));
	assert_true(probes_has(p->probes, "f4"));
	assert_false(probes_has(p->probes, "f5"));
	while (done < 5) {
		event_base_loop(p->base, EVLOOP_ONCE);
		if (p->probes->n_running > most)
			most = p->probes->n_running;
		done = 0;
		for (int i = 0; i < 5; i++)
			done += seen[i].calls;
	}
	assert_int_equal(most, 2);
	assert_false(probes_has(p->probes, "f0"));
	for (int i = 0; i < 5; i++) {
		assert_int_equal(seen[i].calls, 1);
		assert_int_equal(seen[i].outcome, PROBE_MEASURED);
		json_decref(seen[i].measured);
	}
}

/* At the end of the program: nobody is called, no child stays. */
static void
what_is_freed_calls_nobody(void **state)
{
	struct place *p = *state;
	char *script = xasprintf("echo $$ >%s/pid; exec sleep 1000", p->dir);
	char *pid_file = xasprintf("%s/pid", p->dir);
	struct stat st = {0};
	pid_t pid;

	use_script(p, script, 20000);
	for (int i = 0; i < 4; i++)
		probe_start(
		    p->probes, "f", file_of(p, "x", 1), on_seen, &p->seen);
	event_base_loop(p->base, EVLOOP_ONCE);
	for (int i = 0; i < 1000 && st.st_size == 0; i++) {
		usleep(10000);
		stat(pid_file, &st);
	}
	pid = pid_of(p);
	probes_free(p->probes);
	p->probes = NULL;
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(p->seen.calls, 0);
	free(script);
	free(pid_file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_recording_is_measured),
	    TEST(silence_is_not_voiced),
	    TEST(a_recording_cut_short_says_how_long_it_would_be),
	    TEST(a_recording_of_nothing_is_bad),
	    TEST(a_picture_is_measured),
	    TEST(a_picture_that_does_not_decode_is_bad),
	    TEST(documents_are_known_by_how_they_begin),
	    TEST(hostile_bytes_are_judged_and_no_more),
	    TEST(a_childs_end_says_whose_fault_it_was),
	    TEST(a_child_says_why),
	    TEST(a_child_has_no_environment),
	    TEST(a_child_that_hangs_is_killed),
	    TEST(a_child_that_talks_too_much_is_cut_off),
	    TEST(a_program_that_is_not_there_is_our_trouble),
	    TEST(no_more_than_two_run_at_once),
	    TEST(what_is_freed_calls_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

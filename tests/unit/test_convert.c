/*
 * Speech in other forms: the real child, caged, and what comes of one that
 * fails, is slow, or is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_FOLDERS = 64 };

/* The folders made here: others on the machine have theirs beside them. */
static char made[MAX_FOLDERS][32];
static size_t n_made;

static char *
noted_mkdtemp(char *template)
{
	char *dir = mkdtemp(template);

	assert_true(n_made < MAX_FOLDERS);
	if (dir != NULL)
		snprintf(made[n_made++], sizeof(made[0]), "%s", dir);
	return dir;
}

#include "common/buf.h"
#define mkdtemp noted_mkdtemp
#include "orchestrator/convert.c"
#undef mkdtemp
#include "tests/lib/paths.h"
#include "tests/lib/sample.h"

enum { MAX_TOLD = 8 };

/* What came of conversions. */
struct told {
	struct event_base *base;
	int n, wanted;
	enum convert_outcome outcomes[MAX_TOLD];
	uint64_t bytes;
	uint8_t head[64];
};

static void
on_told(enum convert_outcome outcome, int fd, uint64_t bytes, void *arg)
{
	struct told *t = arg;

	t->outcomes[t->n++] = outcome;
	t->bytes = bytes;
	assert_int_equal(fd >= 0, outcome == CONVERT_DONE);
	if (fd >= 0) {
		assert_int_equal(read(fd, t->head, sizeof(t->head)) > 0, 1);
		close(fd);
	}
	if (t->n == t->wanted)
		event_base_loopexit(t->base, NULL);
}

/* A file of those bytes, to read from. */
static int
file_of(const struct buf *bytes)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	assert_int_equal(fwrite(bytes->data, 1, bytes->len, f), bytes->len);
	rewind(f);
	fd = dup(fileno(f));
	fclose(f);
	return fd;
}

static size_t
folders(void)
{
	size_t n = 0;

	for (size_t i = 0; i < n_made; i++)
		n += access(made[i], F_OK) == 0;
	return n;
}

/* Nothing is left of it: no child, and no folder. */
static void
assert_nothing_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(folders(), 0);
}

/* The program's own; the caller frees. */
static char *
converter(void)
{
	char *build = paths_build();
	char *path = xasprintf("%s/bin/subnetd-convert", build);

	free(build);
	return path;
}

/* Run it all to its end. */
static void
convert_all(struct told *t, const char *program, const struct buf *input,
    const char *const *formats, double speed, int deadline_ms)
{
	struct converts *all;

	*t = (struct told){.base = event_base_new()};
	all = converts_new(t->base, program);
	all->deadline_ms = deadline_ms;
	while (formats[t->wanted] != NULL)
		t->wanted++;
	for (int i = 0; i < t->wanted; i++)
		convert_start(
		    all, file_of(input), formats[i], speed, on_told, t);
	assert_int_equal(t->n, 0); /* never inside the call */
	event_base_dispatch(t->base);
	assert_int_equal(t->n, t->wanted);
	assert_nothing_left();
	converts_free(all);
	event_base_free(t->base);
}

static const struct {
	const char *format;
	size_t at;
	const char *magic;
} forms[] = {
    {"mp3", 0, "ID3"},
    {"opus", 28, "OpusHead"},
    {"aac", 0, "\xff\xf1"},
    {"flac", 0, "fLaC"},
    {"wav", 8, "WAVEfmt "},
};

static void
a_wav_becomes_each_form(void **state)
{
	char *program = converter();
	struct buf wav = {0};
	struct told t;

	(void)state;
	sample_wav(440, 1, &wav);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *const one[] = {forms[i].format, NULL};

		convert_all(&t, program, &wav, one, 1, DEADLINE_MS);
		if (t.outcomes[0] != CONVERT_DONE)
			fail_msg("%s: %d", forms[i].format, t.outcomes[0]);
		assert_memory_equal(t.head + forms[i].at, forms[i].magic,
		    strlen(forms[i].magic));
	}
	buf_free(&wav);
	free(program);
}

/* 24 kHz, mono, 16 bits, and as long as the speed makes it. */
static void
pcm_is_as_long_as_the_speed_says(void **state)
{
	static const double speeds[] = {0.25, 0.5, 1, 1.5, 4};
	static const char *const pcm[] = {"pcm", NULL};
	char *program = converter();
	struct buf wav = {0};
	struct told t;

	(void)state;
	sample_wav(440, 2, &wav);
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		double want = 2 * 48000 / speeds[i];

		convert_all(&t, program, &wav, pcm, speeds[i], DEADLINE_MS);
		assert_int_equal(t.outcomes[0], CONVERT_DONE);
		if (t.bytes < want * 0.9 || t.bytes > want * 1.1)
			fail_msg("%g: %lu", speeds[i], (unsigned long)t.bytes);
	}
	buf_free(&wav);
	free(program);
}

static void
more_than_run_at_once_are_all_done(void **state)
{
	static const char *const many[] = {
	    "wav", "flac", "pcm", "mp3", "wav", NULL};
	char *program = converter();
	struct buf wav = {0};
	struct told t;

	(void)state;
	sample_wav(440, 0.5, &wav);
	convert_all(&t, program, &wav, many, 1, DEADLINE_MS);
	for (int i = 0; i < t.n; i++)
		assert_int_equal(t.outcomes[i], CONVERT_DONE);
	buf_free(&wav);
	free(program);
}

/* It is read as a WAV, whatever it is. */
static void
what_is_no_wav_is_bad(void **state)
{
	static const char *const mp3[] = {"mp3", NULL};
	static const char list[] = "#EXTM3U\nfile:///etc/passwd\n";
	char *program = converter();
	struct buf input = {0};
	struct told t;

	(void)state;
	buf_add_str(&input, list);
	convert_all(&t, program, &input, mp3, 1, DEADLINE_MS);
	assert_int_equal(t.outcomes[0], CONVERT_BAD);
	buf_reset(&input);
	sample_png(0, &input);
	convert_all(&t, program, &input, mp3, 1, DEADLINE_MS);
	assert_int_equal(t.outcomes[0], CONVERT_BAD);
	buf_free(&input);
	free(program);
}

/* A program of one's own in its place; the caller frees its path. */
static char *
program_of(const char *text)
{
	char *dir = paths_make_tmp();
	char *path = xasprintf("%s/program", dir);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
	free(dir);
	return path;
}

static void
program_free(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static const struct {
	const char *program;
	int deadline_ms;
	enum convert_outcome outcome;
} programs[] = {
    {"#!/bin/sh\nexit 0\n", DEADLINE_MS, CONVERT_BAD},
    {"#!/bin/sh\n: >$3/made\n", DEADLINE_MS, CONVERT_BAD},
    {"#!/bin/sh\nln -s /etc/passwd $3/made\n", DEADLINE_MS, CONVERT_BAD},
    {"#!/bin/sh\necho x >$3/made\nexit 1\n", DEADLINE_MS, CONVERT_BAD},
    {"#!/bin/sh\nexit 65\n", DEADLINE_MS, CONVERT_BROKEN},
    {"#!/bin/sh\nexit 66\n", DEADLINE_MS, CONVERT_BROKEN},
    {"#!/bin/sh\nkill -9 $$\n", DEADLINE_MS, CONVERT_BAD},
    {"#!/bin/sh\necho x >$3/made\n", DEADLINE_MS, CONVERT_DONE},
    {"#!/bin/sh\nexec tail -f /dev/null\n", 100, CONVERT_LATE},
};

static void
what_a_child_leaves_and_how_it_ends_decide(void **state)
{
	static const char *const mp3[] = {"mp3", NULL};
	struct buf wav = {0};
	struct told t;

	(void)state;
	sample_wav(440, 0.1, &wav);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		char *program = program_of(programs[i].program);

		convert_all(&t, program, &wav, mp3, 1, programs[i].deadline_ms);
		if (t.outcomes[0] != programs[i].outcome)
			fail_msg("%s: %d", programs[i].program, t.outcomes[0]);
		program_free(program);
	}
	convert_all(&t, "/nonexistent", &wav, mp3, 1, DEADLINE_MS);
	assert_int_equal(t.outcomes[0], CONVERT_BROKEN);
	buf_free(&wav);
}

/* Those that run are killed, those that wait are forgotten. */
static void
the_end_of_all_leaves_nothing(void **state)
{
	char *program = program_of("#!/bin/sh\nexec tail -f /dev/null\n");
	struct told t = {.base = event_base_new(), .wanted = 1};
	struct converts *all = converts_new(t.base, program);
	struct buf wav = {0};

	(void)state;
	sample_wav(440, 0.1, &wav);
	for (int i = 0; i < MAX_RUNNING + 1; i++)
		convert_start(all, file_of(&wav), "mp3", 1, on_told, &t);
	event_base_loop(t.base, EVLOOP_ONCE);
	assert_int_equal(all->n_running, MAX_RUNNING);
	assert_int_equal(folders(), MAX_RUNNING);
	converts_free(all);
	assert_nothing_left();
	assert_int_equal(t.n, 0);
	event_base_free(t.base);
	buf_free(&wav);
	program_free(program);
}

/* A folder with a file in it, that old. */
static void
leave_folder(char dir[32], int old_s)
{
	struct timespec times[2] = {{clock_wall_us() / 1000000 - old_s, 0}};
	char path[48];
	int fd;

	times[1] = times[0];
	snprintf(dir, 32, FOLDERS "XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, CONVERTED_NAME);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(utimensat(AT_FDCWD, dir, times, 0), 0);
}

/* As of a process that was killed; another may be at work in a younger one. */
static void
what_was_left_long_ago_is_removed(void **state)
{
	struct event_base *base = event_base_new();
	char old[32], young[32];
	struct convert c = {0};

	(void)state;
	leave_folder(old, 2 * OLD_S);
	leave_folder(young, OLD_S / 2);
	converts_free(converts_new(base, "/nonexistent"));
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(access(young, F_OK), 0);
	snprintf(c.dir, sizeof(c.dir), "%s", young);
	snprintf(c.path, sizeof(c.path), "%s/%s", young, CONVERTED_NAME);
	remove_folder(&c);
	assert_int_equal(access(young, F_OK), -1);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wav_becomes_each_form),
	    cmocka_unit_test(pcm_is_as_long_as_the_speed_says),
	    cmocka_unit_test(more_than_run_at_once_are_all_done),
	    cmocka_unit_test(what_is_no_wav_is_bad),
	    cmocka_unit_test(what_a_child_leaves_and_how_it_ends_decide),
	    cmocka_unit_test(the_end_of_all_leaves_nothing),
	    cmocka_unit_test(what_was_left_long_ago_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

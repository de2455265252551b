/* Log lines: their form, what cannot be forged, what is not repeated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/log.h"

enum { FLOOD = 500, LONG = 10000, MAX_LINE = 4096 };

struct capture {
	int saved, fd;
};

static int
set_up(void **state)
{
	struct capture *c = calloc(1, sizeof(*c));

	c->saved = dup(STDERR_FILENO);
	c->fd = memfd_create("log", 0);
	dup2(c->fd, STDERR_FILENO);
	log_init("prog", LOG_INFO);
	*state = c;
	return 0;
}

static void
restore(struct capture *c)
{
	dup2(c->saved, STDERR_FILENO);
}

static int
tear_down(void **state)
{
	struct capture *c = *state;

	restore(c);
	close(c->saved);
	close(c->fd);
	free(c);
	return 0;
}

/* What was logged; stderr is the test's own again. The caller frees. */
static char *
logged(struct capture *c)
{
	struct buf text = {0};
	ssize_t n;

	restore(c);
	lseek(c->fd, 0, SEEK_SET);
	while ((n = read(c->fd, buf_reserve(&text, 65536), 65536)) > 0)
		text.len += n;
	return buf_take_str(&text);
}

static size_t
n_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static void
a_line_is_level_program_event_and_pairs(void **state)
{
	char *text;

	log_info("job.step", "id=%d to=%s", 7, "DONE");
	log_warn("pg.down", "why=\"%s\"", "gone");
	log_error("x.y", "n=%d", 1);
	text = logged(*state);
	assert_string_equal(text, "info prog job.step id=7 to=DONE\n"
				  "warn prog pg.down why=\"gone\"\n"
				  "error prog x.y n=1\n");
	free(text);
}

static void
lower_levels_are_not_written(void **state)
{
	char *text;

	log_debug("a", "n=%d", 1);
	log_set_level(LOG_WARN);
	log_info("b", "n=%d", 2);
	log_warn("c", "n=%d", 3);
	log_set_level(LOG_DEBUG);
	log_debug("d", "n=%d", 4);
	text = logged(*state);
	assert_string_equal(text, "warn prog c n=3\ndebug prog d n=4\n");
	free(text);
}

/* The journal takes a line's priority off its front. */
static void
the_journal_is_told_the_priority(void **state)
{
	struct capture *c = *state;
	char stream[64], *text;
	struct stat st;

	assert_int_equal(fstat(c->fd, &st), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init("prog", LOG_DEBUG);
	log_debug("a", "n=%d", 1);
	log_info("b", "n=%d", 2);
	log_warn("c", "n=%d", 3);
	log_error("d", "n=%d", 4);
	log_fatal("e", "n=%d", 5);
	/* Of a stream that stderr is no more. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_init("prog", LOG_INFO);
	log_info("f", "n=%d", 6);
	unsetenv("JOURNAL_STREAM");
	text = logged(c);
	assert_string_equal(text, "<7>debug prog a n=1\n"
				  "<6>info prog b n=2\n"
				  "<4>warn prog c n=3\n"
				  "<3>error prog d n=4\n"
				  "<2>fatal prog e n=5\n"
				  "info prog f n=6\n");
	free(text);
}

static void
values_cannot_forge_a_line(void **state)
{
	char *text;

	log_info("a", "v=%s", "x\ninfo prog b\r\x1b[2J\x7f\ty");
	text = logged(*state);
	assert_string_equal(text, "info prog a v=x?info prog b??[2J??y\n");
	free(text);
}

static void
a_line_too_long_is_cut(void **state)
{
	char *value = calloc(1, LONG + 1);
	char *text;

	memset(value, 'x', LONG);
	log_info("a", "v=%s", value);
	log_info("b", "n=%d", 1);
	text = logged(*state);
	assert_int_equal(n_lines(text), 2);
	assert_in_range(strcspn(text, "\n"), MAX_LINE / 2, MAX_LINE);
	assert_non_null(strstr(text, "\ninfo prog b n=1\n"));
	free(value);
	free(text);
}

static void
a_flood_of_one_warning_is_cut_and_states_are_not(void **state)
{
	char *text;
	size_t n;

	for (int i = 0; i < FLOOD; i++)
		log_warn("flood.warning", "n=%d", i);
	log_warn("other.warning", "n=%d", 1);
	for (int i = 0; i < FLOOD; i++)
		log_info("job.step", "n=%d", i);
	text = logged(*state);
	n = n_lines(text);
	/* The second may have turned in the middle. */
	assert_in_range(n, FLOOD + 1 + LOG_BURST, FLOOD + 1 + 2 * LOG_BURST);
	assert_non_null(strstr(text, "other.warning"));
	free(text);
}

static void
what_is_not_written_is_counted_all_the_same(void **state)
{
	unsigned long warned = log_count(LOG_WARN), said = log_count(LOG_DEBUG);

	(void)state;
	for (int i = 0; i < FLOOD; i++)
		log_warn("flood.counted", "n=%d", i);
	log_debug("not.written", "n=%d", 1);
	assert_int_equal(log_count(LOG_WARN) - warned, FLOOD);
	assert_int_equal(log_count(LOG_DEBUG) - said, 1);
}

static void
levels_have_names(void **state)
{
	enum log_level level = LOG_FATAL;

	(void)state;
	assert_true(log_level_parse("debug", &level));
	assert_int_equal(level, LOG_DEBUG);
	assert_true(log_level_parse("error", &level));
	assert_int_equal(level, LOG_ERROR);
	assert_false(log_level_parse("loud", &level));
	assert_int_equal(level, LOG_ERROR);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_line_is_level_program_event_and_pairs),
	    TEST(lower_levels_are_not_written),
	    TEST(the_journal_is_told_the_priority),
	    TEST(values_cannot_forge_a_line),
	    TEST(a_line_too_long_is_cut),
	    TEST(a_flood_of_one_warning_is_cut_and_states_are_not),
	    TEST(what_is_not_written_is_counted_all_the_same),
	    TEST(levels_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

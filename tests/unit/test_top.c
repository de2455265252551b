/* What subnetctl top shows, without a terminal: rows in, lines out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "subnetctl/rows.c"
#include "subnetctl/top_view.c"

enum { MINERS = 60, KINDS = 9 };

#define HOTKEY "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

/* -- rows ------------------------------------------------------------------ */

static PGresult *
make_now(void)
{
	static const struct rows_column columns[] = {{"queued", ROWS_INT},
	    {"oldest_s", ROWS_REAL}, {"assigned", ROWS_INT},
	    {"running", ROWS_INT}, {"in_flight", ROWS_INT},
	    {"accepted", ROWS_INT}, {"done", ROWS_INT}, {"failed", ROWS_INT},
	    {"expired", ROWS_INT}, {"span_s", ROWS_REAL}, {"p50_ms", ROWS_REAL},
	    {"p95_ms", ROWS_REAL}, {"known", ROWS_INT}, {"up", ROWS_INT},
	    {"banned", ROWS_INT}, {"ejected", ROWS_INT}, {"block", ROWS_INT},
	    {"block_s", ROWS_REAL}, {"undelivered", ROWS_INT},
	    {"undelivered_s", ROWS_REAL}};
	static const double values[] = {12, 3.25, 4, 5, 9, 900, 800, 7, 1, 200,
	    812, 2400, 60, 58, 1, 2, 1234, 6, 3, 90};
	PGresult *res = rows_new(columns, 20);

	for (int i = 0; i < 20; i++)
		rows_real(res, 0, i, values[i]);
	return res;
}

static PGresult *
make_kinds(int n)
{
	static const struct rows_column columns[] = {{"kind", ROWS_TEXT},
	    {"queued", ROWS_INT}, {"oldest_s", ROWS_REAL},
	    {"running", ROWS_INT}, {"accepted", ROWS_INT}, {"done", ROWS_INT},
	    {"failed", ROWS_INT}, {"p50_ms", ROWS_REAL}, {"p95_ms", ROWS_REAL}};
	PGresult *res = rows_new(columns, 9);

	for (int row = 0; row < n; row++) {
		rows_text(res, row, 0, "a.kind");
		for (int i = 1; i < 9; i++)
			rows_real(res, row, i, 10 * row + i);
	}
	return res;
}

static PGresult *
make_miners(int n, const char *state)
{
	static const struct rows_column columns[] = {{"uid", ROWS_INT},
	    {"hotkey", ROWS_TEXT}, {"state", ROWS_TEXT}, {"open", ROWS_INT},
	    {"ended", ROWS_INT}, {"delivered", ROWS_INT}, {"failed", ROWS_INT},
	    {"p50_ms", ROWS_REAL}, {"score", ROWS_REAL}, {"weight", ROWS_REAL}};
	PGresult *res = rows_new(columns, 10);

	for (int row = 0; row < n; row++) {
		rows_int(res, row, 0, row);
		rows_text(res, row, 1, HOTKEY);
		rows_text(res, row, 2, state);
		for (int i = 3; i < 8; i++)
			rows_real(res, row, i, row + i);
		rows_text(res, row, 8, NULL);
		rows_real(res, row, 9, 0.25);
	}
	return res;
}

static PGresult *
make_setters(double behind, const char *alarm, double age_s)
{
	static const struct rows_column columns[] = {{"mecid", ROWS_INT},
	    {"tempos_behind", ROWS_REAL}, {"proven_block", ROWS_INT},
	    {"waits_for", ROWS_TEXT}, {"alarm", ROWS_TEXT},
	    {"state", ROWS_TEXT}, {"epoch", ROWS_INT}, {"round_s", ROWS_REAL},
	    {"age_s", ROWS_REAL}};
	PGresult *res = rows_new(columns, 9);

	rows_int(res, 0, 0, 0);
	if (isnan(behind))
		rows_text(res, 0, 1, NULL);
	else
		rows_real(res, 0, 1, behind);
	rows_int(res, 0, 2, 1200);
	rows_text(res, 0, 3, NULL);
	rows_text(res, 0, 4, alarm);
	rows_text(res, 0, 5, NULL);
	rows_int(res, 0, 6, 44);
	rows_real(res, 0, 7, 30);
	rows_real(res, 0, 8, age_s);
	return res;
}

static PGresult *
make_programs(const char *name, double silent_s)
{
	static const struct rows_column columns[] = {
	    {"program", ROWS_TEXT}, {"n", ROWS_INT}, {"silent_s", ROWS_REAL}};
	PGresult *res = rows_new(columns, 3);

	rows_text(res, 0, 0, name);
	rows_int(res, 0, 1, 2);
	rows_real(res, 0, 2, silent_s);
	return res;
}

struct world {
	PGresult *now, *kinds, *miners, *setters, *programs;
	struct top top;
};

static void
make_world(struct world *w, int n_kinds, int n_miners)
{
	w->now = make_now();
	w->kinds = make_kinds(n_kinds);
	w->miners = make_miners(n_miners, "up");
	w->setters = make_setters(0.4, NULL, 12);
	w->programs = make_programs("orchestratord", 1);
	w->top = (struct top){.now = w->now,
	    .kinds = w->kinds,
	    .miners = w->miners,
	    .setters = w->setters,
	    .programs = w->programs,
	    .netuid = "11",
	    .at = "12:34:56Z",
	    .every_ms = 2000};
}

static void
end_world(struct world *w)
{
	PQclear(w->now);
	PQclear(w->kinds);
	PQclear(w->miners);
	PQclear(w->setters);
	PQclear(w->programs);
}

/* The caller frees. */
static char *
view(const struct top *top, int width, int height, bool color)
{
	const struct top_screen screen = {width, height, color};
	struct buf out = {0};

	top_view(top, &screen, &out);
	return buf_take_str(&out);
}

static int
count_lines(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

/* -- the tests ------------------------------------------------------------- */

static void
durations_and_counts_are_short(void **state)
{
	static const struct {
		double ms;
		const char *text;
	} durations[] = {{NAN, "-"}, {-3, "0 ms"}, {0, "0 ms"},
	    {999.4, "999 ms"}, {1000, "1.0 s"}, {99000, "99.0 s"},
	    {150000, "2.5 min"}, {7200000, "2.0 h"}};
	static const struct {
		double n;
		const char *text;
	} counts[] = {
	    {0, "0"}, {9999, "9999"}, {12345, "12.3k"}, {4.5e6, "4.5M"}};
	char got[32];

	(void)state;
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		top_duration(durations[i].ms, got, sizeof(got));
		assert_string_equal(got, durations[i].text);
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		top_count(counts[i].n, got, sizeof(got));
		assert_string_equal(got, counts[i].text);
	}
}

static void
the_head_says_how_it_stands(void **state)
{
	struct world w;
	char *text;

	(void)state;
	make_world(&w, 1, 1);
	text = view(&w.top, 160, 0, false);
	assert_has(text, "netuid 11");
	assert_has(text, "block 1234, 6.0 s ago");
	assert_has(text, "every 2 s");
	assert_has(text, "12 queued (oldest 3.2 s), 4 assigned, 5 running; 9 "
			 "attempts in flight");
	assert_has(text, "900 accepted in 3.3 min: 800 done (4/s), 7 failed, "
			 "1 expired; p50 812 ms, p95 2.4 s");
	assert_has(text, "58 of 60 up, 2 out for failing, 1 banned");
	assert_has(text, "webhooks 3 not delivered yet, oldest 90.0 s");
	assert_has(text, "mechanism 0: 0.4 tempos behind, proven at 1200, "
			 "nothing in flight; round 44, 30.0 s ago");
	assert_has(text, "2 orchestratord (1.0 s ago)");
	assert_null(strchr(text, '\x1b'));
	free(text);
	end_world(&w);
}

/* Whatever there is to show, it stays on the screen. */
static void
nothing_is_outside_of_the_screen(void **state)
{
	static const int widths[] = {1, 20, 39, 40, 79, 80, 118, 200};
	struct world w;

	(void)state;
	make_world(&w, KINDS, MINERS);
	for (int height = 1; height < 90; height += 4) {
		for (size_t i = 0; i < 8; i++) {
			char *text = view(&w.top, widths[i], height, false);
			const char *at = text;

			assert_int_equal(count_lines(text), height);
			while (*at != '\0') {
				size_t len = strcspn(at, "\n");

				assert_in_range(len, 0, widths[i]);
				at += len + 1;
			}
			free(text);
		}
	}
	end_world(&w);
}

static void
both_tables_have_their_part(void **state)
{
	struct world w;
	char *text;

	(void)state;
	make_world(&w, KINDS, MINERS);
	text = view(&w.top, 80, 24, false);
	assert_has(text, "\nKIND ");
	assert_has(text, "\na.kind ");
	assert_has(text, "\n  UID HOTKEY ");
	assert_has(text, "\n    0 5Grwva..KutQY up ");
	assert_has(text, "q quits");
	free(text);
	text = view(&w.top, 160, 0, false);
	assert_has(text, HOTKEY);
	assert_has(text, "\n   59 ");
	free(text);
	end_world(&w);
}

static void
what_is_wrong_stands_out(void **state)
{
	struct world w;
	PGresult *late = make_setters(3.5, NULL, 12);
	PGresult *alarm = make_setters(0.1, "no_call", 12);
	PGresult *old = make_setters(0.1, NULL, 300);
	PGresult *absent = make_setters(NAN, NULL, 12);
	PGresult *silent = make_programs("orchestratord", 45);
	PGresult *gone = make_programs("validatord", 1);
	PGresult *banned = make_miners(1, "banned");
	char *text;

	(void)state;
	make_world(&w, 1, 1);
	text = view(&w.top, 120, 0, true);
	assert_null(strstr(text, "\x1b[1;31m"));
	free(text);
	for (int i = 0; i < 8; i++) {
		w.top.setters = i == 0	 ? late
				: i == 1 ? alarm
				: i == 5 ? old
				: i == 7 ? absent
					 : w.setters;
		w.top.programs = i == 2 ? silent : i == 6 ? gone : w.programs;
		w.top.miners = i == 3 ? banned : w.miners;
		w.top.trouble = i == 4 ? "no connection\n\x1b[2J" : NULL;
		text = view(&w.top, 120, 0, true);
		assert_has(text, "\x1b[1;31m");
		assert_null(strstr(text, "\x1b[2J"));
		free(text);
	}
	PQclear(late);
	PQclear(alarm);
	PQclear(old);
	PQclear(absent);
	PQclear(silent);
	PQclear(gone);
	PQclear(banned);
	end_world(&w);
}

static void
a_suite_without_anything_is_shown(void **state)
{
	static const struct rows_column none[] = {{"x", ROWS_INT}};
	PGresult *empty = rows_new(none, 1), *now = make_now();
	struct top top = {.netuid = "1", .every_ms = 500, .is_paused = true};
	char *text;

	(void)state;
	text = view(&top, 80, 24, false);
	assert_has(text, "every 0.5 s, paused");
	free(text);
	rows_text(now, 0, 9, NULL);
	top = (struct top){.now = now,
	    .programs = empty,
	    .setters = empty,
	    .kinds = empty,
	    .miners = empty,
	    .netuid = "1"};
	text = view(&top, 80, 0, false);
	assert_has(text, "no job was accepted");
	assert_has(text, "no orchestratord was heard of");
	assert_null(strstr(text, "q quits"));
	free(text);
	PQclear(empty);
	PQclear(now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(durations_and_counts_are_short),
	    cmocka_unit_test(the_head_says_how_it_stands),
	    cmocka_unit_test(nothing_is_outside_of_the_screen),
	    cmocka_unit_test(both_tables_have_their_part),
	    cmocka_unit_test(what_is_wrong_stands_out),
	    cmocka_unit_test(a_suite_without_anything_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * subnetctl calc engagement...: the reference's cases of SN89, and what is not
 * in them: gaps in samples, wrong input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "tests/lib/tool.h"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define TAG "Made with @infinitevibe.ai on #bittensor --- "

static const double exact = 1e-9;

/* -- asking ------------------------------------------------------------- */

/* JSON of text with ' for ". */
static char *
unquoted(const char *text)
{
	struct buf out = {0};

	for (; *text != '\0'; text++)
		buf_add_byte(&out, *text == '\'' ? '"' : *text);
	return buf_take_str(&out);
}

static void
run(const char *kind, const char *in, struct tool_answer *got)
{
	char name[64], *text = unquoted(in);
	const char *const args[] = {"calc", name, NULL};

	snprintf(name, sizeof(name), "engagement.%s", kind);
	tool_run(args, text, strlen(text), got);
	free(text);
}

static bool is_alike(const json_t *, const json_t *);

static bool
has_alike(const json_t *got, const json_t *want)
{
	const char *name;
	json_t *member;

	json_object_foreach((json_t *)want, name, member)
	{
		if (!is_alike(json_object_get(got, name), member))
			return false;
	}
	return json_object_size(got) == json_object_size(want);
}

static bool
is_alike(const json_t *got, const json_t *want)
{
	const json_t *item;
	size_t i;

	if (json_is_number(want))
		return json_is_number(got) &&
		       fabs(json_number_value(got) - json_number_value(want)) <=
			   exact * fmax(1, fabs(json_number_value(want)));
	if (json_is_object(want))
		return json_is_object(got) && has_alike(got, want);
	if (!json_is_array(want))
		return json_equal(got, want);
	json_array_foreach(want, i, item)
	{
		if (!is_alike(json_array_get(got, i), item))
			return false;
	}
	return json_is_array(got) && json_array_size(got) == i;
}

static void
check(const char *kind, const char *in, const char *want)
{
	char *text = unquoted(want);
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	struct tool_answer got;

	free(text);
	assert_non_null(json);
	run(kind, in, &got);
	if (got.status != 0)
		fail_msg("%s %.300s: %s", kind, in, got.err);
	if (!is_alike(json_object_get(got.json, "value"), json))
		fail_msg("%s %.300s: %s, not %s", kind, in, got.out, want);
	tool_answer_clear(&got);
	json_decref(json);
}

/* -- the reference's cases ---------------------------------------------- */

static const struct {
	const char *kind, *in, *want;
} rows[] = {
    {"signature",
	"{'caption': 'My clip\\n" TAG "KutQY', 'hotkey': '" ALICE "'}", "true"},
    {"signature", "{'caption': '" TAG "kUTqy', 'hotkey': '" ALICE "'}", "true"},
    {"signature",
	"{'caption': 'Made with @infinitevibe.ai on #bittensor \\u2014 KutQY', "
	"'hotkey': '" ALICE "'}",
	"false"},
    {"signature",
	"{'caption': 'Made with @infinitevibe.ai\\u00a0on #bittensor --- "
	"KutQY', "
	"'hotkey': '" ALICE "'}",
	"false"},
    {"signature",
	"{'caption': '" TAG "KutQY\\n" TAG "694ty', 'hotkey': '" BOB "'}",
	"true"},
    {"signature", "{'caption': '" TAG "\\u212autQY', 'hotkey': '" ALICE "'}",
	"true"},
    {"signature", "{'caption': '', 'hotkey': '" ALICE "'}", "false"},
    {"ema_incremental_first_scores",
	"{'alpha': 0.95, 'samples': [[1000, true]]}", "950.0"},
    {"ema_incremental_baseline",
	"{'alpha': 0.95, 'samples': [[1000, true], [1500, true]]}", "475.0"},
    {"ema_absolute_gated",
	"{'alpha': 0.95, 'samples': [[1000, true], [1500, true]]}", "1472.5"},
    {"ema_incremental_first_scores",
	"{'alpha': 0.95, 'samples': [[1000, true], [1500, true], [2500, "
	"true]]}",
	"976.125"},
    {"ema_incremental_baseline",
	"{'alpha': 0.95, 'samples': [[1000, true], [1500, true], [2500, true], "
	"[2400, true]]}",
	"-46.31249999999996"},
    {"ema_absolute_gated",
	"{'alpha': 0.95, 'samples': [[1000, true], [1500, true], [2500, true], "
	"[2400, true]]}",
	"2402.43125"},
    {"ema_incremental_first_scores",
	"{'alpha': 0.95, 'samples': [[1000, true], [1500, true], [2000, "
	"false], [2500, true], [2600, true]]}",
	"213.7500000000001"},
    {"ema_incremental_baseline",
	"{'alpha': 0.95, 'samples': [[1000, true], [5000, true], [6000, "
	"false]]}",
	"0.0"},
    {"ema_absolute_gated",
	"{'alpha': 0.95, 'samples': [[1000, true], [5000, true], [6000, "
	"false]]}",
	"0.0"},
    {"ema_incremental_first_scores",
	"{'alpha': 0.95, 'samples': [[1000, true], null, [1500, true]]}",
	"522.5"},
    {"ema_incremental_first_scores",
	"{'alpha': 0.95, 'samples': [[1000, true], [400, true]]}", "-522.5"},
    {"ema_incremental_baseline",
	"{'alpha': 0.95, 'samples': [[0, true], [10000, true], [10000, true], "
	"[10000, true]]}",
	"23.750000000000043"},
    {"ema_absolute_gated",
	"{'alpha': 0.95, 'samples': [[0, true], [10000, true], [10000, true], "
	"[10000, true]]}",
	"9998.75"},
    {"ema_incremental_first_scores", "{'alpha': 0.95, 'samples': []}", "0.0"},
    {"ema_incremental_baseline", "{'alpha': 0.95, 'samples': [[1000, false]]}",
	"0.0"},
    {"ema_absolute_gated", "{'alpha': 0.95, 'samples': [[1000, false]]}",
	"0.0"},
    {"engagement_rate_percent",
	"{'posts': [{'likes': 200, 'comments': 50, 'followers': 5000, 'valid': "
	"true}, {'likes': 100, 'comments': 10, 'followers': 5000, 'valid': "
	"true}]}",
	"3.5999999999999996"},
    {"engagement_rate_percent",
	"{'posts': [{'likes': 200, 'comments': 50, 'followers': 5000, 'valid': "
	"true}, {'likes': 9000, 'comments': 900, 'followers': 100, 'valid': "
	"false}]}",
	"250.0"},
    {"engagement_rate_percent",
	"{'posts': [{'likes': 34983, 'comments': 0, 'followers': 1, 'valid': "
	"true}]}",
	"3498300.0"},
    {"engagement_rate_percent",
	"{'posts': [{'likes': 200, 'comments': 50, 'followers': 5000, 'valid': "
	"false}]}",
	"0.0"},
    {"emit_u16", "{'weights': [3.0, 1.0]}",
	"{'uids': [0, 1], 'weights': [65535, 21845]}"},
    {"emit_u16", "{'weights': [1000000000.0, 1.0]}",
	"{'uids': [0], 'weights': [65535]}"},
    {"emit_u16", "{'weights': [1.0, 7.7e-06]}",
	"{'uids': [0, 1], 'weights': [65535, 1]}"},
    {"emit_u16", "{'weights': [475.0, 973.75, 0.0, 0.0]}",
	"{'uids': [0, 1], 'weights': [31968, 65535]}"},
    {"top5_weights",
	"{'hotkeys_in_uid_order': ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], "
	"'engagement_rate': {'A': 0, 'B': 0, 'C': 0, 'D': 0, 'E': 0, 'F': 0}, "
	"'ema_sum': {}}",
	"[[0, 65535], [1, 65535], [2, 65535], [3, 65535], [4, 65535]]"},
    {"growth_score",
	"{'cur': 5000, 'prev': 4000, 'hours': 24, 'likes': 200, 'comments': "
	"50, 'p_bot': 0.2, 'confidence': 0.8}",
	"30.291143313688103"},
    {"growth_score",
	"{'cur': 3000, 'prev': 2800, 'hours': 18, 'likes': 300, 'comments': "
	"100, 'p_bot': 0.1, 'confidence': 0.7}",
	"20.31989717752216"},
    {"growth_score",
	"{'cur': 500, 'prev': 100, 'hours': 15, 'likes': 50, 'comments': 20, "
	"'p_bot': 0.1, 'confidence': 0.5}",
	"42.14419939295736"},
    {"growth_score",
	"{'cur': 2000, 'prev': 2000, 'hours': 18, 'likes': 5000, 'comments': "
	"1000, 'p_bot': 0.1, 'confidence': 0.3}",
	"0.0"},
    {"growth_score",
	"{'cur': 5000, 'prev': 4000, 'hours': 11.99, 'likes': 200, 'comments': "
	"50, 'p_bot': 0, 'confidence': 0}",
	"0.0"},
    {"growth_score",
	"{'cur': 100000, 'prev': 1000, 'hours': 12, 'likes': 8000, 'comments': "
	"0, 'p_bot': 1.0, 'confidence': 1.0}",
	"4.214419939295736"},
    {"growth_score",
	"{'cur': 5000, 'prev': 4000, 'hours': 24, 'likes': 200, 'comments': "
	"50, 'p_bot': 0.9, 'confidence': 0.5}",
	"30.291143313688103"},
    {"username_entropy_bits", "{'username': 'aaaa'}", "0.0"},
    {"username_entropy_bits", "{'username': 'abcdefgh'}", "3.0"},
    {"username_entropy_bits", "{'username': 'user123456789'}",
	"3.7004397181410926"},
    {"username_entropy_bits", "{'username': 'AAaa'}", "0.0"},
    {"combine", "'A2+T2'",
	"{'auth': 0.10436125880809086, 'conf': 0.65, 'bot': "
	"0.8956387411919091, 'risk': 'CRITICAL'}"},
    {"combine", "'none'",
	"{'auth': 0.5, 'conf': 0.0, 'bot': 0.5, 'risk': 'UNKNOWN'}"},
    {"penalty", "{'p_bot': 0.7, 'confidence': 0.6}",
	"{'linear_multiplier': 0.44000000000000006, 'ramp_removed': 0.0}"},
    {"penalty", "{'p_bot': 1.0, 'confidence': 0.6}",
	"{'linear_multiplier': 0.2, 'ramp_removed': 0.8}"},
    {"penalty", "{'p_bot': 0.9, 'confidence': 0.5}",
	"{'linear_multiplier': 0.2799999999999999, 'ramp_removed': "
	"0.5333333333333334}"},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

/* How many there were of each kind, where it comes first. */
static void
print_count(size_t first)
{
	int n = 0;

	for (size_t i = 0; i < N_ROWS; i++) {
		bool same = strcmp(rows[i].kind, rows[first].kind) == 0;

		if (same && i < first)
			return;
		n += same;
	}
	print_message("# %-30s %d\n", rows[first].kind, n);
}

static void
the_references_cases_come_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++)
		check(rows[i].kind, rows[i].in, rows[i].want);
	for (size_t i = 0; i < N_ROWS; i++)
		print_count(i);
}

/* "[" what "," what ... "]" */
static void
add_repeated(struct buf *out, const char *what, int n)
{
	for (int i = 0; i < n; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", what);
}

#define BOT                                                                    \
	"{'username': 'user123456789', 'followers': 5, 'following': 2000, "    \
	"'posts': 0, 'bio': '', 'location': ''}"
#define ALIKE                                                                  \
	"{'username': 'abcdefgh', 'followers': 500, 'following': 300, "        \
	"'posts': 5, 'bio': 'hi', 'location': 'X'}"
#define NULLS                                                                  \
	"{'username': 'abcdefgh', 'followers': 500, 'following': 300, "        \
	"'posts': 5, 'bio': 'hi', 'location': null}"

static void
check_followers(const char *follower, int n, const char *last, const char *want)
{
	struct buf in = {0};

	buf_add_str(&in, "{'followers': [");
	add_repeated(&in, follower, n);
	buf_add_str(&in, last);
	check("statistical_analyzer", buf_str(&in), want);
	buf_free(&in);
}

static void
samples_of_followers_come_out(void **state)
{
	(void)state;
	check_followers(BOT, 50, "]}",
	    "{'ent': 0.07489007046472684, 'ratio': 0, 'bio': 0, 'loc': 0.5, "
	    "'post': 0.1, 'score': 0.10872251761618171, 'conf': 0.4}");
	check_followers(ALIKE, 50, "]}",
	    "{'ent': 0.25, 'ratio': 1, 'bio': 1, 'loc': 0.1, 'post': 0.2, "
	    "'score': 0.5575, 'conf': 0.4}");
	check_followers(BOT, 1, "]}",
	    "{'ent': 0.07489007046472684, 'ratio': 0, 'bio': 0, 'loc': 0.5, "
	    "'post': 0.1, 'score': 0.10872251761618171, 'conf': 0.008}");
}

/* One follower without a place: upstream looks at nobody then. */
static void
a_gap_stops_the_whole_and_not_the_parts(void **state)
{
	(void)state;
	check_followers(ALIKE, 49, ", " NULLS "]}", "null");
	check_followers(ALIKE, 49, ", " NULLS "], 'mode': 'parts'}",
	    "{'ent': 0.25, 'ratio': 1, 'bio': 1, 'loc': 0.1, 'post': 0.2, "
	    "'score': 0.5575, 'conf': 0.3988}");
	/* What nobody has gives its share to the others. */
	check_followers(NULLS, 50, "], 'mode': 'parts'}",
	    "{'ent': 0.25, 'ratio': 1, 'bio': 1, 'loc': null, 'post': 0.2, "
	    "'score': 0.63823529411764701, 'conf': 0.34}");
}

static void
check_ages(
    const char *more, const char *posted, int n, int n_more, const char *want)
{
	struct buf in = {0};

	buf_add_str(&in, "{'created_age_days': [");
	add_repeated(&in, n_more > 0 ? "100" : "10", n);
	for (int i = 0; i < n_more; i++)
		buf_printf(&in, ", %d", 200 + i);
	buf_add_str(&in, more);
	buf_add_str(&in, "], 'last_post_age_days': [");
	add_repeated(&in, posted, n + n_more + (more[0] != '\0'));
	buf_add_str(&in, "]}");
	check("temporal_analyzer", buf_str(&in), want);
	buf_free(&in);
}

static void
ages_of_followers_come_out(void **state)
{
	(void)state;
	check_ages("", "400", 50, 0,
	    "{'cl': 0.1, 'age': 0.1, 'act': 0.1, 'score': 0.1, 'conf': 0.9}");
	check_ages("", "181", 7, 43,
	    "{'cl': 1, 'age': 1, 'act': 0.1, 'score': 0.73, 'conf': 0.9}");
	check_ages(", null", "400", 49, 0, "null");
	check_ages("", "1", 9, 0,
	    "{'cl': null, 'age': null, 'act': null, 'score': 0.5, "
	    "'conf': 0.1}");
}

/* -- beyond them -------------------------------------------------------- */

static const struct {
	const char *kind, *in, *want;
} more[] = {
    /* A capital I with a dot is an i and a dot. */
    {"signature", "{'caption': '" TAG "abcd\\u0130', 'hotkey': '5xabcdi'}",
	"true"},
    {"signature", "{'caption': '" TAG "ab\\u0130cd', 'hotkey': '5xabicd'}",
	"false"},
    /* No account has followers; the last that has some counts. */
    {"engagement_rate_percent",
	"{'posts': [{'likes': 1, 'comments': 1, 'followers': 0}]}", "0"},
    {"engagement_rate_percent",
	"{'posts': [{'likes': 10, 'comments': 0, 'followers': 100}, "
	"{'likes': 0, 'comments': 0, 'followers': 0}]}",
	"5"},
    {"top5_weights",
	"{'hotkeys_in_uid_order': ['A', 'B', 'C', 'D', 'E', 'F'], "
	"'engagement_rate': {'A': 1, 'B': 2, 'C': 2, 'D': 9, 'E': 1, 'F': 3}, "
	"'ema_sum': {'A': 4, 'B': 100, 'D': -5, 'E': 1000, 'F': 50}}",
	"[[0, 2621], [1, 65535], [5, 32768]]"}, /* E is sixth */
    {"top5_weights",
	"{'hotkeys_in_uid_order': ['A'], 'engagement_rate': {}, "
	"'ema_sum': {}}",
	"[]"},
    {"emit_u16", "{'weights': [0, 0]}", "{'uids': [], 'weights': []}"},
    {"growth_score",
	"{'cur': 560, 'prev': 500, 'hours': 12, 'likes': 45, 'comments': 0, "
	"'p_bot': 0, 'confidence': 0}",
	"42.144199392957361"},
    {"growth_score",
	"{'cur': 560, 'prev': 0, 'hours': 12, 'likes': 45, 'comments': 0, "
	"'p_bot': 0, 'confidence': 0}",
	"0"},
    {"penalty", "{'p_bot': 1, 'confidence': 0.49}",
	"{'linear_multiplier': 1, 'ramp_removed': 0}"},
    {"combine", "{'statistical': {'score': 0.2, 'conf': 0.4}}",
	"{'auth': 0.2, 'conf': 0.4, 'bot': 0.8, 'risk': 'CRITICAL'}"},
    {"combine",
	"{'statistical': {'score': 0.5, 'conf': 0.3}, "
	"'temporal': null}",
	"{'auth': 0.5, 'conf': 0.3, 'bot': 0.5, 'risk': 'MEDIUM'}"},
};

static void
what_the_cases_leave_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		check(more[i].kind, more[i].in, more[i].want);
}

static void
bad_input_is_named(void **state)
{
	static const struct {
		const char *kind, *in, *says;
	} bad[] = {
	    {"combine", "'A3'", "\"A3\" is no sample"},
	    {"combine", "3", "not a JSON object"},
	    {"growth_score", "'A2'", "\"cur\" is missing"},
	    {"ema_absolute_gated", "{'alpha': 1, 'samples': [[1]]}",
		"samples[0]: is neither"},
	    {"emit_u16", "{'weights': [-1]}", "the weight of uid 0 is -1"},
	    {"statistical_analyzer", "{'followers': [3]}",
		"followers[0]: is no object"},
	    {"statistical_analyzer", "{'followers': [], 'mode': 'some'}",
		"neither whole nor parts"},
	    {"temporal_analyzer",
		"{'created_age_days': [1], 'last_post_age_days': []}",
		"differ in length"},
	};
	struct tool_answer got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		run(bad[i].kind, bad[i].in, &got);
		assert_int_equal(got.status, 1);
		if (strstr(got.err, bad[i].says) == NULL)
			fail_msg("%s %s: %s", bad[i].kind, bad[i].in, got.err);
		tool_answer_clear(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_references_cases_come_out),
	    cmocka_unit_test(samples_of_followers_come_out),
	    cmocka_unit_test(a_gap_stops_the_whole_and_not_the_parts),
	    cmocka_unit_test(ages_of_followers_come_out),
	    cmocka_unit_test(what_the_cases_leave_out),
	    cmocka_unit_test(bad_input_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

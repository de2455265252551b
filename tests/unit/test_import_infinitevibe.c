/* InfiniteVibe's records: posts, who claimed them first, what was measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subnetctl/import_field.c"
#include "subnetctl/import_infinitevibe.c"
#include "subnetctl/import_rows.c"
#include "validator/claim_platform.c"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define TAG "Made with @infinitevibe.ai on #bittensor --- "

/* The newest snapshot: block 6,000,000 at 2025-07-02 00:00 UTC. */
enum { BLOCK = 6000000, BUCKET_BLOCKS = 300 };
static const int64_t at_us = 1751414400 * INT64_C(1000000);

struct world {
	struct import_view view;
	struct import_rows rows;
	struct import_why why;
};

static void
world_init(struct world *w)
{
	*w = (struct world){
	    .view = {.now_us = at_us,
		.block = BLOCK,
		.block_us = at_us,
		.bucket_blocks = BUCKET_BLOCKS,
		.keep_buckets = 100,
		.takes_tags = true,
		.tenant = ""},
	};
}

static enum import_outcome
take(struct world *w, const char *table, const char *record)
{
	const struct import_table *t =
	    import_find_table(&import_infinitevibe, table);
	json_t *json = json_loads(record, 0, NULL);
	enum import_outcome got;

	assert_non_null(t);
	if (json == NULL)
		fail_msg("no JSON: %s", record);
	got = t->take(&w->view, json, &w->rows, &w->why);
	json_decref(json);
	return got;
}

#define METRIC(plays, likes, caption)                                          \
	"{\"platform_name\": \"instagram/reel\", \"caption\": \"" caption      \
	"\", \"comment_count\": 4, \"like_count\": " likes                     \
	", \"owner_username\": \"Some.Body\", \"published_at\": "              \
	"\"2025-06-30T09:00:00.000Z\", \"video_play_count\": " plays           \
	", \"video_view_count\": 1, \"owner_follower_count\": 0, "             \
	"\"ai_score\": 0.9}"
#define POST(content, metrics)                                                 \
	"{\"hotkey\": \"" ALICE "\", \"content_id\": \"" content               \
	"\", \"platform_metrics_by_interval\": {" metrics "}}"

static const json_t *
row(const struct world *w, enum import_made made, size_t i)
{
	const json_t *row = json_array_get(w->rows.of[made], i);

	if (row == NULL)
		fail_msg("no row %zu of %d", i, made);
	return row;
}

static int64_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void
check_text(const json_t *object, const char *name, const char *want)
{
	const char *got = json_string_value(json_object_get(object, name));

	if (got == NULL || strcmp(got, want) != 0)
		fail_msg(
		    "%s is %s, not %s", name, got != NULL ? got : "null", want);
}

static void
a_post_is_claimed_when_it_was_measured_first(void **state)
{
	const json_t *post, *claim, *first, *second;
	struct world w;

	(void)state;
	world_init(&w);
	/* The keys of an object are in no order. */
	assert_int_equal(
	    take(&w, "performances-0.0.2.json",
		POST("DLabcdefgh1",
		    "\"2025-07-01-22-00\": " METRIC("1500", "-1",
			TAG "kutqy") ", \"2025-07-01-20-00\": " METRIC("1000",
			"7", TAG "KutQY"))),
	    IMPORT_TAKEN);
	post = row(&w, IMPORT_POSTS, 0);
	check_text(post, "site", "instagram");
	check_text(post, "content", "DLabcdefgh1");
	check_text(post, "platform", "instagram/reel");
	check_text(post, "owner", "some.body");
	claim = row(&w, IMPORT_CLAIMS, 0);
	check_text(claim, "hotkey", ALICE);
	/* Four hours before, 1,200 blocks of 12 s. */
	assert_int_equal(number(claim, "block"), BLOCK - 1200);
	assert_int_equal(
	    number(claim, "bucket"), (BLOCK - 1200) / BUCKET_BLOCKS);
	assert_int_equal(
	    number(claim, "proven_bucket"), (BLOCK - 1200) / BUCKET_BLOCKS);
	assert_int_equal(json_array_size(w.rows.of[IMPORT_OBSERVATIONS]), 2);
	first = row(&w, IMPORT_OBSERVATIONS, 0);
	second = row(&w, IMPORT_OBSERVATIONS, 1);
	assert_int_equal(number(first, "views"), 1000);
	assert_int_equal(number(second, "views"), 1500);
	assert_int_equal(number(first, "likes"), 7);
	/* Hidden, and not known, are not 0. */
	assert_true(json_is_null(json_object_get(second, "likes")));
	assert_true(json_is_null(json_object_get(first, "followers")));
	assert_int_equal(number(second, "bucket"), number(first, "bucket") + 2);
	import_rows_clear(&w.rows);
}

static void
a_tag_proves_without_a_break_and_if_tags_are_taken(void **state)
{
	static const struct {
		const char *captions[3];
		int64_t since; /* which of them; -1: none */
	} cases[] = {
	    {{TAG "KutQY", TAG "KutQY", TAG "KutQY"}, 0},
	    {{"", TAG "KutQY", TAG "KutQY"}, 1},
	    {{TAG "KutQY", "", TAG "KutQY"}, 2},
	    {{TAG "KutQY", TAG "KutQY", ""}, -1},
	    /* One caption for two hotkeys proves nobody's. */
	    {{"", "", TAG "KutQY " TAG "694ty"}, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *metrics[3];
		struct measured all[3];
		struct world w;
		int64_t got, want = -1;

		world_init(&w);
		for (int k = 0; k < 3; k++) {
			metrics[k] =
			    json_pack("{s:s}", "caption", cases[i].captions[k]);
			all[k].at_us =
			    at_us - (3 - k) * 7200 * INT64_C(1000000);
			all[k].metric = metrics[k];
		}
		if (cases[i].since >= 0)
			want = bucket_at(&w.view, all[cases[i].since].at_us);
		got = proven_since(&w.view, ALICE, all, 3);
		if (got != want)
			fail_msg("case %zu: %" PRId64, i, got);
		for (int k = 0; k < 3; k++)
			json_decref(metrics[k]);
	}
}

static void
tags_are_not_looked_at_unless_they_are_taken(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.view.takes_tags = false;
	assert_int_equal(
	    take(&w, "performances",
		POST("DLabcdefgh1",
		    "\"2025-07-01-22-00\": " METRIC("1", "1", TAG "kutqy"))),
	    IMPORT_TAKEN);
	assert_true(json_is_null(
	    json_object_get(row(&w, IMPORT_CLAIMS, 0), "proven_bucket")));
	import_rows_clear(&w.rows);
}

static void
a_bucket_has_its_last_measurement_and_old_ones_are_left(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    take(&w, "performances",
		POST("DLabcdefgh1",
		    "\"2025-07-01-22-00\": " METRIC("1", "1",
			"") ", \"2025-07-01-22-30\": " METRIC("2", "1",
			"") ", \"2025-01-01-00-00\": " METRIC("0", "1", ""))),
	    IMPORT_TAKEN);
	assert_int_equal(json_array_size(w.rows.of[IMPORT_OBSERVATIONS]), 1);
	assert_int_equal(number(row(&w, IMPORT_OBSERVATIONS, 0), "views"), 2);
	/* But the claim is as old as it is. */
	assert_true(
	    number(row(&w, IMPORT_CLAIMS, 0), "block") < BLOCK - 181 * 7200);
	import_rows_clear(&w.rows);
}

static void
a_post_in_another_form_is_none(void **state)
{
	static const struct {
		const char *record, *field, *why;
	} cases[] = {
	    {POST("DLabcdefgh1?x=1",
		 "\"2025-07-01-22-00\": " METRIC("1", "1", "")),
		"content_id", "letters"},
	    {POST("DLabcdefgh1", ""), "platform_metrics_by_interval",
		"it has 0 intervals"},
	    {POST("DLabcdefgh1", "\"yesterday\": {}"),
		"platform_metrics_by_interval", "\"yesterday\" is no time"},
	    {POST("DLabcdefgh1", "\"2025-07-01-22-00\": 12"),
		"platform_metrics_by_interval", "with an object"},
	    {"{\"hotkey\": \"" ALICE "\", \"content_id\": \"DLabcdefgh1\"}",
		"platform_metrics_by_interval", "it is missing"},
	    {POST("DLabcdefgh1", "\"2025-07-05-22-00\": " METRIC("1", "1", "")),
		"platform_metrics_by_interval", "ahead of the chain"},
	    {POST("DLabcdefgh1", "\"2001-07-05-22-00\": " METRIC("1", "1", "")),
		"platform_metrics_by_interval", "before the chain began"},
	    {"{\"hotkey\": \"5x\", \"content_id\": \"DLabcdefgh1\", "
	     "\"platform_metrics_by_interval\": {\"2025-07-01-22-00\": {}}}",
		"hotkey", "is no hotkey's address"},
	    {"{\"hotkey\": \"" ALICE "\", \"content_id\": \"DLabcdefgh1\", "
	     "\"platform_metrics_by_interval\": {\"2025-07-01-22-00\": "
	     "{\"platform_name\": \"myspace/video\"}}}",
		"platform", "\"myspace/video\" is no platform"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_init(&w);
		assert_int_equal(
		    take(&w, "performances", cases[i].record), IMPORT_REFUSED);
		if (strcmp(w.why.field, cases[i].field) != 0 ||
		    strstr(w.why.text, cases[i].why) == NULL)
			fail_msg(
			    "case %zu: %s: %s", i, w.why.field, w.why.text);
		assert_int_equal(w.rows.n, 0);
	}
}

static void
the_first_claim_may_be_noted_by_itself(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    take(&w, "unique_submissions",
		"{\"platform\": \"youtube/video\", \"content_id\": "
		"\"dQw4w9WgXcQ\", \"hotkey\": \"" ALICE
		"\", \"claimed_at\": \"2025-07-01T23:00:00Z\"}"),
	    IMPORT_TAKEN);
	assert_int_equal(
	    number(row(&w, IMPORT_CLAIMS, 0), "block"), BLOCK - 300);
	assert_null(w.rows.of[IMPORT_OBSERVATIONS]);
	import_rows_clear(&w.rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_post_is_claimed_when_it_was_measured_first),
	    cmocka_unit_test(
		a_tag_proves_without_a_break_and_if_tags_are_taken),
	    cmocka_unit_test(tags_are_not_looked_at_unless_they_are_taken),
	    cmocka_unit_test(
		a_bucket_has_its_last_measurement_and_old_ones_are_left),
	    cmocka_unit_test(a_post_in_another_form_is_none),
	    cmocka_unit_test(the_first_claim_may_be_noted_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

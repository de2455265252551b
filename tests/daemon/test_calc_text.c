/* subnetctl calc of texts: its defaults, its members, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "common/buf.h"
#include "tests/lib/tool.h"

static void
calc(const char *formula, const char *in, struct tool_answer *out)
{
	const char *const args[] = {"calc", formula, NULL};

	tool_run(args, in, strlen(in), out);
}

/* -- values ---------------------------------------------------------------- */

#define MAT                                                                    \
	"\"reference\": \"the cat sat on the mat\", "                          \
	"\"hypothesis\": \"the cat is on a mat\""
#define CAPS "\"reference\": \"The cat.\", \"hypothesis\": \"the cat\""
#define HAN "\"reference\": \"今天很好\", \"hypothesis\": \"今天不好\""

static const struct {
	const char *formula, *in;
	double want;
} values[] = {
    {"wer", "{" MAT "}", 2. / 6},
    {"wer", "{" CAPS "}", 0},
    {"wer", "{" CAPS ", \"normalise\": false}", 1},
    {"wer", "{" HAN "}", 1. / 4},
    {"wer", "{" HAN ", \"normalise\": false}", 1},
    {"cer", "{" MAT "}", 6. / 22},
    {"cer", "{" MAT ", \"spaces\": false}", 6. / 17},
    {"cer", "{" CAPS "}", 0},
    {"cer", "{" CAPS ", \"normalise\": false}", 2. / 8},
    {"chrf", "{" MAT ", \"char_order\": 1, \"word_order\": 0}",
	5 * 13. / 17 * 13. / 14 / (4 * 13. / 14 + 13. / 17)},
    {"chrf", "{" MAT ", \"char_order\": 0}", (4. / 6 + 1. / 5) / 2},
    {"chrf", "{" MAT ", \"char_order\": 0, \"word_order\": 1}", 4. / 6},
    {"chrf", "{" CAPS ", \"char_order\": 0, \"word_order\": 1, \"beta\": 1}",
	2. / 5}, /* The, cat and a full stop; the and cat */
    {"chrf", "{" CAPS ", \"normalise\": true}", 1},
    {"bleu", "{" MAT ", \"max_n\": 1}", 4. / 6},
    {"bleu", "{" MAT ", \"max_n\": 3, \"smoothing\": \"none\"}", 0},
    {"bleu", "{" CAPS "}", 1},
    {"bleu", "{" CAPS ", \"max_n\": 1, \"normalise\": false}", 0},
    {"bleu", "{" CAPS ", \"effective_order\": false, \"max_n\": 3}",
	0.79370052598409974}, /* the cube root of a half */
    {"bleu",
	"{" CAPS ", \"effective_order\": false, \"max_n\": 3,"
	" \"smoothing\": \"epsilon\", \"epsilon\": 0.125}",
	.5},
    {"rouge_l", "{" MAT "}", 4. / 6},
    {"rouge_l",
	"{\"reference\": \"a b c d\", \"hypothesis\": \"a b\", \"beta\": 2}",
	5. / 9},
    {"rouge_l", "{" CAPS "}", 1},
    {"rouge_l", "{" CAPS ", \"normalise\": false}", 0},
    {"difflib", "{" MAT "}", 2 * 17. / 41},
    {"difflib", "{" CAPS ", \"normalise\": true}", 1},
    {"difflib", "{" CAPS "}", 2 * 6. / 15},
};

static void
values_by_hand(void **state)
{
	struct tool_answer got;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		double value;

		calc(values[i].formula, values[i].in, &got);
		assert_int_equal(got.status, 0);
		value = json_number_value(json_object_get(got.json, "value"));
		if (!(fabs(value - values[i].want) < 1e-12))
			fail_msg("%s %s: %.17g, not %.17g", values[i].formula,
			    values[i].in, value, values[i].want);
		tool_answer_clear(&got);
	}
}

/* -- refusals -------------------------------------------------------------- */

static const struct {
	const char *formula, *in, *why;
} refused[] = {
    {"wer", "{\"reference\": \"a\"}", "\"hypothesis\""},
    {"wer", "{\"hypothesis\": \"a\"}", "\"reference\""},
    {"wer", "{\"reference\": 1, \"hypothesis\": \"a\"}", "\"reference\""},
    {"wer", "{\"reference\": \"!\", \"hypothesis\": \"a\"}", "no words"},
    {"cer", "{\"reference\": \" \", \"hypothesis\": \"a\"}", "no words"},
    {"wer", "{" MAT ", \"normalise\": 1}", "\"normalise\""},
    {"cer", "{" MAT ", \"spaces\": \"no\"}", "\"spaces\""},
    {"chrf", "{" MAT ", \"char_order\": 17}", "\"char_order\""},
    {"chrf", "{" MAT ", \"word_order\": 1.5}", "\"word_order\""},
    {"chrf", "{" MAT ", \"word_order\": -1}", "\"word_order\""},
    {"chrf", "{" MAT ", \"word_order\": \"-inf\"}", "\"word_order\""},
    {"chrf", "{" MAT ", \"beta\": 0}", "\"beta\""},
    {"bleu", "{" MAT ", \"max_n\": 0}", "\"max_n\""},
    {"bleu", "{" MAT ", \"smoothing\": \"floor\"}", "\"smoothing\""},
    {"bleu", "{" MAT ", \"smoothing\": 1}", "\"smoothing\""},
    {"bleu", "{" MAT ", \"epsilon\": -1}", "\"epsilon\""},
    {"bleu", "{" MAT ", \"effective_order\": 4}", "\"effective_order\""},
    {"rouge_l", "{" MAT ", \"beta\": 1e300}", "\"beta\""},
    {"difflib", "{" MAT ", \"normalise\": \"yes\"}", "\"normalise\""},
};

static void
what_is_wrong_is_named(void **state)
{
	struct tool_answer got;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		calc(refused[i].formula, refused[i].in, &got);
		assert_int_equal(got.status, 1);
		assert_null(got.json);
		if (strstr(got.err, refused[i].formula) == NULL ||
		    strstr(got.err, refused[i].why) == NULL)
			fail_msg("%s %s: %s", refused[i].formula, refused[i].in,
			    got.err);
		tool_answer_clear(&got);
	}
}

/* -- limits ---------------------------------------------------------------- */

static void
what_is_too_long_is_refused(void **state)
{
	static const char *const formulas[] = {
	    "wer", "cer", "chrf", "bleu", "rouge_l", "difflib"};
	struct tool_answer got;
	struct buf in = {0};

	(void)state;
	buf_add_str(&in, "{\"hypothesis\": \"a\", \"reference\": \"");
	for (size_t i = 0; i < 140000; i++)
		buf_add_str(&in, "a ");
	buf_add_str(&in, "\"}");
	for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
		calc(formulas[i], buf_str(&in), &got);
		assert_int_equal(got.status, 1);
		assert_non_null(strstr(got.err, "a text has more than"));
		tool_answer_clear(&got);
	}
	buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_by_hand),
	    cmocka_unit_test(what_is_wrong_is_named),
	    cmocka_unit_test(what_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

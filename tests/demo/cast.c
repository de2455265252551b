/* The demonstration's miners. */
#include "tests/demo/cast.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/draw.h"
#include "tests/lib/suite.h"

static const struct {
	const char *name;
	const char *flags[SUITE_MAX_FLAGS];
} characters[CAST_N] = {
    [CAST_GOOD] = {"good", {NULL}},
    [CAST_CAREFUL] = {"good", {NULL}},
    [CAST_SLOW] = {"slow", {"--delay-ms", "6000"}},
    [CAST_TRUNCATING] = {"truncating", {"--truncate", "0.6"}},
    [CAST_FAILING] = {"failing", {"--fail-every", "3"}},
    [CAST_LYING] = {"lying",
	{"--delay-ms", "6000", "--call-back-early", "--claim"}},
    [CAST_MUTE] = {"mute", {"--mute"}},
    [CAST_COPYING] = {"copying", {"--copy"}},
    [CAST_SILENT] = {"silent", {"--silent"}},
};

const char *
cast_name(enum character c)
{
	return characters[c].name;
}

/* A permutation is a draw of all from equal weights. */
void
cast_deal(struct cast *cast, uint64_t seed)
{
	static const double equal[CAST_N] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	struct draw *draw = draw_new(equal, CAST_N);

	draw_begin(draw, seed);
	for (int i = 0; i < CAST_N; i++)
		cast->characters[i] = draw_next(draw);
	draw_begin(draw, seed + 1);
	for (int i = 0; i < CAST_N; i++)
		cast->stakes[i] = 200 + 20.0 * draw_next(draw);
	draw_free(draw);
}

static void
add_flag(struct suite_miner *miner, const char *flag)
{
	size_t n = 0;

	while (miner->flags[n] != NULL)
		n++;
	miner->flags[n] = flag;
}

void
cast_fill(const struct cast *cast, const char *answers, struct suite_options *o)
{
	o->n_miners = CAST_N;
	for (int i = 0; i < CAST_N; i++) {
		o->miners[i].alpha = cast->stakes[i];
		memcpy(o->miners[i].flags,
		    characters[cast->characters[i]].flags,
		    sizeof(o->miners[i].flags));
		add_flag(&o->miners[i], "--answers");
		add_flag(&o->miners[i], answers);
	}
}

int
cast_write_kinds(const char *from, const char *to)
{
	json_error_t why;
	json_t *kinds = json_load_file(from, 0, &why), *kind;
	size_t i;
	int failed;

	if (kinds == NULL) {
		fprintf(stderr, "demo: %s: %s\n", from, why.text);
		return -1;
	}
	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "attempt", json_string("20s"));
		json_object_set_new(kind, "deadline", json_string("4m"));
		json_object_set_new(kind, "retry_budget", json_integer(5));
	}
	failed = json_dump_file(kinds, to, JSON_INDENT(1));
	json_decref(kinds);
	return failed;
}

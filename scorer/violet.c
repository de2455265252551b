/* What Violet pays for: a formula an era. */
#include "scorer/violet.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "scorer/math.h"
#include "scorer/speed.h"

static const struct type {
	const char *name;
	double best_s; /* up to here the speed is whole */
	double accuracy, speed, quality;
} types[] = {
    {"transcription", 2, .65, .25, .10},
    {"video_transcription", 5, .65, .25, .10},
    {"tts", 3, .50, .20, .30},
    {"summarization", 5, .60, .20, .20},
    {"text_translation", 5, .70, .20, .10},
    {"document_translation", 5, .70, .20, .10},
};

static const struct type other = {"", 5, .60, .25, .15};

static const struct type *
type_of(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	}
	return &other;
}

/* -- the first form ----------------------------------------------------- */

double
violet_speed_v1(double t)
{
	const struct speed_rule rule = {
	    .form = SPEED_EXPONENTIAL, .decay_ms = 10};

	return speed_of(&rule, t);
}

double
violet_score_v1(double t, double accuracy, double stake, double max_stake)
{
	double share = max_stake > 0 ? stake / max_stake : 0;

	if (share > 1)
		share = 1;
	return .4 * violet_speed_v1(t) + .4 * accuracy + .2 * share;
}

/* -- the later one ------------------------------------------------------ */

double
violet_speed_v2(const char *type, double t)
{
	const struct speed_rule rule = {
	    .form = SPEED_STEPS, .best_ms = type_of(type)->best_s};

	return speed_of(&rule, isnan(t) || t == 0 ? 10 : t);
}

double
violet_accuracy_v2(bool has_output, bool is_long, double claimed)
{
	double base = claimed > .7 ? claimed : .7;

	if (!has_output)
		return 0;
	if (is_long)
		base += .1;
	return base < 1 ? base : 1;
}

double
violet_score_v2(const char *type, double accuracy, double speed, double quality)
{
	const struct type *t = type_of(type);
	double points =
	    VIOLET_POINTS *
	    (t->accuracy * accuracy + t->speed * speed + t->quality * quality);

	return points < VIOLET_POINTS ? points : VIOLET_POINTS;
}

/* -- the tracker -------------------------------------------------------- */

static double
success_of(const struct violet_record *r)
{
	return r->tasks > 0 ? r->done / r->tasks : 0;
}

double
violet_performance(const struct violet_record *r)
{
	double quick = 1 - r->mean_s / 30, sum;

	if (!(r->tasks > 0))
		return .5;
	sum = .4 * success_of(r) + .3 * (quick > 0 ? quick : 0) +
	      .2 * r->recent - .1 * r->load / r->capacity;
	if (r->tasks >= 5)
		sum += .1 * r->task_success;
	return math_clamp01(sum);
}

double
violet_composite(const struct violet_record *r, double stake, double max_stake)
{
	double sum =
	    .4 * violet_performance(r) + .2 * (1 - r->load / r->capacity);

	if (max_stake > 0)
		sum += .3 * stake / max_stake;
	if (r->tasks >= 3)
		sum += .1 * success_of(r);
	return sum;
}

/* -- a miner's weight --------------------------------------------------- */

double
violet_final_v2(const struct violet_parts *p)
{
	double points =
	    VIOLET_POINTS * (.55 * p->uptime + .25 * p->invocation +
				.15 * p->diversity + .05 * p->bounty);

	return points < VIOLET_POINTS ? points : VIOLET_POINTS;
}

struct violet_parts
violet_count_parts(double tasks, double distinct, bool any_scored)
{
	return (struct violet_parts){
	    .uptime = math_clamp01(tasks / 100),
	    .invocation = any_scored,
	    .diversity = math_clamp01(distinct / 10),
	};
}

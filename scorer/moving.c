/* A moving average that fades. */
#include "scorer/moving.h"

#include <math.h>

#include "scorer/math.h"

static const double ln_2 = 0x1.62e42fefa39efp-1;

/* 0.5 ^ x, for x of at least 0; exact for whole numbers. */
static double
half_to(double x)
{
	double whole = floor(x);

	if (whole > 1100)
		return 0;
	return ldexp(math_exp(-ln_2 * (x - whole)), -(int)whole);
}

static double
least(double a, double b)
{
	return a < b ? a : b;
}

static void
fade(struct moving *m, const struct moving_policy *p, double at_s)
{
	double half_life_s = p->half_life_s > 1 ? p->half_life_s : 1;
	double passed_s = at_s - m->at_s;

	if (m->has_time && passed_s > 0) {
		m->average *= half_to(passed_s / half_life_s);
		m->score = least(m->score, m->average);
	}
	m->has_time = true;
	m->at_s = at_s;
}

static void
succeed(struct moving *m, double alpha, double value)
{
	if (m->successes == 0 && m->average == 0)
		m->average = value;
	else if (alpha >= 1)
		m->average = value;
	else if (alpha > 0)
		m->average = alpha * value + (1 - alpha) * m->average;
	m->score = m->average;
	m->successes++;
}

static void
fail(struct moving *m, double penalty)
{
	m->average = math_clamp01(m->average * (1 - math_clamp01(penalty)));
	m->score = m->score > 0 ? least(m->score, m->average) : m->average;
	m->failures++;
}

void
moving_add(struct moving *m, const struct moving_policy *p, double at_s,
    enum moving_event event, double value)
{
	fade(m, p, at_s);
	if (event == MOVING_SUCCESS)
		succeed(m, p->alpha, math_clamp01(value));
	else if (event == MOVING_FAILURE)
		fail(m, p->penalty);
}

void
moving_end(struct moving *m, const struct moving_policy *p, double at_s)
{
	fade(m, p, at_s);
}

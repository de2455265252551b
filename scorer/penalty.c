/* How much the later one of a pair loses. */
#include "scorer/penalty.h"

#include "scorer/math.h"

/* -ln(1e-6): what the exponential has come to at the window's end. */
static const double decades = 13.815510557964274;

double
penalty_of(const struct penalty_rule *rule, int64_t d)
{
	double k = rule->k > 0 ? rule->k : decades / rule->window;

	if (rule->mode == PENALTY_NONE || d == 0)
		return 0;
	if (rule->mode == PENALTY_FLAT || (double)d >= rule->window)
		return rule->p;
	return rule->p * (1 - math_exp(-k * (double)d));
}

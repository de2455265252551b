/*
 * The loss falls, piece by piece in straight lines, as the blend's share of
 * the consensus grows: it is halved to the last bit.
 */
#include "scorer/guard.h"

static const double slack = 1.05; /* above what no blend comes below */

struct blend {
	const double *weights, *consensus;
	size_t n;
	double sum; /* of the consensus */
};

static double
blended(const struct blend *b, size_t i, double share)
{
	return (1 - share) * b->weights[i] + share * b->consensus[i] / b->sum;
}

static double
loss_at(const struct blend *b, double share)
{
	double loss = 0;

	for (size_t i = 0; i < b->n; i++) {
		double above = blended(b, i, share) - b->consensus[i];

		if (above > 0)
			loss += above;
	}
	return loss;
}

double
guard_loss(const double *weights, const double *consensus, size_t n)
{
	const struct blend b = {weights, consensus, n, 1};

	return loss_at(&b, 0);
}

/* The least share whose loss is at most the target, but for the last bit. */
static double
find_share(const struct blend *b, double target)
{
	double low = 0, high = 1;

	for (;;) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			return high;
		if (loss_at(b, middle) > target)
			low = middle;
		else
			high = middle;
	}
}

double
guard_blend(double *weights, const double *consensus, size_t n, double floor)
{
	struct blend b = {weights, consensus, n, 0};
	double target = 1 - floor, share;

	for (size_t i = 0; i < n; i++)
		b.sum += consensus[i];
	if (!(b.sum > 0) || loss_at(&b, 0) <= target)
		return 0;
	if (1 - b.sum > target)
		target = slack * (1 - b.sum);
	if (loss_at(&b, 0) <= target)
		return 0;
	share = find_share(&b, target);
	for (size_t i = 0; i < n; i++)
		weights[i] = blended(&b, i, share);
	return share;
}

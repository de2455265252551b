/* Sums of rows, and a count of those that are near the largest. */
#include "scorer/consensus.h"

#include <math.h>
#include <string.h>

static bool
is_usable(const double *similarity, size_t n)
{
	if (n == 0 || n > CONSENSUS_MAX)
		return false;
	for (size_t i = 0; i < n * n; i++) {
		if (i % (n + 1) != 0 && !isfinite(similarity[i]))
			return false;
	}
	return true;
}

static double
sum_of_others(const double *row, size_t n, size_t self)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++) {
		if (j != self)
			sum += row[j];
	}
	return sum;
}

int
consensus_find(
    const double *similarity, size_t n, double floor, struct consensus *out)
{
	double largest = 0;
	size_t near = 1; /* the medoid itself */

	if (!is_usable(similarity, n))
		return -1;
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		double sum = sum_of_others(similarity + i * n, n, i);

		out->mean[i] = n > 1 ? sum / (n - 1) : NAN;
		if (i == 0 || sum > largest) {
			largest = sum;
			out->medoid = i;
		}
	}
	for (size_t i = 0; i < n; i++)
		near += i != out->medoid &&
			similarity[i * n + out->medoid] >= floor;
	out->is_reached = 2 * near > n;
	for (size_t i = 0; i < n; i++)
		out->is_outlier[i] =
		    out->is_reached && i != out->medoid &&
		    !(similarity[i * n + out->medoid] >= floor);
	return 0;
}

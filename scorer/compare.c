/* Angles and differences. */
#include "scorer/compare.h"

#include <math.h>

static double
dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

double
compare_cosine(const double *a, const double *b, size_t n)
{
	double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));

	return lengths > 0 ? dot(a, b, n) / lengths : 0;
}

double
compare_moved(const double *a, const double *b, size_t n)
{
	double sum_a = 0, sum_b = 0, moved = 0;

	for (size_t i = 0; i < n; i++) {
		sum_a += a[i];
		sum_b += b[i];
	}
	if (!(sum_a > 0) || !(sum_b > 0))
		return 1;
	for (size_t i = 0; i < n; i++)
		moved += fabs(a[i] / sum_a - b[i] / sum_b);
	return moved / 2;
}

/* F of the longest common subsequence of words. */
#include "scorer/rouge.h"

#include "scorer/edits.h"
#include "scorer/text.h"

int
rouge_l(
    const char *reference, const char *hypothesis, double beta, double *score)
{
	struct text_symbols a, b;
	int result = text_words(reference, hypothesis, &a, &b);

	if (result == 0) {
		double common = edits_common(a.at, a.n, b.at, b.n);

		*score = 0;
		if (common > 0) {
			double p = common / b.n, r = common / a.n;

			*score =
			    (1 + beta * beta) * p * r / (r + beta * beta * p);
		}
	}
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	return result;
}

/* subnetctl calc of texts: how like its reference one is. */
#include "common/err.h"
#include "scorer/ratio.h"
#include "scorer/text.h"
#include "subnetctl/calc.h"

int
calc_difflib(const json_t *in, json_t **out, struct err *err)
{
	const char *a = calc_text(in, "reference", err);
	const char *b = a != NULL ? calc_text(in, "hypothesis", err) : NULL;
	double ratio;

	if (b == NULL)
		return -1;
	if (ratio_difflib(a, b, &ratio) != 0)
		return err_set(err, "a text has more than %d characters",
		    TEXT_MAX_SYMBOLS);
	*out = calc_value(ratio);
	return 0;
}

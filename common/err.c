/* Why something failed: one fixed buffer, cut short rather than overrun. */
#include "common/err.h"

#include <stdio.h>

int
err_set(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	struct err old;
	va_list ap;
	int n;

	if (err == NULL)
		return -1;
	old = *err;
	va_start(ap, fmt);
	n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(err->text))
		return -1;
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", old.text);
	return -1;
}

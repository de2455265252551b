/* What a check found, in words. */
#include "subnetctl/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "subnetctl/show.h"

static void
set(struct check *c, enum check_result result, const char *fmt, va_list ap)
{
	c->result = result;
	vsnprintf(c->what, sizeof(c->what), fmt, ap);
	c->fix[0] = '\0';
	for (char *p = c->what; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ')
			*p = ' ';
	}
}

void
check_ok(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(c, CHECK_OK, fmt, ap);
	va_end(ap);
}

void
check_skip(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(c, CHECK_SKIPPED, fmt, ap);
	va_end(ap);
}

void
check_fail(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(c, CHECK_FAIL, fmt, ap);
	va_end(ap);
}

void
check_warn(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(c, CHECK_WARN, fmt, ap);
	va_end(ap);
}

void
check_fix(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->fix, sizeof(c->fix), fmt, ap);
	va_end(ap);
}

void
check_print(const struct check *c)
{
	static const char *const words[] = {"ok", "warn", "FAIL", "skip"};

	printf("%-4s %s: %s%s%s\n", words[c->result], c->name, c->what,
	    c->fix[0] != '\0' ? " — fix: " : "", c->fix);
}

json_t *
check_json(const struct check *c)
{
	static const char *const words[] = {"ok", "warn", "fail", "skip"};

	return json_pack("{s:s, s:s, s:o, s:o}", "name", c->name, "result",
	    words[c->result], "what", show_text(c->what), "fix",
	    show_text(c->fix));
}

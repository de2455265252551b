/* Texts to values, for config.c. */
#include "common/config_parse.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"

enum { MAX_FILE = 65536, MAX_NAME = 64, MAX_LINE = 198 };

static const struct {
	const char *suffix;
	int64_t ms;
} units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

int64_t
config_parse_ms(const char *text)
{
	char *end;
	long long n;

	if (!isdigit((unsigned char)text[0]))
		return -1;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno != 0)
		return -1;
	if (n == 0 && *end == '\0')
		return 0; /* nothing needs no unit */
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix) == 0)
			return n <= INT64_MAX / units[i].ms ? n * units[i].ms
							    : -1;
	}
	return -1;
}

static int
parse_bool(const char *text)
{
	static const char *const yes[] = {"yes", "true", "on", "1"};
	static const char *const no[] = {"no", "false", "off", "0"};

	for (int i = 0; i < 4; i++) {
		if (strcasecmp(text, yes[i]) == 0)
			return 1;
		if (strcasecmp(text, no[i]) == 0)
			return 0;
	}
	return -1;
}

static int
check_range(const struct config_key *key, double v, struct err *err)
{
	if (key->min == 0 && key->max == 0)
		return 0;
	if (v >= key->min && v <= key->max)
		return 0;
	return err_set(
	    err, "%g is not between %g and %g", v, key->min, key->max);
}

static int
check_number(const struct config_key *key, const char *text, int64_t *number,
    double *real, struct err *err)
{
	char *end;

	errno = 0;
	if (key->type == CONFIG_INT)
		*real = *number = strtoll(text, &end, 10);
	else
		*real = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !isfinite(*real))
		return err_set(err, "\"%s\" is not a number", text);
	return check_range(key, *real, err);
}

int
config_check(const struct config_key *key, const char *text, int64_t *number,
    double *real, struct err *err)
{
	switch (key->type) {
	case CONFIG_STRING:
	case CONFIG_SECRET:
		return 0;
	case CONFIG_INT:
	case CONFIG_REAL:
		return check_number(key, text, number, real, err);
	case CONFIG_BOOL:
		*number = parse_bool(text);
		if (*number < 0)
			return err_set(err, "\"%s\" is not yes or no", text);
		return 0;
	case CONFIG_MS:
		*number = config_parse_ms(text);
		if (*number < 0)
			return err_set(err,
			    "\"%s\" is not a time such as 250ms, 20s or 5m",
			    text);
		return check_range(key, *number, err);
	}
	return -1;
}

void
config_env_name(const char *key, char *out, size_t size)
{
	snprintf(out, size, "SUBNETD_%s", key);
	for (char *p = out; *p != '\0'; p++)
		*p = *p == '.' ? '_' : toupper((unsigned char)*p);
}

size_t
config_distance(const char *a, const char *b)
{
	size_t row[MAX_NAME + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > MAX_NAME || lb > MAX_NAME)
		return MAX_NAME;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

int
config_check_lines(const char *path, const char *text, struct err *err)
{
	for (int n = 1; *text != '\0'; n++) {
		size_t len = strcspn(text, "\r\n");
		size_t blank = strspn(text, " \t");

		if (len > MAX_LINE)
			return err_set(err,
			    "%s:%d: longer than %d characters; put the value "
			    "into a file and give @/path",
			    path, n, MAX_LINE);
		if (blank > 0 && blank < len)
			return err_set(
			    err, "%s:%d: begins with a blank", path, n);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

char *
config_read_file(const char *path, struct err *err)
{
	char *text = xcalloc(1, MAX_FILE + 1);
	FILE *f = fopen(path, "r");
	size_t len;

	if (f == NULL) {
		err_set(err, "cannot open %s: %s", path, strerror(errno));
		free(text);
		return NULL;
	}
	len = fread(text, 1, MAX_FILE + 1, f);
	if (ferror(f)) {
		err_set(err, "cannot read %s: %s", path, strerror(errno));
		fclose(f);
		free(text);
		return NULL;
	}
	fclose(f);
	if (len > MAX_FILE) {
		err_set(err, "%s is larger than %d bytes", path, MAX_FILE);
		free(text);
		return NULL;
	}
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	text[len] = '\0';
	return text;
}

/* The header Prefer. */
#include "orchestrator/prefer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_DIGITS = 9 };

static const char blanks[] = " \t";

/* Behind the name wait and its "=", if that is what stands here. */
static const char *
value_of_wait(const char *text)
{
	if (strncasecmp(text, "wait", 4) != 0)
		return NULL;
	text += 4;
	text += strspn(text, blanks);
	if (*text != '=')
		return NULL;
	text++;
	return text + strspn(text, blanks);
}

/* Digits, bare or quoted, with nothing but the next preference behind. */
static int
seconds_of(const char *text)
{
	size_t quoted = *text == '"', n;
	int seconds;

	text += quoted;
	n = strspn(text, "0123456789");
	if (n == 0 || n > MOST_DIGITS || (quoted && text[n] != '"'))
		return 0;
	seconds = atoi(text);
	text += n + quoted;
	text += strspn(text, blanks);
	if (*text != '\0' && *text != ',' && *text != ';')
		return 0;
	return seconds < PREFER_MAX_WAIT_S ? seconds : PREFER_MAX_WAIT_S;
}

int
prefer_wait_s(const char *header)
{
	const char *text = header;

	while (text != NULL) {
		const char *value;

		text += strspn(text, " \t,");
		value = value_of_wait(text);
		if (value != NULL)
			return seconds_of(value);
		text = strchr(text, ',');
	}
	return 0;
}

/* Which of a job's events a listener has been told. */
#include "orchestrator/events.h"

#include <string.h>

#include "common/buf.h"
#include "common/uuid.h"

enum { TAIL = 8 };

static const char hex[] = "0123456789abcdef";
static const char job_marks[] = "qgre", attempt_marks[] = "sarel";

/* The end of an id is random. */
static const char *
tail_of(const char *attempt)
{
	return attempt + UUID_TEXT - 1 - TAIL;
}

/* Only these letters, none twice. */
static bool
are_marks(const char *text, size_t n, const char *known)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr(known, text[i]) == NULL ||
		    memchr(text + i + 1, text[i], n - i - 1) != NULL)
			return false;
	}
	return true;
}

bool
events_is_id(const char *id)
{
	size_t n = strcspn(id, ".");

	if (strlen(id) > EVENTS_MAX_ID || !are_marks(id, n, job_marks))
		return false;
	for (id += n; *id == '.'; id += n) {
		id++;
		if (strspn(id, hex) < TAIL)
			return false;
		id += TAIL;
		n = strcspn(id, ".");
		if (n == 0 || !are_marks(id, n, attempt_marks))
			return false;
	}
	return true;
}

/* Where the marks of the job or the attempt stand; NULL: it has none. */
static const char *
marks_of(const char *id, const char *attempt)
{
	if (attempt == NULL)
		return id;
	while ((id = strchr(id, '.')) != NULL) {
		id++;
		if (strncmp(id, tail_of(attempt), TAIL) == 0)
			return id + TAIL;
	}
	return NULL;
}

bool
events_is_told(const char *id, const char *attempt, char mark)
{
	const char *marks = marks_of(id, attempt);

	return marks != NULL &&
	       memchr(marks, mark, strcspn(marks, ".")) != NULL;
}

void
events_tell(struct buf *out, const char *id, const char *attempt, char mark)
{
	const char *marks = marks_of(id, attempt);
	size_t at =
	    marks != NULL ? marks - id + strcspn(marks, ".") : strlen(id);

	buf_reset(out);
	buf_add(out, id, at);
	if (marks == NULL)
		buf_printf(out, ".%s", tail_of(attempt));
	buf_add_byte(out, mark);
	buf_add_str(out, id + at);
}

/* Two words, letter by letter. */
#include "validator/gist_name.h"

#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static int
take(const char *what, const char *at, size_t len, const char *letters,
    char *out, size_t most, struct err *err)
{
	if (len == 0 || len > most)
		return err_set(err, "%s has 1 to %zu letters", what, most);
	memcpy(out, at, len);
	out[len] = '\0';
	if (strspn(out, letters) != len)
		return err_set(err, "%s has a letter that none has", what);
	return 0;
}

int
gist_name_parse(const char *commitment, struct gist_name *name, struct err *err)
{
	size_t len = strcspn(commitment, ":");
	const char *id = commitment + len + 1;

	if (commitment[len] == '\0')
		return err_set(err, "it is not user:gist_id");
	if (take("the user", commitment, len, LETTERS DIGITS "-_", name->user,
		GIST_MAX_USER, err) != 0)
		return -1;
	if (strchr("-_", name->user[0]) != NULL)
		return err_set(err, "the user begins with no letter or digit");
	return take("the gist's id", id, strlen(id), DIGITS "abcdef", name->id,
	    GIST_MAX_ID, err);
}

char *
gist_name_url(const char *base, const struct gist_name *name)
{
	return xasprintf("%s/%s/%s/raw", base, name->user, name->id);
}

#include "tests/lib/stored.h"

#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"

int
stored_open(struct stored *s, const char *name)
{
	const struct sandbox_options o = {.name = name, .postgres = true};

	s->box = sandbox_new(&o);
	if (s->box == NULL)
		return -1;
	s->db = db_open(sandbox_conninfo(s->box));
	s->one = PQconnectdb(sandbox_conninfo(s->box));
	s->two = PQconnectdb(sandbox_conninfo(s->box));
	return s->db != NULL && PQstatus(s->one) == CONNECTION_OK &&
		       PQstatus(s->two) == CONNECTION_OK
		   ? 0
		   : -1;
}

int
stored_end(struct stored *s)
{
	PQfinish(s->one);
	PQfinish(s->two);
	db_close(s->db);
	return sandbox_end(s->box, false);
}

struct stored *
stored_new(void **state, const char *name)
{
	struct stored *p = xcalloc(1, sizeof(*p));

	*state = p;
	return stored_open(p, name) == 0 ? p : NULL;
}

int
stored_free(void **state)
{
	struct stored *p = *state;
	int status = stored_end(p);

	free(p);
	return status;
}

/* Which jobs are not as they were: job_watch.sql. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define JOB "01890000-0000-7000-8000-0000000000aa"
#define NONE "01890000-0000-7000-8000-0000000000bb"
#define ATTEMPT "01890000-0000-7000-8000-0000000000cc"

static const char *const made[] = {
    "insert into job (id, netuid, kind, state, params, miners_min, "
    "miners_wanted, retries_left, created_at, deadline_at, rank_at) values "
    "('" JOB "', 1, 'k', 'assigned', '{}', 1, 1, 0, now(), now(), now())",
    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, "
    "state, receipt, prepared_at, deadline_at) values ('" ATTEMPT "', '" JOB
    "', 1, 'k', 'm', 7, 'a', 'sent', '{}', now(), now())",
};

static int
make_place(void **state)
{
	struct stored *p = xcalloc(1, sizeof(*p));
	int status = stored_open(p, "watch");

	*state = p;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		status = status == 0 ? db_exec(p->db, "%s", made[i]) : status;
	return status;
}

static int
end_place(void **state)
{
	struct stored *p = *state;
	int status = stored_end(p);

	free(p);
	return status;
}

/* The mark of the job if it is not `mark`; else "". The other id is told of
 * each time, as there is no such job. */
static void
look(struct stored *p, const char *netuid, const char *mark, char out[64])
{
	char marks[128];
	const char *params[] = {"{" JOB "," NONE "}", marks, netuid};
	PGresult *res;

	snprintf(marks, sizeof(marks), "{\"%s\",\"\"}", mark);
	res =
	    PQexecParams(p->one, sql_job_watch, 3, NULL, params, NULL, NULL, 0);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	out[0] = '\0';
	for (int i = 0; i < PQntuples(res); i++) {
		if (strcmp(PQgetvalue(res, i, 0), NONE) == 0)
			assert_true(PQgetisnull(res, i, 1));
		else
			snprintf(out, 64, "%s %s", PQgetvalue(res, i, 1),
			    PQgetvalue(res, i, 2));
	}
	PQclear(res);
}

static const char *
mark_of(const char *seen)
{
	return strchr(seen, ' ') + 1;
}

static void
a_mark_changes_with_the_job_and_with_its_attempts(void **state)
{
	struct stored *p = *state;
	char seen[64], next[64];

	look(p, "1", "", seen);
	assert_int_equal(strncmp(seen, "assigned ", 9), 0);
	look(p, "1", mark_of(seen), next);
	assert_string_equal(next, "");
	assert_int_equal(
	    db_exec(p->db, "update attempt set state = 'accepted'"), 0);
	look(p, "1", mark_of(seen), next);
	assert_int_equal(strncmp(next, "assigned ", 9), 0);
	assert_int_equal(db_exec(p->db, "update job set state = 'running'"), 0);
	look(p, "1", mark_of(next), seen);
	assert_int_equal(strncmp(seen, "running ", 8), 0);
}

static void
another_subnets_job_is_not_there(void **state)
{
	char seen[64];

	look(*state, "2", "", seen);
	assert_string_equal(seen, " ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mark_changes_with_the_job_and_with_its_attempts),
	    cmocka_unit_test(another_subnets_job_is_not_there),
	};

	return cmocka_run_group_tests(tests, make_place, end_place);
}

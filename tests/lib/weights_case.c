/* One case of a weight-setter's daemon test. */
#include "tests/lib/weights_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_rig.h"

enum { RATE_LIMIT = 5 };

void
weights_case_heading(void)
{
	print_message("%-44s %11s %15s  %s\n", "scenario", "submissions",
	    "blocks to proof", "ledger");
}

/* What became of the vector's rows, in order. */
static char *
story(struct weights_case *c)
{
	return db_text(c->w->db,
	    "select coalesce(string_agg(state || coalesce(' ' || reason, ''), "
	    "', ' order by intended_at), '-') from ledger where vector_id = "
	    "'%s'",
	    c->vector);
}

static void
print_line(struct weights_case *c, size_t submissions, const char *blocks)
{
	char *text = story(c);

	print_message(
	    "%-44s %11zu %15s  %s\n", c->name, submissions, blocks, text);
	free(text);
}

void
weights_case_begin(
    struct weights_case *c, struct weights_rig *w, const char *name)
{
	memset(c, 0, sizeof(*c));
	c->w = w;
	c->name = name;
	c->netuid = WEIGHTS_RIG_NETUID;
	assert_int_equal(
	    weights_rig_wait_block(w, weights_rig_best(w) + RATE_LIMIT + 1), 0);
	c->accepted = weights_rig_accepted(w);
}

void
weights_case_vector(struct weights_case *c)
{
	c->block = weights_rig_finalized(c->w);
	assert_int_equal(
	    weights_rig_vector(c->w, c->netuid, c->mecid, NULL, c->vector), 0);
}

void
weights_case_well(struct weights_case *c)
{
	c->block = weights_rig_finalized(c->w);
}

void
weights_case_proven(struct weights_case *c, size_t submissions, int64_t blocks)
{
	size_t sent;
	int64_t proven;
	char number[24];

	if (weights_rig_wait(c->w, c->vector, "proven", 0) != 0) {
		if (c->w->setter != NULL)
			proc_show_log(c->w->setter, 30);
		fail_msg("%s: not proven", c->name);
	}
	sent = weights_rig_accepted(c->w) - c->accepted;
	proven = db_int(c->w->db,
		     "select max(proven_block) from ledger where vector_id = "
		     "'%s' and state = 'proven'",
		     c->vector) -
		 c->block;
	if (proven < 0) /* it was in the chain before all was well */
		proven = 0;
	snprintf(number, sizeof(number), "%lld", (long long)proven);
	print_line(c, sent, number);
	assert_int_equal(sent, submissions);
	assert_true(proven <= blocks);
	assert_int_equal(weights_rig_audit(c->w), 0);
}

void
weights_case_refused(
    struct weights_case *c, size_t submissions, const char *reason)
{
	size_t sent;

	assert_int_equal(db_wait_int(c->w->db, 1, 0,
			     "select count(*) from weight_vector where id = "
			     "'%s' and refusal = '%s'",
			     c->vector, reason),
	    0);
	sent = weights_rig_accepted(c->w) - c->accepted;
	print_line(c, sent, "never");
	assert_int_equal(sent, submissions);
	assert_int_equal(weights_rig_audit(c->w), 0);
}

void
weights_case_wait_reason(struct weights_case *c, const char *reason)
{
	assert_int_equal(db_wait_int(c->w->db, 1, 0,
			     "select count(*) from (select from ledger where "
			     "vector_id = '%s' and reason = '%s' limit 1) as "
			     "one",
			     c->vector, reason),
	    0);
}

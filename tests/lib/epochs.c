/* Blocks and rounds, watched in the database. */
#include "tests/lib/epochs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/lib/db.h"
#include "tests/lib/suite.h"

void
epochs_make_block(struct suite *s)
{
	assert_int_equal(suite_chain_call(s, "dev_newBlock", "[1]"), 0);
}

/* The block weightsetterd looked at last. */
static int64_t
looked_at(struct suite *s)
{
	return db_int(s->db, "select coalesce(max(block), 0) from setter");
}

void
epochs_see_block(struct suite *s)
{
	int64_t before = looked_at(s);

	epochs_make_block(s);
	assert_int_equal(db_wait_int(s->db, 1, EPOCHS_WAIT_MS,
			     "select (max(block) > %lld)::integer from setter",
			     (long long)before),
	    0);
}

void
epochs_go_to_end(struct suite *s)
{
	do
		epochs_see_block(s);
	while (looked_at(s) % EPOCHS_BLOCKS != EPOCHS_BLOCKS - 1);
}

int64_t
epochs_last(struct suite *s)
{
	return db_int(s->db, "select coalesce(max(epoch), -1) from score_run");
}

void
epochs_wait_after(struct suite *s, int64_t epoch)
{
	assert_int_equal(db_wait_int(s->db, 1, EPOCHS_WAIT_MS,
			     "select count(*) from (select from score_run "
			     "where epoch > %lld limit 1) r",
			     (long long)epoch),
	    0);
}

void
epochs_pass(struct suite *s)
{
	int64_t before;

	epochs_go_to_end(s);
	before = epochs_last(s);
	epochs_see_block(s);
	epochs_wait_after(s, before);
}

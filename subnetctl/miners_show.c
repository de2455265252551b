/* subnetctl miners show: one miner, as chain, orchestrators and rounds have it.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/err.h"
#include "subnetctl/ctl.h"
#include "subnetctl/miner_facts.h"
#include "subnetctl/show.h"

static void
show_facts(const struct ctl *ctl, const struct miner_facts *f)
{
	if (ctl->json) {
		show_json(json_pack("{s:o, s:o, s:o, s:o}", "miner",
		    show_row(f->row, 0), "lanes", show_rows(f->lanes),
		    "outcomes", show_rows(f->outcomes), "reasons",
		    show_rows(f->reasons)));
		return;
	}
	show_pairs(f->row, 0);
	puts("\nwhat it takes at once, and had of all attempts:");
	show_table(f->lanes);
	puts("\nwhat came of its attempts:");
	show_table(f->outcomes);
	puts("\nwhy some came to nothing:");
	show_table(f->reasons);
}

int
ctl_miners_show(const struct ctl *ctl)
{
	struct miner_facts facts;
	struct err err;
	PGconn *conn;
	int failed;

	if (miner_facts_hotkey(ctl->args[0], &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	failed = miner_facts_read(
	    ctl, conn, ctl->args[0], clock_wall_us(), &facts, &err);
	PQfinish(conn);
	if (!failed)
		show_facts(ctl, &facts);
	miner_facts_clear(&facts);
	return failed ? ctl_fail(ctl, CTL_FAILED, &err) : CTL_OK;
}

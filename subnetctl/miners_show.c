/* subnetctl miners show: one miner, as chain, orchestrators and rounds have it.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/err.h"
#include "subnetctl/ctl.h"
#include "subnetctl/miner_facts.h"
#include "subnetctl/show.h"

static int
load(const struct ctl *ctl, PGconn *conn, void *arg, struct err *err)
{
	return miner_facts_read(
	    ctl, conn, ctl->args[0], clock_wall_us(), arg, err);
}

static void
show(const struct ctl *ctl, const void *arg)
{
	const struct miner_facts *f = arg;

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

static void
clear(void *arg)
{
	miner_facts_clear(arg);
}

int
ctl_miners_show(const struct ctl *ctl)
{
	static const struct ctl_steps steps = {load, show, clear};
	struct miner_facts facts = {.row = NULL};

	return ctl_about_hotkey(ctl, &steps, &facts);
}

/*
 * subnetctl engagement explain: what became of a miner's gist, line by line,
 * of each post it claims, and what the newest round made of them.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"

/* The rows that an explanation is of. */
struct told {
	PGresult *gist, *faults, *posts;
};

static void
clear(struct told *t)
{
	PQclear(t->gist);
	PQclear(t->faults);
	PQclear(t->posts);
}

static int
read_rows(const struct ctl *ctl, const char *hotkey, struct told *t)
{
	const char *const of_round[] = {ctl->netuid, ctl->mecid, hotkey};
	const char *const of_gist[] = {ctl->netuid, hotkey};

	*t = (struct told){0};
	t->gist = ctl_query(ctl, sql_ctl_engagement_gist, 3, of_round);
	if (t->gist == NULL)
		return -1;
	t->faults = ctl_query(ctl, sql_ctl_engagement_faults, 2, of_gist);
	if (t->faults == NULL)
		return -1;
	t->posts = ctl_query(ctl, sql_ctl_engagement_posts, 3, of_round);
	return t->posts != NULL ? 0 : -1;
}

/* A post is many things: a line a thing that is known. */
static void
print_post(const PGresult *posts, int row)
{
	printf("\n");
	show_pairs(posts, row);
}

static void
print(const struct told *t)
{
	show_pairs(t->gist, 0);
	if (PQntuples(t->faults) > 0) {
		printf("\nlines that are no claims:\n");
		show_table(t->faults);
	}
	for (int i = 0; i < PQntuples(t->posts); i++)
		print_post(t->posts, i);
}

static void
print_json(const struct told *t)
{
	json_t *all = show_row(t->gist, 0);

	json_object_set_new(all, "faults", show_rows(t->faults));
	json_object_set_new(all, "claims", show_rows(t->posts));
	show_json(all);
}

int
ctl_engagement_explain(const struct ctl *ctl)
{
	struct told told;
	struct err err;
	int code = CTL_OK;

	if (read_rows(ctl, ctl->args[0], &told) != 0) {
		code = CTL_FAILED;
	} else if (PQntuples(told.gist) == 0) {
		err_set(&err, "%s is no neuron and has no gist", ctl->args[0]);
		code = ctl_fail(ctl, CTL_FAILED, &err);
	} else if (ctl->json) {
		print_json(&told);
	} else {
		print(&told);
	}
	clear(&told);
	return code;
}

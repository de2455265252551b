/*
 * A table of miners as text: what a router drew from, kept beside the receipts
 * so that anybody can draw again. Pure.
 *
 *   {"policy": [stake_cap, stake_floor, score_floor, score_unknown,
 *               explore_least, explore_most],
 *    "miners": [[hotkey, uid, alpha, score or null, failures, is_up, is_out,
 *                {capacity key: slots}], ...]}
 *
 * in the table's order, numbers to the last bit; failures as they counted.
 */
#ifndef ORCHESTRATOR_ROUTE_TEXT_H
#define ORCHESTRATOR_ROUTE_TEXT_H

struct err;
struct route_policy;
struct table;

/* The caller frees. */
char *route_text(
    const struct table *, const struct route_policy *, const double *failures);

/* Back again, into an empty table, to be cleared by the caller in each case.
 * -1 if the text is no such table. */
int route_text_parse(
    const char *text, struct table *, struct route_policy *, struct err *);

#endif

/*
 * What the rows say of one miner, and each thing that may keep work from it,
 * as checks. Pure but for the reading.
 */
#ifndef SUBNETCTL_MINER_FACTS_H
#define SUBNETCTL_MINER_FACTS_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

struct check;
struct ctl;
struct err;

/* What is read of it; the caller clears. */
struct miner_facts {
	PGresult *row;	    /* ctl_miner_show.sql */
	PGresult *lanes;    /* ctl_miner_lanes.sql */
	PGresult *outcomes; /* ctl_miner_outcomes.sql */
	PGresult *reasons;  /* ctl_miner_reasons.sql */
};

/* 0; -1, and why: the database, or nobody knows that hotkey. */
int miner_facts_read(const struct ctl *, PGconn *, const char *hotkey,
    int64_t now_us, struct miner_facts *, struct err *);
void miner_facts_clear(struct miner_facts *);

enum { MINER_CHECKS = 7 };

/* Whether it may be drawn, in so many checks and in the order in which it is
 * decided: one of them that fails keeps all work from it. */
void miner_facts_check(
    const struct miner_facts *, int64_t now_us, struct check *);

#endif

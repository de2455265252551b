/*
 * What the page asks of the rows, and who reads the answer. Two that are the
 * same are found to be by their bytes: begin with page_ask_init.
 */
#ifndef ORCHESTRATOR_PAGE_ASK_H
#define ORCHESTRATOR_PAGE_ASK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/uuid.h"
#include "orchestrator/job.h"
#include "orchestrator/page.h"

enum page_view {
	PAGE_NOW,
	PAGE_JOBS,
	PAGE_JOB,
	PAGE_MINERS,
	PAGE_MINER,
	PAGE_WORK, /* of one miner, lately */
	PAGE_SCORE,
	PAGE_WEIGHTS,
	PAGE_ENGAGEMENT,
	PAGE_FAILURES,
};

enum {
	PAGE_MAX_KIND = 64,
	PAGE_MAX_STATE = 16,
	PAGE_MAX_HOTKEY = 64, /* characters of SS58 are fewer */
};

/* Of jobs that are not the reader's less is told. */
struct page_ask {
	enum page_view view;
	bool sees_all;
	char own[JOB_MAX_TENANT + 1]; /* whose jobs are the reader's; "" */
	bool has_behind;
	struct page_cursor behind;
	char kind[PAGE_MAX_KIND + 1], state[PAGE_MAX_STATE + 1];
	char hotkey[PAGE_MAX_HOTKEY + 1];
	char id[UUID_TEXT]; /* of a job */
	int limit;
};

/* All zero, what lies between the members, too. */
static inline void
page_ask_init(struct page_ask *ask, enum page_view view)
{
	memset(ask, 0, sizeof(*ask));
	ask->view = view;
}

#endif

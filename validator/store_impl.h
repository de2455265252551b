/*
 * What the store's files share: what an answer is for waits in a struct
 * question, in the store's list until the answer is here.
 */
#ifndef VALIDATOR_STORE_IMPL_H
#define VALIDATOR_STORE_IMPL_H

#include <libpq-fe.h>

#include "common/uuid.h"
#include "validator/store.h"
#include "validator/store_audit.h"
#include "validator/store_posts.h"
#include "validator/store_reference.h"
#include "validator/store_submissions.h"

struct pg_answer;

struct question {
	struct question *next, **link;
	struct store *store;
	union {
		store_on_cases *on_cases;
		store_on_oldest *on_oldest;
		store_on_written *on_written;
		store_on_asks *on_asks;
		store_on_due *on_due;
		store_on_given *on_given;
		store_on_audits *on_audits;
		store_on_view *on_view;
		store_on_run *on_run;
		store_on_submissions *on_submissions;
		store_on_chain *on_chain;
		store_on_gists *on_gists;
		store_on_lines *on_lines;
		store_on_posts *on_posts;
		store_on_looks *on_looks;
		store_on_accounts *on_accounts;
		store_on_claims *on_claims;
		store_on_growth *on_growth;
	};
	struct run *run;
	char id[UUID_TEXT]; /* of what is made */
	void *arg;
};

struct question *store_ask(struct store *, void *arg);
void store_answered(struct question *);

/* A pg_on_answer of a write that compares first: done if it returns a row, else
 * somebody else had done it. */
void store_on_changed(const struct pg_answer *, void *question);

/* A cell, or NULL. */
const char *store_cell(const PGresult *, int row, const char *column);

#endif

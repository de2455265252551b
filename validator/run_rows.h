/*
 * Rows of PostgreSQL to the inputs of a round, and a finished round to rows.
 * Shared by validatord, which makes rounds, and subnetctl, which makes them
 * again.
 */
#ifndef VALIDATOR_RUN_ROWS_H
#define VALIDATOR_RUN_ROWS_H

#include <libpq-fe.h>
#include <stddef.h>

struct run;

/* Rows of run_neurons.sql. NULL, or what is wrong with them. */
const char *run_rows_miners(struct run *, const PGresult *);

/* Rows of run_judgements.sql; those of hotkeys that are no neurons are passed
 * over. NULL, or what is wrong. */
const char *run_rows_events(struct run *, const PGresult *);

/* Rows of ctl_export_posts.sql. NULL, or what is wrong. */
const char *run_rows_posts(struct run *, const PGresult *);

/* JSON arrays for run_store.sql and vector_store.sql; the caller frees. Of
 * the entries those that serve, submitted, posted, did something or have
 * weight. */
char *run_rows_print_miners(const struct run *);
char *run_rows_print_entries(const struct run *);

/* The same for run_posts_store.sql. */
char *run_rows_print_posts(const struct run *);

/* SHA-256 of the round as text (run_text.h), and of its policy's text, in
 * hex. */
enum { RUN_ROWS_HASH = 65 };
void run_rows_hash(const struct run *, char out[RUN_ROWS_HASH]);
void run_rows_policy_hash(const struct run *, char out[RUN_ROWS_HASH]);

#endif

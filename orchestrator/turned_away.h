/*
 * Results that were turned away for a failure of ours: the database is away,
 * the disk is full. Their miners are told to send them again, but most call
 * back once. Such an attempt takes a result until its deadline, and is then
 * abandoned, not timed out: nobody is blamed for it.
 *
 * The attempts are remembered here until PostgreSQL has it written down.
 */
#ifndef ORCHESTRATOR_TURNED_AWAY_H
#define ORCHESTRATOR_TURNED_AWAY_H

struct orchestrator;
struct turned_away;

/* So many are remembered; of more it is only logged. */
enum { TURNED_AWAY_MAX = 20000 };

struct turned_away *turned_away_new(struct orchestrator *);
void turned_away_free(struct turned_away *); /* NULL is fine */

/* The attempt's result was here, with its secret. */
void turned_away_note(struct turned_away *, const char *attempt_id);

/* What is not written down yet, if there is any. */
void turned_away_write(struct turned_away *);

#endif

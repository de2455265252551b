/*
 * What miners do that want to be paid for nothing: answers that say nothing,
 * answers of others, claims.
 */
#ifndef MINER_CHEAT_H
#define MINER_CHEAT_H

struct job;

/* Instead of work: wait until another miner has left its answer to the same
 * task in the persona's folder, and take that. */
void cheat_copy(struct job *);

/* The work is done: leave the answer for others, put silence in its place,
 * add claims, as the persona does. */
void cheat_answer(struct job *);

#endif

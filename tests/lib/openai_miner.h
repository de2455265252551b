/*
 * The miners of those who ask at the OpenAI door from another program: while
 * it runs, what it orders is brought, and nothing that others order. What
 * goes wrong fails the test.
 *
 * Its orders are known by a text, or a recording's language, that nobody else
 * uses.
 */
#ifndef TESTS_OPENAI_MINER_H
#define TESTS_OPENAI_MINER_H

struct proc;
struct rig;

/* To speak, or to draw; and what is heard in every recording. */
#define OPENAI_MINER_TEXT "a heron at low tide"
/* Recordings of this language are brought with times, of that without. */
#define OPENAI_MINER_TIMED "sw"
#define OPENAI_MINER_UNTIMED "ta"

/* Until the program has ended; its status as of proc_wait, -1 if it has not
 * in time. Requests for other work are dropped. */
int openai_miner_play(struct rig *, struct proc *, int timeout_ms);

#endif

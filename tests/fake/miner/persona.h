/*
 * How a development miner behaves: quick and careful, or not. Flags make it.
 */
#ifndef MINER_PERSONA_H
#define MINER_PERSONA_H

#include <stdbool.h>

struct err;

struct persona {
	const char *suri; /* of its own hotkey */
	const char *listen;
	const char *allowed;   /* ss58 of the only sender; NULL: any */
	long capacity;	       /* jobs of one kind at a time */
	const char *offer;     /* more names of its /capacity, with commas
				  between; or NULL */
	long delay_ms;	       /* slow: waits before it calls back */
	long late_ms;	       /* calls back so long after the deadline;
				  -1: in time */
	long fail_every;       /* every n-th job fails; 0: none */
	double truncate;       /* share of the end that is cut off */
	bool is_silent;	       /* accepts, and that is all */
	bool calls_back_early; /* before it answers the dispatch */
	bool calls_back_twice;
	bool has_wrong_secret;
	bool is_mute;	       /* answers that say nothing */
	bool claims;	       /* in its answers: quick and right */
	const char *answers;   /* folder to leave answers in; or NULL */
	bool copies;	       /* takes answers from there, and does no work */
	bool speaks_by_espeak; /* English, too */
};

/* Flags of main(); strings stay argv's. 0; 1 after --help; -1 and why. */
int persona_parse(struct persona *, int argc, char **argv, struct err *);

#endif

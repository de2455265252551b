/*
 * The codes of problems (RFC 9457) that our doors answer with: a closed list.
 * A code stays what it is; its page is /errors/CODE, which is the problem's
 * type. docs/api.md lists them, too.
 */
#ifndef ORCHESTRATOR_PROBLEMS_H
#define ORCHESTRATOR_PROBLEMS_H

struct problem {
	const char *code;
	int status; /* of HTTP */
	const char *help;
};

extern const struct problem problems[]; /* ends with a NULL code */

/* NULL if there is none of that code. */
const struct problem *problems_find(const char *code);

#endif

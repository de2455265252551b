/*
 * The terminal of a program that draws on all of it: keys come as they are
 * pressed, what was on the screen before is there again afterwards, however the
 * program is told to end.
 */
#ifndef SUBNETCTL_TERMINAL_H
#define SUBNETCTL_TERMINAL_H

#include <stdint.h>

struct err;
struct terminal;

/* Of stdin and stdout; NULL and why, with nothing changed. From then on signals
 * that would end us come by terminal_wait(). */
struct terminal *terminal_open(struct err *);
void terminal_close(struct terminal *); /* NULL is fine */

/* Columns and lines as they are now; 80 and 24 if nobody says. */
void terminal_size(const struct terminal *, int *width, int *height);

/* Lines, one at least, from the top; what was there is gone. */
void terminal_draw(struct terminal *, const char *lines);

enum terminal_key {
	TERMINAL_NOTHING = 0, /* the time is over */
	TERMINAL_RESIZED = -1,
	TERMINAL_ENDED = -2, /* a signal, or nobody is there any more */
};

/* The next key, a byte, or what happened instead. Keys that send more than
 * one, arrows and such, are nothing. */
int terminal_wait(struct terminal *, int64_t timeout_ms);

#endif

/*
 * A round as text: everything that went into it, so that anybody can compute
 * it again. docs/replay.md describes the lines.
 *
 * Numbers are written with as many digits as give the same bits when read.
 * Pure.
 */
#ifndef SCORER_RUN_TEXT_H
#define SCORER_RUN_TEXT_H

#include <stddef.h>

struct buf;
struct err;
struct run;

enum { RUN_TEXT_VERSION = 1 };

/* What went in, up to the line "end". */
void run_text_write(const struct run *, struct buf *);

/* The weights of a finished run, and a line "end" again: of those above 0. */
void run_text_write_weights(const struct run *, struct buf *);

/*
 * A run of the text's inputs, not finished. *used: the bytes up to and with
 * the line "end". With another policy than the text's if that is not NULL.
 * NULL, and which line is wrong, and why.
 */
struct run *run_text_read(const char *text, size_t len, const char *policy,
    size_t *used, struct err *);

/* A number with the fewest digits that give its bits; "-" if it is none. */
void run_text_real(struct buf *, double);

#endif

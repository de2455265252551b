/*
 * The part of a round's text that is there where posts count: what each miner
 * has put up and was paid, and its posts. docs/replay.md describes the lines.
 *
 * Pure.
 */
#ifndef SCORER_RUN_TEXT_POSTS_H
#define SCORER_RUN_TEXT_POSTS_H

struct buf;
struct run;
struct words;

/* Nothing, where posts do not count. */
void run_text_posts_write(const struct run *, struct buf *);

/* Into a run that has its miners; nothing, if the text goes on with none. */
void run_text_posts_read(struct run *, struct words *);

#endif

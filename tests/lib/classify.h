/*
 * A simple classifier, to see whether two sorts of rows can be told apart:
 * logistic regression on whatever features they have, judged by rows it was
 * not trained on.
 *
 * A feature is a number or a word; rows need not have all of them. Each is
 * turned into columns without being told what it means: whether it is there,
 * its value, its quarter of the range, values that many rows share.
 */
#ifndef TESTS_CLASSIFY_H
#define TESTS_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>

struct classify;

struct classify *classify_new(void);
void classify_free(struct classify *); /* NULL is fine */

/* A new row. Those of one group are never on both sides of a training. */
void classify_row(struct classify *, int group, bool label);
/* Of the row that was begun last. */
void classify_number(struct classify *, const char *name, double value);
void classify_word(struct classify *, const char *name, const char *word);

/* Forget the features whose names begin so. */
void classify_drop(struct classify *, const char *prefix);

size_t classify_count(const struct classify *, bool label);

/* The area under the curve of the rows' scores, each by a model trained
 * without its fifth of the groups. The same rows give the same. */
double classify_auc(struct classify *);

/* The features that tell most by themselves, on stderr, as TAP comments. */
void classify_show(const struct classify *, int n);
/* The area under the curve of one feature, 0.5 to 1; of a word: the best of
 * its words. */
double classify_alone(const struct classify *, const char *name);

#endif

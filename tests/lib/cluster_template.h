/*
 * The migrated cluster that all others are copies of. Between cluster.c and
 * cluster_template.c only.
 */
#ifndef TESTS_CLUSTER_TEMPLATE_H
#define TESTS_CLUSTER_TEMPLATE_H

#include <stdbool.h>

struct cluster;

/* The template's path, made if it is not there yet; the caller frees. NULL,
 * with lines on stderr. */
char *template_get(void);
/* cp -a. 0, or -1 with a line on stderr. */
int template_copy(const char *from, const char *to);

/* A cluster with a directory but no data yet, not started. */
struct cluster *cluster_new_bare(const char *dir, bool durable);
const char *cluster_data(const struct cluster *);
/* A PostgreSQL program's path; the caller frees. */
char *cluster_program(const char *name);

#endif

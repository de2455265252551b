/*
 * Memory that is there, or the end of the process.
 *
 * What matters is in PostgreSQL and the supervisor starts us again, so no
 * caller has a branch for NULL. Lengths from outside meet a named limit
 * before they come here.
 */
#ifndef COMMON_XALLOC_H
#define COMMON_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *, size_t count, size_t size);
char *xstrdup(const char *);
char *xstrndup(const char *, size_t max);
void *xmemdup(const void *, size_t size);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

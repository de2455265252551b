/*
 * Why something failed, in words for a person.
 *
 * Pure code fills one in and returns -1; the program adds its context and
 * logs it once. Passing NULL means the caller does not want to know.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

#include <stdarg.h>

struct err {
	char text[512];
};

/* Set the text. Always returns -1, so that `return err_set(...)` reads well. */
int err_set(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "context: " in front of what is there. Always returns -1. */
int err_wrap(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif

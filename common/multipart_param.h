/*
 * Header values with parameters, as forms use them:
 * `form-data; name="a"; filename="b.png"`.
 *
 * Pure. For multipart.c.
 */
#ifndef COMMON_MULTIPART_PARAM_H
#define COMMON_MULTIPART_PARAM_H

#include <stdbool.h>

/* Whether the value in front of the parameters is this one, in any case. */
bool multipart_value_is(const char *header, const char *value);

/*
 * One parameter, unquoted; the caller frees. *out is NULL if it is absent.
 * -1 if the parameters are malformed or this one is given twice.
 *
 * In quotes, \" and \\ are unescaped (RFC 7578 as older clients read it) and
 * %22 is a quote (as browsers and curl write it); nothing else is.
 */
int multipart_param(const char *header, const char *name, char **out);

/* The UTF-8''percent%20encoded form of RFC 8187; NULL if it is not that. */
char *multipart_decode_extended(const char *value);

#endif

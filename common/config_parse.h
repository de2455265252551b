/*
 * Texts to values, for config.c: pure but for reading an @file.
 */
#ifndef COMMON_CONFIG_PARSE_H
#define COMMON_CONFIG_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "common/config.h"

struct err;

#define SUBNETD_VERSION "0.1.0"

/* Is text a value of the key? Numbers, times and booleans go to *number,
 * reals to *real. */
int config_check(const struct config_key *, const char *text, int64_t *number,
    double *real, struct err *);

/* "db.url" -> "SUBNETD_DB_URL". */
void config_env_name(const char *key, char *out, size_t size);

/* Edit distance, for "did you mean". */
size_t config_distance(const char *, const char *);

/* Refuse what inih would misread without a word: lines longer than it holds,
 * and keys that are indented, which it takes for more of the value before. */
int config_check_lines(const char *path, const char *text, struct err *err);

/* A small file's text without its last newline; the caller frees. */
char *config_read_file(const char *path, struct err *);

#endif

/*
 * Media files made by programs, and what subnetd-probe says of them. What
 * cannot be made fails the test.
 */
#ifndef TESTS_MEDIA_H
#define TESTS_MEDIA_H

#include <jansson.h>
#include <stddef.h>

/* Run a program to its end; it has to succeed. */
void media_make(const char *const *argv);

/* ffmpeg from a file, or a lavfi source ("lavfi:sine=440:d=3"), to another
 * file, with these arguments between; they end with NULL. */
void media_convert(const char *from, const char *to, const char *const *args);

/* What is printed of a file; the caller decrefs. NULL if it is bad. */
json_t *media_probe(const char *path);

/* The same of any file: what is wrong with it, too. */
json_t *media_look(const char *path);

/* The files of tests/media, made in a folder. */
void media_files(const char *folder);

/* The samples at a rate; the caller frees. NULL, and *n = 0, if it is bad. */
float *media_samples(const char *path, int rate_hz, size_t *n);

#endif

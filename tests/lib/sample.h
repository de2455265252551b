/*
 * Small files of each sort for tests to send about, and a kinds file with
 * what tests need otherwise than the shipped one has it.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include <jansson.h>
#include <stddef.h>

struct buf;

/* A tone as RIFF/WAVE: 16 kHz, mono, 16 bits. Other hz, other bytes. */
void sample_wav(int hz, double seconds, struct buf *out);
/* A picture of 8 x 8 in one of two colours (0, 1). */
void sample_png(int colour, struct buf *out);

/* The shipped kinds, for edit to change, written to build/name; the caller
 * frees the path. NULL, having said why. */
char *sample_kinds(const char *name, void (*edit)(json_t *kinds));
/* The kind of that name, borrowed; sample_kind_copy appends a copy of it. */
json_t *sample_kind(json_t *kinds, const char *name);
json_t *sample_kind_copy(json_t *kinds, const char *name, const char *as);

#endif

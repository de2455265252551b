/*
 * The HTTP server on one end of a socket pair, in the caller's process and
 * at the caller's pace: what is written in pieces is read in these pieces.
 */
#ifndef TESTS_LIB_HTTP_LOOP_H
#define TESTS_LIB_HTTP_LOOP_H

#include <stddef.h>
#include <stdint.h>

/*
 * Send the bytes cut at the places given (rising), then nothing more, and
 * return all that came back as a string, without its Date and X-Request-Id
 * lines. The caller frees. Routes: GET /get/{id}, POST /gather (100 bytes),
 * POST /stream (200 bytes), which answers with what it was sent.
 */
char *http_loop_run(
    const uint8_t *, size_t n, const size_t *cuts, size_t n_cuts);

#endif

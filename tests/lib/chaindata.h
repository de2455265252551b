/*
 * The folder of recorded chain data: CHAIN_DATA, or ../shared/chain-data.
 *
 * It is not part of the project. A test that needs it calls
 * chaindata_or_skip() first, which ends the test as skipped, by name, when
 * the folder is not there and CHAIN_DATA did not insist on it.
 */
#ifndef TESTS_CHAINDATA_H
#define TESTS_CHAINDATA_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

void chaindata_or_skip(void);

/* A file's path; the caller frees. */
char *chaindata_path(const char *file);

/* A file's bytes, NUL behind them; the caller frees. Fails the test if the
 * file cannot be read. */
uint8_t *chaindata_read(const char *file, size_t *len);

/* A JSON file; the caller decrefs. Fails the test if it does not parse. */
json_t *chaindata_json(const char *file);

#endif

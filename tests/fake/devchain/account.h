/*
 * System.Account: nonces and balances.
 */
#ifndef DEVCHAIN_ACCOUNT_H
#define DEVCHAIN_ACCOUNT_H

#include <stdint.h>

struct err;
struct view;

struct account {
	uint32_t nonce, consumers, providers, sufficients;
	uint64_t free; /* rao */
};

struct account account_read(const struct view *, const uint8_t id[32]);
void account_write(
    const struct view *, const uint8_t id[32], const struct account *);

/* An SS58 address, 0x and 64 digits, or a secret URI such as //Alice: the
 * public key. 0, or -1. */
int account_parse(const char *text, uint8_t id[32], struct err *);

#endif

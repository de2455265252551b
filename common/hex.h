/*
 * Bytes as hexadecimal text and back, as the chain and Epistula write them:
 * lower case, with or without 0x.
 */
#ifndef COMMON_HEX_H
#define COMMON_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Writes 2 * len characters and a NUL into out. */
void hex_encode(const uint8_t *, size_t len, char *out);

/* "0x" and the hex; the caller frees. */
char *hex_0x(const uint8_t *, size_t len);

/*
 * Decode text, with or without 0x, either case, into at most max bytes.
 * Returns the number of bytes, or -1 if it is not hex or does not fit.
 */
long hex_decode(const char *text, uint8_t *out, size_t max);

/* As hex_decode, of exactly len bytes: 0, or -1. */
int hex_decode_exact(const char *text, uint8_t *out, size_t len);

#endif

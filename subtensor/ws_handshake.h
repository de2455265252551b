/*
 * The opening of a WebSocket, client's side (RFC 6455 section 4): the request
 * and what the answer must be. Pure.
 */
#ifndef SUBTENSOR_WS_HANDSHAKE_H
#define SUBTENSOR_WS_HANDSHAKE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct ws_url;

enum {
	WS_NONCE = 16,
	WS_KEY = 25,	/* its base64, with the NUL */
	WS_ACCEPT = 29, /* the answer's, with the NUL */
	WS_MAX_HEAD = 16 * 1024,
};

/* The request; the key is made of the 16 random bytes. */
void ws_handshake_request(const struct ws_url *, const uint8_t nonce[WS_NONCE],
    char key[WS_KEY], struct buf *);

/* What a server must answer to a key. */
void ws_handshake_accept(const char *key, char out[WS_ACCEPT]);

/* A refusal by HTTP. */
struct ws_refusal {
	int status;	      /* 0: it was none by HTTP */
	char retry_after[64]; /* the header's value, or "" */
};

/*
 * Look at what has come so far. Returns the length of the answer's head once
 * it is there and good, 0 if more is needed, -1 and why if it is refused; the
 * refusal is written then.
 */
long ws_handshake_check(const void *, size_t len, const char *key,
    struct ws_refusal *, struct err *);

#endif

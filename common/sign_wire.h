/*
 * The lines signerd and its clients exchange: one JSON object each, requests
 * answered in their order (signer/README.md gives the protocol).
 *
 * Texts of a parsed line are borrowed from it until it is cleared. Nothing
 * here knows what may be signed; that is signerd's.
 */
#ifndef COMMON_SIGN_WIRE_H
#define COMMON_SIGN_WIRE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum {
	SIGN_WIRE_MAX_LINE = 65536,    /* with its newline */
	SIGN_WIRE_MAX_PAYLOAD = 32000, /* bytes; twice that as hex */
	SIGN_WIRE_NO_ID = -1,	       /* null on the wire */
};

struct sign_request {
	json_t *json; /* owns the texts */
	int64_t id;
	const char *shape;
	/* NULL where absent. */
	const char *message;	   /* epistula, dendrite */
	const char *call;	   /* weights: its name */
	const char *payload;	   /* weights: 0x and hex */
	const char *domain, *text; /* statement */
};

/* 0, or -1 and why; the id is set if there was one, even then. Members we do
 * not know are refused. Clear it in either case. */
int sign_request_parse(
    const char *line, size_t len, struct sign_request *, struct err *);
void sign_request_clear(struct sign_request *);

/* Add a line with its newline; json of the request is not looked at. */
void sign_request_print(const struct sign_request *, struct buf *);

struct sign_reply {
	json_t *json;
	int64_t id; /* SIGN_WIRE_NO_ID: of no request in particular */
	/* NULL where absent. */
	const char *signature, *signed_by; /* 0x and hex; ss58 */
	const char *hotkey, *public;	   /* ss58; 0x and hex */
	const char *code, *message;	   /* of the error */
};

int sign_reply_parse(
    const char *line, size_t len, struct sign_reply *, struct err *);
void sign_reply_clear(struct sign_reply *);
void sign_reply_print(const struct sign_reply *, struct buf *);

#endif

/*
 * A JSON-RPC request being answered, what every method is given.
 */
#ifndef DEVCHAIN_CALL_H
#define DEVCHAIN_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block;
struct buf;
struct client;
struct node;
struct sub;

enum rpc_code {
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_NO_METHOD = -32601,
	RPC_BAD_PARAMS = -32602,
	RPC_SERVER_ERROR = -32000,
	RPC_BAD_FORMAT = 1001,
	RPC_VERIFICATION = 1002,
	RPC_INVALID_TRANSACTION = 1010,
	RPC_UNKNOWN_VALIDITY = 1011,
	RPC_BANNED = 1012,
	RPC_KNOWN = 1013,
	RPC_LOW_PRIORITY = 1014,
	RPC_STATE_GONE = 4003,
};

struct call {
	struct node *node;
	struct client *client;
	const char *method;
	const json_t *params; /* an array, or NULL */
	/* What went wrong, if the method gives NULL. */
	int code;
	char message[192];
	char data[192]; /* "": none */
	/* To be begun once the answer is on its way. */
	struct sub *sub;
	bool announces; /* the extrinsic of this hash */
	uint8_t hash[32];
};

/* A result the call owns from then on, or NULL after call_fail(). */
typedef json_t *method_fn(struct call *);

struct method {
	const char *name;
	method_fn *run;
};

/* Each ends with a NULL name. */
extern const struct method methods_chain[];
extern const struct method methods_state[];
extern const struct method methods_author[];
extern const struct method methods_system[];
extern const struct method methods_dev[];
extern const struct method methods_fault[];
const struct method *methods_find(const char *name);
json_t *methods_list(void);

/* Always NULL, so that `return call_fail(...)` reads well. */
json_t *call_fail(struct call *, int code, const char *data, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

struct err;
/* The same of parameters that were no good. */
json_t *call_bad(struct call *, const struct err *);

/* A count among the parameters, or what stands for a missing one. */
json_int_t call_count(const struct call *, size_t i, json_int_t missing);

/* A parameter, NULL if it is absent or null. */
const json_t *call_param(const struct call *, size_t i);
const char *call_text(const struct call *, size_t i);
/* Hex of at most max bytes: 0, or -1 after call_fail(). */
int call_bytes(struct call *, size_t i, size_t max, struct buf *);
/* The block a parameter names, the best if it is absent; NULL, and a message,
 * if there is none. */
struct block *call_block(struct call *, size_t i);
/* The same, and its storage must still be there. */
struct block *call_state(struct call *, size_t i);

/*
 * Answer one message, a request or a batch. The answer is the caller's to
 * free. call_begin() is to be called with
 * what came back in *after, once the answer is on its way.
 */
struct call_after;
/* The same request refused, unread but for its id. */
char *call_refuse(const char *text, size_t len, int code, const char *message);
char *call_answer(
    struct client *, const char *text, size_t len, struct call_after **after);
void call_begin(struct client *, struct call_after *); /* frees it */

/* Whether a message asks for dev_*, and the method of a single request. */
bool call_is_control(const char *text, size_t len);
void call_method(const char *text, size_t len, char out[64]);

#endif

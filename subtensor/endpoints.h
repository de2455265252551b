/*
 * Several nodes of one chain, and one of them in use.
 *
 * A connection is kept to each. Each is asked whether it is of the right
 * chain and in step, and tells its heads, by subscription or, where there is
 * only HTTP, when asked once a slot. Who is used is endpoint_rank's to say. A
 * header's hash is our own work, not the node's word.
 *
 * Before something is sent, endpoints_agree() asks all of them for a
 * finalized block. What more than half of them have told of as final is kept,
 * and who tells of another block in its place does not count from then on.
 */
#ifndef SUBTENSOR_ENDPOINTS_H
#define SUBTENSOR_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/header.h"

struct endpoints;
struct err;
struct event_base;
struct rpc;

/* What an operator wants to know. `text` is for people, or "". */
enum endpoint_news {
	ENDPOINT_NEWS_UP,
	ENDPOINT_NEWS_DOWN,	 /* once, however often it fails again */
	ENDPOINT_NEWS_CHOSEN,	 /* it is in use from now on */
	ENDPOINT_NEWS_LEFT,	 /* it was in use, another is, or none */
	ENDPOINT_NEWS_OTHER,	 /* it is of another chain */
	ENDPOINT_NEWS_LIED,	 /* it is not used for some time */
	ENDPOINT_NEWS_DISAGREED, /* it has another finalized block */
	ENDPOINT_NEWS_ALONE,	 /* nobody else could be asked */
};

struct endpoints_options {
	const char *const *urls; /* ends with NULL, at most RANK_MAX */
	const uint8_t *genesis;	 /* 32 bytes, or NULL: whatever comes first */
	double requests_per_s;	 /* of each node; 0: no limit */
	int burst;
	/* A newer finalized head of the one in use. */
	void (*on_head)(const struct head *, void *arg);
	/* The one in use is gone, and with it every call and subscription; or
	 * is another now, which only on_news tells. */
	void (*on_down)(void *arg);
	void (*on_news)(
	    enum endpoint_news, const char *url, const char *text, void *arg);
	void *arg;
};

/* Copies the options. NULL and why. */
struct endpoints *endpoints_new(
    struct event_base *, const struct endpoints_options *, struct err *);
/* May be called within its callbacks; calls nobody back. NULL is fine. */
void endpoints_free(struct endpoints *);

/* The one in use; never NULL, but perhaps not up. Asked for anew for each
 * call: it changes. */
struct rpc *endpoints_rpc(struct endpoints *);
bool endpoints_are_up(const struct endpoints *);
/* The newest block the one in use told, finalized or not; 0: none yet. */
uint64_t endpoints_best(const struct endpoints *);
const uint8_t *endpoints_genesis(const struct endpoints *); /* once up */

/* A block's time, once the chain has said; 0 or less: not known. What no chain
 * has is taken for the nearest that one may have. */
void endpoints_set_slot(struct endpoints *, int64_t ms);

/* The one in use was read at a head and all was well; or was not. Older
 * heads than one that was read are not told again. */
void endpoints_read(struct endpoints *, const struct head *);
void endpoints_failed(struct endpoints *);

/*
 * Do more of the endpoints have that block, under that hash, than not? Who
 * has another one in its place counts against it if it has told of one of
 * that number, or a later one, as final; who has none yet, always. Answers
 * once, later, within ten seconds. An endpoint that is alone agrees with
 * itself, unless it has another block than was agreed on last.
 */
enum endpoints_agreement {
	ENDPOINTS_AGREED,
	ENDPOINTS_DISAGREED, /* somebody lies or is on another fork */
	ENDPOINTS_UNSURE,    /* nobody said, or too many have not got it yet */
};
typedef void endpoints_agree_cb(enum endpoints_agreement, void *arg);
void endpoints_agree(
    struct endpoints *, const struct head *, endpoints_agree_cb *, void *arg);

/* For metrics: endpoint i, 0 up to the number of URLs. */
struct endpoint_facts {
	const char *url;
	bool is_up, is_in_use, is_out; /* out: it lied */
	uint64_t lag;		       /* blocks */
	double latency_ms;	       /* 0: not known */
	uint64_t answered, limited, failed;
};
size_t endpoints_count(const struct endpoints *);
void endpoints_facts(
    const struct endpoints *, size_t i, struct endpoint_facts *);

#endif

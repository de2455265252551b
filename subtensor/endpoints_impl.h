/*
 * What endpoints.c (all of them), endpoint.c (one) and agreement.c share.
 * Private to these.
 *
 * While any of them may call out, `busy` keeps everything alive; freeing it
 * meanwhile only marks it, and nobody is told anything any more.
 */
#ifndef SUBTENSOR_ENDPOINTS_IMPL_H
#define SUBTENSOR_ENDPOINTS_IMPL_H

#include <jansson.h>
#include <sys/queue.h>

#include "subtensor/endpoint_rank.h"
#include "subtensor/endpoints.h"
#include "subtensor/told.h"

struct asking;
struct event;
struct voice;

struct endpoint {
	struct endpoints *all;
	size_t index;
	struct rpc *rpc;
	struct told told;
	enum { ENDPOINT_NEW, ENDPOINT_UP, ENDPOINT_DOWN } said;
	int64_t finalized_ms; /* when that last rose */
	bool is_asked;	      /* a poll is under way */
	int64_t poll_ms;      /* when the last one began */
	uint64_t limited;     /* of its stats, as of the last look */
};

struct endpoints {
	struct event_base *base;
	struct endpoints_options options; /* its urls and genesis are gone */
	uint8_t genesis[32];
	bool has_genesis;
	struct rank rank;
	struct endpoint each[RANK_MAX]; /* rank.n of them */
	struct event *tick;
	int64_t slot_ms;	  /* 0: not known */
	size_t used;		  /* the one in use, or used last */
	uint64_t told;		  /* the newest head that was told */
	uint64_t read;		  /* and that was read */
	struct told_block agreed; /* number 0: none yet */
	bool was_alone;		  /* it was said */
	LIST_HEAD(, asking) askings;
	LIST_HEAD(, voice) voices;
	int busy;
	bool doomed;
};

/* endpoints.c */
int64_t endpoints_now_ms(void);
/* Around everything that may call out; the second may free all. */
void endpoints_enter(struct endpoints *);
void endpoints_leave(struct endpoints *);
void endpoints_tell(struct endpoint *, enum endpoint_news, const char *text);
/* Its connection is gone, or did not come to be. */
void endpoints_lost(struct endpoint *, const char *why);
/* It told of a finalized block. */
void endpoints_heard(struct endpoint *, uint64_t number);
/* It lied; text says how. Nothing, if it is out already. */
void endpoints_caught(struct endpoint *, const char *text);
/* They agree on a block. */
void endpoints_settle(struct endpoints *, const struct told_block *);
/* Look soon whom to use. */
void endpoints_wake(struct endpoints *);

/* endpoint.c. 0, or -1 and why. */
int endpoint_init(struct endpoint *, const char *url, struct err *);
/* Ask for heads if it cannot tell them and it is time. */
void endpoint_poll(struct endpoint *, int64_t now_ms);

/* agreement.c */
void agreement_clear(struct endpoints *);

#endif

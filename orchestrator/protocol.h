/*
 * Miners' wire formats: what a miner is sent, and what its answer says. A
 * format is a file of its own, protocol_<name>.c, and a line in protocol.c;
 * a kind names its own and may carry data for it, its `wire`. Pure.
 */
#ifndef ORCHESTRATOR_PROTOCOL_H
#define ORCHESTRATOR_PROTOCOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "subtensor/synapse.h"

struct err;
struct job;
struct kind;
struct orchestrator;

/* Who is asked for what, until when. */
struct protocol_ask {
	const struct orchestrator *o;
	const struct job *job;
	const char *attempt_id;
	int64_t deadline_us; /* wall: of the attempt */
	const void *input;   /* where the format takes it along */
	size_t input_len;
};

struct protocol_sending {
	char *body; /* compact ASCII JSON, as Python writes it */
	/* Of a synapse, which is sent as a dendrite does; NULL: with
	 * Epistula's headers. */
	json_t *fields;
	char body_hash[SYNAPSE_HASH_TEXT];
};

void protocol_sending_clear(struct protocol_sending *);

/* What came back in the same connection, borrowed. */
struct protocol_answer {
	int status; /* HTTP's */
	/* "": there is none of that name. */
	const char *(*header)(const void *arg, const char *name);
	const void *arg;
	const void *body;
	size_t len;
};

enum protocol_outcome {
	PROTOCOL_RESULT,
	PROTOCOL_FAILED,    /* the miner took it, and says that it failed */
	PROTOCOL_REFUSED,   /* the miner did not take it */
	PROTOCOL_TIMED_OUT, /* the miner says that its time ran out */
};

struct protocol_reply {
	enum protocol_outcome outcome;
	json_t *output; /* of a result; NULL: none */
	struct buf file;
	uint64_t output_bytes;
	char why[128]; /* not a result: a sentence for the log */
};

void protocol_reply_clear(struct protocol_reply *);

struct protocol {
	const char *name;
	bool is_withdrawn; /* POST <path>/cancel takes an attempt back */
	bool takes_input;  /* its body has the input's bytes */
	bool is_of_axons;  /* spoken by neurons that only have an axon */
	bool is_pulled;	   /* its miners ask for their work: nothing is built */
	/* Whether an entry of the kinds file suits it, `wire` above all; NULL:
	 * it must have none. 0, or -1: "wire.x must be ..". */
	int (*check)(const json_t *kind, struct err *);
	/* 0, or -1: it cannot be made. */
	int (*build)(const struct protocol_ask *, struct protocol_sending *,
	    struct err *);
	/* The answer is the result; NULL: results are called back. */
	void (*read)(const struct kind *, const struct protocol_answer *,
	    struct protocol_reply *);
	/* So many bytes an answer that is a result may have. */
	size_t (*most_answer)(const struct kind *);
};

extern const struct protocol protocol_native;
extern const struct protocol protocol_dippy;
extern const struct protocol protocol_synapse;
extern const struct protocol protocol_violet;

/* NULL: there is none of that name. */
const struct protocol *protocol_find(const char *name);
/* "native, dippy, synapse or violet". */
void protocol_names(struct buf *);

/* How many attempts at once a classic axon is given that says nothing of its
 * capacity, by the capacity keys of the kinds that axons do. */
struct kinds;
json_t *protocol_axon_capacity(const struct kinds *);

#endif

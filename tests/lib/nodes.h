/*
 * Nodes of one small chain, on the test's own loop: as much of a node as
 * subtensor/endpoints.h asks for, well or ill.
 *
 * The chain has branches that part after NODES_FORK; a block is a branch and
 * a number, and its header really hashes to its hash. What a node has is a
 * branch up to `best`, and it tells of its heads when node_tell() is called.
 */
#ifndef TESTS_NODES_H
#define TESTS_NODES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/header.h"

struct event_base;
struct ws_peer;
struct ws_server;

enum {
	NODES_FORK = 100, /* the last block of all branches */
	NODES_LAST = 400, /* blocks that are ready */
	NODES_BRANCHES = 3,
	NODE_PEERS = 8,
	NODE_HELD = 1024,
};

struct node {
	struct event_base *base;
	struct ws_server *server;
	char url[64];
	int branch;
	uint64_t best, final;
	bool is_bare;	  /* above the fork it names hashes of nothing */
	bool has_no_subs; /* subscriptions are answered by no id */
	const char *hold; /* methods whose answers wait, or NULL; "": all */
	int hold_after;	  /* so many answers of them first */
	int heard;	  /* requests, of all methods */
	struct node_peer {
		struct ws_peer *peer; /* NULL: none */
		bool wants_best, wants_final;
	} peers[NODE_PEERS];
	struct node_held {
		struct ws_peer *peer; /* NULL: gone */
		char *text;
	} held[NODE_HELD];
	size_t n_held;
};

/* Up to block 101, of which 100 is final. */
void node_open(struct node *, struct event_base *, int branch);
void node_close(struct node *);
/* Its heads from now on, told to all who subscribed. */
void node_tell(struct node *, uint64_t best, uint64_t final);
/* A block of any branch, told as final; what the node has is the same. */
void node_tell_block(struct node *, int branch, uint64_t number);
/* Send what was held, and hold nothing any more. */
void node_release(struct node *);

void nodes_hash(int branch, uint64_t number, uint8_t hash[32]);
struct head nodes_head(int branch, uint64_t number);

#endif

/*
 * A node of the chain, asked by HTTP at one block: its metadata, and storage
 * entries as that describes them. For doctor and for proofs; synchronous.
 */
#ifndef SUBNETCTL_NODE_H
#define SUBNETCTL_NODE_H

#include <jansson.h>

struct buf;
struct config;
struct err;
struct metadata;

struct node {
	char *url;	     /* http:// or https:// */
	const char *hash;    /* the block; NULL: the head. Borrowed */
	struct metadata *md; /* NULL: not loaded yet */
};

/* What is asked: the first endpoint that was set, else the network's, or the
 * network if it is a URL, as weightsetterd has it; the caller frees. NULL, and
 * why. genesis: what the chain's must be, borrowed; NULL: any. */
char *node_endpoint(const struct config *, const char **genesis, struct err *);
/* The same as http:// or https://. */
char *node_url(const struct config *, struct err *);

/* Bytes of a result in hex, behind what is in out; the reference is taken. 0;
 * -1 and why; 1 if it is null. */
int node_take_bytes(json_t *result, struct buf *out, struct err *);

/* The runtime's metadata; blob, if it is not NULL, gets its bytes. */
int node_load_metadata(struct node *, struct buf *blob, struct err *);

/* A storage entry; keys is taken. Null if there is none, and no default;
 * NULL, and why. */
json_t *node_read(const struct node *, const char *pallet, const char *entry,
    json_t *keys, struct err *);

void node_clear(struct node *);

#endif

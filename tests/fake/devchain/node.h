/*
 * A node: the chain, who is connected, and how it is told to misbehave.
 */
#ifndef DEVCHAIN_NODE_H
#define DEVCHAIN_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain;
struct endpoint;
struct node;
struct sub;

/* One connection, as far as methods and subscriptions see it. */
struct client {
	struct node *node;
	struct endpoint *endpoint; /* it came by; NULL: one that is well */
	bool can_subscribe;	   /* WebSocket */
	bool is_control; /* it used dev_*: no stall or delay is for it */
	struct sub *subs;
	/* Send a message of its own accord; the text is borrowed. */
	void (*send)(struct client *, const char *text, size_t len);
	struct client *next;
};

struct faults {
	int64_t stalled_until_us; /* mono; 0: not stalled */
	bool stall_answers_only;  /* requests are carried out, unanswered */
	int64_t delay_us;	  /* for each answer; 0: none */
	char delay_method[64];	  /* of this method only; "": of all */
};

/* How the next submissions are refused at the door. */
struct refusals {
	int code;
	char message[128], data[128];
	unsigned times;
};

struct node {
	struct chain *chain;
	struct endpoint *endpoints; /* one for each port */
	size_t n_endpoints;
	struct refusals refusals;
	struct client *clients;
	struct faults faults;
	uint64_t next_sub;
	bool is_syncing; /* what system_health says */
	/* Given by main: start or stop making blocks by the clock, apply
	 * changed faults, and close every connection but this one. */
	void (*set_producing)(struct node *, bool);
	void (*faults_changed)(struct node *);
	void (*disconnect_all)(struct node *, const struct client *but);
	void *arg;
};

void node_add_client(struct node *, struct client *);
/* Ends its subscriptions. */
void node_remove_client(struct node *, struct client *);

#endif

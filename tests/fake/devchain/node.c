/* Who is connected. */
#include "tests/fake/devchain/node.h"

#include "tests/fake/devchain/subs.h"

void
node_add_client(struct node *n, struct client *c)
{
	c->node = n;
	c->next = n->clients;
	n->clients = c;
}

void
node_remove_client(struct node *n, struct client *c)
{
	struct client **link = &n->clients;

	subs_clear(c);
	while (*link != NULL && *link != c)
		link = &(*link)->next;
	if (*link == c)
		*link = c->next;
}

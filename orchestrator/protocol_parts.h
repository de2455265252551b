/*
 * What more than one wire format puts into its body: where the result goes,
 * with which secret, and where the input is. Pure.
 */
#ifndef ORCHESTRATOR_PROTOCOL_PARTS_H
#define ORCHESTRATOR_PROTOCOL_PARTS_H

#include <jansson.h>

struct err;
struct protocol_ask;

/* Set a member to a text of one's own, which is freed. */
void protocol_set(json_t *body, const char *key, char *text);
void protocol_set_secret(json_t *body, const struct protocol_ask *);
/* Good until a little beyond the attempt's end; the caller frees. */
char *protocol_input_url(const struct protocol_ask *);

/* Whether all members of a kind's wire are among these names, which end with
 * NULL; it may be absent. 0, or -1 and which is not. */
int protocol_check_members(
    const json_t *wire, const char *const *names, struct err *);

#endif

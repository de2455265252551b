/*
 * The endpoints beside the one in use, asked before weights are sent whether
 * they have the same finalized block. A connection is kept to each that is
 * configured; they are used for nothing else.
 *
 * A node that names another block counts only if it has the header that the
 * hash is of: what it made up, it does not have.
 */
#ifndef WEIGHTSETTER_WITNESSES_H
#define WEIGHTSETTER_WITNESSES_H

#include "weightsetter/chain.h"

struct witnesses;

/* The options' URLs, one connection each; none of them if there is only one
 * URL. NULL and why. */
struct witnesses *witnesses_new(
    struct event_base *, const struct chain_options *, struct err *);
void witnesses_free(struct witnesses *); /* calls nobody back; NULL is fine */

/* Ask all but the one of that URL. Answers once, later. */
void witnesses_ask(struct witnesses *, const char *in_use, const struct head *,
    chain_agree_cb *, void *arg);

/*
 * What the voices come to, that of the endpoint in use being one of `yes`.
 * More must say yes than no; who is alone agrees with itself. Pure.
 */
enum chain_agreement witnesses_judge(int yes, int no);

#endif

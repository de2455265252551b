/*
 * What the demonstration ends with: the weights as the chain itself says them,
 * and the round made again from its text.
 */
#ifndef TESTS_DEMO_PROOF_H
#define TESTS_DEMO_PROOF_H

struct suite;

/* 0; -1, having said why, if the chain says otherwise than the ledger. */
int proof_read_back(struct suite *);
/* 0, or not, having said why, if it comes to other weights. */
int proof_replay(struct suite *);

#endif

/*
 * What a kind may say of its synapse, its `wire`. For protocol_synapse.c only.
 *
 * What the synapse's class is called is the kind's path; its fields are the
 * kind's `wire`:
 *
 *   fields       {name: value}, a value as it is, or {"param": name} with
 *                "as": "base64" where its text is sent so, or {"input":
 *                "base64"}, the job's file; absent: the parameters
 *   output       {"field", "as", "text"?}: where the result is, and that it is
 *                "base64", "text" or "json"; "text": which of its members
 *                we know as text
 *   error        the field of a sentence, if the miner failed
 *   hash_fields  those whose hash is signed, in the class's order
 *   slots        how many at once an axon is given that names no capacity
 */
#ifndef ORCHESTRATOR_PROTOCOL_SYNAPSE_H
#define ORCHESTRATOR_PROTOCOL_SYNAPSE_H

#include <jansson.h>

struct err;

/* An entry of the kinds file, whose other fields are checked. 0, or -1 and
 * what it must be. */
int protocol_synapse_check(const json_t *kind, struct err *);

#endif

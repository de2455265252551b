/*
 * What is done to the chain by hand, in the next block: a value set, a neuron
 * changed, the runtime upgraded. A block remembers what was done in it, so
 * that a fork does it again.
 */
#ifndef DEVCHAIN_OPS_H
#define DEVCHAIN_OPS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct runtime;
struct work;

enum op_kind { OP_PUT, OP_DELETE, OP_NEURON, OP_RUNTIME };

struct op {
	enum op_kind kind;
	struct buf key, value;	       /* OP_PUT, OP_DELETE */
	json_t *neuron;		       /* OP_NEURON, see neuron.h */
	const struct runtime *runtime; /* OP_RUNTIME, borrowed */
};

/* Zero-initialised by = {0}. */
struct ops {
	struct op *list;
	size_t n;
};

void ops_clear(struct ops *);
/* Takes what the op owns. */
void ops_add(struct ops *, struct op);
/* Put all of `first` before what `ops` has; `first` is left empty. */
void ops_prepend(struct ops *, struct ops *first);

/* Carry one out; an upgrade only leaves its traces in storage. */
void op_run(const struct op *, struct work *);

#endif

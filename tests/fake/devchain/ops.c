/* The list, and what each kind writes. */
#include "tests/fake/devchain/ops.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/neuron.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/work.h"

void
ops_clear(struct ops *ops)
{
	for (size_t i = 0; i < ops->n; i++) {
		buf_free(&ops->list[i].key);
		buf_free(&ops->list[i].value);
		json_decref(ops->list[i].neuron);
	}
	free(ops->list);
	*ops = (struct ops){0};
}

void
ops_add(struct ops *ops, struct op op)
{
	ops->list = xrealloc(ops->list, ops->n + 1, sizeof(*ops->list));
	ops->list[ops->n++] = op;
}

void
ops_prepend(struct ops *ops, struct ops *first)
{
	struct ops all = *first;

	for (size_t i = 0; i < ops->n; i++)
		ops_add(&all, ops->list[i]);
	free(ops->list);
	*ops = all;
	*first = (struct ops){0};
}

static void
run_upgrade(const struct runtime *rt, struct work *w)
{
	struct buf b = {0};

	scale_put_compact(&b, rt->spec.spec_version);
	scale_put_str(&b, "node-subtensor");
	view_put(&w->view, item("System", "LastRuntimeUpgrade"), b.data, b.len);
	buf_free(&b);
	work_event(w, PALLET_SYSTEM, EVENT_CODE_UPDATED, NULL);
}

void
op_run(const struct op *op, struct work *w)
{
	struct err err;

	switch (op->kind) {
	case OP_PUT:
		state_put(w->view.state, w->view.at, op->key.data, op->key.len,
		    op->value.data, op->value.len);
		break;
	case OP_DELETE:
		state_delete(
		    w->view.state, w->view.at, op->key.data, op->key.len);
		break;
	case OP_NEURON:
		if (neuron_apply(w, op->neuron, &err) != 0)
			log_warn("neuron.refused", "why=\"%s\"", err.text);
		break;
	case OP_RUNTIME:
		run_upgrade(op->runtime, w);
		break;
	}
}

/* Miners' wire formats: the table of them. */
#include "orchestrator/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "orchestrator/kinds.h"

enum { AXON_SLOTS = 1 };

static const struct protocol *const protocols[] = {
    &protocol_native,
    &protocol_dippy,
    &protocol_synapse,
    &protocol_violet,
};
static const size_t n_protocols = sizeof(protocols) / sizeof(protocols[0]);

const struct protocol *
protocol_find(const char *name)
{
	for (size_t i = 0; i < n_protocols; i++) {
		if (strcmp(protocols[i]->name, name) == 0)
			return protocols[i];
	}
	return NULL;
}

void
protocol_names(struct buf *out)
{
	for (size_t i = 0; i < n_protocols; i++)
		buf_printf(out, "%s%s",
		    i == 0		   ? ""
		    : i == n_protocols - 1 ? " or "
					   : ", ",
		    protocols[i]->name);
}

static bool
is_of_axons(const struct kind *kind)
{
	const struct protocol *p = protocol_find(kind->protocol);

	return p != NULL && p->is_of_axons;
}

json_t *
protocol_axon_capacity(const struct kinds *kinds)
{
	json_t *capacity = json_object();

	for (size_t i = 0; kinds != NULL && i < kinds->n; i++) {
		const struct kind *kind = &kinds->items[i];
		const json_t *slots = json_object_get(kind->wire, "slots");

		if (!is_of_axons(kind))
			continue;
		json_object_set_new(capacity, kind->capacity_key,
		    json_integer(slots != NULL ? json_integer_value(slots)
					       : AXON_SLOTS));
	}
	return capacity;
}

void
protocol_sending_clear(struct protocol_sending *s)
{
	free(s->body);
	json_decref(s->fields);
	s->body = NULL;
	s->fields = NULL;
}

void
protocol_reply_clear(struct protocol_reply *r)
{
	json_decref(r->output);
	buf_free(&r->file);
	r->output = NULL;
}

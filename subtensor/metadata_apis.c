/* The runtime APIs, which versions 15 and 16 have, and what follows them. */
#include "subtensor/metadata_parse.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/arena.h"

enum { MIN_API = 3, MIN_METHOD = 4, MIN_INPUT = 2, MIN_CUSTOM = 3 };

/* The methods of all APIs in one list, which grows. */
struct methods {
	struct runtime_method *list;
	size_t n, cap;
};

static struct runtime_method *
next_method(struct methods *m)
{
	if (m->n == m->cap) {
		m->cap = m->cap > 0 ? 2 * m->cap : 64;
		m->list = xrealloc(m->list, m->cap, sizeof(*m->list));
	}
	m->list[m->n] = (struct runtime_method){0};
	return &m->list[m->n++];
}

static void
read_method(
    struct metadata_parser *p, const char *api, struct runtime_method *m)
{
	struct field *inputs;

	m->api = api;
	m->name = parser_name(p);
	m->n_inputs = scale_count(&p->r, MIN_INPUT);
	inputs = arena_alloc(p->arena, m->n_inputs, sizeof(*inputs));
	for (size_t i = 0; i < m->n_inputs && !p->r.failed; i++) {
		inputs[i].name = parser_name(p);
		inputs[i].type = parser_type(p);
	}
	m->inputs = inputs;
	m->output = parser_type(p);
	parser_skip_docs(p);
	parser_skip_deprecation(p);
}

static void
read_api(struct metadata_parser *p, struct methods *all)
{
	const char *name = parser_name(p);
	size_t n = scale_count(&p->r, MIN_METHOD);

	while (n-- > 0 && !p->r.failed)
		read_method(p, name, next_method(all));
	parser_skip_docs(p);
	if (p->md->version >= 16) {
		scale_compact(&p->r); /* the API's version */
		parser_skip_deprecation(p);
	}
}

static void
skip_custom(struct metadata_parser *p)
{
	size_t n = scale_count(&p->r, MIN_CUSTOM);

	while (n-- > 0 && !p->r.failed) {
		parser_skip_text(p);
		parser_type(p);
		scale_bytes(&p->r, scale_count(&p->r, 1));
	}
}

static struct runtime_method *
keep(struct arena *arena, const struct methods *m)
{
	struct runtime_method *list = arena_alloc(arena, m->n, sizeof(*list));

	memcpy(list, m->list, m->n * sizeof(*list));
	return list;
}

void
metadata_read_apis(struct metadata_parser *p)
{
	struct methods all = {0};
	size_t n;

	if (p->r.failed || p->md->version < 15)
		return;
	n = scale_count(&p->r, MIN_API);
	while (n-- > 0 && !p->r.failed)
		read_api(p, &all);
	if (all.n > 0)
		p->md->methods = keep(p->arena, &all);
	p->md->n_methods = all.n;
	free(all.list);
	for (int i = 0; i < 3; i++)
		parser_type(p); /* the outer enums: call, event, error */
	skip_custom(p);
}

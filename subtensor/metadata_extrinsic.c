/* How extrinsics are made: their versions and their signed extensions. */
#include "subtensor/metadata_parse.h"

#include "subtensor/arena.h"

enum { MIN_EXTENSION = 3, SENT_VERSION = 4 };

static struct extension *
read_extensions(struct metadata_parser *p, size_t *n)
{
	struct extension *x;

	*n = scale_count(&p->r, MIN_EXTENSION);
	x = arena_alloc(p->arena, *n, sizeof(*x));
	for (size_t i = 0; i < *n && !p->r.failed; i++) {
		x[i].identifier = parser_name(p);
		x[i].type = parser_type(p);
		x[i].implicit = parser_type(p);
	}
	return x;
}

static void
read_v14(struct metadata_parser *p)
{
	parser_type(p); /* of the whole extrinsic */
	p->md->has_v4 = scale_u8(&p->r) == SENT_VERSION;
	p->md->extensions = read_extensions(p, &p->md->n_extensions);
	parser_type(p); /* of the runtime */
}

static void
read_v15(struct metadata_parser *p)
{
	p->md->has_v4 = scale_u8(&p->r) == SENT_VERSION;
	for (int i = 0; i < 4; i++)
		parser_type(p); /* address, call, signature, extra */
	p->md->extensions = read_extensions(p, &p->md->n_extensions);
	parser_type(p); /* of the runtime */
}

/* The indices of extension version 0; *n of them, borrowed from the arena. */
static const uint32_t *
read_order(struct metadata_parser *p, size_t *n)
{
	size_t versions = scale_count(&p->r, 2), count;
	uint32_t *order = NULL;

	while (versions-- > 0 && !p->r.failed) {
		bool is_first = scale_u8(&p->r) == 0;
		uint32_t *list;

		count = scale_count(&p->r, 1);
		list = arena_alloc(p->arena, count, sizeof(*list));
		for (size_t i = 0; i < count; i++)
			list[i] = scale_compact(&p->r);
		if (is_first) {
			order = list;
			*n = count;
		}
	}
	if (order == NULL)
		parser_refuse(p, "it has no extensions of version 0");
	return order;
}

static void
pick_extensions(struct metadata_parser *p, const uint32_t *order, size_t n,
    const struct extension *all, size_t n_all)
{
	struct extension *x = arena_alloc(p->arena, n, sizeof(*x));

	for (size_t i = 0; i < n; i++) {
		if (order[i] >= n_all) {
			parser_refuse(p, "an extension that is not there");
			return;
		}
		x[i] = all[order[i]];
	}
	p->md->extensions = x;
	p->md->n_extensions = n;
}

static void
read_v16(struct metadata_parser *p)
{
	size_t versions = scale_count(&p->r, 1), n = 0, n_all;
	const struct extension *all;
	const uint32_t *order;

	while (versions-- > 0)
		if (scale_u8(&p->r) == SENT_VERSION)
			p->md->has_v4 = true;
	for (int i = 0; i < 3; i++)
		parser_type(p); /* address, call, signature */
	order = read_order(p, &n);
	all = read_extensions(p, &n_all);
	if (!p->r.failed)
		pick_extensions(p, order, n, all, n_all);
}

void
metadata_read_extrinsic(struct metadata_parser *p)
{
	if (p->r.failed)
		return;
	if (p->md->version == 14)
		read_v14(p);
	else if (p->md->version == 15)
		read_v15(p);
	else
		read_v16(p);
}

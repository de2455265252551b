/* Our metadata goes through the same reader as anybody's. */
#include "tests/fake/devchain/runtime.h"

#include <assert.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "tests/fake/devchain/meta_write.h"
#include "tests/fake/devchain/older.h"

static struct metadata *
read_all(const struct runtime_spec *spec)
{
	struct runtime_spec full = *spec;
	struct buf blob = {0};
	struct metadata *md;

	full.has_all = true;
	meta_write(&full, 15, &blob);
	md = metadata_parse(blob.data, blob.len, NULL);
	buf_free(&blob);
	return md;
}

struct runtime *
runtime_new(const struct runtime_spec *spec)
{
	struct runtime *r = xcalloc(1, sizeof(*r));

	r->spec = *spec;
	meta_write(spec, 14, &r->v14);
	meta_write(spec, 15, &r->v15);
	r->md = metadata_parse(r->v15.data, r->v15.len, NULL);
	r->all = read_all(spec);
	assert(r->md != NULL && r->all != NULL);
	return r;
}

void
runtime_free(struct runtime *r)
{
	if (r == NULL)
		return;
	metadata_free(r->md);
	metadata_free(r->all);
	buf_free(&r->v14);
	buf_free(&r->v15);
	free(r);
}

struct view
runtime_view(
    const struct runtime *r, struct state *state, const struct place *at)
{
	return (struct view){.state = state,
	    .at = at,
	    .md = r->all,
	    .old_epochs = older_epochs(&r->spec),
	    .crv3 = r->spec.crv3};
}

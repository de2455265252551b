/* Our metadata goes through the same reader as anybody's. */
#include "tests/fake/devchain/runtime.h"

#include <assert.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "tests/fake/devchain/meta_write.h"

struct runtime *
runtime_new(const struct runtime_spec *spec)
{
	struct runtime *r = xcalloc(1, sizeof(*r));

	r->spec = *spec;
	meta_write(spec, 14, &r->v14);
	meta_write(spec, 15, &r->v15);
	r->md = metadata_parse(r->v15.data, r->v15.len, NULL);
	assert(r->md != NULL);
	return r;
}

void
runtime_free(struct runtime *r)
{
	if (r == NULL)
		return;
	metadata_free(r->md);
	buf_free(&r->v14);
	buf_free(&r->v15);
	free(r);
}

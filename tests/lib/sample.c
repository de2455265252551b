/* Small files for tests. */
#include "tests/lib/sample.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/lib/paths.h"

enum { RATE_HZ = 16000, LOUD = 8000 };

/* Two deflated squares; only the bytes of colour and checksum differ. */
static const char *const pngs[] = {
    "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc00000011"
    "4944415478da633821278715310c2d090090bf4101cf70a13c0000000049454e44ae42608"
    "2",
    "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc00000011"
    "4944415478da6390933b8115310c2d09003bbf41010ebca1790000000049454e44ae42608"
    "2",
};

static void
add_le(struct buf *out, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_byte(out, v >> 8 * i);
}

void
sample_wav(int hz, double seconds, struct buf *out)
{
	uint32_t n = seconds * RATE_HZ;

	buf_add_str(out, "RIFF");
	add_le(out, 36 + 2 * n, 4);
	buf_add_str(out, "WAVEfmt ");
	add_le(out, 16, 4);
	add_le(out, 1, 2);
	add_le(out, 1, 2);
	add_le(out, RATE_HZ, 4);
	add_le(out, 2 * RATE_HZ, 4);
	add_le(out, 2, 2);
	add_le(out, 16, 2);
	buf_add_str(out, "data");
	add_le(out, 2 * n, 4);
	for (uint32_t i = 0; i < n; i++)
		add_le(
		    out, (int16_t)(LOUD * sin(2 * M_PI * hz * i / RATE_HZ)), 2);
}

void
sample_png(int colour, struct buf *out)
{
	size_t len = strlen(pngs[colour]) / 2;

	if (hex_decode_exact(pngs[colour], buf_reserve(out, len), len) != 0)
		abort();
	out->len += len;
}

json_t *
sample_kind(json_t *kinds, const char *name)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		const char *is =
		    json_string_value(json_object_get(kind, "name"));

		if (is != NULL && strcmp(is, name) == 0)
			return kind;
	}
	abort();
}

json_t *
sample_kind_copy(json_t *kinds, const char *name, const char *as)
{
	json_t *copy = json_deep_copy(sample_kind(kinds, name));

	json_object_set_new(copy, "name", json_string(as));
	json_object_set_new(copy, "capacity_key", json_string(as));
	json_object_del(copy, "aliases"); /* no two kinds have the same */
	json_object_del(copy, "openai");
	json_array_append_new(kinds, copy);
	return copy;
}

char *
sample_kinds(const char *name, void (*edit)(json_t *))
{
	char *build = paths_build(), *path = xasprintf("%s/%s", build, name);
	json_error_t why;
	json_t *kinds = json_load_file("deploy/kinds.json", 0, &why);

	free(build);
	if (kinds != NULL)
		edit(kinds);
	if (kinds == NULL || json_dump_file(kinds, path, JSON_INDENT(1)) != 0) {
		fprintf(stderr, "sample: %s: %s\n", path, why.text);
		free(path);
		path = NULL;
	}
	json_decref(kinds);
	return path;
}

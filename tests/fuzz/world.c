/*
 * The blobs are written and parsed as any other, so that what the fuzzers
 * use is what the reader makes.
 */
#include "tests/fuzz/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "tests/fuzz/blob.h"
#include "tests/fuzz/world_tables.h"

enum { MAX_FILE = 4 << 20 };

const char *const world_files[WORLD_MAX - WORLD_RECORDED + 1] = {
    "finney_spec343_v15.scale", "finney_taohop_20260704.scale",
    "metadata-293.scale", "finney_spec343_v14.scale",
    "finney_one-covenant_bittensor-rs_20251227.scale",
    "subtensor_devnet_spec246ish_20250307.scale", NULL};

struct worlds {
	const struct metadata *list[WORLD_MAX];
	size_t n;
};

uint8_t *
world_read(const char *file, size_t *len)
{
	const char *folder = getenv("CHAIN_DATA");
	char *path = xasprintf(
	    "%s/%s", folder != NULL ? folder : "../shared/chain-data", file);
	FILE *f = fopen(path, "rb");
	uint8_t *data;

	free(path);
	if (f == NULL)
		return NULL;
	data = xmalloc(MAX_FILE + 1);
	*len = fread(data, 1, MAX_FILE, f);
	data[*len] = '\0';
	fclose(f);
	return data;
}

void
world_blob(int which, struct buf *out)
{
	struct metadata md = world_tables;
	struct blob_form form = {.version = 14 + which};

	md.extensions = world_extensions;
	md.n_extensions = WORLD_EXTENSIONS;
	md.has_v4 = which != WORLD_NO_V4;
	if (which == WORLD_UNKNOWN) {
		md.extensions = world_strange;
		md.n_extensions = 3;
	}
	blob_encode(&md, &form, out);
}

static void
give_up(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	abort();
}

static void
add(struct worlds *w, const void *blob, size_t len, const char *what)
{
	struct err err = {""};
	const struct metadata *md = metadata_parse(blob, len, &err);

	if (md == NULL)
		give_up(what, err.text);
	w->list[w->n++] = md;
}

static void
load(struct worlds *w)
{
	for (int i = 0; i < WORLD_RECORDED; i++) {
		struct buf blob = {0};

		world_blob(i, &blob);
		add(w, blob.data, blob.len, "a world of our own");
		buf_free(&blob);
	}
	for (size_t i = 0; world_files[i] != NULL; i++) {
		size_t len;
		uint8_t *blob = world_read(world_files[i], &len);

		if (blob != NULL)
			add(w, blob, len, world_files[i]);
		else if (getenv("CHAIN_DATA") != NULL)
			give_up(world_files[i], "it cannot be read");
		free(blob);
	}
}

/* libFuzzer hands a target nothing to keep things in. */
static const struct worlds *
worlds(void)
{
	static struct worlds w;

	if (w.n == 0)
		load(&w);
	return &w;
}

const struct metadata *
world_get(uint8_t which)
{
	return worlds()->list[which % worlds()->n];
}

size_t
world_count(void)
{
	return worlds()->n;
}

int64_t
world_type(const struct metadata *md, const char *path)
{
	for (size_t i = 0; i < md->n_types; i++)
		if (strcmp(md->types[i].path, path) == 0)
			return i;
	return -1;
}

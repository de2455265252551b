/* The folder of recorded chain data, read for tests. */
#include "tests/lib/chaindata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/xalloc.h"

static const char *
folder(void)
{
	const char *named = getenv("CHAIN_DATA");

	return named != NULL ? named : "../shared/chain-data";
}

void
chaindata_or_skip(void)
{
	if (access(folder(), R_OK) == 0)
		return;
	if (getenv("CHAIN_DATA") != NULL)
		fail_msg("CHAIN_DATA names %s, which cannot be read", folder());
	skip();
}

char *
chaindata_path(const char *file)
{
	return xasprintf("%s/%s", folder(), file);
}

uint8_t *
chaindata_read(const char *file, size_t *len)
{
	char *path = chaindata_path(file);
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (f == NULL)
		fail_msg("cannot open %s", path);
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	data = xmalloc(size + 1);
	if (fread(data, 1, size, f) != (size_t)size)
		fail_msg("cannot read %s", path);
	fclose(f);
	free(path);
	data[size] = '\0';
	*len = size;
	return data;
}

json_t *
chaindata_json(const char *file)
{
	size_t len;
	uint8_t *data = chaindata_read(file, &len);
	json_error_t why;
	json_t *json = json_loadb((char *)data, len, JSON_DECODE_ANY, &why);

	if (json == NULL)
		fail_msg("%s:%d: %s", file, why.line, why.text);
	free(data);
	return json;
}

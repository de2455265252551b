/* Names for dispatch errors. */
#include "subtensor/extrinsic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"

enum { ERROR_BYTES = 4 };

/* Of the four bytes the first is the error's number; it was one byte once. */
static int
error_number(const json_t *error)
{
	uint8_t bytes[ERROR_BYTES];

	if (json_is_integer(error))
		return json_integer_value(error);
	if (!json_is_string(error) ||
	    hex_decode(json_string_value(error), bytes, sizeof(bytes)) < 1)
		return -1;
	return bytes[0];
}

static char *
module_error(const struct metadata *md, const json_t *module)
{
	const json_t *at = json_object_get(module, "index");
	json_int_t index = json_is_integer(at) ? json_integer_value(at) : -1;
	int number = error_number(json_object_get(module, "error"));
	const struct pallet *p;
	const struct variant *v;

	if (index < 0 || index > UINT8_MAX || number < 0 || number > UINT8_MAX)
		return xstrdup("Module");
	p = metadata_pallet_at(md, index);
	v = metadata_error(md, index, number);
	if (p != NULL && v != NULL)
		return xasprintf("%s.%s", p->name, v->name);
	if (p != NULL)
		return xasprintf("%s.%d", p->name, number);
	return xasprintf("Module.%d.%d", (int)index, number);
}

/* {"Name": inside} to its parts; NULL if it is neither that nor "Name". */
static const char *
variant_of(const json_t *json, const json_t **inside)
{
	void *only = json_object_iter((json_t *)json);

	*inside = only != NULL ? json_object_iter_value(only) : NULL;
	if (only != NULL)
		return json_object_iter_key(only);
	return json_string_value(json);
}

char *
dispatch_error_name(const struct metadata *md, const json_t *err_json)
{
	const json_t *inside, *nothing;
	const char *outer = variant_of(err_json, &inside), *inner;

	if (outer == NULL)
		return xstrdup("unknown");
	if (strcmp(outer, "Module") == 0)
		return module_error(md, inside);
	inner = variant_of(inside, &nothing);
	if (inner == NULL)
		return xstrdup(outer);
	return xasprintf("%s.%s", outer, inner);
}

/* What Dippy's public views show of a job. */
#include "orchestrator/dippy_public.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/xalloc.h"

enum { MAX_DEPTH = 64 }; /* what is deeper is not shown */

static json_t *show(const char *name, const json_t *value, int depth);

static bool
has(const char *name, const char *word)
{
	return strcasestr(name, word) != NULL;
}

static bool
is_prompt(const char *name)
{
	return has(name, "prompt") && !has(name, "seed");
}

static bool
is_picture_url(const char *name)
{
	return has(name, "image") && (has(name, "url") || has(name, "uri"));
}

/* -- values -------------------------------------------------------------- */

static json_t *
hash_of(const json_t *value)
{
	char *text = json_is_string(value)
			 ? xstrdup(json_string_value(value))
			 : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	size_t len = json_is_null(value)     ? 0
		     : json_is_string(value) ? json_string_length(value)
					     : strlen(text);
	uint8_t digest[crypto_hash_sha256_BYTES];
	char out[7 + 2 * sizeof(digest) + 1] = "sha256:";

	crypto_hash_sha256(digest, (const uint8_t *)text, len);
	hex_encode(digest, sizeof(digest), out + 7);
	free(text);
	return json_string(out);
}

/* "https://h/p/i.png?sig=1#f" and "gs://bucket/i.png" are "i.png". */
static json_t *
last_part(const char *url)
{
	const char *path = strstr(url, "://");
	const char *from, *end;

	path = path != NULL ? path + 3 : url;
	end = path + strcspn(path, "?#");
	from = end;
	while (from > path && from[-1] != '/')
		from--;
	return json_stringn(from, end - from);
}

static json_t *
show_list(const char *name, const json_t *list, int depth)
{
	json_t *out = json_array();
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		json_array_append_new(out, show(name, item, depth));
	}
	return out;
}

static json_t *
show_object(const json_t *object, int depth)
{
	json_t *out = json_object();
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value)
	{
		if (strcasecmp(name, "callback_secret") != 0)
			json_object_set_new(
			    out, name, show(name, value, depth));
	}
	return out;
}

static json_t *
show(const char *name, const json_t *value, int depth)
{
	if (depth == MAX_DEPTH)
		return json_null();
	if (json_is_array(value))
		return show_list(name, value, depth + 1);
	if (is_prompt(name))
		return hash_of(value);
	if (json_is_object(value))
		return show_object(value, depth + 1);
	if (json_is_string(value) && is_picture_url(name))
		return last_part(json_string_value(value));
	return json_deep_copy(value);
}

json_t *
dippy_public(const json_t *value)
{
	return show("", value, 0);
}

/* -- states -------------------------------------------------------------- */

const char *
dippy_status(enum job_state state)
{
	switch (state) {
	case JOB_QUEUED:
	case JOB_ASSIGNED:
	case JOB_RUNNING:
		return "pending";
	case JOB_DONE:
		return "success";
	case JOB_EXPIRED:
		return "timeout";
	case JOB_FAILED:
	case JOB_CANCELLED:
		return "failed";
	case N_JOB_STATES:
		break;
	}
	return "pending";
}

/* The body of a webhook. */
#include "orchestrator/webhooks_body.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* In this order; of a list, a member of each of its items. */
static const struct {
	const char *name, *in, *member;
} parts[] = {
    {"attempts.receipt", "attempts", "receipt"},
    {"result.output", "result", "output"},
    {"params", NULL, "params"},
    {"result.measured", "result", "measured"},
    {"attempts", NULL, "attempts"},
    {"result", NULL, "result"},
    {"input", NULL, "input"},
};

static void
format_time(int64_t wall_us, char out[40])
{
	time_t s = wall_us / 1000000;
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, 40 - n, ".%06dZ", (int)(wall_us % 1000000));
}

/* Whether there was anything to leave out. */
static bool
leave_out(json_t *data, size_t part)
{
	const char *member = parts[part].member;
	json_t *in = parts[part].in != NULL
			 ? json_object_get(data, parts[part].in)
			 : data;
	bool found = json_object_del(in, member) == 0;
	json_t *item;
	size_t i;

	json_array_foreach(in, i, item)
	{
		found |= json_object_del(item, member) == 0;
	}
	return found;
}

char *
webhooks_body(const char *event, int64_t at_us, json_t *data, json_t *more)
{
	json_t *left_out = json_array(), *body;
	char timestamp[40], *text;

	format_time(at_us, timestamp);
	body = json_pack("{s:s, s:s, s:O}", "type", event, "timestamp",
	    timestamp, "data", data);
	json_object_update_missing(body, more);
	text = json_dumps(body, JSON_COMPACT);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) &&
			   strlen(text) > WEBHOOKS_MAX_BODY;
	     i++) {
		if (!leave_out(data, i))
			continue;
		json_array_append_new(left_out, json_string(parts[i].name));
		json_object_set(data, "left_out", left_out);
		free(text);
		text = json_dumps(body, JSON_COMPACT);
	}
	json_decref(left_out);
	json_decref(body);
	return text;
}

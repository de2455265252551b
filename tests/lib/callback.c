/* A miner's callbacks. */
#include "tests/lib/callback.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"

static void
copy_text(const json_t *body, const char *key, const char *other, char *out,
    size_t size)
{
	const char *text = json_string_value(json_object_get(body, key));

	if (text == NULL)
		text = json_string_value(json_object_get(body, other));
	snprintf(out, size, "%s", text != NULL ? text : "");
}

static void
take_answer(struct fetch_answer *answer, struct callback_told *told)
{
	json_t *body = fetch_json(answer);

	*told = (struct callback_told){.status = answer->status};
	copy_text(body, "code", "status", told->word, sizeof(told->word));
	copy_text(
	    body, "detail", "message", told->detail, sizeof(told->detail));
	if (answer->status == 0)
		fprintf(stderr, "callback: %s\n", answer->why);
	json_decref(body);
	fetch_clear(answer);
}

static void
send(const struct hand_task *task, const char *secret, const char *type,
    struct fetch_ask *ask, struct callback_told *told)
{
	char *secret_line =
	    secret != NULL ? xasprintf("X-Callback-Secret: %s", secret) : NULL;
	char *type_line = xasprintf(
	    type != NULL ? "Content-Type: %s" : "Content-Type:", type);
	const char *headers[3] = {NULL, NULL, NULL};
	struct fetch_answer answer;
	int n = 0;

	if (ask->parts == NULL)
		headers[n++] = type_line;
	if (secret != NULL)
		headers[n++] = secret_line;
	ask->url = task->callback_url;
	ask->headers = headers;
	fetch(ask, &answer);
	take_answer(&answer, told);
	free(secret_line);
	free(type_line);
}

void
callback_raw(const struct hand_task *task, const char *secret, const char *type,
    const void *data, size_t len, struct callback_told *told)
{
	struct fetch_ask ask = {.body = data, .len = len};

	send(task, secret, type, &ask, told);
}

void
callback_json(const struct hand_task *task, const char *secret,
    const char *json, struct callback_told *told)
{
	callback_raw(
	    task, secret, "application/json", json, strlen(json), told);
}

void
callback_file(const struct hand_task *task, const char *secret,
    const char *part, const char *type, const void *data, size_t len,
    struct callback_told *told)
{
	const struct fetch_part parts[] = {
	    {part, "result.bin", type, data, len}, {NULL, NULL, NULL, NULL, 0}};
	struct fetch_ask ask = {.parts = parts};

	send(task, secret, NULL, &ask, told);
}

static void
add_field(struct fetch_part *parts, int *n, const char *name, const char *value)
{
	if (value != NULL)
		parts[(*n)++] =
		    (struct fetch_part){name, NULL, NULL, value, strlen(value)};
}

void
callback_dippy(const struct hand_task *task, const char *secret,
    const struct callback_dippy *c, struct callback_told *told)
{
	struct fetch_part parts[6] = {{NULL, NULL, NULL, NULL, 0}};
	struct fetch_ask ask = {.parts = parts};
	int n = 0;

	add_field(parts, &n, "job_id", c->job_id);
	add_field(parts, &n, "status", c->status);
	add_field(parts, &n, "completed_at", "2026-01-01T00:00:00+00:00");
	add_field(parts, &n, "error", c->error);
	if (c->image != NULL)
		parts[n++] = (struct fetch_part){
		    "image", "image.png", c->image_type, c->image, c->len};
	send(task, secret, NULL, &ask, told);
}

/* One of Violet's miners, played by hand. */
#include "tests/lib/puller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "subtensor/epistula.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { WAIT_MS = 30000, N_HEADERS = 7 };

static const char boundary[] = "puller-boundary-7d1f";

struct puller {
	struct suite *s;
	int uid;
	char hotkey[64];
	struct sr25519_keypair pair;
};

/* The validator's is in a file; miners' stand on the development phrase. */
static int
take_key(struct puller *p, int miner)
{
	char *path = sandbox_path(p->s->box, "hotkey");
	json_t *file = json_load_file(path, 0, NULL);
	char *suri = miner < 0 ? xstrdup(json_string_value(
				     json_object_get(file, "secretSeed")))
			       : xasprintf("//Miner%d", miner + 1);
	struct err err;
	int failed = suri_to_keypair(suri, &p->pair, &err);

	snprintf(p->hotkey, sizeof(p->hotkey), "%s",
	    miner < 0 ? p->s->hotkey : p->s->miner_hotkeys[miner]);
	json_decref(file);
	free(path);
	free(suri);
	return failed;
}

struct puller *
puller_new(struct suite *s, int miner)
{
	struct puller *p = xcalloc(1, sizeof(*p));

	p->s = s;
	if (take_key(p, miner) != 0 ||
	    db_wait_int(s->db, 1, 0,
		"select count(*) from neuron where hotkey = '%s'",
		p->hotkey) != 0) {
		fprintf(stderr, "puller: there is no miner %d\n", miner);
		free(p);
		return NULL;
	}
	p->uid = (int)db_int(
	    s->db, "select uid from neuron where hotkey = '%s'", p->hotkey);
	return p;
}

struct puller *
puller_stranger(struct suite *s, int uid)
{
	struct puller *p = xcalloc(1, sizeof(*p));
	struct err err;

	p->s = s;
	p->uid = uid;
	if (suri_to_keypair("//Stranger", &p->pair, &err) != 0)
		abort();
	ss58_encode(SS58_BITTENSOR, p->pair.public, p->hotkey);
	return p;
}

void
puller_free(struct puller *p)
{
	free(p);
}

int
puller_uid(const struct puller *p)
{
	return p->uid;
}

const char *
puller_hotkey(const struct puller *p)
{
	return p->hotkey;
}

/* -- asking ---------------------------------------------------------------- */

/* The headers in order, of what is to be freed. */
static void
sign(const struct puller *p, const struct puller_call *call, char *headers[])
{
	int64_t ms = clock_wall_ms() - call->age_ms;
	const char *signed_for =
	    call->signed_for != NULL ? call->signed_for : p->s->hotkey;
	char fresh[UUID_TEXT], message[EPISTULA_MAX_MESSAGE], hex[129];
	const char *uuid = call->uuid != NULL ? call->uuid : fresh;
	uint8_t sig[64];

	uuid_new(fresh);
	epistula_message(call->body, call->len, uuid, ms, signed_for, message);
	sr25519_sign(&p->pair, (uint8_t *)message, strlen(message), sig);
	hex_encode(sig, sizeof(sig), hex);
	headers[0] = xasprintf("Authorization: Epistula 0x%s", hex);
	headers[1] = xasprintf("Epistula-Signature: 0x%s", hex);
	headers[2] = xasprintf("Epistula-Timestamp: %lld", (long long)ms);
	headers[3] = xasprintf("Epistula-UUID: %s", uuid);
	headers[4] = xasprintf("Epistula-Signed-By: %s", p->hotkey);
	headers[5] = xasprintf("Epistula-Signed-For: %s", signed_for);
}

int
puller_ask(const struct puller *p, const struct puller_call *call,
    struct fetch_answer *answer)
{
	char *headers[N_HEADERS + 1] = {NULL};
	char *url = xasprintf("%s%s", p->s->api_url, call->path);
	char *body = xmemdup(call->len > 0 ? call->body : "", call->len + 1);
	struct fetch_ask ask = {.url = url,
	    .headers = (const char *const *)headers,
	    .body = call->type != NULL ? body : NULL,
	    .len = call->len};
	int n = 0;

	if (!call->is_unsigned) {
		sign(p, call, headers);
		n = 6;
	}
	if (call->type != NULL)
		headers[n++] = xasprintf("Content-Type: %s", call->type);
	if (call->is_changed)
		body[call->len - 1] ^= 1;
	fetch(&ask, answer);
	while (n > 0)
		free(headers[--n]);
	free(url);
	free(body);
	return answer->status;
}

int
puller_get(
    const struct puller *p, const char *path, struct fetch_answer *answer)
{
	struct puller_call call = {.path = path};

	return puller_ask(p, &call, answer);
}

int
puller_form(const struct puller *p, const char *path, const char *form,
    struct fetch_answer *answer)
{
	struct puller_call call = {.path = path,
	    .type = "application/x-www-form-urlencoded",
	    .body = form,
	    .len = strlen(form)};

	return puller_ask(p, &call, answer);
}

static void
add_part(struct buf *body, const char *head, const void *data, size_t len)
{
	buf_printf(body, "--%s\r\nContent-Disposition: form-data; %s\r\n\r\n",
	    boundary, head);
	buf_add(body, data, len);
	buf_add_str(body, "\r\n");
}

int
puller_upload(const struct puller *p, const char *path,
    const char *const fields[], const void *file, size_t len,
    struct fetch_answer *answer)
{
	char *type = xasprintf("multipart/form-data; boundary=%s", boundary);
	struct puller_call call = {.path = path, .type = type};
	struct buf body = {0};
	int status;

	for (; fields[0] != NULL; fields += 2) {
		char *head = xasprintf("name=\"%s\"", fields[0]);

		add_part(&body, head, fields[1], strlen(fields[1]));
		free(head);
	}
	if (file != NULL)
		add_part(&body,
		    "name=\"audio_file\"; filename=\"out.wav\"\r\n"
		    "Content-Type: audio/wav",
		    file, len);
	buf_printf(&body, "--%s--\r\n", boundary);
	call.body = body.data;
	call.len = body.len;
	status = puller_ask(p, &call, answer);
	buf_free(&body);
	free(type);
	return status;
}

/* -- tasks ----------------------------------------------------------------- */

json_t *
puller_poll(const struct puller *p, const char *query)
{
	char *path = xasprintf(
	    "/api/v1/miners/%d/tasks?status=assigned%s", p->uid, query);
	struct fetch_answer answer;
	json_t *list = NULL;

	if (puller_get(p, path, &answer) == 200)
		list = fetch_json(&answer);
	if (!json_is_array(list)) {
		fprintf(stderr, "puller: %d %s %s\n", answer.status, answer.why,
		    answer.body != NULL ? answer.body : "");
		json_decref(list);
		list = NULL;
	}
	fetch_clear(&answer);
	free(path);
	return list;
}

static json_t *
find(json_t *list, const char *task_id)
{
	json_t *task;
	size_t i;

	json_array_foreach(list, i, task)
	{
		const char *id =
		    json_string_value(json_object_get(task, "task_id"));

		if (id != NULL && strcmp(id, task_id) == 0)
			return json_incref(task);
	}
	return NULL;
}

json_t *
puller_await(const struct puller *p, const char *task_id)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	json_t *list, *task = NULL;

	while (task == NULL) {
		list = puller_poll(p, "");
		if (list == NULL)
			return NULL;
		task = find(list, task_id);
		json_decref(list);
		if (task == NULL && clock_mono_us() > until_us) {
			fprintf(stderr, "puller: %s is not given to uid %d\n",
			    task_id, p->uid);
			return NULL;
		}
		if (task == NULL)
			proc_nap();
	}
	return task;
}

/* A job's input that its client named by a URL. */
#include "orchestrator/remote_input.h"

#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/refusal.h"

enum { TIMEOUT_MS = 30000, AT_ONCE = 8 };

struct remote_input {
	struct orchestrator *o;
	int64_t max_bytes;
	remote_input_on_fetched *on_fetched;
	void *arg;
};

static void
end(struct remote_input *in, struct blob_writer *file, const char *type,
    const struct refusal *r)
{
	in->on_fetched(file, type, r, in->arg);
	free(in);
}

static void
refuse(struct remote_input *in, int status, const char *code, const char *why)
{
	struct refusal r;

	refusal_set(&r, status, code, "%s", why);
	end(in, NULL, NULL, &r);
}

/* What went wrong, said so that the client can mend it; nothing of what our
 * network looks like. */
static void
refuse_fetch(struct remote_input *in, const struct http_answer *answer)
{
	struct refusal r;

	if (answer->status != 0)
		refusal_set(&r, 422, "input_url",
		    "the input's URL is answered with %d; it must be 200, "
		    "without a redirect",
		    answer->status);
	else if (strcmp(answer->why, "too_large") == 0)
		refusal_set(&r, 413, "input_size",
		    "the input at the URL has more than %lld bytes",
		    (long long)in->max_bytes);
	else
		refusal_set(&r, 422, "input_url",
		    "the input's URL cannot be fetched (%s): it must be "
		    "https, at a public address, and answer within %d s",
		    answer->why, TIMEOUT_MS / 1000);
	end(in, NULL, NULL, &r);
}

static void
keep(struct remote_input *in, const struct http_answer *answer)
{
	struct err err;
	struct blob_writer *file =
	    blob_begin(in->o->blobs, (uint64_t)in->max_bytes, &err);

	if (file == NULL ||
	    blob_write(file, answer->body, answer->len, &err) != 0) {
		blob_abort(file);
		log_error("store.disk", "why=\"%s\"", err.text);
		refuse(
		    in, 503, "unavailable", "the input cannot be stored now");
		return;
	}
	end(in, file, answer->content_type != NULL ? answer->content_type : "",
	    NULL);
}

static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct remote_input *in = arg;

	in->o->n_fetches--;
	if (answer->status == 200)
		keep(in, answer);
	else
		refuse_fetch(in, answer);
}

void
remote_input_fetch(struct orchestrator *o, const char *url, int64_t max_bytes,
    remote_input_on_fetched *on_fetched, void *arg)
{
	struct remote_input *in = xcalloc(1, sizeof(*in));
	struct http_call_options call = {
	    .method = "GET",
	    .url = url,
	    .timeout_ms = TIMEOUT_MS,
	    .is_once = true,
	};

	in->o = o;
	in->max_bytes =
	    max_bytes < REMOTE_INPUT_MAX ? max_bytes : REMOTE_INPUT_MAX;
	in->on_fetched = on_fetched;
	in->arg = arg;
	if (o->n_fetches == AT_ONCE) {
		refuse(in, 503, "unavailable",
		    "too many inputs are being fetched; ask again");
		return;
	}
	o->n_fetches++;
	call.max_answer = (size_t)in->max_bytes;
	http_call_start(o->client, &call, on_answer, in);
}

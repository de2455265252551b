/* Attempts taken back from their miners. */
#include "orchestrator/withdraw.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/dispatch.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/signed_call.h"

enum { ANSWER_MS = 5000 };

struct withdrawal {
	char id[UUID_TEXT];
};

static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct withdrawal *w = arg;

	log_info("attempt.withdrawn", "id=%s status=%d%s%s", w->id,
	    answer->status, answer->status == 0 ? " why=" : "",
	    answer->status == 0 ? answer->why : "");
	free(w);
}

static void
on_signed(struct signed_call *call, const struct err *why, void *arg)
{
	if (why == NULL)
		signed_call_send(call);
	else
		free(arg);
}

/* Not every protocol has such a request. */
static char *
url_of(const struct orchestrator *o, const char *kind_name, const char *hotkey)
{
	const struct kind *kind = kinds_find(o->kinds, kind_name);
	const struct miner *m = table_find(&o->table, hotkey);
	const struct protocol *protocol;
	char *path, *url;

	if (kind == NULL || m == NULL || m->address == NULL)
		return NULL;
	protocol = protocol_find(kind->protocol);
	if (protocol == NULL || !protocol->is_withdrawn)
		return NULL;
	path = xasprintf("%s/cancel", kind->path);
	url = dispatch_url(o, m->address, path, false);
	free(path);
	return url;
}

void
withdraw(struct orchestrator *o, const char *attempt_id, const char *kind,
    const char *hotkey)
{
	struct signed_call_request request = {
	    .method = "POST",
	    .url = url_of(o, kind, hotkey),
	    .signed_for = hotkey,
	    .timeout_ms = ANSWER_MS,
	    .on_signed = on_signed,
	    .on_answer = on_answer,
	    .on_drop = free,
	};
	struct withdrawal *w;

	if (request.url == NULL)
		return;
	w = xcalloc(1, sizeof(*w));
	snprintf(w->id, sizeof(w->id), "%s", attempt_id);
	request.body = xasprintf("{\"job_id\":\"%s\"}", attempt_id);
	request.arg = w;
	signed_call_new(o, &request);
}

/* author_*: extrinsics into the pool. */
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/show.h"
#include "tests/fake/devchain/subs.h"

enum { MAX_EXTRINSIC = 5 * 1024 * 1024 };

static json_t *
refuse(struct call *c, enum submit_result result, const struct submission *s)
{
	char text[96], hash[67] = "0x";

	switch (result) {
	case SUBMIT_OK:
		return NULL;
	case SUBMIT_BAD_FORMAT:
		return call_fail(c, RPC_BAD_FORMAT, NULL,
		    "Extrinsic has invalid format: Codec error");
	case SUBMIT_UNDECODABLE:
		return call_fail(c, RPC_VERIFICATION,
		    "RuntimeApi(\"Execution failed: Runtime panicked\")",
		    "Verification Error: Runtime error: Execution failed: "
		    "Execution aborted due to trap: wasm trap: wasm "
		    "`unreachable` instruction executed");
	case SUBMIT_INVALID:
		validity_text(&s->validity, text);
		return call_fail(
		    c, RPC_INVALID_TRANSACTION, text, "Invalid Transaction");
	case SUBMIT_BANNED:
		return call_fail(
		    c, RPC_BANNED, NULL, "Transaction is temporarily banned");
	case SUBMIT_KNOWN:
		hex_encode(s->hash, 32, hash + 2);
		return call_fail(
		    c, RPC_KNOWN, hash, "Transaction Already Imported");
	case SUBMIT_RIVAL:
		return call_fail(c, RPC_LOW_PRIORITY,
		    "The transaction has too low priority to replace another "
		    "transaction already in the pool.",
		    "Priority is too low: (0 vs 0)");
	}
	return NULL;
}

static size_t
endpoint_index(const struct call *c)
{
	return c->client->endpoint == NULL ? 0 : c->client->endpoint->index;
}

/* As dev_refuse wanted. */
static bool
is_refused_anyway(struct call *c)
{
	struct refusals *r = &c->node->refusals;

	if (r->times == 0)
		return false;
	r->times--;
	call_fail(c, r->code, r->data, "%s", r->message);
	log_info("extrinsic.refused", "code=%d data=\"%s\" endpoint=%zu",
	    r->code, r->data, endpoint_index(c));
	return true;
}

/* 0, and it will be announced after the answer; or -1 and why it is not. */
static int
submit(struct call *c)
{
	struct submission s;
	struct buf bytes = {0};
	enum submit_result result;
	char hash[65];

	if (is_refused_anyway(c))
		return -1;
	if (call_bytes(c, 0, MAX_EXTRINSIC, &bytes) != 0) {
		buf_free(&bytes);
		return -1;
	}
	result = chain_submit(c->node->chain, &bytes, clock_wall_ms(), &s);
	buf_free(&bytes);
	refuse(c, result, &s);
	hex_encode(s.hash, sizeof(s.hash), hash);
	if (result != SUBMIT_OK) {
		log_info("extrinsic.refused",
		    "code=%d data=\"%s\" hash=0x%s endpoint=%zu", c->code,
		    c->data, hash, endpoint_index(c));
		return -1;
	}
	log_info("extrinsic.accepted", "nonce=%u hash=0x%s endpoint=%zu",
	    s.tx->nonce, hash, endpoint_index(c));
	c->announces = true;
	memcpy(c->hash, s.hash, sizeof(c->hash));
	return 0;
}

static json_t *
submit_extrinsic(struct call *c)
{
	return submit(c) == 0 ? show_hex(c->hash, 32) : NULL;
}

static json_t *
submit_and_watch(struct call *c)
{
	if (!c->client->can_subscribe)
		return call_fail(c, RPC_SERVER_ERROR, NULL,
		    "Subscriptions are not available on this transport.");
	if (submit(c) != 0)
		return NULL;
	c->sub = subs_add(c->client, SUB_EXTRINSIC);
	memcpy(c->sub->hash, c->hash, sizeof(c->hash));
	return json_string(c->sub->id);
}

static json_t *
unwatch(struct call *c)
{
	const char *id = call_text(c, 0);

	return json_boolean(id != NULL && subs_remove(c->client, id));
}

static json_t *
pending(struct call *c)
{
	json_t *list = json_array();

	for (struct tx *tx = pool_first(c->node->chain->pool); tx != NULL;
	     tx = tx->next)
		if (tx->state == TX_READY)
			json_array_append_new(list, show_buf(&tx->bytes));
	return list;
}

const struct method methods_author[] = {
    {"author_submitExtrinsic", submit_extrinsic},
    {"author_submitAndWatchExtrinsic", submit_and_watch},
    {"author_unwatchExtrinsic", unwatch},
    {"author_pendingExtrinsics", pending},
    {NULL, NULL},
};

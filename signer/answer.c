/* One request line to one reply line. */
#include "signer/answer.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/sign_wire.h"
#include "subtensor/sr25519.h"

static const char *
shape_name(enum shape_id id)
{
	return id < N_SHAPES ? shapes[id].name : "unknown";
}

static void
init_metrics(struct answerer *a, struct metrics *metrics)
{
	char label[64];

	for (enum shape_id id = 0; id <= N_SHAPES; id++) {
		snprintf(label, sizeof(label), "shape=\"%s\"", shape_name(id));
		a->refused[id] =
		    metrics_counter(metrics, "subnetd_signer_refused_total",
			label, "Requests that were refused.");
		if (id < N_SHAPES)
			a->done[id] = metrics_counter(metrics,
			    "subnetd_signer_answered_total", label,
			    "Requests that were signed or answered.");
	}
}

void
answer_init(struct answerer *a, const struct sr25519_keypair *key,
    struct metrics *metrics, int64_t mono_us)
{
	a->key = key;
	ss58_encode(SS58_BITTENSOR, key->public, a->rules.hotkey);
	memcpy(a->public_0x, "0x", 2);
	hex_encode(key->public, sizeof(key->public), a->public_0x + 2);
	for (int call = 0; call < N_WEIGHTS_CALLS; call++)
		a->moved_to[call] = -1;
	for (enum shape_id id = 0; id < N_SHAPES; id++)
		bucket_init(&a->buckets[id], shapes[id].per_second,
		    shapes[id].burst, mono_us);
	if (metrics != NULL)
		init_metrics(a, metrics);
}

static void
count(struct metric *metric)
{
	if (metric != NULL)
		metric_add(metric, 1);
}

static void
print_refusal(struct answerer *a, int64_t id, enum shape_id shape,
    const struct refusal *refusal, struct buf *out)
{
	struct sign_reply reply = {
	    .id = id, .code = refusal->code, .message = refusal->message};

	log_warn("sign.refused", "shape=%s reason=%s why=\"%s\"",
	    shape_name(shape), refusal->code, refusal->message);
	count(a->refused[shape]);
	sign_reply_print(&reply, out);
}

void
answer_refusal(const char *code, const char *message, struct buf *out)
{
	struct sign_reply reply = {
	    .id = SIGN_WIRE_NO_ID, .code = code, .message = message};

	sign_reply_print(&reply, out);
}

static void
print_whoami(const struct answerer *a, int64_t id, struct buf *out)
{
	struct sign_reply reply = {
	    .id = id, .hotkey = a->rules.hotkey, .public = a->public_0x};

	sign_reply_print(&reply, out);
}

static void
print_signature(const struct answerer *a, int64_t id, const struct buf *to_sign,
    struct buf *out)
{
	char signature[2 + 128 + 1] = "0x";
	struct sign_reply reply = {
	    .id = id, .signature = signature, .signed_by = a->rules.hotkey};
	uint8_t sig[64];

	sr25519_sign(a->key, to_sign->data, to_sign->len, sig);
	hex_encode(sig, sizeof(sig), signature + 2);
	sign_reply_print(&reply, out);
}

/* A weight call was signed at another index than we know: said once. */
static void
note_moved(struct answerer *a, const struct sign_request *req)
{
	enum weights_call call;
	uint8_t head[2]; /* pallet and index */
	char hex[2 + 2 * sizeof(head) + 1];

	if (req->call == NULL)
		return;
	call = weights_find(req->call);
	snprintf(hex, sizeof(hex), "%s", req->payload);
	if (hex_decode_exact(hex, head, sizeof(head)) < 0 ||
	    !weights_has_moved(call, head[1]) || a->moved_to[call] == head[1])
		return;
	a->moved_to[call] = head[1];
	log_warn("sign.call_moved",
	    "call=%s index=%d why=\"not the index this version knows; it is "
	    "signed as its arguments are right\"",
	    req->call, head[1]);
}

/* A parsed request; 0 with the reply printed, or -1 and the refusal. */
static int
answer_request(struct answerer *a, const struct sign_request *req,
    enum shape_id shape, int64_t mono_us, int64_t wall_ms, struct buf *out,
    struct refusal *refusal)
{
	struct buf to_sign = {0};
	int ret = 0;

	if (shape == N_SHAPES)
		return refuse(
		    refusal, "unknown_shape", "there is no such shape");
	if (!bucket_take(&a->buckets[shape], mono_us))
		return refuse(refusal, "rate_limited",
		    "more than %g a second of %s", a->buckets[shape].per_second,
		    shapes[shape].name);
	if (shapes[shape].check == NULL) {
		print_whoami(a, req->id, out);
		return 0;
	}
	ret = shapes[shape].check(&a->rules, req, wall_ms, &to_sign, refusal);
	if (ret == 0)
		print_signature(a, req->id, &to_sign, out);
	if (ret == 0 && shape == SHAPE_WEIGHTS)
		note_moved(a, req);
	buf_free(&to_sign);
	return ret;
}

void
answer_line(struct answerer *a, const char *line, size_t len, int64_t mono_us,
    int64_t wall_ms, struct buf *out)
{
	enum shape_id shape = N_SHAPES;
	struct sign_request req;
	struct refusal refusal;
	struct err err;
	int ret;

	if (sign_request_parse(line, len, &req, &err) < 0) {
		ret = refuse(&refusal, "bad_request", "%.100s", err.text);
	} else {
		shape = shape_find(req.shape);
		ret = answer_request(
		    a, &req, shape, mono_us, wall_ms, out, &refusal);
	}
	if (ret < 0)
		print_refusal(a, req.id, shape, &refusal, out);
	else
		count(a->done[shape]);
	sign_request_clear(&req);
}

/*
 * subnetctl replay < EXPORT: a scoring round made again, of nothing but what
 * subnetctl export wrote; and whether it comes to the same.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/weights.h"

enum { MAX_INPUT = 1 << 30, CHUNK = 1 << 20 };

static int
read_stdin(struct buf *in, struct err *err)
{
	for (;;) {
		uint8_t *room = buf_reserve(in, CHUNK);
		size_t n = fread(room, 1, CHUNK, stdin);

		in->len += n;
		if (in->len > MAX_INPUT)
			return err_set(
			    err, "stdin has more than %d bytes", MAX_INPUT);
		if (n == 0)
			return ferror(stdin)
				   ? err_set(err, "stdin cannot be read")
				   : 0;
	}
}

/* -- what is sent ------------------------------------------------------- */

struct pair {
	uint16_t uid;
	double weight;
};

struct sent {
	uint16_t *uids, *values; /* owned */
	long n;
};

static int
by_uid(const void *a, const void *b)
{
	return ((const struct pair *)a)->uid - ((const struct pair *)b)->uid;
}

/* Those above 0, by uid; the caller frees. */
static struct pair *
gather(const struct run *run, size_t *n)
{
	const struct run_entry *entries;
	const struct run_miner *miners;
	struct pair *pairs;
	size_t n_all;

	miners = run_miners(run, &n_all);
	entries = run_entries(run, &n_all);
	pairs = xcalloc(n_all + 1, sizeof(*pairs));
	*n = 0;
	for (size_t i = 0; i < n_all; i++) {
		if (entries[i].weight > 0)
			pairs[(*n)++] =
			    (struct pair){miners[i].uid, entries[i].weight};
	}
	qsort(pairs, *n, sizeof(*pairs), by_uid);
	return pairs;
}

static void
emit(const struct run *run, struct sent *sent)
{
	size_t n;
	struct pair *pairs = gather(run, &n);
	double *weights = xcalloc(n + 1, sizeof(*weights));
	uint16_t *uids = xcalloc(n + 1, sizeof(*uids));

	for (size_t i = 0; i < n; i++) {
		uids[i] = pairs[i].uid;
		weights[i] = pairs[i].weight;
	}
	sent->uids = xcalloc(n + 1, sizeof(*sent->uids));
	sent->values = xcalloc(n + 1, sizeof(*sent->values));
	sent->n = weights_emit(
	    uids, weights, n, false, sent->uids, sent->values, NULL);
	free(pairs);
	free(weights);
	free(uids);
}

static void
write_sent(struct buf *out, const struct sent *s)
{
	buf_printf(out, "sent %ld\n", s->n);
	for (long i = 0; i < s->n; i++)
		buf_printf(out, "%u %u\n", s->uids[i], s->values[i]);
	buf_add_str(out, "end\n");
}

/* -- the answer --------------------------------------------------------- */

static json_t *
print_weights(const struct run *run)
{
	const struct run_entry *entries;
	const struct run_miner *miners;
	json_t *list = json_array();
	size_t n;

	miners = run_miners(run, &n);
	entries = run_entries(run, &n);
	for (size_t i = 0; i < n; i++) {
		if (entries[i].weight > 0)
			json_array_append_new(list,
			    json_pack("{s:s s:i s:f s:f}", "hotkey",
				miners[i].hotkey, "uid", miners[i].uid, "score",
				entries[i].score, "weight", entries[i].weight));
	}
	return list;
}

/* What the export says came of it, against what comes of it now: whether the
 * text goes on with just that. */
static bool
goes_on(const char **rest, const struct buf *text)
{
	if (strncmp(*rest, (const char *)text->data, text->len) != 0)
		return false;
	*rest += text->len;
	return true;
}

enum same { SAME, NOT_THE_WEIGHTS, NOT_WHAT_WAS_SENT, NEVER_SENT };

/* Does the export go on with just what comes of it now? */
static enum same
compare(const struct run *run, const struct sent *now, const char *rest)
{
	struct buf weights = {0}, sent = {0};
	enum same same = NOT_THE_WEIGHTS;

	run_text_write_weights(run, &weights);
	write_sent(&sent, now);
	if (goes_on(&rest, &weights)) {
		same = *rest == '\0' ? NEVER_SENT : NOT_WHAT_WAS_SENT;
		if (goes_on(&rest, &sent) && *rest == '\0')
			same = SAME;
	}
	buf_free(&weights);
	buf_free(&sent);
	return same;
}

static json_t *
print_answer(const struct run *run, const struct sent *now, enum same same)
{
	size_t n_miners, n_events, n_posts;
	json_t *as_sent = json_boolean(same == SAME);

	run_miners(run, &n_miners);
	run_events(run, &n_events);
	run_posts(run, &n_posts);
	if (same == NEVER_SENT || same == NOT_THE_WEIGHTS) {
		json_decref(as_sent);
		as_sent = json_null();
	}
	return json_pack("{s:s s:I s:i s:i s:i s:o s:o s:b s:o}", "policy",
	    run_policy(run)->name, "epoch", (json_int_t)run_round(run)->epoch,
	    "miners", (int)n_miners, "events", (int)n_events, "posts",
	    (int)n_posts, "weights", print_weights(run), "u16",
	    chain_u16_json(now->uids, now->values, now->n), "same_weights",
	    same != NOT_THE_WEIGHTS, "same_as_sent", as_sent);
}

static enum ctl_exit
replay(const struct buf *in, const char *policy, json_t **out, struct err *err)
{
	const char *text = (const char *)in->data, *why;
	struct run *run;
	enum same same;
	struct sent now;
	size_t used;

	run = run_text_read(text, in->len, policy, &used, err);
	if (run == NULL)
		return CTL_FAILED;
	why = run_finish(run);
	if (why != NULL) {
		err_set(err, "there are no weights: %s", why);
		run_free(run);
		return CTL_FAILED;
	}
	emit(run, &now);
	same = compare(run, &now, text + used);
	*out = print_answer(run, &now, same);
	free(now.uids);
	free(now.values);
	run_free(run);
	if (policy != NULL) /* what if: another one is expected */
		return CTL_OK;
	return same == SAME || same == NEVER_SENT ? CTL_OK : CTL_REFUSED;
}

enum ctl_exit
chain_replay(struct chain_args *args, json_t **out, struct err *err)
{
	const char *path = chain_flag(args, "policy");
	char *policy = path != NULL ? config_read_file(path, err) : NULL;
	enum ctl_exit code = CTL_FAILED;
	struct buf in = {0};

	if (path != NULL && policy == NULL)
		return CTL_FAILED;
	if (read_stdin(&in, err) == 0) {
		buf_add_byte(&in, '\0');
		in.len--;
		code = replay(&in, policy, out, err);
	}
	buf_free(&in);
	free(policy);
	return code;
}

/*
 * subnetctl scores check and compare: statements that somebody sent us, read
 * without anything but themselves.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subnetctl/differ.h"
#include "subnetctl/statement.h"

enum { LIMIT = 20, MAX_LIMIT = 100000 };

/* -- check -------------------------------------------------------------- */

enum ctl_exit
chain_scores_check(struct chain_args *args, json_t **out, struct err *err)
{
	json_t *in = chain_stdin_object(args, STATEMENT_MAX_JSON, err);
	struct statement s = {.n = 0};
	bool is_signed;

	if (in == NULL || statement_parse(in, &s, err) != 0) {
		statement_clear(&s);
		json_decref(in);
		return CTL_FAILED;
	}
	is_signed = statement_is_signed(&s);
	*out = statement_print(&s);
	json_object_del(*out, "signature");
	json_object_set_new(*out, "valid", json_boolean(is_signed));
	statement_clear(&s);
	json_decref(in);
	return is_signed ? CTL_OK : CTL_FAILED;
}

/* -- compare ------------------------------------------------------------ */

static int
read_whole(const char *path, struct statement *s, struct err *err)
{
	struct buf text = {0};
	json_error_t why;
	json_t *in = NULL;
	int failed = chain_file(path, STATEMENT_MAX_JSON, &text, err);

	if (!failed) {
		in = json_loadb((const char *)text.data, text.len,
		    JSON_REJECT_DUPLICATES, &why);
		failed = !json_is_object(in) ? err_set(err, "is no JSON object")
					     : statement_parse(in, s, err);
		if (!failed && !s->whole)
			failed = err_set(err, "is of one hotkey, not of a "
					      "whole round");
		if (failed)
			err_wrap(err, "%s", path);
	}
	buf_free(&text);
	json_decref(in);
	return failed;
}

static double
weight_of(const struct statement_entry *e)
{
	return e->weight > 0 ? e->weight : 0;
}

/* Both are in the order of their hotkeys: a row for each that is in either.
 * The uid is the second's, where it has one. */
static struct differ_row *
merge(const struct statement *a, const struct statement *b, size_t *n)
{
	struct differ_row *rows = xcalloc(a->n + b->n + 1, sizeof(*rows));
	size_t i = 0, k = 0;

	for (*n = 0; i < a->n || k < b->n; (*n)++) {
		const struct statement_entry *x = &a->entries[i];
		const struct statement_entry *y = &b->entries[k];
		int order = i == a->n	? 1
			    : k == b->n ? -1
					: strcmp(x->hotkey, y->hotkey);
		const struct statement_entry *one = order < 0 ? x : y;

		rows[*n] = (struct differ_row){.uid = one->uid,
		    .hotkey = one->hotkey,
		    .a = order <= 0 ? weight_of(x) : 0,
		    .b = order >= 0 ? weight_of(y) : 0};
		i += order <= 0;
		k += order >= 0;
	}
	return rows;
}

static json_t *
head_json(const struct statement *s, bool is_signed)
{
	return json_pack("{s:s s:I s:I s:s s:s s:b}", "validator", s->validator,
	    "epoch", (json_int_t)s->epoch, "block", (json_int_t)s->block,
	    "inputs_sha256", s->inputs_sha256, "policy_sha256",
	    s->policy_sha256, "valid", is_signed);
}

static enum ctl_exit
compare(const struct statement *a, const struct statement *b, size_t limit,
    json_t **out)
{
	bool a_signed = statement_is_signed(a);
	bool b_signed = statement_is_signed(b);
	struct differ_row *rows;
	struct differ how;
	size_t n;

	rows = merge(a, b, &n);
	differ_compute(rows, n, &how);
	*out = json_pack("{s:i s:i s:o s:o s:b s:b s:f s:f s:o}", "netuid",
	    a->netuid, "mecid", a->mecid, "a", head_json(a, a_signed), "b",
	    head_json(b, b_signed), "same_inputs",
	    strcmp(a->inputs_sha256, b->inputs_sha256) == 0, "same_policy",
	    strcmp(a->policy_sha256, b->policy_sha256) == 0, "cosine",
	    how.cosine, "moved", how.moved, "differences",
	    differ_json(rows, n, limit, "a", "b"));
	free(rows);
	return a_signed && b_signed ? CTL_OK : CTL_FAILED;
}

enum ctl_exit
chain_scores_compare(struct chain_args *args, json_t **out, struct err *err)
{
	const char *word = chain_flag(args, "limit");
	struct statement a = {.n = 0}, b = {.n = 0};
	enum ctl_exit code = CTL_FAILED;
	uint64_t limit = LIMIT;

	if (word != NULL &&
	    chain_number("--limit", word, 1, MAX_LIMIT, &limit, err) != 0)
		return CTL_USAGE;
	if (read_whole(args->words[0], &a, err) != 0 ||
	    read_whole(args->words[1], &b, err) != 0)
		goto done;
	if (a.netuid != b.netuid || a.mecid != b.mecid)
		err_set(err, "they are of different subnets or mechanisms");
	else
		code = compare(&a, &b, limit, out);
done:
	statement_clear(&a);
	statement_clear(&b);
	return code;
}

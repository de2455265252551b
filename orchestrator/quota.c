/* How many jobs a key may order in a time. */
#include "orchestrator/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_keys.h"
#include "orchestrator/store_op.h"

static const int64_t second_us = 1000000;

/* -- taking ------------------------------------------------------------- */

struct taking {
	int64_t now_us;
	void (*on_taken)(const struct quotas *, void *);
	void *arg;
};

static void
fill(struct quotas *quotas, const PGresult *res, int64_t now_us)
{
	size_t most = sizeof(quotas->items) / sizeof(quotas->items[0]);

	quotas->taken = true;
	quotas->now_us = now_us;
	quotas->n = 0;
	for (int i = 0; i < PQntuples(res) && quotas->n < most; i++) {
		struct quota *q = &quotas->items[quotas->n++];

		snprintf(
		    q->kind, sizeof(q->kind), "%s", pg_text(res, i, "kind"));
		q->jobs = pg_int(res, i, "jobs");
		q->window_s = pg_int(res, i, "window_s");
		q->used = pg_int(res, i, "used");
		q->reset_us = pg_int(res, i, "reset_us");
		quotas->taken = pg_bool(res, i, "taken");
	}
}

static void
on_answer(const struct pg_answer *answer, void *arg)
{
	struct taking *t = arg;
	struct quotas quotas;

	if (store_is_done(answer, "quota_take")) {
		fill(&quotas, answer->results[0], t->now_us);
		t->on_taken(&quotas, t->arg);
	} else {
		t->on_taken(NULL, t->arg);
	}
	free(t);
}

void
quota_take(struct orchestrator *o, const char *key_id, const char *kind,
    void (*on_taken)(const struct quotas *, void *), void *arg)
{
	struct taking *t = xcalloc(1, sizeof(*t));

	t->now_us = clock_wall_us();
	t->on_taken = on_taken;
	t->arg = arg;
	store_quota_take(o, key_id, kind, t->now_us, on_answer, t);
}

void
quota_give_back(struct orchestrator *o, const char *key_id, const char *kind,
    const struct quotas *quotas)
{
	if (quotas->taken && quotas->n > 0)
		store_quota_give_back(o, key_id, kind, quotas->now_us);
}

/* -- saying ------------------------------------------------------------- */

/* Rounded up: whoever waits so long is not early. */
static int64_t
seconds_left(const struct quotas *quotas, int64_t until_us)
{
	int64_t left_us = until_us - quotas->now_us;

	return left_us > 0 ? (left_us + second_us - 1) / second_us : 0;
}

int64_t
quota_reset_us(const struct quotas *quotas)
{
	int64_t latest_us = quotas->now_us;

	for (size_t i = 0; i < quotas->n; i++) {
		const struct quota *q = &quotas->items[i];

		if (q->used >= q->jobs && q->reset_us > latest_us)
			latest_us = q->reset_us;
	}
	return latest_us;
}

int64_t
quota_wait_s(const struct quotas *quotas)
{
	int64_t s = seconds_left(quotas, quota_reset_us(quotas));

	return s > 0 ? s : 1;
}

static void
print_name(const struct quota *q, size_t i, struct buf *out)
{
	buf_printf(out, "%s\"jobs%s%s\"", i > 0 ? ", " : "",
	    q->kind[0] != '*' ? "/" : "", q->kind[0] != '*' ? q->kind : "");
}

void
quota_print_policy(const struct quotas *quotas, struct buf *out)
{
	for (size_t i = 0; i < quotas->n; i++) {
		const struct quota *q = &quotas->items[i];

		print_name(q, i, out);
		buf_printf(out, ";q=%lld;w=%lld", (long long)q->jobs,
		    (long long)q->window_s);
	}
}

void
quota_print_state(const struct quotas *quotas, struct buf *out)
{
	for (size_t i = 0; i < quotas->n; i++) {
		const struct quota *q = &quotas->items[i];
		int64_t left = q->jobs > q->used ? q->jobs - q->used : 0;

		print_name(q, i, out);
		buf_printf(out, ";r=%lld;t=%lld", (long long)left,
		    (long long)seconds_left(quotas, q->reset_us));
	}
}

void
quota_reply_headers(struct http_req *req, const struct quotas *quotas)
{
	struct buf text = {0};

	if (quotas->n == 0)
		return;
	quota_print_policy(quotas, &text);
	http_reply_header(req, "RateLimit-Policy", buf_str(&text));
	buf_reset(&text);
	quota_print_state(quotas, &text);
	http_reply_header(req, "RateLimit", buf_str(&text));
	buf_free(&text);
}

/* -- what an admin says ------------------------------------------------- */

static bool
is_between(const json_t *value, int64_t least, int64_t most)
{
	return json_is_integer(value) && json_integer_value(value) >= least &&
	       json_integer_value(value) <= most;
}

static bool
is_kind(const json_t *value)
{
	static const char characters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "._-";
	const char *kind = json_string_value(value);
	size_t len = json_string_length(value);

	return kind != NULL && len >= 1 && len <= QUOTA_MOST_KIND &&
	       (strcmp(kind, "*") == 0 || strspn(kind, characters) == len);
}

static int
check_one(const json_t *quota, size_t at, struct err *err)
{
	if (!json_is_object(quota) || json_object_size(quota) != 3)
		return err_set(err,
		    "quotas[%zu] must be {\"kind\", \"jobs\", \"window_s\"}",
		    at);
	if (!is_kind(json_object_get(quota, "kind")))
		return err_set(err,
		    "quotas[%zu].kind must be a kind's name, of at most %d "
		    "letters, digits, dots, dashes and underscores, or * for "
		    "any",
		    at, QUOTA_MOST_KIND);
	if (!is_between(json_object_get(quota, "jobs"), 1, QUOTA_MOST_JOBS))
		return err_set(err,
		    "quotas[%zu].jobs must be a whole number between 1 and %d",
		    at, QUOTA_MOST_JOBS);
	if (!is_between(
		json_object_get(quota, "window_s"), 1, QUOTA_MOST_WINDOW_S))
		return err_set(err,
		    "quotas[%zu].window_s must be a whole number between 1 "
		    "and %d",
		    at, QUOTA_MOST_WINDOW_S);
	return 0;
}

static bool
is_twice(const json_t *quotas, size_t at)
{
	const char *kind = json_string_value(
	    json_object_get(json_array_get(quotas, at), "kind"));

	for (size_t i = 0; i < at; i++) {
		const json_t *other =
		    json_object_get(json_array_get(quotas, i), "kind");

		if (strcmp(json_string_value(other), kind) == 0)
			return true;
	}
	return false;
}

int
quota_check(const json_t *quotas, struct err *err)
{
	json_t *quota;
	size_t i;

	if (!json_is_array(quotas) || json_array_size(quotas) > QUOTA_MOST)
		return err_set(
		    err, "quotas must be an array of at most %d", QUOTA_MOST);
	json_array_foreach(quotas, i, quota)
	{
		if (check_one(quota, i, err) != 0)
			return -1;
		if (is_twice(quotas, i))
			return err_set(err,
			    "quotas[%zu].kind stands there twice; a kind has "
			    "one quota",
			    i);
	}
	return 0;
}

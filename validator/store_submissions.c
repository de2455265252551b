/* Rows of commitments and submissions, there and back. */
#include "validator/store_submissions.h"

#include <stdlib.h>

#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "validator/store_impl.h"
#include "validator/submissions_answer.h"

/* -- reading ------------------------------------------------------------ */

static void
answer_rows(struct question *q, const struct pg_answer *answer,
    void (*read)(const PGresult *, int row, struct store_submission *))
{
	struct store_submission *rows;
	size_t n;

	if (answer->outcome != PG_DONE) {
		q->on_submissions(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	n = PQntuples(answer->results[0]);
	rows = xcalloc(n + 1, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		read(answer->results[0], i, &rows[i]);
	q->on_submissions(rows, n, NULL, q->arg);
	free(rows);
	store_answered(q);
}

static void
read_new(const PGresult *res, int row, struct store_submission *s)
{
	s->hotkey = pg_text(res, row, "hotkey");
	s->text = pg_text(res, row, "text");
	s->block = pg_int(res, row, "block");
}

static void
on_new(const struct pg_answer *answer, void *arg)
{
	answer_rows(arg, answer, read_new);
}

void
store_read_submissions(
    struct store *store, store_on_submissions *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_submissions = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, STORE_MAX_SUBMISSIONS);
	pg_query(store->pg, sql_submission_new, p.n, p.values, on_new, q);
}

static void
read_claimed(const PGresult *res, int row, struct store_submission *s)
{
	s->hotkey = pg_text(res, row, "hotkey");
	s->text = pg_text(res, row, "text");
	s->query = pg_text(res, row, "query");
	s->state = pg_text(res, row, "state");
}

static void
on_claimed(const struct pg_answer *answer, void *arg)
{
	answer_rows(arg, answer, read_claimed);
}

void
store_claim_submissions(struct store *store, int64_t now_us,
    int64_t asked_before_us, int64_t answered_before_us, size_t most,
    store_on_submissions *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_submissions = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, now_us);
	pg_add_us(&p, asked_before_us);
	pg_add_us(&p, answered_before_us);
	pg_add_int(&p, most);
	pg_query(store->pg, sql_submission_claim, p.n, p.values, on_claimed, q);
}

/* -- writing ------------------------------------------------------------ */

static void
on_noted(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	bool done = answer->outcome == PG_DONE;

	q->on_written(done ? STORE_DONE : STORE_FAILED, answer->why, q->arg);
	store_answered(q);
}

void
store_note_submission(struct store *store, const struct store_submission *s,
    const struct submissions_text *text, int64_t now_us,
    store_on_written *on_done, void *arg)
{
	bool right = text->wrong == NULL;
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, s->hotkey);
	pg_add_text(&p, s->text);
	pg_add_int(&p, s->block);
	pg_add_us(&p, now_us);
	pg_add_text(&p, text->wrong);
	pg_add_text(&p, right ? text->repo : NULL);
	pg_add_text(&p, right ? text->hash : NULL);
	pg_add_text(&p, text->query);
	pg_query(store->pg, sql_submission_note, p.n, p.values, on_noted, q);
}

void
store_answer_submission(struct store *store, const char *hotkey,
    const char *text, const struct submissions_answer *a, int64_t now_us,
    store_on_written *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, hotkey);
	pg_add_text(&p, text);
	pg_add_us(&p, now_us);
	pg_add_text(&p, submission_state_name(a->state));
	pg_add_text(&p, a->status);
	pg_add_real(&p, a->score);
	pg_query(store->pg, sql_submission_answer, p.n, p.values,
	    store_on_changed, q);
}

void
store_leave_submission(struct store *store, const char *hotkey,
    const char *text, const char *why, store_on_written *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, hotkey);
	pg_add_text(&p, text);
	pg_add_text(&p, why);
	pg_query(store->pg, sql_submission_unanswered, p.n, p.values,
	    store_on_changed, q);
}

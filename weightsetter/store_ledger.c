/* The ledger's rows. */
#include "weightsetter/store.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "weightsetter/store_impl.h"

enum { MAX_ROWS = 256 };

/* -- parameters and cells ------------------------------------------------ */

/* "{1,2,3}"; the caller frees. */
static char *
array_text(const uint16_t *numbers, size_t n)
{
	struct buf out = {0};

	buf_add_byte(&out, '{');
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%u", i == 0 ? "" : ",", numbers[i]);
	buf_add_byte(&out, '}');
	return buf_take_str(&out);
}

/* The numbers of "{1,2,3}", at most max; how many, or -1. */
static long
array_numbers(const char *text, uint16_t *out, size_t max)
{
	size_t n = 0;
	char *end;

	if (*text++ != '{')
		return -1;
	while (*text != '}') {
		unsigned long v = strtoul(text, &end, 10);

		if (end == text || v > UINT16_MAX || n == max)
			return -1;
		out[n++] = (uint16_t)v;
		text = *end == ',' ? end + 1 : end;
	}
	return (long)n;
}

static int
take_weights(const PGresult *res, int at, struct uid_weights *out)
{
	const char *uids = pg_text(res, at, "uids");
	const char *weights = pg_text(res, at, "weights");
	size_t max = strlen(uids); /* a number is a character at least */
	long n;

	out->uids = xcalloc(max, sizeof(*out->uids));
	out->weights = xcalloc(max, sizeof(*out->weights));
	n = array_numbers(uids, out->uids, max);
	if (n < 0 || array_numbers(weights, out->weights, max) != n)
		return -1;
	out->n = (size_t)n;
	return 0;
}

static int
take_salt(const PGresult *res, int at, struct ledger_row *row)
{
	long n;

	if (pg_is_null(res, at, "salt"))
		return 0;
	n = array_numbers(pg_text(res, at, "salt"), row->salt, LEDGER_SALT);
	row->n_salt = n < 0 ? 0 : (size_t)n;
	return n < 0 ? -1 : 0;
}

static uint64_t
number_or_0(const PGresult *res, int at, const char *column)
{
	return pg_is_null(res, at, column) ? 0
					   : (uint64_t)pg_int(res, at, column);
}

static void
add_number_or_null(struct pg_params *p, bool is_null, uint64_t number)
{
	if (is_null)
		pg_add_text(p, NULL);
	else
		pg_add_int(p, (int64_t)number);
}

static const char *
text_or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static void
add_whose(
    struct pg_params *p, uint16_t netuid, uint8_t mecid, const char *hotkey)
{
	pg_add_int(p, netuid);
	pg_add_int(p, mecid);
	pg_add_text(p, hotkey);
}

/* -- reading ------------------------------------------------------------- */

static void
take_texts(const PGresult *res, int at, struct ledger_row *row)
{
#define CELL(member)                                                           \
	store_copy_cell(res, at, #member, row->member, sizeof(row->member))
	CELL(id);
	CELL(vector_id);
	CELL(hotkey);
	CELL(call);
	CELL(extrinsic_hash);
	CELL(block_hash);
	CELL(commit_hash);
	CELL(reveals);
#undef CELL
}

static struct ledger_row *
read_row(const PGresult *res, int at)
{
	struct ledger_row *row = xcalloc(1, sizeof(*row));
	int state = ledger_state_of(pg_text(res, at, "state"));
	int action = ledger_action_of(pg_text(res, at, "action"));

	if (state < 0 || action < 0 || take_weights(res, at, &row->sent) != 0 ||
	    take_salt(res, at, row) != 0) {
		ledger_row_free(row);
		return NULL;
	}
	take_texts(res, at, row);
	row->state = (enum ledger_state)state;
	row->action = (enum ledger_action)action;
	row->netuid = (uint16_t)pg_int(res, at, "netuid");
	row->mecid = (uint8_t)pg_int(res, at, "mecid");
	row->version_key = (uint64_t)pg_int(res, at, "version_key");
	row->nonce = (uint32_t)number_or_0(res, at, "nonce");
	row->era_birth = number_or_0(res, at, "era_birth");
	row->era_death = number_or_0(res, at, "era_death");
	row->block = number_or_0(res, at, "block");
	row->spec_version = (uint32_t)number_or_0(res, at, "spec_version");
	row->reveal_round = number_or_0(res, at, "reveal_round");
	row->reveal_block = number_or_0(res, at, "reveal_block");
	row->commit_epoch = number_or_0(res, at, "commit_epoch");
	return row;
}

static void
on_open_row(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);
	struct ledger_row *row = NULL;

	if (outcome == STORE_DONE) {
		row = read_row(a->results[0], 0);
		if (row == NULL)
			outcome = STORE_FAILED;
	}
	q->on_row(outcome, row, q->arg);
	store_answered(q);
}

void
store_open_row(
    struct store *store, const char *hotkey, store_row_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "open_row", arg);
	struct pg_params p = {0};

	q->on_row = cb;
	pg_add_text(&p, hotkey);
	pg_query(store->pg, sql_ledger_open, p.n, p.values, on_open_row, q);
}

static void
on_committed(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);
	int found = outcome == STORE_DONE ? PQntuples(a->results[0]) : 0;
	struct ledger_row *rows[MAX_ROWS];
	size_t n = 0;

	for (int i = 0; i < found && n < MAX_ROWS; i++) {
		rows[n] = read_row(a->results[0], i);
		if (rows[n] != NULL)
			n++;
		else
			outcome = STORE_FAILED;
	}
	q->on_rows(outcome, rows, n, q->arg);
	store_answered(q);
}

void
store_committed(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_rows_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "committed", arg);
	struct pg_params p = {0};

	q->on_rows = cb;
	add_whose(&p, netuid, mecid, hotkey);
	pg_query(
	    store->pg, sql_ledger_committed, p.n, p.values, on_committed, q);
}

static void
on_last_proven(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);
	struct uid_weights w = {0};
	int64_t block = 0;

	if (outcome == STORE_DONE) {
		block = pg_int(a->results[0], 0, "proven_block");
		if (take_weights(a->results[0], 0, &w) != 0)
			outcome = STORE_FAILED;
	}
	q->on_proven(outcome, &w, block, q->arg);
	uid_weights_clear(&w);
	store_answered(q);
}

void
store_last_proven(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_proven_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "last_proven", arg);
	struct pg_params p = {0};

	q->on_proven = cb;
	add_whose(&p, netuid, mecid, hotkey);
	pg_query(store->pg, sql_ledger_last_proven, p.n, p.values,
	    on_last_proven, q);
}

static void
on_own_update(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);
	int64_t block = 0;

	if (outcome == STORE_DONE)
		block = (int64_t)number_or_0(a->results[0], 0, "block");
	q->on_block(outcome, block, q->arg);
	store_answered(q);
}

void
store_own_update(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_block_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "own_update", arg);
	struct pg_params p = {0};

	q->on_block = cb;
	add_whose(&p, netuid, mecid, hotkey);
	pg_query(
	    store->pg, sql_ledger_own_update, p.n, p.values, on_own_update, q);
}

/* -- writing ------------------------------------------------------------- */

static void
add_seal(struct pg_params *p, const struct ledger_row *row, const char *salt)
{
	bool has_epoch = ledger_is_commit(row->action);

	add_number_or_null(p, row->reveal_round == 0, row->reveal_round);
	add_number_or_null(p, row->reveal_block == 0, row->reveal_block);
	add_number_or_null(p, !has_epoch, row->commit_epoch);
	pg_add_text(p, text_or_null(row->commit_hash));
	pg_add_text(p, row->n_salt == 0 ? NULL : salt);
	pg_add_text(p, text_or_null(row->reveals));
}

void
store_intend(struct store *store, const struct ledger_row *row, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "intend", arg);
	char *uids = array_text(row->sent.uids, row->sent.n);
	char *weights = array_text(row->sent.weights, row->sent.n);
	char *salt = array_text(row->salt, row->n_salt);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, row->id);
	pg_add_int(&p, row->netuid);
	pg_add_int(&p, row->mecid);
	pg_add_text(&p, text_or_null(row->vector_id));
	pg_add_text(&p, row->hotkey);
	pg_add_text(&p, uids);
	pg_add_text(&p, weights);
	pg_add_int(&p, (int64_t)row->version_key);
	pg_add_text(&p, row->call);
	pg_add_int(&p, row->nonce);
	pg_add_int(&p, (int64_t)row->era_birth);
	pg_add_int(&p, (int64_t)row->era_death);
	pg_add_us(&p, now_us);
	pg_add_text(&p, ledger_action_name(row->action));
	add_number_or_null(&p, row->spec_version == 0, row->spec_version);
	add_seal(&p, row, salt);
	pg_query(store->pg, sql_ledger_intend, p.n, p.values, store_on_done, q);
	free(uids);
	free(weights);
	free(salt);
}

void
store_sign(
    struct store *store, const struct ledger_row *row, store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "sign", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, row->id);
	pg_add_text(&p, row->extrinsic_hash);
	pg_query(store->pg, sql_ledger_sign, p.n, p.values, store_on_done, q);
}

void
store_step(struct store *store, const char *id, const char *from,
    const char *to, const struct ledger_fact *fact, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "step", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, id);
	pg_add_text(&p, from);
	pg_add_text(&p, to);
	pg_add_us(&p, now_us);
	add_number_or_null(&p, fact->block == 0, fact->block);
	pg_add_text(&p, fact->block_hash);
	pg_add_text(&p, fact->reason);
	add_number_or_null(&p, fact->epoch == 0, fact->epoch);
	pg_query(store->pg, sql_ledger_step, p.n, p.values, store_on_done, q);
}

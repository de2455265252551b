/* Roll-ups for dashboards. */
#include "orchestrator/store_rollups.h"

#include <inttypes.h>

#include "common/buf.h"
#include "orchestrator/firsts.h"
#include "sql.h"

static const int64_t hour_us = 3600 * INT64_C(1000000);

void
store_rollup_keep(struct pg *pg, int netuid, int64_t now_us, int64_t keep_ms,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_us(&p, now_us);
	pg_add_real(&p, (double)keep_ms / 1000);
	pg_query(pg, sql_rollup_keep, p.n, p.values, on_answer, arg);
}

/* The arrays of route_share_add, in its order. */
enum { KEYS, HOTKEYS, UIDS, DRAWS, EXPECTED, VARIANCES, DRAWN, N_ARRAYS };

static void
add_row(struct buf *arrays, const struct firsts_row *r, char before)
{
	for (int i = 0; i < N_ARRAYS; i++)
		buf_add_byte(&arrays[i], (uint8_t)before);
	pg_add_element(&arrays[KEYS], r->capacity_key);
	pg_add_element(&arrays[HOTKEYS], r->hotkey);
	buf_printf(&arrays[UIDS], "%d", r->uid);
	buf_printf(&arrays[DRAWS], "%" PRId64, r->draws);
	buf_printf(&arrays[EXPECTED], "%.17g", r->expected);
	buf_printf(&arrays[VARIANCES], "%.17g", r->variance);
	buf_printf(&arrays[DRAWN], "%" PRId64, r->drawn);
}

void
store_route_share_add(struct pg *pg, int netuid, int64_t now_us,
    const struct firsts *firsts, pg_on_answer *on_answer, void *arg)
{
	struct buf arrays[N_ARRAYS] = {{0}};
	struct pg_params p = {0};

	for (size_t i = 0; i < firsts_count(firsts); i++)
		add_row(arrays, firsts_at(firsts, i), i == 0 ? '{' : ',');
	pg_add_int(&p, netuid);
	pg_add_us(&p, now_us - now_us % hour_us);
	for (int i = 0; i < N_ARRAYS; i++) {
		buf_add_str(&arrays[i], firsts_count(firsts) == 0 ? "{}" : "}");
		pg_add_text(&p, buf_str(&arrays[i]));
	}
	pg_query(pg, sql_route_share_add, p.n, p.values, on_answer, arg);
	for (int i = 0; i < N_ARRAYS; i++)
		buf_free(&arrays[i]);
}

void
store_route_share_trim(struct pg *pg, int netuid, int64_t before_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_us(&p, before_us);
	pg_query(pg, sql_route_share_trim, p.n, p.values, on_answer, arg);
}

void
store_dash_cut(
    struct pg *pg, int64_t before_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_us(&p, before_us);
	pg_query(pg, sql_dash_cut, p.n, p.values, on_answer, arg);
}

/* The table endpoint_weather. */
#include <inttypes.h>

#include "common/buf.h"
#include "common/pg.h"
#include "sql.h"
#include "weightsetter/store.h"
#include "weightsetter/store_impl.h"

/* The arrays of chain_weather, in its order. */
enum {
	ENDPOINTS,
	UP,
	IN_USE,
	DISTRUSTED,
	LAGS,
	LATENCIES,
	ANSWERED,
	LIMITED,
	FAILED,
	N_ARRAYS
};

static void
add_row(struct buf *arrays, const struct store_weather *row)
{
	const int64_t counts[] = {[ANSWERED] = row->answered,
	    [LIMITED] = row->limited,
	    [FAILED] = row->failed,
	    [LAGS] = row->lag,
	    [UP] = row->is_up,
	    [IN_USE] = row->is_in_use,
	    [DISTRUSTED] = row->is_distrusted};

	for (int i = 0; i < N_ARRAYS; i++) {
		buf_add_byte(&arrays[i], arrays[i].len == 0 ? '{' : ',');
		if (i == ENDPOINTS)
			pg_add_element(&arrays[i], row->endpoint);
		else if (i == LATENCIES && row->latency_ms <= 0)
			buf_add_str(&arrays[i], "NULL");
		else if (i == LATENCIES)
			buf_printf(&arrays[i], "%.3f", row->latency_ms);
		else
			buf_printf(&arrays[i], "%" PRId64, counts[i]);
	}
}

void
store_weather(struct store *store, uint16_t netuid,
    const struct store_weather *rows, size_t n, int64_t now_us)
{
	struct buf arrays[N_ARRAYS] = {{0}};
	struct pg_params p = {0};

	for (size_t i = 0; i < n; i++)
		add_row(arrays, &rows[i]);
	pg_add_int(&p, netuid);
	pg_add_us(&p, now_us);
	for (int i = 0; i < N_ARRAYS; i++) {
		buf_add_str(&arrays[i], n == 0 ? "{}" : "}");
		pg_add_text(&p, buf_str(&arrays[i]));
	}
	pg_query(store->pg, sql_chain_weather, p.n, p.values, store_on_done,
	    store_ask(store, "weather", NULL));
	for (int i = 0; i < N_ARRAYS; i++)
		buf_free(&arrays[i]);
}

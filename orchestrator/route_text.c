/* A table of miners as text, and back. */
#include "orchestrator/route_text.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/router.h"
#include "orchestrator/table.h"

/* A miner without an address is none that can be drawn; which one it had does
 * not matter to a replay. */
static const char somewhere[] = "-";

/* JSON has no word for what is not finite; it weighs the same as this. */
static double
finite_of(double v)
{
	if (isnan(v))
		return 0;
	return fmin(fmax(v, -DBL_MAX), DBL_MAX);
}

/* Its lanes, in the order of the table's keys, which is the same in each. */
static void
add_capacity(struct buf *out, const struct table *t, const struct miner *m)
{
	const char *comma = "";

	buf_add_str(out, "{");
	for (size_t i = 0; i < t->n_keys; i++) {
		int slots = miner_slots(m, t->keys[i].name);

		if (slots == 0)
			continue;
		buf_printf(out, "%s\"%s\":%d", comma, t->keys[i].name, slots);
		comma = ",";
	}
	buf_add_str(out, "}");
}

static void
add_miner(struct buf *out, const struct table *t, const struct miner *m,
    double failures)
{
	bool is_up = m->is_up && m->address != NULL;

	buf_printf(
	    out, "[\"%s\",%d,%.17g,", m->hotkey, m->uid, finite_of(m->alpha));
	if (isnan(m->score))
		buf_add_str(out, "null");
	else
		buf_printf(out, "%.17g", finite_of(m->score));
	buf_printf(out, ",%.17g,%d,%d,", failures, is_up, m->is_out);
	add_capacity(out, t, m);
	buf_add_str(out, "]");
}

char *
route_text(
    const struct table *t, const struct route_policy *p, const double *failures)
{
	struct buf out = {0};

	buf_printf(&out,
	    "{\"policy\":[%.17g,%.17g,%.17g,%.17g,%.17g,%.17g],\"miners\":[",
	    p->stake_cap, p->stake_floor, p->score_floor, p->score_unknown,
	    p->explore_least, p->explore_most);
	for (size_t i = 0; i < t->n; i++) {
		buf_add_str(&out, i > 0 ? ",\n" : "\n");
		add_miner(&out, t, &t->miners[i], failures[i]);
	}
	buf_add_str(&out, "]}");
	return buf_take_str(&out);
}

/* -- back ------------------------------------------------------------------ */

static int
take_policy(const json_t *numbers, struct route_policy *p)
{
	return json_unpack((json_t *)numbers, "[FFFFFF!]", &p->stake_cap,
	    &p->stake_floor, &p->score_floor, &p->score_unknown,
	    &p->explore_least, &p->explore_most);
}

static int
take_miner(const json_t *row, struct table *t)
{
	const char *hotkey;
	double alpha, failures;
	json_t *score, *capacity, *slots;
	const char *key;
	int uid, is_up, is_out;
	struct miner *m;

	if (json_unpack((json_t *)row, "[siFoFiio!]", &hotkey, &uid, &alpha,
		&score, &failures, &is_up, &is_out, &capacity) != 0 ||
	    !json_is_object(capacity) ||
	    !(json_is_number(score) || json_is_null(score)))
		return -1;
	m = table_add(t);
	m->hotkey = xstrdup(hotkey);
	m->uid = uid;
	m->address = xstrdup(somewhere);
	m->alpha = alpha;
	m->score = json_is_null(score) ? NAN : json_number_value(score);
	m->failures = failures;
	m->is_up = is_up != 0;
	m->is_out = is_out != 0;
	json_object_foreach(capacity, key, slots)
	    miner_say(m, key, (int)json_integer_value(slots), NAN);
	return 0;
}

static int
take_all(const json_t *all, struct table *t, struct route_policy *p)
{
	const json_t *miners = json_object_get(all, "miners");
	json_t *row;
	size_t i;

	if (!json_is_array(miners) ||
	    take_policy(json_object_get(all, "policy"), p) != 0)
		return -1;
	json_array_foreach(miners, i, row)
	{
		if (take_miner(row, t) != 0)
			return -1;
	}
	table_ready(t, 0);
	return 0;
}

int
route_text_parse(
    const char *text, struct table *t, struct route_policy *p, struct err *err)
{
	json_t *all = json_loads(text, 0, NULL);
	int rc = take_all(all, t, p);

	json_decref(all);
	if (rc != 0)
		err_set(err, "it is no table of miners");
	return rc;
}

/* Results that were turned away, until PostgreSQL knows. */
#include "orchestrator/turned_away.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/store.h"
#include "orchestrator/store_op.h"

struct turned_away {
	struct orchestrator *o;
	char (*ids)[UUID_TEXT];
	size_t n, room;
	size_t n_asked; /* the first ones, which are being written */
};

struct turned_away *
turned_away_new(struct orchestrator *o)
{
	struct turned_away *t = xcalloc(1, sizeof(*t));

	t->o = o;
	return t;
}

void
turned_away_free(struct turned_away *t)
{
	if (t == NULL)
		return;
	free(t->ids);
	free(t);
}

static void
on_written(const struct pg_answer *answer, void *arg)
{
	struct turned_away *t = arg;
	size_t n = t->n_asked;

	t->n_asked = 0;
	if (!store_is_done(answer, "attempt_turned_away"))
		return; /* the sweep asks again */
	t->n -= n;
	memmove(t->ids, t->ids + n, t->n * sizeof(t->ids[0]));
	turned_away_write(t);
}

void
turned_away_write(struct turned_away *t)
{
	struct buf ids = {0};
	char *text;

	if (t->n == 0 || t->n_asked > 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		buf_printf(&ids, "%c%s", i == 0 ? '{' : ',', t->ids[i]);
	buf_add_str(&ids, "}");
	text = buf_take_str(&ids);
	t->n_asked = t->n;
	store_attempt_turned_away(t->o, text, on_written, t);
	free(text);
}

void
turned_away_note(struct turned_away *t, const char *attempt_id)
{
	bool is_kept = t->n < TURNED_AWAY_MAX;

	log_warn("attempt.turned_away", "id=%s kept=%s", attempt_id,
	    is_kept ? "yes" : "no");
	if (!is_kept)
		return;
	if (t->n == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->ids = xrealloc(t->ids, t->room, sizeof(t->ids[0]));
	}
	snprintf(t->ids[t->n++], UUID_TEXT, "%s", attempt_id);
	turned_away_write(t);
}

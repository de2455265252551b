/* One miner that takes one job at a time. */
#include "tests/lib/slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/hand.h"
#include "tests/lib/suite.h"

static const char job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"de\"},\"miners\":1}";
static const char result[] = "{\"output\":{\"text\":\"guten Tag\"}}";

int
slot_set_up(void **state, const char *name, const char *ini)
{
	struct slot *slot = xcalloc(1, sizeof(*slot));
	struct suite_options o = {.name = name, .ini = ini};
	char id[40], first[40];

	*state = slot;
	slot->hand = hand_new(1, "text.translate=1");
	if (slot->hand == NULL)
		return -1;
	hand_join(slot->hand, &o);
	slot->s = suite_new(&o);
	if (slot->s == NULL)
		return -1;
	hand_meet(slot->hand, slot->s);
	if (suite_wait_ready(slot->s, 1) != 0 || slot_submit(slot, id) != 0 ||
	    slot_next(slot, first) != 0)
		return -1;
	return strcmp(id, first) == 0 ? 0 : -1;
}

int
slot_tear_down(void **state)
{
	struct slot *slot = *state;
	int failed;

	hand_drop(slot->hand, slot->task);
	failed = suite_end(slot->s, false);
	hand_free(slot->hand);
	free(slot);
	return failed;
}

int
slot_submit(struct slot *slot, char id[40])
{
	return suite_submit(slot->s, job, id) == 202 ? 0 : -1;
}

int
slot_finish(struct slot *slot)
{
	struct callback_told told;

	if (slot->task == NULL)
		return -1;

	callback_json(slot->task, slot->task->secret, result, &told);
	if (strcmp(told.word, "accepted") != 0)
		fprintf(stderr, "slot: %d %s %s\n", told.status, told.word,
		    told.detail);
	hand_drop(slot->hand, slot->task);
	slot->task = NULL;
	return strcmp(told.word, "accepted") == 0 ? 0 : -1;
}

int
slot_next(struct slot *slot, char id[40])
{
	char *text;

	slot->task = hand_take(slot->hand, 0);
	if (slot->task == NULL)
		return -1;
	text = db_text(slot->s->db,
	    "select job_id from attempt where id = '%s'", slot->task->id);
	if (text == NULL)
		return -1;
	snprintf(id, 40, "%s", text);
	free(text);
	return 0;
}

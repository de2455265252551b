/* A suite whose miners are played by hand. */
#include "tests/lib/rig.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/sample.h"

/* Every capacity key of the kinds, separated by spaces; the caller frees. */
static char *
capacities(const char *path)
{
	json_t *kinds = json_load_file(path, 0, NULL), *kind;
	struct buf list = {0};
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		buf_printf(&list, "%s ",
		    json_string_value(json_object_get(kind, "capacity_key")));
	}
	json_decref(kinds);
	return buf_take_str(&list);
}

int
rig_set_up(void **state, const struct suite_options *options, int n,
    void (*edit)(json_t *))
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct suite_options o = *options;
	char *file = xasprintf("%s-kinds.json", o.name), *list;

	*state = r;
	r->kinds = sample_kinds(file, edit);
	free(file);
	if (r->kinds == NULL)
		return -1;
	list = capacities(r->kinds);
	r->hand = hand_new(n, list);
	free(list);
	if (r->hand == NULL)
		return -1;
	o.kinds = r->kinds;
	hand_join(r->hand, &o);
	r->s = suite_new(&o);
	if (r->s == NULL)
		return -1;
	hand_meet(r->hand, r->s);
	return suite_wait_ready(r->s, o.n_miners);
}

int
rig_tear_down(void **state)
{
	struct rig *r = *state;
	int failed = suite_end(r->s, false);

	hand_free(r->hand);
	free(r->kinds);
	free(r);
	return failed;
}

struct hand_task *
rig_next(struct rig *r, const char *job_id)
{
	struct hand_task *task;

	while ((task = hand_take(r->hand, 0)) != NULL) {
		if (db_int(r->s->db,
			"select count(*) from attempt where id = '%s' "
			"and job_id = '%s'",
			task->id, job_id) == 1)
			return task;
		hand_drop(r->hand, task);
	}
	return NULL;
}

struct hand_task *
rig_task(struct rig *r, const char *job_json, char id[40])
{
	if (suite_submit(r->s, job_json, id) != 202)
		return NULL;
	return rig_next(r, id);
}

/* Jobs played by hand. */
#include "tests/lib/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/rig.h"

struct hand_task *
play_accepted(struct rig *r, const char *job_json, char id[40])
{
	struct hand_task *task = rig_task(r, job_json, id);

	if (task != NULL && attempt_await(r->s, task->id, "accepted") == 0)
		return task;
	hand_drop(r->hand, task);
	return NULL;
}

int
play_job(struct rig *r)
{
	char id[40];
	struct hand_task *task =
	    rig_task(r, PLAY_TRANSLATE("text.translate", ""), id);
	struct callback_told told;

	if (task == NULL)
		return -1;
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	hand_drop(r->hand, task);
	if (play_told(&told, 200, "accepted") != 0)
		return -1;
	return attempt_await_job(r->s, id, "done");
}

int
play_told(const struct callback_told *told, int status, const char *word)
{
	if (told->status == status && strcmp(told->word, word) == 0)
		return 0;
	fprintf(stderr, "told %d %s (%s), not %d %s\n", told->status,
	    told->word, told->detail, status, word);
	return -1;
}

int
play_unchanged(struct suite *s, const char *attempt_id, const char *before)
{
	char *now = attempt_all(s, attempt_id);
	int differs = strcmp(now, before) != 0;

	if (differs)
		fprintf(stderr, "was\n%s\nis\n%s\n", before, now);
	free(now);
	return differs ? -1 : 0;
}

int
play_ended(struct suite *s, const char *attempt_id, const char *state,
    const char *reason)
{
	char *is;
	int differs;

	if (attempt_await(s, attempt_id, state) != 0)
		return -1;
	is = attempt_column(s, attempt_id, "reason");
	if (reason == NULL || is == NULL)
		differs = reason != is;
	else
		differs = strcmp(is, reason) != 0;
	if (differs)
		fprintf(stderr, "%s is %s for %s, not for %s\n", attempt_id,
		    state, is != NULL ? is : "no reason",
		    reason != NULL ? reason : "none");
	free(is);
	return differs ? -1 : 0;
}

int
play_judged(struct suite *s, const char *attempt_id, bool success)
{
	if (attempt_await_judged(s, attempt_id) != 0)
		return -1;
	return db_wait_int(s->db, 1, 0,
	    "select count(*) from judgement where attempt_id = '%s' and "
	    "success = %s and (success or speed = 0)",
	    attempt_id, success ? "true" : "false");
}

int
play_asked_nobody(struct suite *s, const char *job_id)
{
	int64_t asked;
	char *reason;
	int failed;

	if (attempt_await_job(s, job_id, "expired") != 0)
		return -1;
	asked = db_int(
	    s->db, "select count(*) from attempt where job_id = '%s'", job_id);
	reason =
	    db_text(s->db, "select reason from job where id = '%s'", job_id);
	failed =
	    asked != 0 || reason == NULL || strcmp(reason, "no_miner") != 0;
	if (failed)
		fprintf(stderr, "%s: %d were asked, expired for %s\n", job_id,
		    (int)asked, reason != NULL ? reason : "no reason");
	free(reason);
	return failed ? -1 : 0;
}

int
play_get(struct suite *s, const char *path, int status)
{
	char *url = xasprintf("%s%s", s->api_url, path);
	struct fetch_answer answer;
	int is;

	fetch_get(url, &answer);
	is = answer.status;
	if (is != status)
		fprintf(stderr, "%s: %d %s, not %d\n", path, is,
		    answer.body != NULL ? answer.body : answer.why, status);
	fetch_clear(&answer);
	free(url);
	return is == status ? 0 : -1;
}

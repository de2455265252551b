/* Miners for another program's requests at the OpenAI door. */
#include "tests/lib/openai_miner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/buf.h"
#include "common/clock.h"
#include "tests/lib/attempt.h"
#include "tests/lib/hand.h"
#include "tests/lib/openai_ask.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { LOOK_MS = 50 }; /* between two looks at the program */

/* -- what is brought ------------------------------------------------------ */

#define SAID "{\"text\":\"" OPENAI_MINER_TEXT "\""

static void
bring_timed(struct rig *r, struct hand_task *task)
{
	openai_bring_json(r, task,
	    SAID ",\"segments\":[{\"start\":0,\"end\":0.5,"
		 "\"text\":\"" OPENAI_MINER_TEXT "\"}],"
		 "\"words\":[{\"word\":\"a\",\"start\":0,\"end\":0.25}]}");
}

static void
bring_text(struct rig *r, struct hand_task *task)
{
	openai_bring_json(r, task, SAID "}");
}

static void
bring_sound(struct rig *r, struct hand_task *task)
{
	struct buf wav = {0};

	sample_wav(440, 0.5, &wav);
	openai_bring_wav(r, task, &wav);
	buf_free(&wav);
}

static void
bring_picture(struct rig *r, struct hand_task *task)
{
	openai_bring_png(r, task, 0);
}

/* -- which ---------------------------------------------------------------- */

static const struct work {
	const char *path, *param, *value;
	void (*bring)(struct rig *, struct hand_task *);
} works[] = {
    {"/jobs/audio.transcribe", "language", OPENAI_MINER_TIMED, bring_timed},
    {"/jobs/audio.transcribe", "language", OPENAI_MINER_UNTIMED, bring_text},
    {"/jobs/text.translate", "text", OPENAI_MINER_TEXT, bring_text},
    {"/jobs/audio.speak", "text", OPENAI_MINER_TEXT, bring_sound},
    {"/inference", "prompt", OPENAI_MINER_TEXT, bring_picture},
    {"/edit", "prompt", OPENAI_MINER_TEXT, bring_picture},
};

/* In Dippy's form parameters are the body's own members. */
static const char *
param_of(const struct hand_task *task, const char *name)
{
	const char *text = openai_task_param(task, name);

	return text != NULL
		   ? text
		   : json_string_value(json_object_get(task->body, name));
}

/* NULL: it is of others. */
static const struct work *
work_of(const struct hand_task *task)
{
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		const char *value = param_of(task, works[i].param);

		if (strcmp(task->path, works[i].path) == 0 && value != NULL &&
		    strcmp(value, works[i].value) == 0)
			return &works[i];
	}
	return NULL;
}

static void
play(struct rig *r, struct hand_task *task)
{
	const struct work *work = work_of(task);

	if (work == NULL) {
		hand_drop(r->hand, task);
		return;
	}
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	work->bring(r, task);
}

int
openai_miner_play(struct rig *r, struct proc *program, int timeout_ms)
{
	int64_t until_us = clock_mono_us() + timeout_ms * 1000LL;

	while (proc_is_alive(program)) {
		struct hand_task *task = hand_take(r->hand, LOOK_MS);

		if (task != NULL)
			play(r, task);
		if (clock_mono_us() > until_us)
			return -1;
	}
	return proc_wait(program, 0);
}

/*
 * Requests at the OpenAI door whose miners are played by hand (rig.h): what is
 * sent, what a miner brings, and what has to come of it. What goes wrong fails
 * the test.
 */
#ifndef TESTS_OPENAI_ASK_H
#define TESTS_OPENAI_ASK_H

#include <stddef.h>

#include "common/buf.h"
#include "tests/lib/asking.h"
#include "tests/lib/fetch.h"
#include "tests/lib/rig.h"

/* -- asking ---------------------------------------------------------------- */

enum { OPENAI_MAX_PARTS = 8 };

/* A form being put together; the file is the caller's to free. */
struct openai_form {
	struct fetch_part parts[OPENAI_MAX_PARTS];
	size_t n;
	struct buf file;
};

void openai_add_part(struct openai_form *, const char *name, const char *text);
/* The file: of the bytes in ->file; half a second of sound; a small picture. */
void openai_add_file(struct openai_form *, const char *name,
    const char *filename, const char *type);
void openai_add_wav(struct openai_form *, const char *name);
void openai_add_png(struct openai_form *, const char *name);

/* A form with model and file, and the fields behind: name, text, ..., NULL. */
struct openai_form openai_recording(
    const char *model, const char *const *fields);

/* The caller frees. */
char *openai_url(const struct rig *, const char *path);

struct asking *openai_send_form(const char *url, const struct openai_form *);
struct asking *openai_send_json(const char *url, const char *json);
void openai_post_json(const struct rig *, const char *path, const char *json,
    struct fetch_answer *);

/* -- miners ---------------------------------------------------------------- */

/* The next request for work, accepted. */
struct hand_task *openai_task(struct rig *);
const char *openai_task_param(const struct hand_task *, const char *name);

/* What came of it; the task is dropped. */
void openai_bring_json(struct rig *, struct hand_task *, const char *output);
void openai_bring_wav(struct rig *, struct hand_task *, const struct buf *wav);
void openai_bring_png(struct rig *, struct hand_task *, int colour);

/* -- answers --------------------------------------------------------------- */

void openai_assert_body(
    struct asking *, int status, const char *type, const char *body);

/* In OpenAI's form: of that code, of that parameter (NULL: none), and with
 * those words in its message. */
void openai_assert_error(const struct fetch_answer *, int status,
    const char *code, const char *param, const char *words);
void openai_assert_refused(struct asking *, int status, const char *code,
    const char *param, const char *words);

#endif

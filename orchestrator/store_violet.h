/*
 * Rows of tasks, miners that ask for their work, and whatever else Violet's
 * door reads and writes. What the columns are is said in sql/queries.
 */
#ifndef ORCHESTRATOR_STORE_VIOLET_H
#define ORCHESTRATOR_STORE_VIOLET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/pg.h"

struct orchestrator;

/* -- tasks; tenant NULL: whosever they are --------------------------------- */

void store_violet_task(struct orchestrator *, const char *id,
    const char *tenant, pg_on_answer *, void *arg);
/* states as violet_states has them, or NULL; behind a job, or NULL. */
void store_violet_tasks(struct orchestrator *, const char *tenant,
    const char *states, const char *behind, int64_t limit, pg_on_answer *,
    void *arg);
void store_violet_file(struct orchestrator *, const char *id,
    const char *tenant, pg_on_answer *, void *arg);

/* -- miners; hotkey NULL: not proven ------------------------------------ */

void store_violet_neuron(
    struct orchestrator *, const char *hotkey, pg_on_answer *, void *arg);
void store_violet_nonce(struct orchestrator *, const char *hotkey,
    const char *uuid, int64_t forget_us, pg_on_answer *, void *arg);
/* pulls NULL: it does not ask for work. */
void store_violet_poll(struct orchestrator *, int64_t uid, const char *hotkey,
    const json_t *pulls, pg_on_answer *, void *arg);
void store_violet_open(struct orchestrator *, const char *hotkey,
    bool is_proven, pg_on_answer *, void *arg);
void store_violet_unproven(
    struct orchestrator *, const char *ids, pg_on_answer *, void *arg);
/* Nobody came for that attempt. */
void store_violet_gone(struct orchestrator *, const char *attempt_id);
/* uid below 0: not said. */
void store_violet_attempt(struct orchestrator *, const char *job_id,
    const char *hotkey, int64_t uid, pg_on_answer *, void *arg);

/* -- validators, and who watches ---------------------------------------- */

void store_violet_done(struct orchestrator *, const char *validator,
    const char *behind, int64_t limit, pg_on_answer *, void *arg);
/* uid below 0: not said. */
void store_violet_seen(struct orchestrator *, const char *job_id,
    const char *validator, int64_t uid, pg_on_answer *, void *arg);
void store_violet_evaluated(struct orchestrator *, const char *validator,
    const char *behind, int64_t limit, pg_on_answer *, void *arg);
/* uid below 0: all. */
void store_violet_board(struct orchestrator *, int64_t uid, const char *sort_by,
    bool is_down, int64_t limit, pg_on_answer *, void *arg);
void store_violet_stats(struct orchestrator *, pg_on_answer *, void *arg);

#endif

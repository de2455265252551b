/*
 * Telling a miner that an attempt is not wanted any more: once, with nothing
 * that depends on it. It may have finished, or be away.
 */
#ifndef ORCHESTRATOR_WITHDRAW_H
#define ORCHESTRATOR_WITHDRAW_H

struct orchestrator;

/* An attempt of that kind which the miner may be working on. Nothing happens
 * if the kind's protocol has no word for it, or the miner is gone. */
void withdraw(struct orchestrator *, const char *attempt_id, const char *kind,
    const char *hotkey);

#endif

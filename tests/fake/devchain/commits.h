/*
 * Weights that are committed first and revealed an epoch later: by a hash the
 * validator reveals itself, or timelocked, which reveal.c opens.
 */
#ifndef DEVCHAIN_COMMITS_H
#define DEVCHAIN_COMMITS_H

#include <stdint.h>

#include "tests/fake/devchain/storage.h"

struct call_args;
struct view;
struct work;

int commits_validate_plain(const struct view *, struct call_args *);
int commits_plain(struct work *, struct call_args *);
int commits_validate_reveal(const struct view *, struct call_args *);
int commits_reveal(struct work *, struct call_args *);
int commits_validate_timelocked(const struct view *, struct call_args *);
int commits_timelocked(struct work *, struct call_args *);
/* The older form, which names no version. */
int commits_crv3(struct work *, struct call_args *);

/* Where an epoch's timelocked commits are kept: Vec<(account, block, bytes,
 * round)>, and in view->crv3 the same without the block. */
struct item commits_sealed_item(
    const struct view *, uint16_t index, uint64_t epoch);

/* Drop timelocked commits whose reveal epoch is over. */
void commits_expire(const struct view *, uint16_t netuid, uint64_t epoch);

#endif

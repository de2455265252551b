/*
 * Weights that are committed first and revealed an epoch later: by a hash the
 * validator reveals itself, or timelocked, which the chain would reveal. This
 * chain takes and keeps timelocked commits but does not open them.
 */
#ifndef DEVCHAIN_COMMITS_H
#define DEVCHAIN_COMMITS_H

#include <stdint.h>

struct call_args;
struct view;
struct work;

int commits_validate_plain(const struct view *, struct call_args *);
int commits_plain(struct work *, struct call_args *);
int commits_validate_reveal(const struct view *, struct call_args *);
int commits_reveal(struct work *, struct call_args *);
int commits_validate_timelocked(const struct view *, struct call_args *);
int commits_timelocked(struct work *, struct call_args *);

/* Drop timelocked commits whose reveal epoch is over. */
void commits_expire(const struct view *, uint16_t netuid, uint64_t epoch);

#endif

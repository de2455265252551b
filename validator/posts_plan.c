/* Counting and adding buckets. */
#include "validator/posts_plan.h"

bool
posts_gone_again(
    const struct posts_rule *rule, struct posts_gone *gone, int64_t bucket)
{
	if (gone->times == 0 || gone->since < 0) {
		gone->times = 0;
		gone->since = bucket;
	}
	gone->times++;
	return gone->times >= rule->gone_times &&
	       bucket - gone->since >= rule->gone_buckets;
}

int64_t
posts_next_look(
    const struct posts_rule *rule, int measured, bool is_proven, int64_t bucket)
{
	if (!is_proven && measured >= POSTS_TRIES)
		return bucket + POSTS_UNPROVEN_EVERY;
	return bucket + (measured >= rule->old_after ? rule->old_every : 1);
}

/* The order of waiting. */
#include "orchestrator/queue.h"

int64_t
queue_rank_us(int64_t created_us, int priority, int64_t ageing_ms)
{
	return created_us - priority * ageing_ms * 1000;
}

/* A URL of a job's picture. */
#include "orchestrator/result_url.h"

#include <inttypes.h>

#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"

char *
result_url(const struct orchestrator *o, const char *job_id, int64_t until_s)
{
	char signature[SECRET_TEXT];

	secrets_url(&o->secrets, SECRETS_RESULT, job_id, until_s, signature);
	return xasprintf("%s/v1/images/results/%s?expires=%" PRId64
			 "&signature=%s",
	    o->public_url, job_id, until_s, signature);
}

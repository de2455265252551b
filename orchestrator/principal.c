/* Who asks. */
#include "orchestrator/principal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/http_server.h"

enum { SEE_ALL = ROLE_VALIDATOR | ROLE_OPERATOR | ROLE_ADMIN };
enum { NAME_ANY = ROLE_OPERATOR | ROLE_ADMIN };

const struct principal *
principal_of(const struct http_req *req)
{
	const struct principal *who = http_req_user(req);

	assert(who != NULL);
	return who;
}

const char *
principal_sees(const struct principal *who)
{
	return who->role & SEE_ALL ? NULL : who->tenant;
}

int
principal_take_tenant(const struct principal *who, const char *named,
    char out[JOB_MAX_TENANT + 1], struct err *err)
{
	bool is_own = named[0] == '\0' || strcmp(named, who->tenant) == 0;

	if (!is_own && !(who->role & NAME_ANY))
		return err_set(err,
		    "tenant is %s, this key's own, or left out; an operator's "
		    "key may name another",
		    who->tenant);
	snprintf(out, JOB_MAX_TENANT + 1, "%s",
	    named[0] != '\0' ? named : who->tenant);
	return 0;
}

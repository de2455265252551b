/* Parts of bodies. */
#include "orchestrator/protocol_parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"

enum { INPUT_GRACE_S = 60 };

void
protocol_set(json_t *body, const char *key, char *text)
{
	json_object_set_new(body, key, json_string(text));
	free(text);
}

void
protocol_set_secret(json_t *body, const struct protocol_ask *ask)
{
	char secret[SECRET_TEXT];

	secrets_callback(&ask->o->secrets, ask->attempt_id, secret);
	json_object_set_new(body, "callback_secret", json_string(secret));
}

char *
protocol_input_url(const struct protocol_ask *ask)
{
	int64_t expires_s = ask->deadline_us / 1000000 + INPUT_GRACE_S;
	char signature[SECRET_TEXT];

	secrets_url(&ask->o->secrets, SECRETS_INPUT, ask->attempt_id, expires_s,
	    signature);
	return xasprintf("%s/v1/attempts/%s/input?expires=%lld&signature=%s",
	    ask->o->public_url, ask->attempt_id, (long long)expires_s,
	    signature);
}

int
protocol_check_members(
    const json_t *wire, const char *const *names, struct err *err)
{
	const char *name;
	json_t *value;

	if (wire != NULL && !json_is_object(wire))
		return err_set(err, "wire must be an object");
	json_object_foreach((json_t *)wire, name, value)
	{
		const char *const *known = names;

		while (*known != NULL && strcmp(*known, name) != 0)
			known++;
		if (*known == NULL)
			return err_set(
			    err, "wire.%s is nothing this protocol has", name);
	}
	return 0;
}

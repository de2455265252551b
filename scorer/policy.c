/* Looking things up in a policy. */
#include "scorer/policy.h"

#include <string.h>

static const char *const sources[POLICY_N_SOURCES] = {
    [POLICY_CLIENT] = "client",
    [POLICY_SCHEDULE] = "schedule",
    [POLICY_AUDIT] = "audit",
    [POLICY_CHALLENGE] = "challenge",
};

const struct policy_kind *
policy_kind_of(const struct policy *policy, const char *kind)
{
	for (size_t i = 0; i < policy->n_kinds; i++) {
		if (strcmp(policy->kinds[i].name, kind) == 0)
			return &policy->kinds[i];
	}
	return &policy->any;
}

bool
policy_is_by_letter(const struct policy *policy, const char *language)
{
	for (size_t i = 0; i < policy->n_by_letter; i++) {
		size_t len = strlen(policy->by_letter[i]);

		/* "zh" covers "zh-TW", too. */
		if (strncmp(policy->by_letter[i], language, len) == 0 &&
		    (language[len] == '\0' || language[len] == '-' ||
			language[len] == '_'))
			return true;
	}
	return false;
}

int
policy_source_of(const char *name)
{
	for (int i = 0; i < POLICY_N_SOURCES; i++) {
		if (strcmp(sources[i], name) == 0)
			return i;
	}
	return -1;
}

const char *
policy_source_name(enum policy_source source)
{
	return sources[source];
}

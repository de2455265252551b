/* Statuses of a watched transaction. */
#include "weightsetter/status.h"

#include <string.h>

#include "subtensor/header.h"

static const struct {
	const char *name;
	enum ledger_event event;
	bool has_hash;
} statuses[] = {
    {"future", LEDGER_SENT, false},
    {"ready", LEDGER_SENT, false},
    {"broadcast", LEDGER_SENT, false},
    {"inBlock", LEDGER_IN_BLOCK, true},
    {"retracted", LEDGER_RETRACTED, false},
    {"finalized", LEDGER_FINALITY, true},
    /* The node watches no longer; that it is nowhere is not said. */
    {"finalityTimeout", LEDGER_LOSS, false},
    {"usurped", LEDGER_LOSS, false},
    {"dropped", LEDGER_LOSS, false},
    {"invalid", LEDGER_LOSS, false},
};

int
status_event(const json_t *status, char hash[SNAPSHOT_HASH])
{
	void *only = json_object_iter((json_t *)status);
	const char *name = only == NULL ? json_string_value(status)
					: json_object_iter_key(only);

	hash[0] = '\0';
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (name == NULL || strcmp(statuses[i].name, name) != 0)
			continue;
		if (statuses[i].has_hash &&
		    (only == NULL ||
			header_read_text(json_object_iter_value(only), hash) !=
			    0))
			return LEDGER_LOSS;
		return statuses[i].event;
	}
	return -1;
}

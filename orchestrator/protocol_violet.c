/*
 * Violet's form: its miners ask for their work and bring the results, so there
 * is nothing to send (orchestrator/violet.h, docs/violet.md).
 */
#include "orchestrator/protocol.h"

const struct protocol protocol_violet = {
    .name = "violet",
    .is_pulled = true,
};

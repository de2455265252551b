/*
 * What validatord can be told: one table.
 */
#ifndef VALIDATOR_KEYS_H
#define VALIDATOR_KEYS_H

#include "common/config.h"

extern const struct config_key validator_keys[]; /* ends with a NULL name */

#endif

/* dev_*: how a test makes the node misbehave. See README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/node.h"

static enum lose
how_to_lose(const char *how)
{
	static const struct {
		const char *name;
		enum lose lose;
	} ways[] = {
	    {"silent", LOSE_SILENTLY},
	    {"dropped", LOSE_LOUDLY},
	    {"invalid", LOSE_INVALID},
	    {"usurped", LOSE_USURPED},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, how) == 0)
			return ways[i].lose;
	return LOSE_SILENTLY;
}

static json_t *
drop_next(struct call *c)
{
	struct chain *chain = c->node->chain;
	const char *how = call_text(c, 1);

	chain->lose_next = call_count(c, 0, 1);
	chain->lose = how_to_lose(how != NULL ? how : "silent");
	return json_true();
}

/* Blocks are made, and what waits stays where it is. */
static json_t *
hold_pool(struct call *c)
{
	c->node->chain->holds_pool = json_is_true(call_param(c, 0));
	return json_true();
}

static json_t *
stall(struct call *c)
{
	struct faults *f = &c->node->faults;
	json_int_t ms = call_count(c, 0, -1);

	f->stalled_until_us = ms < 0	? INT64_MAX
			      : ms == 0 ? 0
					: clock_mono_us() + ms * 1000;
	f->stall_answers_only = json_is_true(call_param(c, 1));
	log_info("fault.stall", "ms=%lld", (long long)ms);
	c->node->faults_changed(c->node);
	return json_true();
}

static json_t *
delay(struct call *c)
{
	struct faults *f = &c->node->faults;
	const char *method = call_text(c, 1);

	f->delay_us = call_count(c, 0, 0) * 1000;
	snprintf(f->delay_method, sizeof(f->delay_method), "%s",
	    method != NULL ? method : "");
	c->node->faults_changed(c->node);
	return json_true();
}

static json_t *
disconnect(struct call *c)
{
	c->node->disconnect_all(c->node, c->client);
	return json_true();
}

static json_t *
syncing(struct call *c)
{
	c->node->is_syncing = json_is_true(call_param(c, 0));
	return json_true();
}

/* Pulses held back, {"hold": true}, or let go. */
static json_t *
beacon(struct call *c)
{
	const json_t *hold = json_object_get(call_param(c, 0), "hold");

	if (!json_is_boolean(hold))
		return call_fail(
		    c, RPC_BAD_PARAMS, NULL, "\"hold\" is true or false");
	c->node->chain->beacon_held = json_is_true(hold);
	log_info("fault.beacon", "held=%d", json_is_true(hold));
	return json_true();
}

/* -- refusals -------------------------------------------------------------- */

static void
copy_text(char *out, size_t size, const json_t *j, const char *missing)
{
	const char *text = json_string_value(j);

	snprintf(out, size, "%s", text != NULL ? text : missing);
}

/* {"custom": 15} or {"code", "message", "data"}, "times", and "dry_run" for
 * as many of those. */
static json_t *
refuse(struct call *c)
{
	const json_t *j = call_param(c, 0), *times, *custom;
	struct refusals *r = &c->node->refusals;
	struct chain *chain = c->node->chain;
	char data[64] = "";

	times = json_object_get(j, "times");
	custom = json_object_get(j, "custom");
	if (json_is_integer(custom))
		snprintf(data, sizeof(data), "Custom error: %d",
		    (int)json_integer_value(custom));
	r->code = (int)json_integer_value(json_object_get(j, "code"));
	if (r->code == 0)
		r->code = RPC_INVALID_TRANSACTION;
	copy_text(r->message, sizeof(r->message), json_object_get(j, "message"),
	    "Invalid Transaction");
	copy_text(r->data, sizeof(r->data), json_object_get(j, "data"), data);
	r->times =
	    json_is_integer(times) ? (unsigned)json_integer_value(times) : 1;
	chain->dry.times =
	    json_is_true(json_object_get(j, "dry_run")) ? r->times : 0;
	chain->dry.custom = (uint8_t)json_integer_value(custom);
	return json_true();
}

/* -- endpoints ------------------------------------------------------------- */

static json_t *
set_endpoint(struct call *c)
{
	json_int_t index = call_count(c, 0, 0);
	const json_t *faults = call_param(c, 1);
	struct err err;
	char *text;

	if (index < 0 || (size_t)index >= c->node->n_endpoints ||
	    !json_is_object(faults))
		return call_fail(c, RPC_BAD_PARAMS, NULL,
		    "not the index of an endpoint, and an object");
	if (endpoint_set(&c->node->endpoints[index], faults, &err) != 0)
		return call_bad(c, &err);
	text = json_dumps(faults, JSON_COMPACT);
	log_info("fault.endpoint", "index=%d faults=%s", (int)index, text);
	free(text);
	c->node->faults_changed(c->node);
	return json_true();
}

const struct method methods_fault[] = {
    {"dev_dropNext", drop_next},
    {"dev_holdPool", hold_pool},
    {"dev_stall", stall},
    {"dev_delay", delay},
    {"dev_disconnect", disconnect},
    {"dev_syncing", syncing},
    {"dev_beacon", beacon},
    {"dev_refuse", refuse},
    {"dev_endpoint", set_endpoint},
    {NULL, NULL},
};

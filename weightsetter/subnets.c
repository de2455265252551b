/* A list of subnets and mechanisms. */
#include "weightsetter/subnets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "weightsetter/snapshot.h"

/* A storage index is 4096 times the mechanism and the netuid. */
enum { MAX_NETUID = 4095 };

/* A number up to max, and what stands behind it. */
static bool
number(const char *text, unsigned long max, unsigned long *out, char **end)
{
	if (*text < '0' || *text > '9' || strlen(text) > 16)
		return false;
	*out = strtoul(text, end, 10);
	return *out <= max;
}

static bool
parse_one(const char *text, struct subnet_of *of)
{
	unsigned long netuid, mecid = 0;
	char *end;

	if (!number(text, MAX_NETUID, &netuid, &end))
		return false;
	if (*end == ':' &&
	    !number(end + 1, SNAPSHOT_MAX_MECHANISMS - 1, &mecid, &end))
		return false;
	of->netuid = (uint16_t)netuid;
	of->mecid = (uint8_t)mecid;
	return *end == '\0';
}

static void
add_netuid(struct subnets *s, uint16_t netuid)
{
	for (size_t i = 0; i < s->n_netuids; i++) {
		if (s->netuids[i] == netuid)
			return;
	}
	s->netuids[s->n_netuids++] = netuid;
}

static int
add(struct subnets *s, struct subnet_of of, struct err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->of[i].netuid == of.netuid && s->of[i].mecid == of.mecid)
			return err_set(err, "%u:%u stands there twice",
			    of.netuid, of.mecid);
	}
	if (s->n == SUBNETS_MAX)
		return err_set(err, "more than %d", SUBNETS_MAX);
	s->of[s->n++] = of;
	add_netuid(s, of.netuid);
	return 0;
}

int
subnets_parse(struct subnets *s, char *const *items, struct subnet_of only,
    struct err *err)
{
	struct subnet_of of;

	memset(s, 0, sizeof(*s));
	if (items[0] == NULL)
		return add(s, only, err);
	for (size_t i = 0; items[i] != NULL; i++) {
		if (!parse_one(items[i], &of))
			return err_set(err,
			    "\"%s\" is no netuid, nor netuid:mecid with a "
			    "mecid up to %d",
			    items[i], SNAPSHOT_MAX_MECHANISMS - 1);
		if (add(s, of, err) != 0)
			return -1;
	}
	return 0;
}

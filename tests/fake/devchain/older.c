/* Names "Of.name" against the tables and against each other. */
#include "tests/fake/devchain/older.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "subtensor/hash.h"
#include "tests/fake/devchain/meta_registry.h"
#include "tests/fake/devchain/meta_table.h"

enum { PREFIX = 16 }; /* twox128 of the pallet, then of the entry */

static const char subtensor[] = "SubtensorModule";

/* "|113 name{", or "|name" at the end: a variant of the calls. */
static bool
has_call(const char *calls, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = calls; p != NULL && (p = strstr(p, name)); p++)
		if (p > calls && strchr(" |", p[-1]) != NULL &&
		    strchr("{(|", p[len]) != NULL)
			return true;
	return false;
}

static bool
pallet_has(const struct meta_pallet *p, const char *name)
{
	for (const struct meta_storage *s = p->storage; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return true;
	return has_call(p->calls, name);
}

static bool
api_has(const struct meta_api *api, const char *name)
{
	for (const struct meta_method *m = api->methods; m->name != NULL; m++)
		if (strcmp(m->name, name) == 0)
			return true;
	return false;
}

static bool
exists(const char *of, const char *name)
{
	for (size_t i = 0; i < meta_n_pallets; i++)
		if (strcmp(meta_pallets[i].name, of) == 0)
			return pallet_has(&meta_pallets[i], name);
	for (size_t i = 0; i < meta_n_apis; i++)
		if (strcmp(meta_apis[i].name, of) == 0)
			return api_has(&meta_apis[i], name);
	return false;
}

int
older_hide(struct runtime_spec *spec, const char *name, struct err *err)
{
	const char *dot = strchr(name, '.');
	int i = spec->n_hidden;

	if (i == SPEC_MAX_HIDDEN)
		return err_set(err, "no more than %d are hidden", i);
	if (dot == NULL || dot[1] == '\0' || dot - name >= SPEC_MAX_NAME ||
	    strlen(dot) > SPEC_MAX_NAME)
		return err_set(err, "%s: not Pallet.name", name);
	snprintf(
	    spec->hidden[i].of, SPEC_MAX_NAME, "%.*s", (int)(dot - name), name);
	snprintf(spec->hidden[i].name, SPEC_MAX_NAME, "%s", dot + 1);
	if (!exists(spec->hidden[i].of, spec->hidden[i].name))
		return err_set(err, "there is no %s", name);
	spec->n_hidden++;
	return 0;
}

static bool
is_among(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* Either timelocked commits or those before them, never both. */
static bool
is_other_commit(const struct runtime_spec *spec, const char *name)
{
	static const char *const timelocked[] = {"commit_timelocked_weights",
	    "commit_timelocked_mechanism_weights", "TimelockedWeightCommits",
	    "CommitRevealWeightsVersion", NULL};
	static const char *const crv3[] = {
	    "commit_crv3_weights", "commit_crv3_mechanism_weights", NULL};

	return is_among(spec->crv3 ? timelocked : crv3, name);
}

bool
older_hides(const struct runtime_spec *spec, const char *of, const char *name)
{
	if (spec->has_all)
		return false;
	if (strcmp(of, subtensor) == 0 && is_other_commit(spec, name))
		return true;
	for (int i = 0; i < spec->n_hidden; i++)
		if (strcmp(spec->hidden[i].of, of) == 0 &&
		    strcmp(spec->hidden[i].name, name) == 0)
			return true;
	return false;
}

bool
older_hides_method(const struct runtime_spec *spec, const char *method)
{
	char name[2 * SPEC_MAX_NAME];

	for (int i = 0; i < spec->n_hidden; i++) {
		snprintf(name, sizeof(name), "%s_%s", spec->hidden[i].of,
		    spec->hidden[i].name);
		if (strcmp(name, method) == 0)
			return true;
	}
	return false;
}

bool
older_hides_key(const struct runtime_spec *spec, const void *key, size_t len)
{
	uint8_t prefix[2 * PREFIX];

	if (len < sizeof(prefix))
		return false;
	for (int i = 0; i < spec->n_hidden; i++) {
		const char *of = spec->hidden[i].of;
		const char *name = spec->hidden[i].name;

		hash_twox128(of, strlen(of), prefix);
		hash_twox128(name, strlen(name), prefix + PREFIX);
		if (memcmp(key, prefix, sizeof(prefix)) == 0)
			return true;
	}
	return false;
}

bool
older_epochs(const struct runtime_spec *spec)
{
	return older_hides(spec, subtensor, "SubnetEpochIndex");
}

/* subnetctl weights u16: weights as the chain takes them. */
#include <stdlib.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/weights.h"

enum { MAX_UIDS = 65536 };

struct vector {
	uint16_t *uids;
	double *weights;
	size_t n;
	size_t n_subnet, min_allowed; /* 0: not given */
	bool keep_zeros;
};

static void
vector_clear(struct vector *v)
{
	free(v->uids);
	free(v->weights);
}

static int
read_pair(
    struct vector *v, const json_t *uid, const json_t *weight, struct err *err)
{
	json_int_t number = json_integer_value(uid);

	if (!json_is_integer(uid) || number < 0 || number >= MAX_UIDS)
		return err_set(err,
		    "uids[%zu] is no uid: a whole number from 0 to 65535",
		    v->n);
	if (!json_is_number(weight))
		return err_set(err, "weights[%zu] is no number", v->n);
	v->uids[v->n] = number;
	v->weights[v->n++] = json_number_value(weight);
	return 0;
}

static int
read_pairs(struct vector *v, const json_t *input, struct err *err)
{
	const json_t *uids = json_object_get(input, "uids");
	const json_t *weights = json_object_get(input, "weights");
	size_t n = json_array_size(uids);

	if (!json_is_array(uids) || !json_is_array(weights))
		return err_set(err, "{\"uids\": [...], \"weights\": [...]} is "
				    "needed on stdin");
	if (n != json_array_size(weights) || n > MAX_UIDS)
		return err_set(err, "there are %zu uids and %zu weights", n,
		    json_array_size(weights));
	v->uids = xcalloc(n + 1, sizeof(*v->uids));
	v->weights = xcalloc(n + 1, sizeof(*v->weights));
	for (size_t i = 0; i < n; i++)
		if (read_pair(v, json_array_get(uids, i),
			json_array_get(weights, i), err) != 0)
			return -1;
	return 0;
}

/* "min_allowed" and "n" go together. */
static int
read_limits(struct vector *v, const json_t *input, struct err *err)
{
	const json_t *keep = json_object_get(input, "keep_zeros");
	uint64_t n = 0, min_allowed = 0;
	int has_n = chain_member(input, "n", MAX_UIDS, &n, err);
	int has_min =
	    chain_member(input, "min_allowed", MAX_UIDS, &min_allowed, err);

	if (has_n < 0 || has_min < 0)
		return -1;
	if (keep != NULL && !json_is_boolean(keep))
		return err_set(err, "\"keep_zeros\" is true or false");
	if (has_min == 0 && has_n == 1)
		return err_set(err, "\"min_allowed\" needs \"n\", the number "
				    "of uids of the subnet");
	v->keep_zeros = json_is_true(keep);
	v->n_subnet = n;
	v->min_allowed = min_allowed;
	return 0;
}

/* On a subnet of so many uids: all are of it, and none is there twice. */
static int
check_uids(const struct vector *v, struct err *err)
{
	bool *seen = xcalloc(MAX_UIDS, sizeof(*seen));
	int rc = 0;

	for (size_t i = 0; i < v->n && rc == 0; i++) {
		if (v->uids[i] >= v->n_subnet)
			rc = err_set(err, "uid %u is not below n = %zu",
			    v->uids[i], v->n_subnet);
		else if (seen[v->uids[i]])
			rc = err_set(err, "uid %u is there twice", v->uids[i]);
		seen[v->uids[i]] = true;
	}
	free(seen);
	return rc;
}

static json_t *
emit(const struct vector *v, struct err *err)
{
	uint16_t *uids = xcalloc(MAX_UIDS, sizeof(*uids));
	uint16_t *values = xcalloc(MAX_UIDS, sizeof(*values));
	json_t *json = NULL;
	long n = weights_emit(
	    v->uids, v->weights, v->n, v->keep_zeros, uids, values, err);

	if (n > 0)
		n = weights_pad(uids, values, n, v->min_allowed, v->n_subnet);
	if (n >= 0)
		json = chain_u16_json(uids, values, n);
	free(uids);
	free(values);
	return json;
}

enum ctl_exit
chain_weights_u16(struct chain_args *args, json_t **out, struct err *err)
{
	struct vector v = {.n = 0};
	json_t *input = chain_stdin_object(args, CHAIN_MAX_TEXT, err);

	if (input != NULL && read_pairs(&v, input, err) == 0 &&
	    read_limits(&v, input, err) == 0 &&
	    (v.n_subnet == 0 || check_uids(&v, err) == 0))
		*out = emit(&v, err);
	json_decref(input);
	vector_clear(&v);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

/* subnetctl calc engagement...: samples of followers, and what they look like.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/engage_bots.h"
#include "subnetctl/calc.h"

enum { MAX_FOLLOWERS = 100000 };

static const struct engage_follower unknown = {.followers = NAN,
    .following = NAN,
    .posts = NAN,
    .created_days = NAN,
    .posted_days = NAN};

int
calc_engage_entropy(const json_t *in, json_t **out, struct err *err)
{
	const char *username = calc_text(in, "username", err);

	if (username == NULL)
		return -1;
	*out = calc_value(engage_bots_entropy(username));
	return 0;
}

/* -- reading ------------------------------------------------------------ */

static int
read_mode(const json_t *in, enum engage_bots_mode *mode, struct err *err)
{
	const char *word = json_string_value(json_object_get(in, "mode"));

	*mode = ENGAGE_BOTS_WHOLE;
	if (json_object_get(in, "mode") == NULL)
		return 0;
	if (word != NULL && strcmp(word, "parts") == 0)
		*mode = ENGAGE_BOTS_PARTS;
	else if (word == NULL || strcmp(word, "whole") != 0)
		return err_set(err, "\"mode\" is neither whole nor parts");
	return 0;
}

static int
read_text(
    const json_t *in, const char *name, const char **text, struct err *err)
{
	const json_t *v = json_object_get(in, name);

	if (v == NULL || json_is_null(v))
		return 0;
	*text = calc_text(in, name, err);
	return *text != NULL ? 0 : -1;
}

static int
read_follower(const json_t *in, struct engage_follower *f, struct err *err)
{
	*f = unknown;
	if (!json_is_object(in))
		return err_set(err, "is no object");
	if (read_text(in, "username", &f->username, err) != 0 ||
	    read_text(in, "bio", &f->bio, err) != 0 ||
	    read_text(in, "location", &f->location, err) != 0 ||
	    calc_opt_real(in, "followers", &f->followers, err) != 0 ||
	    calc_opt_real(in, "following", &f->following, err) != 0)
		return -1;
	return calc_opt_real(in, "posts", &f->posts, err);
}

/* Ages of the two arrays; their names are no matter here. */
static int
read_ages(const json_t *list, const char *name, struct engage_follower *f,
    size_t offset, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		double *age = (double *)(void *)((char *)&f[i] + offset);

		if (json_is_number(item))
			*age = json_number_value(item);
		else if (!json_is_null(item))
			return err_set(err, "%s[%zu] is no number", name, i);
	}
	return 0;
}

/* -- giving ------------------------------------------------------------- */

/* null where the analyzer does not run. */
static json_t *
print_verdict(
    const struct engage_bots_verdict *v, const char *const *names, size_t n)
{
	json_t *json;

	if (!v->ran)
		return json_null();
	json = json_object();
	for (size_t i = 0; i < n; i++)
		json_object_set_new(
		    json, names[i], calc_number(v->features[i]));
	json_object_set_new(json, "score", calc_number(v->score));
	json_object_set_new(json, "conf", calc_number(v->confidence));
	return json;
}

/* -- the analyzers ------------------------------------------------------ */

static int
statistical(const json_t *in, struct engage_bots_verdict *v, struct err *err)
{
	const json_t *list = calc_array(in, "followers", MAX_FOLLOWERS, err);
	size_t n = json_array_size(list);
	struct engage_follower *f;
	enum engage_bots_mode mode;
	int failed = 0;

	if (list == NULL || read_mode(in, &mode, err) != 0)
		return -1;
	f = xcalloc(n + 1, sizeof(*f));
	for (size_t i = 0; i < n && !failed; i++) {
		failed = read_follower(json_array_get(list, i), &f[i], err);
		if (failed)
			err_wrap(err, "followers[%zu]", i);
	}
	if (!failed)
		*v = engage_bots_statistical(mode, f, n);
	free(f);
	return failed;
}

static int
temporal(const json_t *in, struct engage_bots_verdict *v, struct err *err)
{
	static const char made[] = "created_age_days";
	static const char posted[] = "last_post_age_days";
	const json_t *ages = calc_array(in, made, MAX_FOLLOWERS, err);
	const json_t *last = calc_array(in, posted, MAX_FOLLOWERS, err);
	size_t n = json_array_size(ages);
	struct engage_follower *f;
	enum engage_bots_mode mode;
	int failed;

	if (ages == NULL || last == NULL || read_mode(in, &mode, err) != 0)
		return -1;
	if (json_array_size(last) != n)
		return err_set(err, "%s and %s differ in length", made, posted);
	f = xcalloc(n + 1, sizeof(*f));
	for (size_t i = 0; i < n; i++) {
		f[i] = unknown;
		f[i].username = "";
	}
	failed = read_ages(
	    ages, made, f, offsetof(struct engage_follower, created_days), err);
	if (!failed)
		failed = read_ages(last, posted, f,
		    offsetof(struct engage_follower, posted_days), err);
	if (!failed)
		*v = engage_bots_temporal(mode, f, n);
	free(f);
	return failed;
}

int
calc_engage_statistical(const json_t *in, json_t **out, struct err *err)
{
	static const char *const names[] = {
	    "ent", "ratio", "bio", "loc", "post"};
	struct engage_bots_verdict v;

	if (statistical(in, &v, err) != 0)
		return -1;
	*out = json_pack("{s:o}", "value", print_verdict(&v, names, 5));
	return 0;
}

int
calc_engage_temporal(const json_t *in, json_t **out, struct err *err)
{
	static const char *const names[] = {"cl", "age", "act"};
	struct engage_bots_verdict v;

	if (temporal(in, &v, err) != 0)
		return -1;
	*out = json_pack("{s:o}", "value", print_verdict(&v, names, 3));
	return 0;
}

/* -- together ----------------------------------------------------------- */

/* Samples that the reference's cases go by the names of: `same` followers
 * alike and, of the temporal ones, so many more, each a day older. */
static const struct sample {
	const char *name;
	bool is_temporal;
	size_t same, more;
	struct engage_follower like;
} samples[] = {
    {"A2", false, 50, 0, {"user123456789", "", "", 5, 2000, 0, NAN, NAN}},
    {"A4", false, 50, 0, {"abcdefgh", "hi", "X", 500, 300, 5, NAN, NAN}},
    {"A6", false, 1, 0, {"user123456789", "", "", 5, 2000, 0, NAN, NAN}},
    {"T2", true, 50, 0, {"", "", "", NAN, NAN, NAN, 10, 400}},
    {"T4", true, 7, 43, {"", "", "", NAN, NAN, NAN, 100, 181}},
};

enum { N_SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static struct engage_bots_verdict
verdict_of(const struct sample *s)
{
	size_t n = s->same + s->more;
	struct engage_follower *f = xcalloc(n, sizeof(*f));
	struct engage_bots_verdict v;

	for (size_t i = 0; i < n; i++) {
		f[i] = s->like;
		if (i >= s->same)
			f[i].created_days = 200 + (double)(i - s->same);
	}
	v = s->is_temporal ? engage_bots_temporal(ENGAGE_BOTS_WHOLE, f, n)
			   : engage_bots_statistical(ENGAGE_BOTS_WHOLE, f, n);
	free(f);
	return v;
}

/* "A2+T2", "none"; one of each analyzer at most. */
static int
named(const char *text, struct engage_bots_verdict verdicts[2], struct err *err)
{
	if (strcmp(text, "none") == 0)
		return 0;
	for (;;) {
		size_t len = strcspn(text, "+"), i = 0;

		while (i < N_SAMPLES &&
		       (strlen(samples[i].name) != len ||
			   strncmp(samples[i].name, text, len) != 0))
			i++;
		if (i == N_SAMPLES)
			return err_set(err,
			    "\"%.*s\" is no sample: A2, A4, A6, T2, T4 and "
			    "none are",
			    len < 40 ? (int)len : 40, text);
		verdicts[samples[i].is_temporal] = verdict_of(&samples[i]);
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

/* What an analyzer said, {score, conf}; null or nothing: it did not run. */
static int
said(const json_t *in, const char *name, struct engage_bots_verdict *v,
    struct err *err)
{
	const json_t *json = json_object_get(in, name);

	if (json == NULL || json_is_null(json))
		return 0;
	v->ran = true;
	if (calc_real(json, "score", &v->score, err) != 0 ||
	    calc_real(json, "conf", &v->confidence, err) != 0)
		return err_wrap(err, "%s", name);
	return 0;
}

int
calc_engage_combine(const json_t *in, json_t **out, struct err *err)
{
	const char *text = json_string_value(json_object_get(in, CALC_TEXT));
	struct engage_bots_verdict verdicts[2] = {{.ran = false}};
	struct engage_bots b;

	if (text != NULL) {
		if (named(text, verdicts, err) != 0)
			return -1;
	} else if (said(in, "statistical", &verdicts[0], err) != 0 ||
		   said(in, "temporal", &verdicts[1], err) != 0) {
		return -1;
	}
	b = engage_bots_combine(verdicts, 2);
	*out = json_pack("{s:{s:o, s:o, s:o, s:s}}", "value", "auth",
	    calc_number(b.authenticity), "conf", calc_number(b.confidence),
	    "bot", calc_number(b.p_bot), "risk", engage_bots_risk_name(b.risk));
	return 0;
}

/* Answers to what is known, what is known to rows. */
#include "validator/look.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "validator/claim.h"
#include "validator/claim_caption.h"
#include "validator/store_posts.h"

/* Later than that is a fault of the tracker's. */
static const int64_t ahead_us = 86400000000;

static char *
copy(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

static void
read_claims(struct look *l, const struct store_post *post)
{
	l->n_claims = post->n_claims;
	l->claims = xcalloc(post->n_claims + 1, sizeof(*l->claims));
	for (size_t i = 0; i < post->n_claims; i++)
		l->claims[i] = (struct look_claim){
		    .id = post->claims[i].id,
		    .hotkey = xstrdup(post->claims[i].hotkey),
		    .account = copy(post->claims[i].account),
		    .code = copy(post->claims[i].code),
		    .was_proven = post->claims[i].was_proven,
		};
}

int
look_init(struct look *l, const struct store_post *post)
{
	int platform = claim_platform_find(post->platform);

	if (platform < 0)
		return -1;
	*l = (struct look){
	    .id = post->id,
	    .platform = platform,
	    .content = xstrdup(post->content),
	    .hotkey = xstrdup(post->hotkey),
	    .had_owner = copy(post->owner),
	    .measured = post->measured,
	    .gone = {post->gones, post->gone_bucket},
	    .ai = post->ai,
	    .bot = post->bot,
	    .bot_confidence = post->bot_confidence,
	    .illicit = post->illicit,
	    .outcome = WATCH_UNAVAILABLE,
	};
	l->verdicts[WATCH_DETECTOR].due = post->detector_due;
	l->verdicts[WATCH_MODERATOR].due = post->moderator_due;
	read_claims(l, post);
	return 0;
}

void
look_clear(struct look *l)
{
	for (size_t i = 0; i < l->n_claims; i++) {
		free(l->claims[i].hotkey);
		free(l->claims[i].account);
		free(l->claims[i].code);
	}
	free(l->claims);
	free(l->content);
	free(l->hotkey);
	free(l->had_owner);
}

/* -- the tracker -------------------------------------------------------- */

static void
put(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text != NULL ? text : "");
}

/* Whose it is, by what its caption says. */
static void
prove(struct look *l, const struct watch_metrics *m)
{
	for (size_t i = 0; i < l->n_claims; i++) {
		struct look_claim *c = &l->claims[i];
		struct claim claim = {
		    .platform = l->platform, .is_signed = c->code != NULL};

		put(claim.account, sizeof(claim.account), c->account);
		put(claim.code, sizeof(claim.code), c->code);
		c->unproven_why = claim_unproven(&claim, c->hotkey,
		    m->caption != NULL ? m->caption : "",
		    m->account[0] != '\0' ? m->account : NULL,
		    m->account_id[0] != '\0' ? m->account_id : NULL);
		l->is_proven |= c->unproven_why == NULL;
	}
}

static void
take_numbers(
    struct look *l, const struct posts_now *now, const struct watch_metrics *m)
{
	l->views = m->views;
	l->likes = m->likes;
	l->comments = m->comments;
	l->followers = m->followers;
	if (m->published_us > 0 && m->published_us <= now->at_us + ahead_us)
		l->published_us = m->published_us;
	put(l->owner, sizeof(l->owner), m->account);
	l->measured++;
	l->gone = (struct posts_gone){0, STORE_NO_BUCKET};
}

void
look_take_metrics(struct look *l, const struct posts_rule *rule,
    const struct posts_now *now, const struct watch_answer *answer)
{
	l->outcome = answer->outcome;
	switch (answer->outcome) {
	case WATCH_OK:
		take_numbers(l, now, &answer->metrics);
		prove(l, &answer->metrics);
		break;
	case WATCH_GONE:
		l->is_gone = posts_gone_again(rule, &l->gone, now->bucket);
		put(l->why, sizeof(l->why), answer->why);
		break;
	case WATCH_UNAVAILABLE:
		put(l->why, sizeof(l->why), answer->why);
		l->is_dear = strcmp(answer->why, "budget") == 0;
		break;
	}
}

/* -- the others --------------------------------------------------------- */

bool
look_wants(const struct look *l, enum watch_service service,
    const struct posts_now *now)
{
	return l->outcome == WATCH_OK && l->is_proven &&
	       l->verdicts[service].due <= now->bucket;
}

void
look_take_verdict(struct look *l, enum watch_service service,
    const struct watch_answer *answer)
{
	struct look_verdict *v = &l->verdicts[service];

	v->was_asked = true;
	v->outcome = answer->outcome;
	v->score = NAN;
	put(v->why, sizeof(v->why), answer->why);
	if (answer->outcome != WATCH_OK)
		return;
	if (service == WATCH_DETECTOR) {
		v->score = answer->detection.score;
		v->has_hash = answer->detection.has_hash;
		v->hash = answer->detection.hash;
		l->ai = v->score;
		return;
	}
	v->score = answer->verdict.score;
	v->is_illicit = answer->verdict.is_illicit;
	put(v->categories, sizeof(v->categories), answer->verdict.categories);
	l->illicit = v->is_illicit;
}

/* -- rows --------------------------------------------------------------- */

json_t *
look_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
text_or_null(const char *text)
{
	return text[0] == '\0' ? json_null() : json_string(text);
}

static int64_t
next_look(const struct look *l, const struct posts_rule *rule,
    const struct posts_now *now)
{
	switch (l->outcome) {
	case WATCH_OK:
		return posts_next_look(
		    rule, l->measured, l->is_proven, now->bucket);
	case WATCH_GONE:
		return now->bucket + 1;
	case WATCH_UNAVAILABLE:
		break;
	}
	return l->is_dear ? now->bucket + 1 : now->bucket;
}

/* What is not known is not said: it is null then. */
static void
say_real(json_t *row, const char *name, double value)
{
	if (isfinite(value))
		json_object_set_new(row, name, json_real(value));
}

static void
say_int(json_t *row, const char *name, int64_t value)
{
	if (value >= 0)
		json_object_set_new(row, name, json_integer(value));
}

static void
say_text(json_t *row, const char *name, const char *text)
{
	if (text[0] != '\0')
		json_object_set_new(row, name, json_string(text));
}

static void
add_observation(const struct look *l, json_t *row)
{
	json_object_set_new(
	    row, "state", json_string(l->is_gone ? "gone" : "ok"));
	say_real(row, "ai", l->ai);
	if (l->illicit >= 0)
		json_object_set_new(row, "illicit", json_boolean(l->illicit));
	say_real(row, "bot", l->bot);
	say_real(row, "bot_confidence", l->bot_confidence);
	if (l->is_gone)
		return;
	say_int(row, "views", l->views);
	say_int(row, "likes", l->likes);
	say_int(row, "comments", l->comments);
	say_int(row, "followers", l->followers);
}

static json_t *
print_post(const struct look *l, const struct posts_rule *rule,
    const struct posts_now *now)
{
	json_t *row = json_object();

	say_int(row, "id", l->id);
	say_int(row, "due", next_look(l, rule, now));
	say_int(row, "measured", l->measured);
	if (l->gone.times > 0) {
		say_int(row, "gones", l->gone.times);
		say_int(row, "gone_bucket", l->gone.since);
	}
	if (l->is_gone)
		json_object_set_new(row, "is_gone", json_true());
	if (l->had_owner == NULL || strcmp(l->had_owner, l->owner) != 0)
		say_text(row, "owner", l->owner);
	if (l->published_us > 0)
		say_int(row, "published_us", l->published_us);
	if (l->outcome != WATCH_OK)
		say_text(row, "away", l->why);
	if (l->outcome == WATCH_OK || l->is_gone)
		add_observation(l, row);
	return row;
}

static void
print_claims(const struct look *l, json_t *claims)
{
	if (l->outcome != WATCH_OK)
		return;
	for (size_t i = 0; i < l->n_claims; i++) {
		const struct look_claim *c = &l->claims[i];

		if (c->was_proven && c->unproven_why == NULL)
			continue;
		json_array_append_new(claims,
		    json_pack("{s:I, s:b, s:s?}", "id", (json_int_t)c->id,
			"proven", c->unproven_why == NULL, "why",
			c->unproven_why));
	}
}

static json_t *
print_verdict(const struct look *l, enum watch_service service,
    const struct posts_rule *rule, const struct posts_now *now)
{
	const struct look_verdict *v = &l->verdicts[service];
	bool is_ok = v->outcome == WATCH_OK;

	return json_pack(
	    "{s:s, s:s, s:s, s:I, s:b, s:b, s:o, s:o, s:o, s:o, s:o}",
	    "service", watch_service_name(service), "site",
	    claim_platform_site(l->platform), "subject", l->content, "due",
	    (json_int_t)(now->bucket + (is_ok ? rule->verdict_every : 1)),
	    "answered", v->outcome != WATCH_UNAVAILABLE, "is_gone",
	    v->outcome == WATCH_GONE, "score", look_real(v->score), "illicit",
	    is_ok && service == WATCH_MODERATOR ? json_boolean(v->is_illicit)
						: json_null(),
	    "phash",
	    v->has_hash ? json_integer((json_int_t)v->hash) : json_null(),
	    "detail", text_or_null(v->categories), "why",
	    text_or_null(is_ok ? "" : v->why));
}

void
look_print(const struct look *l, const struct posts_rule *rule,
    const struct posts_now *now, struct json_t *posts, struct json_t *claims,
    struct json_t *verdicts)
{
	json_array_append_new(posts, print_post(l, rule, now));
	print_claims(l, claims);
	for (int s = 0; s < WATCH_SERVICES; s++)
		if (l->verdicts[s].was_asked)
			json_array_append_new(
			    verdicts, print_verdict(l, s, rule, now));
}

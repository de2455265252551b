/* Keys and lines, then the hours. */
#include "tests/lib/posters.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/watched.h"
#include "validator/claim_message.h"

enum { WAIT_MS = 60000, DAY_S = 86400, FIRST_UID = 1 };

struct person {
	struct sr25519_keypair pair;
	char hotkey[64];
	char account[CLAIM_ACCOUNT];
	bool is_told, is_listed; /* its gist; its posts in it */
};

struct posters {
	struct suite *s;
	struct watched *w;
	const struct poster *list;
	struct person *people;
	size_t n;
	char genesis[65];
	int hour;
	long long first; /* the bucket of hour 0 */
};

/* -- who and what ------------------------------------------------------- */

static void
name_post(int poster, size_t which, char out[CLAIM_CONTENT])
{
	snprintf(out, CLAIM_CONTENT, "Cp%02dq%zuZx", poster, which);
}

static struct claim_message
message_of(const struct posters *p, int by, int account, const char *content,
    const char *nonce)
{
	return (struct claim_message){
	    .genesis = p->genesis,
	    .netuid = SUITE_NETUID,
	    .hotkey = p->people[by].hotkey,
	    .platform = CLAIM_INSTAGRAM_REEL,
	    .account = p->people[account].account,
	    .content = content,
	    .nonce = nonce,
	    .expires_s = clock_wall_us() / 1000000 + 90 * DAY_S,
	};
}

static void
make_nonce(int by, int whose, size_t which, char out[CLAIM_NONCE])
{
	snprintf(out, CLAIM_NONCE, "%08x%08x%016zx", by, whose, which);
}

/* A signed line of `by` about a post of `whose` account. */
static void
add_line(const struct posters *p, int by, int whose, const char *content,
    size_t which, struct buf *out)
{
	struct buf text = {0};
	char nonce[CLAIM_NONCE], hex[2 * CLAIM_SIGNATURE + 1];
	uint8_t signature[CLAIM_SIGNATURE];
	struct claim_message m;

	make_nonce(by, whose, which, nonce);
	m = message_of(p, by, whose, content, nonce);
	buf_add_str(&text, "subnetd/" CLAIM_DOMAIN "\n");
	claim_message_text(&m, &text);
	sr25519_sign(&p->people[by].pair, text.data, text.len, signature);
	hex_encode(signature, sizeof(signature), hex);
	buf_printf(out,
	    "{\"platform\":\"instagram/reel\",\"content_id\":\"%s\","
	    "\"account\":\"%s\",\"nonce\":\"%s\",\"expires\":%lld,"
	    "\"signature\":\"0x%s\"}\n",
	    content, m.account, nonce, (long long)m.expires_s, hex);
	buf_free(&text);
}

static void
add_code(
    const struct posters *p, int by, int whose, size_t which, struct buf *out)
{
	char nonce[CLAIM_NONCE], code[CLAIM_CODE];
	struct claim_message m;

	make_nonce(by, whose, which, nonce);
	m = message_of(p, by, whose, "", nonce);
	claim_message_code(&m, code);
	buf_printf(out, " %s", code);
}

/* -- gists --------------------------------------------------------------- */

static void
add_variants(
    const struct posters *p, int by, const char *content, struct buf *out)
{
	static const char *const forms[] = {"%s",
	    "https://www.instagram.com/reel/%s/",
	    "https://instagram.com/p/%s?x=1",
	    "https://www.instagram.com/someone/reel/%s/#2"};

	for (size_t i = 0; i < 4; i++) {
		struct buf line = {0};
		json_t *json;
		char *form = NULL, *text;

		add_line(p, by, by, content, 0, &line);
		json = json_loadb((char *)line.data, line.len, 0, NULL);
		if (i == 0)
			form = xstrdup(content);
		else if (i == 1)
			form = xasprintf(forms[1], content);
		else if (i == 2)
			form = xasprintf(forms[2], content);
		else
			form = xasprintf(forms[3], content);
		json_object_set_new(json, "content_id", json_string(form));
		text = json_dumps(json, JSON_COMPACT);
		buf_printf(out, "%s\n", text);
		free(text);
		free(form);
		json_decref(json);
		buf_free(&line);
	}
}

static void
add_rubbish(struct buf *out)
{
	buf_add_str(out,
	    "{}\nnot json at all\n"
	    "{\"platform\":\"tiktok\",\"content_id\":\"1\"}\n"
	    "{\"platform\":\"instagram/reel\",\"content_id\":123}\n"
	    "{\"platform\":\"instagram/reel\",\"content_id\":\"CpZZ\","
	    "\"direct_video_url\":\"http://169.254.169.254/x\"}\n"
	    "{\"platform\":\"instagram/reel\",\"content_id\":"
	    "\"https://10.0.0.1/reel/CabcDEF\"}\n");
}

static bool
is_listed(const struct poster *who, int hour)
{
	return hour >= who->from && (who->until == 0 || hour < who->until);
}

static char *
gist_text(const struct posters *p, int by, int hour)
{
	const struct poster *who = &p->list[by];
	struct buf out = {0};
	char content[CLAIM_CONTENT];

	for (size_t i = 0; i < who->posts && is_listed(who, hour); i++) {
		bool is_others =
		    who->gist == POSTER_GRABS || who->gist == POSTER_SHARES;
		int owner =
		    is_others || who->gist == POSTER_REPEATS ? who->other : by;
		int account =
		    who->gist == POSTER_SIDES || is_others ? who->other : owner;
		int signer = who->gist == POSTER_REPEATS ? who->other : by;

		name_post(owner, i, content);
		if (who->gist == POSTER_VARIANTS)
			add_variants(p, by, content, &out);
		else
			add_line(p, signer, account, content, i, &out);
	}
	if (who->gist == POSTER_RUBBISH)
		add_rubbish(&out);
	return buf_take_str(&out);
}

/* Told again only if it lists others. */
static void
tell_gists(struct posters *p, int hour)
{
	for (size_t i = 0; i < p->n; i++) {
		struct person *who = &p->people[i];
		bool listed = is_listed(&p->list[i], hour);
		char user[32], id[16], *text;

		if (p->list[i].gist == POSTER_BORROWS ||
		    (who->is_told && who->is_listed == listed))
			continue;
		text = gist_text(p, (int)i, hour);
		snprintf(user, sizeof(user), "poster%zu", i);
		snprintf(id, sizeof(id), "%08zx", i + 1);
		watched_gist(p->w, user, id, text);
		free(text);
		who->is_told = true;
		who->is_listed = listed;
	}
}

/* -- posts and accounts ------------------------------------------------- */

/* Who has put a code into whose caption. */
static char *
caption_of(const struct posters *p, int owner, size_t which)
{
	int account =
	    p->list[owner].gist == POSTER_SIDES ? p->list[owner].other : owner;
	struct buf out = {0};

	buf_add_str(&out, "made by AI");
	add_code(p, owner, account, which, &out);
	for (size_t i = 0; i < p->n; i++) {
		if (p->list[i].gist == POSTER_SHARES &&
		    p->list[i].other == owner)
			add_code(p, (int)i, owner, which, &out);
	}
	return buf_take_str(&out);
}

static json_t *
members(const char *text)
{
	char *object = xasprintf("{%s}", text);
	json_t *json = json_loads(object, 0, NULL);

	if (json == NULL)
		fprintf(stderr, "posters: no JSON: %s\n", object);
	free(object);
	return json;
}

static void
add_post(struct posters *p, int owner, size_t which, json_t *out)
{
	const struct poster *who = &p->list[owner];
	json_t *post = members(who->story);
	char id[CLAIM_CONTENT], *caption = caption_of(p, owner, which);
	int account = who->gist == POSTER_SIDES ? who->other : owner;

	name_post(owner, which, id);
	json_object_set_new(post, "platform", json_string("instagram/reel"));
	json_object_set_new(post, "id", json_string(id));
	json_object_set_new(
	    post, "account", json_string(p->people[account].account));
	json_object_set_new(post, "caption", json_string(caption));
	if (who->gist == POSTER_OWN && who->other >= 0) {
		name_post(who->other, which, id);
		json_object_set_new(post, "same_as", json_string(id));
	}
	json_array_append_new(out, post);
	free(caption);
}

static void
tell_posts(struct posters *p)
{
	json_t *posts = json_array(), *accounts = json_array();

	for (size_t i = 0; i < p->n; i++) {
		json_t *account = members(p->list[i].account);

		json_object_set_new(
		    account, "platform", json_string("instagram"));
		json_object_set_new(
		    account, "name", json_string(p->people[i].account));
		json_array_append_new(accounts, account);
		for (size_t k = 0; k < p->list[i].posts; k++)
			add_post(p, (int)i, k, posts);
	}
	watched_put_json(p->w, "/accounts", accounts);
	watched_put_json(p->w, "/contents", posts);
}

/* -- the chain ----------------------------------------------------------- */

static int
make_person(struct person *who, size_t i)
{
	char suri[32];
	struct err err;

	snprintf(suri, sizeof(suri), "//Poster%zu", i);
	if (suri_to_keypair(suri, &who->pair, &err) != 0) {
		fprintf(stderr, "posters: %s\n", err.text);
		return -1;
	}
	ss58_encode(SS58_BITTENSOR, who->pair.public, who->hotkey);
	snprintf(who->account, sizeof(who->account), "maker%02zu", i);
	return 0;
}

static int
make_neuron(struct posters *p, size_t i)
{
	size_t gist =
	    p->list[i].gist == POSTER_BORROWS ? (size_t)p->list[i].other : i;
	char *params = xasprintf("[{\"netuid\":%d,\"uid\":%zu,"
				 "\"hotkey\":\"%s\",\"alpha_stake\":%.0f,"
				 "\"commitment\":\"poster%zu:%08zx\"}]",
	    SUITE_NETUID, i + FIRST_UID, p->people[i].hotkey,
	    p->list[i].alpha * 1e9, gist, gist + 1);
	char block[] = "[1]";
	int failed = suite_chain_call(p->s, "dev_neuron", params);

	free(params);
	return failed != 0 ? -1 : suite_chain_call(p->s, "dev_newBlock", block);
}

static int
new_blocks(struct posters *p, int n)
{
	char params[16];

	snprintf(params, sizeof(params), "[%d]", n);
	return suite_chain_call(p->s, "dev_newBlock", params);
}

static long long
newest_block(struct posters *p)
{
	return (long long)db_int(
	    p->s->db, "select coalesce(max(block), -1) from snapshot");
}

/* Until the newest snapshot is of the last block of a bucket, and shows all of
 * them. */
static int
settle_chain(struct posters *p)
{
	char *genesis;
	long long block;

	if (new_blocks(p, 10) != 0 ||
	    db_wait_int(p->s->db, (int64_t)p->n, WAIT_MS,
		"select count(*) from commitment c join neuron n on "
		"n.hotkey = c.hotkey where c.text like 'poster%%'") != 0)
		return -1;
	block = newest_block(p);
	while (block % POSTERS_BUCKET != POSTERS_BUCKET - 1) {
		if (new_blocks(p, 1) != 0 ||
		    db_wait_int(p->s->db, block + 1, WAIT_MS,
			"select max(block) from snapshot") != 0)
			return -1;
		block++;
	}
	p->first = block / POSTERS_BUCKET + 1;
	genesis = db_text(p->s->db, "select genesis from snapshot limit 1");
	if (genesis == NULL)
		return -1;
	snprintf(p->genesis, sizeof(p->genesis), "%s", genesis);
	free(genesis);
	return 0;
}

/* -- the whole ----------------------------------------------------------- */

int
posters_configure(struct suite *s, struct watched *w, const char *more)
{
	static const char *const edits[] = {
	    "bucket_blocks = 300", "bucket_blocks = 5", NULL};
	const char *dir = sandbox_dir(s->box);
	char *policy = edit_file("deploy/policies/sn89.ini", edits);
	char *ini =
	    xasprintf("[validator]\npolicy = %s/posts.ini\n"
		      "engagement_tracker_url = %s\n"
		      "engagement_detector_url = %s\n"
		      "engagement_moderator_url = %s\n"
		      "engagement_gists_url = %s\nengagement_retry = 1ms\n"
		      "engagement_gist_every = 2\n"
		      "engagement_out = 20ms\ndevelopment = yes\n"
		      "judge_jobs = no\nsweep = 200ms\n%s",
		dir, watched_url(w), watched_url(w), watched_url(w),
		watched_url(w), more);
	int failed;

	free(sandbox_write(s->box, "posts.ini", 0600, policy));
	failed = suite_configure(s, ini);
	free(policy);
	free(ini);
	return failed;
}

struct posters *
posters_new(
    struct suite *s, struct watched *w, const struct poster *list, size_t n)
{
	struct posters *p = xcalloc(1, sizeof(*p));
	char *start =
	    xasprintf("{\"start\":%lld}", (long long)clock_wall_us() / 1000000);

	p->s = s;
	p->w = w;
	p->list = list;
	p->n = n;
	p->hour = -1;
	p->people = xcalloc(n, sizeof(*p->people));
	watched_put(w, "/start", start);
	free(start);
	for (size_t i = 0; i < n; i++) {
		if (make_person(&p->people[i], i) != 0 ||
		    make_neuron(p, i) != 0) {
			posters_free(p);
			return NULL;
		}
	}
	if (settle_chain(p) != 0) {
		posters_free(p);
		return NULL;
	}
	tell_posts(p);
	return p;
}

void
posters_free(struct posters *p)
{
	if (p == NULL)
		return;
	free(p->people);
	free(p);
}

int
posters_hour(struct posters *p, bool is_rough)
{
	struct proc *validator = p->s->daemons[SUITE_VALIDATOR];
	long long bucket = p->first + p->hour + 1;
	char pairs[96];

	p->hour++;
	watched_hour(p->w, p->hour);
	tell_gists(p, p->hour);
	if (new_blocks(p, POSTERS_BUCKET) != 0)
		return -1;
	snprintf(pairs, sizeof(pairs), "bucket=%lld failed=no%s", bucket,
	    is_rough ? "" : " unavailable=0");
	if (proc_wait_event(validator, "engagement.cycle", pairs, WAIT_MS) !=
	    NULL)
		return 0;
	fprintf(stderr, "posters: hour %d has no cycle (%s)\n", p->hour, pairs);
	proc_show_log(validator, 20);
	return -1;
}

int
posters_now(const struct posters *p)
{
	return p->hour;
}

const char *
posters_hotkey(const struct posters *p, size_t which)
{
	return p->people[which].hotkey;
}

/* -- what came of it ---------------------------------------------------- */

static const char newest[] =
    "(select id from score_run order by block desc, at desc limit 1)";

double
posters_score(struct posters *p, size_t which)
{
	double score = db_real(p->s->db,
	    "select coalesce(max(score), 0) from score_entry where run_id = %s "
	    "and hotkey = '%s'",
	    newest, p->people[which].hotkey);

	return isfinite(score) ? score : 0;
}

bool
posters_is_said(struct posters *p, size_t which, const char *why)
{
	const char *hotkey = p->people[which].hotkey;

	return db_int(p->s->db,
		   "select count(*) from (select why from run_post where "
		   "run_id = %s and hotkey = '%s' union all select state "
		   "from post_claim where hotkey = '%s' union all select why "
		   "from gist_fault where hotkey = '%s' union all select out "
		   "from score_entry where run_id = %s and hotkey = '%s') t "
		   "where why like '%s%%'",
		   newest, hotkey, hotkey, hotkey, newest, hotkey, why) > 0;
}

static void
print_row(const struct posters *p, const PGresult *res, int row)
{
	const char *hotkey = PQgetvalue(res, row, 0);
	size_t i = 0;

	while (i < p->n && strcmp(p->people[i].hotkey, hotkey) != 0)
		i++;
	printf("%4s  %-12s %8s %10s %8s  %s\n", PQgetvalue(res, row, 1),
	    i < p->n ? p->list[i].role : "?", PQgetvalue(res, row, 2),
	    PQgetvalue(res, row, 3), PQgetvalue(res, row, 4),
	    PQgetvalue(res, row, 5));
}

void
posters_print(struct posters *p)
{
	PGresult *res = db_rows(p->s->db,
	    "select n.hotkey, n.uid, (select count(*) from post_claim c where "
	    "c.hotkey = n.hotkey and c.state = 'held') as held, "
	    "coalesce(round(e.score::numeric, 6), 0), "
	    "coalesce(round(e.weight::numeric, 5), 0), coalesce((select "
	    "string_agg(distinct why, ', ') from (select why from run_post q "
	    "where q.run_id = %s and q.hotkey = n.hotkey union all select "
	    "state from post_claim c where c.hotkey = n.hotkey and state not "
	    "in ('held', 'new') union all select 'line ' || line || ': ' || "
	    "why from gist_fault f where f.hotkey = n.hotkey and line < 4 "
	    "union all select e.out) t), '') from neuron n left join "
	    "score_entry e on e.hotkey = n.hotkey and e.run_id = %s where "
	    "n.uid > 0 order by e.score desc nulls last, n.uid",
	    newest, newest);

	printf("\n uid  who              held      score   weight  why\n");
	for (int i = 0; res != NULL && i < PQntuples(res); i++)
		print_row(p, res, i);
	PQclear(res);
	fflush(stdout);
}

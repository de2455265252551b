/* Two tables: platforms and what their ids look like; URLs that have one. */
#include "validator/claim_platform.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define LARGE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define BASE64 LARGE SMALL DIGITS "-_"

struct site {
	const char *name;
	const char *letters; /* of an account's name, which is lower case */
	size_t least, most;
};

static const struct site youtube = {"youtube", SMALL DIGITS "._-", 3, 30};
static const struct site instagram = {"instagram", SMALL DIGITS "._", 1, 30};
static const struct site tiktok = {"tiktok", SMALL DIGITS "._", 2, 24};
static const struct site x = {"x", SMALL DIGITS "_", 1, 15};

struct platform {
	const char *name;
	const struct site *site;
	const char *type;
	const char *letters; /* of an id */
	size_t least, most;
	char not_first;	  /* it would be a zero in front: the same post */
	const char *last; /* NULL: any; of 11 letters' 66 bits 64 are used */
	const char *url;
};

static const struct platform platforms[N_CLAIM_PLATFORMS] = {
    [CLAIM_YOUTUBE_VIDEO] = {"youtube/video", &youtube, "video", BASE64, 11, 11,
	'\0', "AEIMQUYcgkosw048", "https://www.youtube.com/watch?v=%s"},
    [CLAIM_YOUTUBE_SHORT] = {"youtube/short", &youtube, "short", BASE64, 11, 11,
	'\0', "AEIMQUYcgkosw048", "https://www.youtube.com/shorts/%s"},
    [CLAIM_INSTAGRAM_REEL] = {"instagram/reel", &instagram, "reel", BASE64, 5,
	11, 'A', NULL, "https://www.instagram.com/reel/%s/"},
    [CLAIM_INSTAGRAM_POST] = {"instagram/post", &instagram, "post", BASE64, 5,
	11, 'A', NULL, "https://www.instagram.com/p/%s/"},
    [CLAIM_TIKTOK_VIDEO] = {"tiktok/video", &tiktok, "video", DIGITS, 15, 19,
	'0', NULL, "https://www.tiktok.com/@/video/%s"},
    [CLAIM_X_POST] = {"x/post", &x, "post", DIGITS, 5, 19, '0', NULL,
	"https://x.com/i/status/%s"},
};

/* In a path: * is any part, $ the id. In a query: the id is that value. */
static const struct form {
	const struct site *site;
	const char *host, *path, *query;
} forms[] = {
    {&youtube, "youtube.com", "watch", "v"},
    {&youtube, "youtube.com", "shorts/$", NULL},
    {&youtube, "youtube.com", "live/$", NULL},
    {&youtube, "youtube.com", "embed/$", NULL},
    {&youtube, "youtu.be", "$", NULL},
    {&instagram, "instagram.com", "reel/$", NULL},
    {&instagram, "instagram.com", "reels/$", NULL},
    {&instagram, "instagram.com", "p/$", NULL},
    {&instagram, "instagram.com", "tv/$", NULL},
    {&instagram, "instagram.com", "*/reel/$", NULL},
    {&instagram, "instagram.com", "*/p/$", NULL},
    {&tiktok, "tiktok.com", "*/video/$", NULL},
    {&x, "x.com", "*/status/$", NULL},
    {&x, "x.com", "i/web/status/$", NULL},
    {&x, "twitter.com", "*/status/$", NULL},
    {&x, "twitter.com", "i/web/status/$", NULL},
};

/* -- names --------------------------------------------------------------- */

const char *
claim_platform_name(enum claim_platform platform)
{
	return platforms[platform].name;
}

int
claim_platform_find(const char *name)
{
	for (int i = 0; i < N_CLAIM_PLATFORMS; i++) {
		if (strcmp(platforms[i].name, name) == 0)
			return i;
	}
	return -1;
}

const char *
claim_platform_site(enum claim_platform platform)
{
	return platforms[platform].site->name;
}

const char *
claim_platform_type(enum claim_platform platform)
{
	return platforms[platform].type;
}

void
claim_post_url(
    enum claim_platform platform, const char *content, char out[CLAIM_POST_URL])
{
	const char *url = platforms[platform].url;
	size_t before = strcspn(url, "%");

	snprintf(out, CLAIM_POST_URL, "%.*s%s%s", (int)before, url, content,
	    url + before + strlen("%s"));
}

/* -- URLs ---------------------------------------------------------------- */

/* A stretch of a text. */
struct part {
	const char *at;
	size_t len;
};

static bool
is_text(const struct part *p, const char *text)
{
	return p->len == strlen(text) && memcmp(p->at, text, p->len) == 0;
}

/* Up to one of the letters or the end; what is behind is left. */
static struct part
take_until(struct part *from, const char *ends)
{
	struct part taken = {from->at, 0};
	size_t skip;

	while (
	    taken.len < from->len && strchr(ends, from->at[taken.len]) == NULL)
		taken.len++;
	skip = taken.len < from->len ? taken.len + 1 : taken.len;
	from->at += skip;
	from->len -= skip;
	return taken;
}

/* The id is where the form has its $. */
static bool
take_from_path(const char *form, struct part path, struct part *id)
{
	struct part pattern = {form, strlen(form)};

	while (pattern.len > 0) {
		struct part want = take_until(&pattern, "/");
		struct part has = take_until(&path, "/");

		if (is_text(&want, "$")) {
			*id = has;
			return true;
		}
		if (has.len == 0 ||
		    (!is_text(&want, "*") &&
			(has.len != want.len ||
			    memcmp(has.at, want.at, has.len) != 0)))
			return false;
	}
	return false;
}

/* The one value of that name; of two nobody knows which is meant. */
static bool
take_from_query(const char *name, struct part query, struct part *id)
{
	size_t found = 0;

	while (query.len > 0) {
		struct part value = take_until(&query, "&");
		struct part is = take_until(&value, "=");

		if (!is_text(&is, name))
			continue;
		*id = value;
		found++;
	}
	return found == 1;
}

static bool
take_from_form(const struct form *form, const struct part *path,
    const struct part *query, struct part *id)
{
	struct part rest = *path;
	struct part first;

	if (form->query == NULL)
		return take_from_path(form->path, rest, id);
	first = take_until(&rest, "/");
	return is_text(&first, form->path) && rest.len == 0 &&
	       take_from_query(form->query, *query, id);
}

static void
drop_front(struct part *host, const char *front)
{
	size_t len = strlen(front);

	if (host->len <= len || strncasecmp(host->at, front, len) != 0)
		return;
	host->at += len;
	host->len -= len;
}

static struct part
take_host(struct part *url)
{
	struct part host = take_until(url, "/");

	drop_front(&host, "www.");
	drop_front(&host, "mobile.");
	drop_front(&host, "m.");
	return host;
}

/* url: what is behind the scheme. */
static bool
take_from_url(const struct site *site, struct part url, struct part *id)
{
	struct part rest = take_until(&url, "#");
	struct part path = take_until(&rest, "?");
	struct part host = take_host(&path);

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *form = &forms[i];

		if (form->site == site && host.len == strlen(form->host) &&
		    strncasecmp(host.at, form->host, host.len) == 0 &&
		    take_from_form(form, &path, &rest, id))
			return true;
	}
	return false;
}

/* The length of "https://" or "http://" in front, else 0. */
static size_t
scheme_len(const char *text)
{
	if (strncasecmp(text, "https://", 8) == 0)
		return 8;
	return strncasecmp(text, "http://", 7) == 0 ? 7 : 0;
}

/* -- ids and accounts ---------------------------------------------------- */

static bool
is_made_of(const struct part *p, const char *letters)
{
	for (size_t i = 0; i < p->len; i++) {
		if (p->at[i] == '\0' || strchr(letters, p->at[i]) == NULL)
			return false;
	}
	return true;
}

static int
check_id(const struct platform *p, const struct part *id, struct err *err)
{
	if (id->len < p->least || id->len > p->most) {
		if (p->least == p->most)
			return err_set(err, "an id of %s has %zu letters",
			    p->name, p->most);
		return err_set(err, "an id of %s has %zu to %zu letters",
		    p->name, p->least, p->most);
	}
	if (!is_made_of(id, p->letters))
		return err_set(
		    err, "the id has a letter that no id of %s has", p->name);
	if (p->not_first != '\0' && id->at[0] == p->not_first)
		return err_set(
		    err, "no id of %s begins with %c", p->name, p->not_first);
	if (p->last != NULL && strchr(p->last, id->at[id->len - 1]) == NULL)
		return err_set(err, "no id of %s ends with %c", p->name,
		    id->at[id->len - 1]);
	return 0;
}

int
claim_content(enum claim_platform platform, const char *text,
    char out[CLAIM_CONTENT], struct err *err)
{
	const struct platform *p = &platforms[platform];
	struct part id = {text, strlen(text)};
	size_t scheme = scheme_len(text);
	struct part url = {text + scheme, id.len - scheme};

	if (scheme > 0 && !take_from_url(p->site, url, &id))
		return err_set(err, "the URL is of no post on %s", p->name);
	if (check_id(p, &id, err) != 0)
		return -1;
	memcpy(out, id.at, id.len);
	out[id.len] = '\0';
	return 0;
}

/* "UC" and 22 letters: as it is. */
static bool
is_channel(const char *text)
{
	struct part all = {text, strlen(text)};

	return all.len == 24 && strncmp(text, "UC", 2) == 0 &&
	       is_made_of(&all, BASE64);
}

int
claim_account(enum claim_platform platform, const char *text,
    char out[CLAIM_ACCOUNT], struct err *err)
{
	const struct site *site = platforms[platform].site;
	bool is_handle = site == &youtube;
	char *to = out;
	struct part name;

	if (is_handle && is_channel(text)) {
		snprintf(out, CLAIM_ACCOUNT, "%s", text);
		return 0;
	}
	if (is_handle && text[0] != '@')
		return err_set(err, "an account of youtube is a channel's id, "
				    "UC.., or a handle, @..");
	text += text[0] == '@';
	name = (struct part){text, strlen(text)};
	if (name.len < site->least || name.len > site->most)
		return err_set(err, "an account of %s has %zu to %zu letters",
		    site->name, site->least, site->most);
	if (is_handle)
		*to++ = '@';
	for (size_t i = 0; i < name.len; i++) {
		bool is_large = text[i] >= 'A' && text[i] <= 'Z';

		*to++ = is_large ? text[i] - 'A' + 'a' : text[i];
	}
	*to = '\0';
	name = (struct part){out + is_handle, name.len};
	if (!is_made_of(&name, site->letters))
		return err_set(err,
		    "the account has a letter that none of %s has", site->name);
	return 0;
}

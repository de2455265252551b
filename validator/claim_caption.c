/*
 * Folding by libunistring; a caption of ASCII alone, as most are, needs no
 * tables. The code is looked for letter by letter at each start of a word.
 */
#include "validator/claim_caption.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "common/xalloc.h"
#include "scorer/engage_tag.h"

enum { TAG_END = 5 }; /* letters of the hotkey in upstream's tag */

/* A text of code points, folded. */
struct folded {
	uint32_t *at;
	size_t n;
};

/* -- folding ------------------------------------------------------------- */

static uint32_t
fold_ascii(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	return c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r'
		   ? ' '
		   : c;
}

/* 0: it is left out. */
static uint32_t
fold_code(ucs4_t c)
{
	if (c < 0x80)
		return fold_ascii(c);
	if (uc_is_property_default_ignorable_code_point(c))
		return 0;
	if (uc_is_property_white_space(c))
		return ' ';
	/* The minus sign is no punctuation. */
	if (uc_is_general_category(c, UC_DASH_PUNCTUATION) || c == 0x2212)
		return '-';
	return uc_tolower(c);
}

/* Of many spaces or dashes one is left. */
static void
put(struct folded *to, uint32_t c)
{
	if (c == 0 ||
	    ((c == ' ' || c == '-') && to->n > 0 && to->at[to->n - 1] == c))
		return;
	to->at[to->n++] = c;
}

static bool
is_ascii(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= 0x80)
			return false;
	}
	return true;
}

/* As much of it as is read: whole characters. */
static size_t
readable(const char *text, size_t len)
{
	if (len <= CLAIM_MAX_CAPTION)
		return len;
	len = CLAIM_MAX_CAPTION;
	while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* Empty if it is no UTF-8. The caller frees ->at. */
static struct folded
fold(const char *text, size_t len)
{
	struct folded to = {NULL, 0};
	uint32_t *codes = NULL;
	size_t n = 0;

	len = readable(text, len);
	if (!is_ascii((const uint8_t *)text, len)) {
		uint32_t *raw = u8_to_u32((const uint8_t *)text, len, NULL, &n);

		if (raw != NULL)
			codes = u32_normalize(UNINORM_NFKC, raw, n, NULL, &n);
		free(raw);
		len = codes != NULL ? n : 0;
	}
	to.at = xcalloc(len + 1, sizeof(*to.at));
	for (size_t i = 0; i < len; i++)
		put(&to,
		    codes != NULL ? fold_code(codes[i]) : fold_ascii(text[i]));
	free(codes);
	return to;
}

/* -- the code ------------------------------------------------------------ */

/* Whether it would be part of a word that it stands at. */
static bool
is_of_words(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		       c == '_';
	return uc_is_general_category_withtable(
	    c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N);
}

/* The code's alphabet has no o, i and l, which are read as what they look
 * like. */
static uint32_t
as_in_code(uint32_t c)
{
	switch (c) {
	case 'o':
		return '0';
	case 'i':
	case 'l':
		return '1';
	default:
		return c;
	}
}

/* Where it ends, beginning at `at`; 0 if it is not there. */
static size_t
match_code(const struct folded *text, size_t at, const char *code)
{
	for (; *code != '\0'; code++) {
		bool is_there = at < text->n;

		if (*code == '-')
			at += is_there &&
			      (text->at[at] == '-' || text->at[at] == ' ');
		else if (is_there &&
			 as_in_code(text->at[at]) == (uint32_t)*code)
			at++;
		else
			return 0;
	}
	return at < text->n && is_of_words(text->at[at]) ? 0 : at;
}

static bool
has_code(const struct folded *text, const char *code)
{
	for (size_t i = 0; i < text->n; i++) {
		if (i > 0 && is_of_words(text->at[i - 1]))
			continue;
		if (match_code(text, i, code) != 0)
			return true;
	}
	return false;
}

bool
claim_caption_has_code(const char *caption, size_t len, const char *code)
{
	struct folded text = fold(caption, len);
	bool is_there = has_code(&text, code);

	free(text.at);
	return is_there;
}

/* -- upstream's tag ------------------------------------------------------ */

static bool
is_at(const struct folded *text, size_t at, const struct folded *what)
{
	return text->n - at >= what->n && memcmp(text->at + at, what->at,
					      what->n * sizeof(*what->at)) == 0;
}

/* Whether the caption has a tag that does not end as this one. */
static bool
has_other_tag(const struct folded *text, const struct folded *tag)
{
	const struct folded phrase = {tag->at, tag->n - TAG_END};

	for (size_t i = 0; i < text->n; i++) {
		if (is_at(text, i, &phrase) && !is_at(text, i, tag))
			return true;
	}
	return false;
}

/* Upstream asks no more than that the tag is in the caption; that a caption
 * with the tags of two is nobody's is ours. */
static const char *
check_tag(const char *hotkey, const char *caption)
{
	size_t len = readable(caption, strlen(caption));
	char tag[ENGAGE_TAG_MAX];
	struct folded text, ours;
	bool is_others;

	if (u8_check((const uint8_t *)caption, len) != NULL)
		return "the caption is no UTF-8";
	if (!engage_tag_is_in(hotkey, caption, len))
		return "the caption has no tag of this hotkey";
	engage_tag(hotkey, tag);
	text = fold(caption, len);
	ours = fold(tag, strlen(tag));
	is_others = has_other_tag(&text, &ours);
	free(text.at);
	free(ours.at);
	return is_others ? "the caption has the tags of several hotkeys" : NULL;
}

/* -- whose it is -------------------------------------------------------- */

enum answer { UNKNOWN, SAME, OTHER };

static bool
is_said(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static bool
is_same(const struct claim *c, const char *owner)
{
	char name[CLAIM_ACCOUNT];

	return claim_account(c->platform, owner, name, NULL) == 0 &&
	       strcmp(name, c->account) == 0;
}

/* A channel has an id, a handle and a name, and trackers say any of them,
 * handles without their @, too: only like is compared with like. */
static enum answer
ask_channel(const struct claim *c, const char *owner)
{
	char handle[CLAIM_ACCOUNT] = "@", name[CLAIM_ACCOUNT];
	bool is_handle = c->account[0] == '@';

	if (is_same(c, owner))
		return SAME;
	if (claim_account(c->platform, owner, name, NULL) == 0)
		return (name[0] == '@') == is_handle ? OTHER : UNKNOWN;
	if (!is_handle || strlen(owner) >= sizeof(handle) - 1)
		return UNKNOWN;
	memcpy(handle + 1, owner, strlen(owner) + 1);
	return is_same(c, handle) ? SAME : UNKNOWN;
}

static enum answer
ask_owner(const struct claim *c, const char *owner, const char *owner_id)
{
	enum answer by_name = UNKNOWN, by_id = UNKNOWN;

	if (strcmp(claim_platform_site(c->platform), "youtube") != 0)
		return !is_said(owner)	   ? UNKNOWN
		       : is_same(c, owner) ? SAME
					   : OTHER;
	if (is_said(owner))
		by_name = ask_channel(c, owner);
	if (is_said(owner_id))
		by_id = ask_channel(c, owner_id);
	return by_id != UNKNOWN ? by_id : by_name;
}

const char *
claim_unproven(const struct claim *c, const char *hotkey, const char *caption,
    const char *owner, const char *owner_id)
{
	if (!c->is_signed)
		return check_tag(hotkey, caption);
	if (ask_owner(c, owner, owner_id) == OTHER)
		return "another account posted it";
	if (!claim_caption_has_code(caption, strlen(caption), c->code))
		return "the caption does not have the claim's code";
	return NULL;
}

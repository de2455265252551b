/*
 * Captions, as trackers give them: any bytes, with a code, a tag or neither.
 *
 * The first byte chooses what is asked. What people and keyboards do to a
 * caption must not matter, and what does not have the code must not get it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "scorer/engage_tag.h"
#include "tests/fuzz/input.h"
#include "validator/claim_caption.h"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"

static const char code[] = "4x9k1-02mzt-v7c3h-rj8wd";
static const char other_code[] = "5x9k1-02mzt-v7c3h-rj8wd";

static bool
has(const struct buf *caption)
{
	return claim_caption_has_code(
	    (const char *)caption->data, caption->len, code);
}

static bool
is_ascii(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((uint8_t)text[i] >= 0x80)
			return false;
	}
	return true;
}

/* In upper case, as far as ASCII goes. */
static void
turn_large(struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] >= 'a' && text->data[i] <= 'z')
			text->data[i] += 'A' - 'a';
	}
}

/* Whatever stands in front of it and behind it. */
static void
look(const char *text, size_t n)
{
	bool is_utf8 = u8_check((const uint8_t *)text, n) == NULL;
	bool is_there = claim_caption_has_code(text, n, code);
	struct buf caption = {0};

	input_must(is_utf8 || !is_there || n > CLAIM_MAX_CAPTION,
	    "what is no UTF-8 has no code");
	buf_add(&caption, text, n);
	turn_large(&caption);
	input_must(has(&caption) == is_there, "large letters are small ones");
	buf_reset(&caption);
	buf_add(&caption, text, n);
	/* The way of texts that are more than ASCII. */
	buf_add_str(&caption, " \xc3\xa9");
	if (is_ascii(text, n) && n + 3 <= CLAIM_MAX_CAPTION)
		input_must(has(&caption) == is_there, "both ways are one");
	buf_reset(&caption);
	buf_add(&caption, text, n);
	buf_printf(&caption, " %s ", code);
	buf_add(&caption, text, n);
	if (is_utf8 && caption.len <= CLAIM_MAX_CAPTION)
		input_must(has(&caption), "a code that is there is found");
	buf_free(&caption);
}

static void
look_for_tags(const char *text)
{
	const struct claim c = {.platform = CLAIM_INSTAGRAM_REEL};
	bool is_alices = claim_unproven(&c, ALICE, text, "", "") == NULL;
	bool is_bobs = claim_unproven(&c, BOB, text, "", "") == NULL;

	input_must(!is_alices || !is_bobs, "a post is not two hotkeys'");
	input_must(!is_alices || engage_tag_is_in(ALICE, text, strlen(text)),
	    "what is proven has the tag");
	input_must((!is_alices && !is_bobs) ||
		       u8_check((const uint8_t *)text, strlen(text)) == NULL,
	    "what is no UTF-8 proves nothing");
}

/* The owner, a line, its id, a line, and the caption. */
static void
look_for_owners(enum claim_platform platform, char *text)
{
	static const char *const accounts[] = {
	    "@some.body", "somebody", "UCuAXFkgsw1L7xaCfnd5JJOw", "some_body"};
	struct claim c = {.platform = platform, .is_signed = true};
	char *id = strchr(text, '\n');
	char *caption = id != NULL ? strchr(id + 1, '\n') : NULL;
	const char *why;

	if (caption == NULL)
		return;
	*id++ = '\0';
	*caption++ = '\0';
	memcpy(c.code, code, sizeof(code));
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		if (claim_account(platform, accounts[i], c.account, NULL) != 0)
			continue;
		why = claim_unproven(&c, ALICE, caption, text, id);
		input_must(why != NULL || claim_caption_has_code(
					      caption, strlen(caption), code),
		    "what is proven has the code");
		why = claim_unproven(&c, ALICE, code, c.account, NULL);
		input_must(why == NULL, "its account is its account");
		why = claim_unproven(&c, ALICE, other_code, text, id);
		input_must(why != NULL, "another code is another");
	}
}

/* So long that it is cut, anywhere. */
static void
look_at_long(const char *text, size_t n)
{
	struct buf caption = {0};

	while (n > 0 && caption.len <= CLAIM_MAX_CAPTION)
		buf_add(&caption, text, n);
	if (n > 0)
		has(&caption);
	buf_free(&caption);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t how = input_byte(&in);
	char *text = input_text(&in);

	if (how < 64)
		look(text, in.len);
	else if (how < 128)
		look_for_tags(text);
	else if (how < 250)
		look_for_owners(how % N_CLAIM_PLATFORMS, text);
	else
		look_at_long(text, in.len);
	free(text);
	return 0;
}

/* Captions: what proves a claim, and the forgeries that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "validator/claim_caption.h"

#define GENESIS                                                                \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define TAG "Made with @infinitevibe.ai on #bittensor --- "
#define CODE "4x9k1-02mzt-v7c3h-rj8wd"

static const char code[] = CODE;

/* -- the code in a text -------------------------------------------------- */

static const struct {
	const char *caption;
	bool has;
} captions[] = {
    {CODE, true},
    {"My clip! " CODE, true},
    {"My clip (" CODE ").", true},
    {"one\n" CODE "\ntwo", true},
    {"#" CODE, true},
    {"-" CODE "-", true},
    {"4X9K1-02MZT-V7C3H-RJ8WD", true},
    /* Letters that look like others. */
    {"4x9ki-o2mzt-v7c3h-rj8wd", true},
    {"4x9kl-O2mzt-v7c3h-rj8wd", true},
    /* Other dashes, or spaces, or none. */
    {"4x9k1\xe2\x80\x93"
     "02mzt\xe2\x80\x94v7c3h\xe2\x88\x92rj8wd",
	true},
    {"4x9k1\xe2\x80\x90"
     "02mzt\xef\xbc\x8dv7c3h\xef\xb9\xa3rj8wd",
	true},
    {"4x9k1 02mzt  v7c3h\nrj8wd", true},
    {"4x9k1\xc2\xa0"
     "02mzt--v7c3h---rj8wd",
	true},
    {"4x9k102mztv7c3hrj8wd", true},
    {"4x9k1\xe2\x80\x8b-02mzt-v7\xc2\xad"
     "c3h-rj8wd",
	true},
    /* Full width, mathematical and circled letters, and an emoji. */
    {"\xef\xbc\x94x9k1-02mzt-v7c3h-rj8w\xef\xbd\x84", true},
    {"\xf0\x9d\x9f\x92x9k1-02mzt-v7c3h-rj8w\xe2\x93\x93", true},
    {"\xf0\x9f\x94\xa5" CODE "\xf0\x9f\x94\xa5", true},
    {"\xd0\xbf\xd1\x80\xd0\xb8 " CODE, true},
    /* A part of a word. */
    {"x" CODE, false},
    {"9" CODE, false},
    {"_" CODE, false},
    {CODE "z", false},
    {CODE "_", false},
    {CODE "0", false},
    {CODE "\xc3\xa9", false},
    {"\xd0\xb6" CODE, false},
    {CODE "\xcc\x81", false},
    {CODE "\xef\xbd\x81", false},
    {CODE "\xd9\xa3", false},
    /* Another. */
    {"", false},
    {"4x9k1-02mzt-v7c3h-rj8w", false},
    {"4x9k1-02mzt-v7c3h-rj8we", false},
    {"4x9k1-02mzt-v7c3h", false},
    {"4x9k1.02mzt.v7c3h.rj8wd", false},
    {"4x9k1-\xe2\x80\x94-02mzt-v7c3h- rj8wd", false},
    {"4x9k-102mzt-v7c3h-rj8wd", false},
    {"4\xd1\x85"
     "9k1-02mzt-v7c3h-rj8wd",
	false}, /* a Cyrillic x */
    {"rj8wd-v7c3h-02mzt-4x9k1", false},
    /* The first that begins so is none, the second is. */
    {"4x9k1-02mzt " CODE, true},
    {"4x9k1-" CODE, true},
    {CODE "x " CODE, true},
    /* No UTF-8: nothing is read of it. */
    {CODE "\xff", false},
    {"\xc3 " CODE, false},
};

static void
a_code_stands_by_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(captions) / sizeof(captions[0]); i++) {
		const char *text = captions[i].caption;

		if (claim_caption_has_code(text, strlen(text), code) !=
		    captions[i].has)
			fail_msg("%zu: \"%s\"", i, text);
	}
}

/* Longer ones are cut, between characters. */
static void
a_caption_is_not_endless(void **state)
{
	enum { LONG = CLAIM_MAX_CAPTION + 100 };
	char *text = xmalloc(LONG + 1);

	(void)state;
	memset(text, '.', LONG);
	text[LONG] = '\0';
	memcpy(text + CLAIM_MAX_CAPTION - strlen(code), code, strlen(code));
	assert_true(claim_caption_has_code(text, LONG, code));
	memmove(text + 1, text, LONG - 1);
	assert_false(claim_caption_has_code(text, LONG, code));
	memset(text, '.', LONG);
	memcpy(text, code, strlen(code));
	memcpy(text + CLAIM_MAX_CAPTION - 1, "\xf0\x9f\x94\xa5", 4);
	assert_true(claim_caption_has_code(text, LONG, code));
	free(text);
}

/* -- whose it is --------------------------------------------------------- */

/* As a gist's line gives it. */
static struct claim
claim_of(const char *hotkey, enum claim_platform platform, const char *account,
    const char *nonce)
{
	struct claim c = {.line = 1, .platform = platform, .is_signed = true};
	struct claim_message m = {
	    .genesis = GENESIS,
	    .netuid = 89,
	    .hotkey = hotkey,
	    .platform = platform,
	    .nonce = nonce,
	};

	assert_int_equal(claim_account(platform, account, c.account, NULL), 0);
	m.account = c.account;
	m.content = "";
	claim_message_code(&m, c.code);
	return c;
}

#define NONCE "00112233445566778899aabbccddeeff"
#define OTHER_NONCE "00112233445566778899aabbccddee00"
#define NO_CODE "the caption does not have the claim's code"
#define NOT_THEIRS "another account posted it"

static void
a_code_and_an_account_prove_a_claim(void **state)
{
	struct claim c = claim_of(ALICE, CLAIM_INSTAGRAM_REEL, "some", NONCE);
	char *caption = xasprintf("clip %s", c.code);

	(void)state;
	assert_null(claim_unproven(&c, ALICE, caption, "some", "123"));
	assert_null(claim_unproven(&c, ALICE, caption, "Some", ""));
	assert_null(claim_unproven(&c, ALICE, caption, "", NULL));
	assert_null(claim_unproven(&c, ALICE, caption, NULL, NULL));
	assert_string_equal(
	    claim_unproven(&c, ALICE, caption, "other", "some"), NOT_THEIRS);
	assert_string_equal(
	    claim_unproven(&c, ALICE, caption, "no name", NULL), NOT_THEIRS);
	assert_string_equal(
	    claim_unproven(&c, ALICE, "clip", "some", NULL), NO_CODE);
	free(caption);
}

#define CHANNEL "UCuAXFkgsw1L7xaCfnd5JJOw"
#define OTHER_CHANNEL "UCuAXFkgsw1L7xaCfnd5JJOg"

/* Trackers say a channel's id, its handle, or a name that is neither. */
static void
a_channel_is_known_by_what_is_said_of_it(void **state)
{
	struct claim id = claim_of(ALICE, CLAIM_YOUTUBE_SHORT, CHANNEL, NONCE);
	struct claim at = claim_of(ALICE, CLAIM_YOUTUBE_SHORT, "@rick", NONCE);

	(void)state;
	assert_null(claim_unproven(&id, ALICE, id.code, "Rick", CHANNEL));
	assert_null(claim_unproven(&id, ALICE, id.code, "@rick", ""));
	assert_null(claim_unproven(&id, ALICE, id.code, CHANNEL, ""));
	assert_string_equal(
	    claim_unproven(&id, ALICE, id.code, "@rick", OTHER_CHANNEL),
	    NOT_THEIRS);
	assert_string_equal(
	    claim_unproven(&id, ALICE, id.code, OTHER_CHANNEL, ""), NOT_THEIRS);
	assert_null(claim_unproven(&at, ALICE, at.code, "@Rick", CHANNEL));
	assert_null(claim_unproven(&at, ALICE, at.code, "rick", CHANNEL));
	assert_null(claim_unproven(&at, ALICE, at.code, "A Name", CHANNEL));
	assert_string_equal(
	    claim_unproven(&at, ALICE, at.code, "@morty", CHANNEL), NOT_THEIRS);
}

/* -- forgeries of a signed claim ----------------------------------------- */

/* C1: the end of a hotkey is of no use, the whole of it is in the code. */
static void
a_hotkey_that_ends_alike_has_another_code(void **state)
{
	static const char alike[] =
	    "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSKutQY";
	struct claim victim = claim_of(ALICE, CLAIM_X_POST, "some", NONCE);
	struct claim forged = claim_of(alike, CLAIM_X_POST, "some", NONCE);

	(void)state;
	assert_string_not_equal(victim.code, forged.code);
	assert_string_equal(
	    claim_unproven(&forged, alike, victim.code, "some", NULL), NO_CODE);
}

/* C2: each of several codes is its own hotkey's, account by account. */
static void
several_codes_give_nobody_a_strangers_post(void **state)
{
	struct claim a = claim_of(ALICE, CLAIM_X_POST, "some", NONCE);
	struct claim b = claim_of(BOB, CLAIM_X_POST, "bob", NONCE);
	char *both = xasprintf("%s %s", a.code, b.code);

	(void)state;
	assert_null(claim_unproven(&a, ALICE, both, "some", NULL));
	assert_string_equal(
	    claim_unproven(&b, BOB, both, "some", NULL), NOT_THEIRS);
	free(both);
}

/* C12: a code copied from a post, by another hotkey, for another account, by
 * another nonce, on another subnet, is no code of that claim. */
static void
a_copied_code_is_of_no_use(void **state)
{
	struct claim a = claim_of(ALICE, CLAIM_X_POST, "some", NONCE);
	struct claim copies[] = {
	    claim_of(BOB, CLAIM_X_POST, "some", NONCE),
	    claim_of(BOB, CLAIM_X_POST, "bob", NONCE),
	    claim_of(ALICE, CLAIM_X_POST, "other", NONCE),
	    claim_of(ALICE, CLAIM_X_POST, "some", OTHER_NONCE),
	    claim_of(ALICE, CLAIM_TIKTOK_VIDEO, "some", NONCE),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		assert_string_equal(
		    claim_unproven(&copies[i], BOB, a.code, NULL, NULL),
		    NO_CODE);
}

/* -- upstream's tag ------------------------------------------------------ */

static const struct {
	const char *hotkey, *caption, *says; /* NULL: proven */
} tags[] = {
    {ALICE, "My clip\n" TAG "KutQY", NULL},
    {ALICE, TAG "kUTqy", NULL},
    {ALICE, "MADE WITH @INFINITEVIBE.AI ON #BITTENSOR --- KUTQY", NULL},
    {ALICE, TAG "KutQY " TAG "kutqy", NULL},
    {ALICE, "", "the caption has no tag of this hotkey"},
    {ALICE, TAG "694ty", "the caption has no tag of this hotkey"},
    {ALICE, "Made with @infinitevibe.ai on #bittensor \xe2\x80\x94 KutQY",
	"the caption has no tag of this hotkey"},
    {ALICE, "Made with @infinitevibe.ai on #bittensor\n--- KutQY",
	"the caption has no tag of this hotkey"},
    /* C2: many tags; those that upstream would not see count here, too. */
    {ALICE, TAG "KutQY\n" TAG "694ty",
	"the caption has the tags of several hotkeys"},
    {BOB, TAG "KutQY\n" TAG "694ty",
	"the caption has the tags of several hotkeys"},
    {ALICE, TAG "KutQY made with @infinitevibe.ai on #bittensor - 694ty",
	"the caption has the tags of several hotkeys"},
    {ALICE,
	TAG "KutQY Made with\xc2\xa0@infinitevibe.ai on #bittensor "
	    "\xe2\x80\x94 694ty",
	"the caption has the tags of several hotkeys"},
    /* Or hides one behind what is no letter. */
    {ALICE, TAG "KutQY \xff " TAG "694ty", "the caption is no UTF-8"},
    {ALICE, TAG "KutQY \xff", "the caption is no UTF-8"},
};

static void
a_tag_proves_one_hotkeys_claim(void **state)
{
	const struct claim c = {.platform = CLAIM_INSTAGRAM_REEL};

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		const char *why = claim_unproven(
		    &c, tags[i].hotkey, tags[i].caption, "anybody", NULL);

		if ((why == NULL) != (tags[i].says == NULL))
			fail_msg("%s: %s", tags[i].caption, why);
		if (why != NULL)
			assert_string_equal(why, tags[i].says);
	}
}

/* What is not read for others' tags is not read for one's own. */
static void
a_tag_far_behind_is_none(void **state)
{
	const struct claim c = {.platform = CLAIM_INSTAGRAM_REEL};
	char *dots = xmalloc(CLAIM_MAX_CAPTION + 1), *text;

	(void)state;
	memset(dots, '.', CLAIM_MAX_CAPTION);
	dots[CLAIM_MAX_CAPTION] = '\0';
	text = xasprintf(TAG "KutQY %s " TAG "694ty", dots);
	assert_null(claim_unproven(&c, ALICE, text, "", ""));
	assert_string_equal(claim_unproven(&c, BOB, text, "", ""),
	    "the caption has no tag of this hotkey");
	free(text);
	free(dots);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_code_stands_by_itself),
	    cmocka_unit_test(a_caption_is_not_endless),
	    cmocka_unit_test(a_code_and_an_account_prove_a_claim),
	    cmocka_unit_test(a_channel_is_known_by_what_is_said_of_it),
	    cmocka_unit_test(a_hotkey_that_ends_alike_has_another_code),
	    cmocka_unit_test(several_codes_give_nobody_a_strangers_post),
	    cmocka_unit_test(a_copied_code_is_of_no_use),
	    cmocka_unit_test(a_tag_proves_one_hotkeys_claim),
	    cmocka_unit_test(a_tag_far_behind_is_none),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

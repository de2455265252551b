/* Platforms: ids and accounts in one form, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "validator/claim_platform.h"

static void
each_platform_is_found_by_its_name(void **state)
{
	static const char *const names[N_CLAIM_PLATFORMS] = {"youtube/video",
	    "youtube/short", "instagram/reel", "instagram/post", "tiktok/video",
	    "x/post"};

	(void)state;
	for (int i = 0; i < N_CLAIM_PLATFORMS; i++) {
		char both[32];

		assert_int_equal(claim_platform_find(names[i]), i);
		assert_string_equal(claim_platform_name(i), names[i]);
		snprintf(both, sizeof(both), "%s/%s", claim_platform_site(i),
		    claim_platform_type(i));
		assert_string_equal(both, names[i]);
	}
	assert_int_equal(claim_platform_find("youtube"), -1);
	assert_int_equal(claim_platform_find("YouTube/video"), -1);
	assert_int_equal(claim_platform_find("instagram/story"), -1);
	assert_int_equal(claim_platform_find(""), -1);
}

#define V CLAIM_YOUTUBE_VIDEO
#define S CLAIM_YOUTUBE_SHORT
#define R CLAIM_INSTAGRAM_REEL
#define P CLAIM_INSTAGRAM_POST
#define T CLAIM_TIKTOK_VIDEO
#define X CLAIM_X_POST

static const struct {
	enum claim_platform platform;
	const char *text, *id;
} good[] = {
    {V, "dQw4w9WgXcQ", "dQw4w9WgXcQ"},
    {V, "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"},
    {V, "HTTPS://WWW.YouTube.com/watch?t=4s&v=dQw4w9WgXcQ&list=a#b",
	"dQw4w9WgXcQ"},
    {V, "http://m.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"},
    {V, "https://youtu.be/dQw4w9WgXcQ?si=abc", "dQw4w9WgXcQ"},
    {V, "https://youtube.com/live/dQw4w9WgXcQ", "dQw4w9WgXcQ"},
    {V, "https://youtube.com/embed/dQw4w9WgXcQ/", "dQw4w9WgXcQ"},
    {S, "https://youtube.com/shorts/dQw4w9WgXcQ?feature=share", "dQw4w9WgXcQ"},
    {S, "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"},
    {R, "DBcdEf_-123", "DBcdEf_-123"},
    {R, "https://www.instagram.com/reel/DBcdEf_-123/?igsh=x", "DBcdEf_-123"},
    {R, "https://www.instagram.com/reels/DBcdEf_-123", "DBcdEf_-123"},
    {R, "https://instagram.com/somebody/reel/DBcdEf_-123/", "DBcdEf_-123"},
    {P, "https://instagram.com/p/BFd2x/", "BFd2x"},
    {P, "https://www.instagram.com/some.body/p/DBcdEf_-123/", "DBcdEf_-123"},
    {P, "https://www.instagram.com/tv/DBcdEf_-123/", "DBcdEf_-123"},
    {T, "7300000000000000001", "7300000000000000001"},
    {T, "https://www.tiktok.com/@some.body/video/7300000000000000001?q=1",
	"7300000000000000001"},
    {X, "1700000000000000001", "1700000000000000001"},
    {X, "https://x.com/Somebody/status/1700000000000000001/photo/1",
	"1700000000000000001"},
    {X, "https://twitter.com/i/web/status/1700000000000000001",
	"1700000000000000001"},
    {X, "https://mobile.twitter.com/a/status/20001", "20001"},
};

static void
an_id_has_one_form(void **state)
{
	char id[CLAIM_CONTENT];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (claim_content(good[i].platform, good[i].text, id, &err))
			fail_msg("%s: %s", good[i].text, err.text);
		assert_string_equal(id, good[i].id);
	}
}

#define NO_POST(of) "the URL is of no post on " of
#define LETTER(of) "the id has a letter that no id of " of " has"

static const struct {
	enum claim_platform platform;
	const char *text, *says;
} bad[] = {
    {V, "", "an id of youtube/video has 11 letters"},
    {V, "dQw4w9WgXc", "an id of youtube/video has 11 letters"},
    {V, "dQw4w9WgXcQ/", "an id of youtube/video has 11 letters"},
    {V, "dQw4w9WgXcQ?x=1", "an id of youtube/video has 11 letters"},
    {V, "dQw4w9WgXc#", LETTER("youtube/video")},
    {V, "dQw4w9WgXc\xc3", LETTER("youtube/video")},
    {V, "dQw4w9WgXcR", "no id of youtube/video ends with R"},
    {S, "dQw4w9WgXcz", "no id of youtube/short ends with z"},
    {V, "youtu.be/dQw4w9WgXcQ", "an id of youtube/video has 11 letters"},
    {V, "ftp://youtu.be/dQw4w9WgXcQ", "an id of youtube/video has 11 letters"},
    {V, "https://youtu.be", "an id of youtube/video has 11 letters"},
    {V, "https://", NO_POST("youtube/video")},
    {V, "https://youtu.be/", "an id of youtube/video has 11 letters"},
    {V, "https://youtu.be:443/dQw4w9WgXcQ", NO_POST("youtube/video")},
    {V, "https://a@youtu.be/dQw4w9WgXcQ", NO_POST("youtube/video")},
    {V, "https://youtu.be.example.com/dQw4w9WgXcQ", NO_POST("youtube/video")},
    {V, "https://evil.com/youtube.com/watch?v=dQw4w9WgXcQ",
	NO_POST("youtube/video")},
    {V, "https://www.youtube.com/watch?v=dQw4w9WgXcQ&v=aaaaaaaaaaA",
	NO_POST("youtube/video")},
    {V, "https://www.youtube.com/watch?vv=dQw4w9WgXcQ",
	NO_POST("youtube/video")},
    {V, "https://www.youtube.com/watch/x?v=dQw4w9WgXcQ",
	NO_POST("youtube/video")},
    {V, "https://www.youtube.com/watch#v=dQw4w9WgXcQ",
	NO_POST("youtube/video")},
    {V, "https://www.instagram.com/reel/dQw4w9WgXcQ", NO_POST("youtube/video")},
    {V, "https://www.youtube.com/shorts/dQw4w9WgXc%51",
	"an id of youtube/video has 11 letters"},
    {R, "ABcdEf_-123", "no id of instagram/reel begins with A"},
    {R, "DBcd", "an id of instagram/reel has 5 to 11 letters"},
    {R, "DBcdEf_-1234", "an id of instagram/reel has 5 to 11 letters"},
    {R, "DBcdEf_-12\xe2", LETTER("instagram/reel")},
    {R, "https://www.instagram.com/somebody/", NO_POST("instagram/reel")},
    {R, "https://www.instagram.com//reel/DBcdEf_-123",
	NO_POST("instagram/reel")},
    {P, "https://www.instagram.com/stories/a/123", NO_POST("instagram/post")},
    {T, "0300000000000000001", "no id of tiktok/video begins with 0"},
    {T, "730000000000000000a", LETTER("tiktok/video")},
    {T, "73000000000000", "an id of tiktok/video has 15 to 19 letters"},
    {T, "https://vm.tiktok.com/ZMabc/", NO_POST("tiktok/video")},
    {X, "+1700000000000000001", "an id of x/post has 5 to 19 letters"},
    {X, " 170000000000000000", LETTER("x/post")},
    {X, "https://x.com/status/1700000000000000001", NO_POST("x/post")},
    {X, "https://x.com/a/status/01700000000000001",
	"no id of x/post begins with 0"},
};

static void
what_is_no_id_says_why(void **state)
{
	char id[CLAIM_CONTENT];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		if (claim_content(bad[i].platform, bad[i].text, id, &err) == 0)
			fail_msg("%s is taken, as %s", bad[i].text, id);
		assert_string_equal(err.text, bad[i].says);
	}
}

static void
what_people_see_is_a_post_again(void **state)
{
	char url[CLAIM_POST_URL], id[CLAIM_CONTENT];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		claim_post_url(good[i].platform, good[i].id, url);
		assert_int_equal(
		    claim_content(good[i].platform, url, id, NULL), 0);
		assert_string_equal(id, good[i].id);
	}
	claim_post_url(S, "dQw4w9WgXcQ", url);
	assert_string_equal(url, "https://www.youtube.com/shorts/dQw4w9WgXcQ");
}

static const struct {
	enum claim_platform platform;
	const char *text, *account; /* NULL: none */
} accounts[] = {
    {V, "UCuAXFkgsw1L7xaCfnd5JJOw", "UCuAXFkgsw1L7xaCfnd5JJOw"},
    {V, "@RickAstleyYT", "@rickastleyyt"},
    {S, "@a.b_c-d", "@a.b_c-d"},
    {V, "RickAstleyYT", NULL},
    {V, "ucuAXFkgsw1L7xaCfnd5JJOw", NULL},
    {V, "UCuAXFkgsw1L7xaCfnd5JJO", NULL},
    {V, "UCuAXFkgsw1L7xaCfnd5JJO ", NULL},
    {V, "@ab", NULL},
    {V, "@", NULL},
    {V, "", NULL},
    {V, "@@abc", NULL},
    {V, "@abcdefghijabcdefghijabcdefghijx", NULL},
    {R, "Some.Body_1", "some.body_1"},
    {P, "@Some.Body_1", "some.body_1"},
    {R, "@", NULL},
    {R, "some body", NULL},
    {R, "some/body", NULL},
    {R, "abcdefghijabcdefghijabcdefghijx", NULL},
    {R, "s\xc3\xb6me", NULL},
    {T, "a", NULL},
    {T, "@Ab", "ab"},
    {X, "Jack", "jack"},
    {X, "a.b", NULL},
    {X, "abcdefghijabcdef", NULL},
    {X, "line\nbreak", NULL},
};

static void
an_account_has_one_form(void **state)
{
	char account[CLAIM_ACCOUNT];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		int rc = claim_account(
		    accounts[i].platform, accounts[i].text, account, &err);

		if ((rc == 0) != (accounts[i].account != NULL))
			fail_msg("%s: %s", accounts[i].text,
			    rc == 0 ? account : err.text);
		if (rc == 0)
			assert_string_equal(account, accounts[i].account);
		else
			assert_true(strlen(err.text) > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_platform_is_found_by_its_name),
	    cmocka_unit_test(an_id_has_one_form),
	    cmocka_unit_test(what_is_no_id_says_why),
	    cmocka_unit_test(what_people_see_is_a_post_again),
	    cmocka_unit_test(an_account_has_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

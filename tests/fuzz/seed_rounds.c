/* Rounds, policies, decimals. */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config_parse.h"
#include "tests/fuzz/seed.h"

static const char *const policies[] = {"deploy/policies/default.ini",
    "deploy/policies/sn11.ini", "deploy/policies/sn11-timed.ini",
    "deploy/policies/sn49.ini", "deploy/policies/sn49-v2.ini",
    "deploy/policies/sn11-models.ini", "deploy/policies/sn89.ini"};

static const char *const decimals[] = {"0", "-1.5", "0.9333333333333333",
    "9007199254740993", "12345678901234567890", "1e300", "4.9e-324", ".5", "x"};

static const char rows[] =
    "kinds 2\naudio.speak\nimage.edit\n"
    "miners 3\n"
    "5A - 0 100.5 4000000 - 1 0 0 0.25 0.1 0.5 none - - - - -\n"
    "5B 5c 1 200 - 1000000 1 0 0 0 0.2 0 completed 0.5 9 10 000000000000000b "
    "org/one\n"
    "5C 5c 74 0 4000100 - 0 1 2 0 0 0 none - - - - -\n"
    "events 4\n"
    "0 0 0 1000000 1 250.5 0.9333333333333333 "
    "01890000-0000-7000-8000-000000000001\n"
    "0 1 3 2000000 0 - 0 -\n"
    "1 0 0 1500000 1 900 0.5 -\n"
    "1 1 1 1500001 1 - - -\n";

/* Where posts count. */
static const char posts[] =
    "collateral 3\n5 2 0\n- - 7.5\n0 0 -1\n"
    "posts 3\n"
    "0 instagram/reel:ABC - 1 0 1 0.9 0 0.7 0.6 1500 0.25 1000000 2000000 40 "
    "12 900 30 5 1 864 2\n"
    "1 x/post:1 duplicate 0 1 0 - - - - - 0 - - 0 0 0 0 0 0 0 0\n"
    "1 x/post:2 - 1 0 1 0.95 - - - 100 0 - 5 3 0 10.5 0 0 0 10.5 0\n";

/* The file's text without its comments, which the caller frees. */
static void
read_bare(const char *path, struct buf *out)
{
	char *text = config_read_file(path, NULL), *line = text;

	while (line != NULL && *line != '\0') {
		size_t len = strcspn(line, "\n");

		if (*line != ';' && len > 0) {
			buf_add(out, line, len);
			buf_add_str(out, "\n");
		}
		line += len + (line[len] == '\n');
	}
	free(text);
}

static void
put_round(const struct seeds *s, struct buf *policy)
{
	struct buf round = {0};

	buf_printf(&round,
	    "subnetd-run 1\nnetuid 11\nmecid 0\nepoch 7\nblock 4500000\n"
	    "from_us 5\nat_us 86400000005\npolicy %zu\n%s\n%s%send\n",
	    policy->len, buf_str(policy), rows,
	    strstr(buf_str(policy), "fold = engagement") != NULL ? posts : "");
	seed_buf(s, "round", "\0", 1, &round);
	buf_free(&round);
}

void
seed_rounds(const struct seeds *s)
{
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		struct buf bare = {0};

		read_bare(policies[i], &bare);
		seed_text(s, "round", "\1", buf_str(&bare));
		put_round(s, &bare);
		buf_free(&bare);
	}
	for (size_t i = 0; i < sizeof(decimals) / sizeof(decimals[0]); i++)
		seed_text(s, "round", "\2", decimals[i]);
}

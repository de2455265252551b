/*
 * Each file of tests/media through subnetd-probe: what is measured of the good
 * ones, and what is found wrong with the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/media.h"
#include "tests/lib/media_files.h"
#include "tests/lib/paths.h"

static int
make_files(void **state)
{
	char *folder = paths_make_tmp();

	media_files(folder);
	*state = folder;
	return 0;
}

static int
remove_files(void **state)
{
	paths_remove(*state);
	free(*state);
	return 0;
}

static json_t *
look(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	json_t *json = media_look(path);

	free(path);
	return json;
}

static const char *
text(const json_t *json, const char *name)
{
	const char *value = json_string_value(json_object_get(json, name));

	return value != NULL ? value : "";
}

static void
assert_text(
    const json_t *json, const char *name, const char *is, const char *file)
{
	if (strcmp(text(json, name), is) != 0)
		fail_msg("%s: %s is \"%s\", not \"%s\"", file, name,
		    text(json, name), is);
}

static void
what_is_good_is_measured(void **state)
{
	for (const struct media_good *g = media_good; g->name != NULL; g++) {
		json_t *is = look(*state, g->name);
		double seconds =
		    json_number_value(json_object_get(is, "duration_s"));

		assert_text(is, "fault", "", g->name);
		assert_text(is, "type", g->type, g->name);
		assert_text(is, "container",
		    g->container != NULL ? g->container : "", g->name);
		assert_text(
		    is, "codec", g->codec != NULL ? g->codec : "", g->name);
		if (fabs(seconds - g->seconds) > .1)
			fail_msg("%s: %.2f s", g->name, seconds);
		json_decref(is);
	}
}

static void
what_is_broken_has_its_reason(void **state)
{
	for (const struct media_broken *b = media_broken; b->name != NULL;
	     b++) {
		json_t *is = look(*state, b->name);

		assert_text(
		    is, "fault", b->fault != NULL ? b->fault : "", b->name);
		if (strstr(text(is, "why"), b->words) == NULL &&
		    strstr(text(is, "type"), b->words) == NULL)
			fail_msg("%s: %s, %s", b->name, text(is, "type"),
			    text(is, "why"));
		json_decref(is);
	}
}

/* Silence is measured, whatever is then made of it. */
static void
silence_is_a_share_of_the_time(void **state)
{
	json_t *silent = look(*state, "silent.wav");
	json_t *loud = look(*state, "tone.wav");

	assert_true(json_number_value(json_object_get(silent, "silence")) == 1);
	assert_true(json_number_value(json_object_get(loud, "silence")) == 0);
	json_decref(silent);
	json_decref(loud);
}

/* An hour of it is decoded; the rest is counted, and missed if it is not
 * there. */
static void
a_long_recording_is_as_long_as_it_is(void **state)
{
	char *whole = xasprintf("%s/long.flac", (char *)*state);
	char *cut = xasprintf("%s/long-cut.flac", (char *)*state);
	json_t *is;

	media_convert("lavfi:anullsrc=r=96000:cl=stereo", whole,
	    (const char *const[]){"-t", "2000", NULL});
	is = media_look(whole);
	assert_text(is, "fault", "", "long.flac");
	assert_true(fabs(json_number_value(json_object_get(is, "duration_s")) -
			 2000) < 1);
	assert_true(fabs(json_number_value(json_object_get(is, "measured_s")) -
			 1800) < 1);
	json_decref(is);
	media_make((const char *const[]){"sh", "-c",
	    "head -c $(($(wc -c <\"$0\") / 20 * 19)) \"$0\" >\"$1\"", whole,
	    cut, NULL});
	is = media_look(cut);
	assert_text(is, "fault", "truncated", "long-cut.flac");
	json_decref(is);
	free(whole);
	free(cut);
}

/* A bit of its text turned: the list was right, the part is not. */
static void
every_part_is_looked_into(void **state)
{
	static const char program[] =
	    "import sys\n"
	    "data = bytearray(open(sys.argv[1], 'rb').read())\n"
	    "at = data.rindex(b'PK\\1\\2')\n"
	    "name = data.rindex(b'word/document.xml', 0, at)\n"
	    "data[name + 30] ^= 0xff\n"
	    "open(sys.argv[2], 'wb').write(data)\n";
	char *from = xasprintf("%s/letter.docx", (char *)*state);
	char *to = xasprintf("%s/turned.docx", (char *)*state);
	json_t *is;

	media_make((const char *const[]){
	    "/usr/bin/python3", "-c", program, from, to, NULL});
	is = media_look(to);
	assert_text(is, "fault", "bad_media", "turned.docx");
	json_decref(is);
	free(from);
	free(to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_good_is_measured),
	    cmocka_unit_test(what_is_broken_has_its_reason),
	    cmocka_unit_test(silence_is_a_share_of_the_time),
	    cmocka_unit_test(a_long_recording_is_as_long_as_it_is),
	    cmocka_unit_test(every_part_is_looked_into),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}

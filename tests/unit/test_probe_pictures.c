/*
 * Pictures through subnetd-probe: the miner's own, in other formats, sizes
 * and lights, and whether their hashes know them again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/picture.h"
#include "tests/fake/miner/picture.c"
#include "tests/lib/media.h"
#include "tests/lib/paths.h"

enum { MANY = 8 };

struct place {
	char *dir;
};

static int
make_place(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	p->dir = paths_make_tmp();
	*state = p;
	return 0;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	paths_remove(p->dir);
	free(p->dir);
	free(p);
	return 0;
}

/* -- what the probe says -------------------------------------------------- */

struct seen {
	char type[32];
	int width, height;
	struct picture_measure m;
};

static uint64_t
hash(const json_t *measured, const char *name)
{
	const char *text = json_string_value(json_object_get(measured, name));
	char *end;
	uint64_t v;

	assert_non_null(text);
	assert_int_equal(strlen(text), 16);
	v = strtoull(text, &end, 16);
	assert_true(*end == '\0');
	return v;
}

static struct seen
look(const char *path)
{
	json_t *m = media_probe(path);
	struct seen s;

	if (m == NULL)
		fail_msg("%s is bad", path);
	snprintf(s.type, sizeof(s.type), "%s",
	    json_string_value(json_object_get(m, "type")));
	s.width = json_integer_value(json_object_get(m, "width"));
	s.height = json_integer_value(json_object_get(m, "height"));
	s.m.phash = hash(m, "phash");
	s.m.dhash = hash(m, "dhash");
	assert_true(json_is_boolean(json_object_get(m, "blank")));
	s.m.blank = json_is_true(json_object_get(m, "blank"));
	json_decref(m);
	return s;
}

/* The miner's picture of this seed; the caller frees the path. */
static char *
draw(const struct place *p, int seed, unsigned width, unsigned height)
{
	char *path = xasprintf("%s/%d.png", p->dir, seed);
	uint8_t bytes[32] = {seed, 1, 2, 3};
	struct buf png = {0};
	FILE *f = fopen(path, "wb");

	assert_int_equal(picture_render(bytes, width, height, &png), 0);
	assert_int_equal(fwrite(png.data, 1, png.len, f), png.len);
	fclose(f);
	buf_free(&png);
	return path;
}

/* -- likeness ------------------------------------------------------------- */

static const struct {
	const char *what, *name;
	const char *args[8];
	int most_p, most_d; /* bits that differ */
} changes[] = {
    {"JPEG of good quality", "a.jpg", {"-q:v", "2"}, 4, 4},
    {"JPEG of bad quality", "a.jpg", {"-q:v", "25"}, 8, 8},
    {"JPEG with whole chroma", "a.jpg", {"-pix_fmt", "yuvj444p"}, 4, 4},
    {"WebP", "a.webp", {"-quality", "70"}, 4, 4},
    {"PNG of 16 bits", "b.png", {"-pix_fmt", "rgb48be"}, 4, 4},
    {"PNG with a palette", "b.png",
	{"-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"}, 4,
	4},
    {"PNG in grey", "b.png", {"-pix_fmt", "gray"}, 4, 4},
    {"PNG with alpha", "b.png", {"-pix_fmt", "rgba"}, 0, 0},
    {"half the size", "b.png", {"-vf", "scale=iw/2:ih/2"}, 4, 4},
    {"twice the size", "b.png", {"-vf", "scale=iw*2:ih*2"}, 4, 4},
    {"pressed flat", "b.png", {"-vf", "scale=300:90"}, 6, 6},
    {"brighter", "b.png",
	{"-vf", "lutrgb=r=val*0.7+60:g=val*0.7+60:b=val*0.7+60"}, 4, 4},
    {"darker", "b.png", {"-vf", "lutrgb=r=val*0.6:g=val*0.6:b=val*0.6"}, 4, 4},
};

static void
a_changed_picture_is_known_again(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *to = xasprintf("%s/%s", p->dir, changes[i].name);
		int most_p = 0, most_d = 0;

		for (int seed = 0; seed < MANY; seed++) {
			char *from = draw(p, seed, 512, 384);
			struct seen before = look(from), after;

			media_convert(from, to, changes[i].args);
			after = look(to);
			most_p = fmax(most_p,
			    picture_distance(before.m.phash, after.m.phash));
			most_d = fmax(most_d,
			    picture_distance(before.m.dhash, after.m.dhash));
			assert_false(after.m.blank);
			free(from);
		}
		print_message("%-24s phash %d, dhash %d at most\n",
		    changes[i].what, most_p, most_d);
		assert_true(most_p <= changes[i].most_p);
		assert_true(most_d <= changes[i].most_d);
		free(to);
	}
}

static void
other_pictures_are_others(void **state)
{
	struct place *p = *state;
	struct picture_measure seen[3 * MANY];
	int least_p = 64, least_d = 64;

	for (int i = 0; i < 3 * MANY; i++) {
		char *path = draw(p, i, 512, 384);

		seen[i] = look(path).m;
		for (int k = 0; k < i; k++) {
			least_p = fmin(least_p,
			    picture_distance(seen[i].phash, seen[k].phash));
			least_d = fmin(least_d,
			    picture_distance(seen[i].dhash, seen[k].dhash));
		}
		free(path);
	}
	print_message("%d others: phash %d, dhash %d at least\n", 3 * MANY,
	    least_p, least_d);
	assert_true(least_p > 10 && least_d > 6);
}

/* -- what is in it -------------------------------------------------------- */

static const struct {
	const char *source, *name, *type;
	int side;
	bool blank, real;
} sources[] = {
    {"lavfi:color=red:s=128x128", "c.png", "image/png", 128, true, false},
    {"lavfi:color=white:s=128x128", "c.jpg", "image/jpeg", 128, true, false},
    {"lavfi:color=blue:s=4x4,scale=1:1", "c.png", "image/png", 1, true, false},
    {"lavfi:testsrc=s=128x128", "c.png", "image/png", 128, false, true},
    {"lavfi:testsrc=s=128x128", "c.jpg", "image/jpeg", 128, false, true},
    {"lavfi:testsrc=s=32x32", "c.png", "image/png", 32, false, false},
    /* painted, and nothing of it shows */
    {"lavfi:testsrc=s=128x128,format=rgba,colorchannelmixer=aa=0", "c.png",
	"image/png", 128, true, false},
};

static void
a_picture_that_shows_nothing_is_known(void **state)
{
	static const char *const one[] = {"-frames:v", "1", NULL};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		char *path = xasprintf("%s/%s", p->dir, sources[i].name);
		struct seen s;

		media_convert(sources[i].source, path, one);
		s = look(path);
		assert_string_equal(s.type, sources[i].type);
		assert_int_equal(s.width, sources[i].side);
		assert_int_equal(s.height, sources[i].side);
		if (s.m.blank != sources[i].blank)
			fail_msg("%s", sources[i].source);
		assert_true(picture_is_real(s.width, s.height, s.m.blank, 64) ==
			    sources[i].real);
		free(path);
	}
}

static void
a_video_has_no_hash(void **state)
{
	static const char *const args[] = {"-pix_fmt", "yuv420p", NULL};
	struct place *p = *state;
	char *path = xasprintf("%s/v.mp4", p->dir);
	json_t *m;

	media_convert("lavfi:testsrc=s=128x96:d=2", path, args);
	m = media_probe(path);
	assert_non_null(m);
	assert_int_equal(json_integer_value(json_object_get(m, "width")), 128);
	assert_null(json_object_get(m, "phash"));
	assert_null(json_object_get(m, "blank"));
	json_decref(m);
	free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_changed_picture_is_known_again),
	    TEST(other_pictures_are_others),
	    TEST(a_picture_that_shows_nothing_is_known),
	    TEST(a_video_has_no_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

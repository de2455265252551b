/* Programs, one after the other. */
#include "tests/lib/media.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

enum { MAX_ARGS = 24 };

static int
run(const char *const *argv, struct proc_output *out)
{
	struct proc_options o = {
	    .name = argv[0], .log = "/dev/null", .argv = argv};

	proc_run(&o, 0, out);
	return out->status;
}

void
media_make(const char *const *argv)
{
	struct proc_output out;

	if (run(argv, &out) != 0)
		fail_msg("%s: %d: %s", argv[0], out.status, out.err);
	proc_output_clear(&out);
}

void
media_convert(const char *from, const char *to, const char *const *args)
{
	static const char lavfi[] = "lavfi:";
	const char *argv[MAX_ARGS] = {
	    "ffmpeg", "-nostdin", "-v", "error", "-y"};
	size_t n = 5;

	if (strncmp(from, lavfi, strlen(lavfi)) == 0) {
		argv[n++] = "-f";
		argv[n++] = "lavfi";
		from += strlen(lavfi);
	}
	argv[n++] = "-i";
	argv[n++] = from;
	for (; *args != NULL && n < MAX_ARGS - 2; args++)
		argv[n++] = *args;
	argv[n] = to;
	media_make(argv);
}

json_t *
media_look(const char *path)
{
	char *program = paths_program("bin/subnetd-probe");
	const char *const argv[] = {
	    "sh", "-c", "exec \"$0\" <\"$1\"", program, path, NULL};
	struct proc_output out;
	json_t *json;

	if (run(argv, &out) != 0 && out.status != 1)
		fail_msg("%s: %d: %s", path, out.status, out.err);
	json = json_loads(out.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_true(
	    (out.status == 1) == (json_object_get(json, "fault") != NULL));
	proc_output_clear(&out);
	free(program);
	return json;
}

json_t *
media_probe(const char *path)
{
	json_t *json = media_look(path);

	if (json_object_get(json, "fault") == NULL)
		return json;
	json_decref(json);
	return NULL;
}

void
media_files(const char *folder)
{
	media_make((const char *const[]){
	    "/usr/bin/python3", "tests/media/make.py", folder, NULL});
}

static void
read_whole(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf_reserve(out, 65536), 1, 65536, f)) > 0)
		out->len += n;
	fclose(f);
}

float *
media_samples(const char *path, int rate_hz, size_t *n)
{
	char *program = paths_program("bin/subnetd-probe");
	char *to = xasprintf("%s.samples", path);
	char *rate = xasprintf("%d", rate_hz);
	const char *const argv[] = {"sh", "-c",
	    "exec \"$0\" --samples \"$1\" <\"$2\" >\"$3\"", program, rate, path,
	    to, NULL};
	struct proc_output out;
	struct buf bytes = {0};

	if (run(argv, &out) != 0)
		assert_int_equal(out.status, 1);
	read_whole(to, &bytes);
	assert_int_equal(bytes.len % sizeof(float), 0);
	assert_true((out.status == 0) == (bytes.len > 0));
	unlink(to);
	proc_output_clear(&out);
	free(program);
	free(rate);
	free(to);
	*n = bytes.len / sizeof(float);
	if (*n == 0)
		buf_free(&bytes);
	return (float *)(void *)bytes.data;
}

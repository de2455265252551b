/* What a daemon says of itself, read of the process that the test is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/self_metrics.h"
#include "common/xalloc.h"

enum { STARTED_US = 1234500000, MEGA = 1 << 20 };

struct place {
	struct metrics *metrics;
	struct self_metrics *self;
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	log_init("test", LOG_FATAL);
	p->metrics = metrics_new();
	p->self = self_metrics_new(p->metrics, STARTED_US);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	self_metrics_free(p->self);
	metrics_free(p->metrics);
	free(p);
	return 0;
}

/* As it is printed; NaN if it is not. */
static double
value(struct place *p, const char *series)
{
	char *head = xasprintf("\n%s ", series);
	struct buf text = {0};
	const char *at;
	double v;

	metrics_print(p->metrics, 0, &text);
	at = strstr(buf_str(&text), head);
	v = at != NULL ? strtod(at + strlen(head), NULL) : NAN;
	buf_free(&text);
	free(head);
	return v;
}

static void
it_is_ready_or_not(void **state)
{
	struct place *p = *state;

	self_metrics_read(p->self, true);
	assert_true(value(p, "subnetd_ready") == 1);
	self_metrics_read(p->self, false);
	assert_true(value(p, "subnetd_ready") == 0);
}

static void
a_refused_configuration_is_said_until_a_good_one_comes(void **state)
{
	struct place *p = *state;

	assert_true(value(p, "subnetd_config_refused") == 0);
	self_metrics_reloaded(p->self, true);
	assert_true(value(p, "subnetd_config_refused") == 1);
	self_metrics_reloaded(p->self, false);
	assert_true(value(p, "subnetd_config_refused") == 0);
}

static void
warnings_and_errors_are_counted(void **state)
{
	static const char errors[] = "subnetd_log_lines_total{level=\"error\"}";
	struct place *p = *state;
	double before;

	self_metrics_read(p->self, true);
	before = value(p, errors);
	log_error("test.error", "n=%d", 1);
	log_warn("test.warn", "n=%d", 1);
	self_metrics_read(p->self, true);
	assert_true(value(p, errors) == before + 1);
}

static void
what_it_takes_is_what_the_kernel_says(void **state)
{
	struct place *p = *state;
	double before;
	int fd;

	self_metrics_read(p->self, true);
	assert_true(value(p, "process_start_time_seconds") == 1234.5);
	assert_true(value(p, "process_resident_memory_bytes") > MEGA);
	assert_true(value(p, "process_cpu_seconds_total") >= 0);
	assert_true(value(p, "process_max_fds") >= 64);
	before = value(p, "process_open_fds");
	assert_true(before >= 3);
	fd = open("/dev/null", O_RDONLY);
	self_metrics_read(p->self, true);
	assert_true(value(p, "process_open_fds") == before + 1);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(it_is_ready_or_not),
	    TEST(a_refused_configuration_is_said_until_a_good_one_comes),
	    TEST(warnings_and_errors_are_counted),
	    TEST(what_it_takes_is_what_the_kernel_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

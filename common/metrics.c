/* Prometheus text, one family after the other in the order of their making. */
#include "common/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"

enum kind { COUNTER, GAUGE, AGE, HISTOGRAM };

static const char *const kind_names[] = {
    "counter", "gauge", "gauge", "histogram"};

static const double bounds[] = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005,
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

enum { N_BOUNDS = sizeof(bounds) / sizeof(bounds[0]) };

struct metric {
	enum kind kind;
	char *name, *labels, *help;
	double value;	  /* of a histogram: the sum; NaN: not known */
	int64_t since_us; /* of an age; 0: it has a value instead */
	unsigned long count;
	unsigned long buckets[N_BOUNDS];
};

struct metrics {
	struct metric **items;
	size_t n;
};

struct metrics *
metrics_new(void)
{
	return xcalloc(1, sizeof(struct metrics));
}

void
metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++) {
		free(m->items[i]->name);
		free(m->items[i]->labels);
		free(m->items[i]->help);
		free(m->items[i]);
	}
	free(m->items);
	free(m);
}

char *
metrics_label(const char *name, const char *value)
{
	struct buf out = {0};

	buf_printf(&out, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			buf_add_byte(&out, '\\');
		if (*value == '\n')
			buf_add_str(&out, "\\n");
		else
			buf_add_byte(&out, *value);
	}
	buf_add_byte(&out, '"');
	return buf_take_str(&out);
}

static struct metric *
series(struct metrics *m, enum kind kind, const char *name, const char *labels,
    const char *help)
{
	struct metric *s;

	if (labels == NULL)
		labels = "";
	for (size_t i = 0; i < m->n; i++) {
		s = m->items[i];
		if (strcmp(s->name, name) == 0 &&
		    strcmp(s->labels, labels) == 0)
			return s;
	}
	s = xcalloc(1, sizeof(*s));
	s->kind = kind;
	s->name = xstrdup(name);
	s->labels = xstrdup(labels);
	s->help = xstrdup(help);
	m->items = xrealloc(m->items, m->n + 1, sizeof(s));
	m->items[m->n++] = s;
	return s;
}

struct metric *
metrics_counter(
    struct metrics *m, const char *name, const char *labels, const char *help)
{
	return series(m, COUNTER, name, labels, help);
}

struct metric *
metrics_gauge(
    struct metrics *m, const char *name, const char *labels, const char *help)
{
	return series(m, GAUGE, name, labels, help);
}

struct metric *
metrics_age(
    struct metrics *m, const char *name, const char *labels, const char *help)
{
	size_t n = m->n;
	struct metric *s = series(m, AGE, name, labels, help);

	if (m->n > n)
		s->value = NAN;
	return s;
}

struct metric *
metrics_histogram(
    struct metrics *m, const char *name, const char *labels, const char *help)
{
	return series(m, HISTOGRAM, name, labels, help);
}

void
metric_add(struct metric *s, double v)
{
	s->value += v;
}

void
metric_set(struct metric *s, double v)
{
	s->value = v;
}

void
metric_observe(struct metric *s, double seconds)
{
	s->count++;
	s->value += seconds;
	for (int i = 0; i < N_BOUNDS; i++) {
		if (seconds <= bounds[i]) {
			s->buckets[i]++;
			return;
		}
	}
}

void
metric_since(struct metric *s, int64_t wall_us)
{
	s->since_us = wall_us;
	s->value = 0;
}

static void
print_histogram(const struct metric *s, struct buf *out)
{
	const char *comma = s->labels[0] != '\0' ? "," : "";
	unsigned long below = 0;

	for (int i = 0; i < N_BOUNDS; i++) {
		below += s->buckets[i];
		buf_printf(out, "%s_bucket{%s%sle=\"%g\"} %lu\n", s->name,
		    s->labels, comma, bounds[i], below);
	}
	buf_printf(out, "%s_bucket{%s%sle=\"+Inf\"} %lu\n", s->name, s->labels,
	    comma, s->count);
	buf_printf(out, "%s_sum{%s} %.9g\n%s_count{%s} %lu\n", s->name,
	    s->labels, s->value, s->name, s->labels, s->count);
}

static double
value_at(const struct metric *s, int64_t now_us)
{
	if (s->since_us == 0)
		return s->value;
	return now_us > s->since_us ? (double)(now_us - s->since_us) / 1e6 : 0;
}

static void
print_series(const struct metric *s, int64_t now_us, struct buf *out)
{
	double value = value_at(s, now_us);

	if (s->kind == HISTOGRAM)
		print_histogram(s, out);
	else if (s->labels[0] != '\0')
		buf_printf(out, "%s{%s} %.17g\n", s->name, s->labels, value);
	else
		buf_printf(out, "%s %.17g\n", s->name, value);
}

static int
is_known(const struct metric *s)
{
	return !isnan(s->value);
}

/* Whether an earlier series has opened this one's family. */
static int
is_first_of_family(const struct metrics *m, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (is_known(m->items[k]) &&
		    strcmp(m->items[k]->name, m->items[i]->name) == 0)
			return 0;
	}
	return 1;
}

void
metrics_print(const struct metrics *m, int64_t now_us, struct buf *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct metric *s = m->items[i];

		if (!is_known(s) || !is_first_of_family(m, i))
			continue;
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", s->name,
		    s->help, s->name, kind_names[s->kind]);
		for (size_t k = i; k < m->n; k++) {
			if (is_known(m->items[k]) &&
			    strcmp(m->items[k]->name, s->name) == 0)
				print_series(m->items[k], now_us, out);
		}
	}
}

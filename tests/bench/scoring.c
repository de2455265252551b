/*
 * Scoring, for callgrind to count.
 *
 *   scoring rate MINERS none|flat TIMES   win rates of so many, so often
 *   scoring round EVENTS                  a round of 256 miners, as text
 *   scoring copy TIMES < TEXT             its bytes, copied so often
 *
 * What something costs is the difference of two runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config_parse.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "scorer/winrate.h"
#include "tests/lib/dice.h"

enum { MINERS = 256, CHUNK = 1 << 20 };

/* -- win rates ---------------------------------------------------------- */

static int
rate(size_t n, const char *mode, long times)
{
	const struct winrate_rule rule = {
	    .penalty = {
		.mode = strcmp(mode, "flat") == 0 ? PENALTY_FLAT : PENALTY_NONE,
		.p = .03,
		.threshold = 2}};
	struct winrate_entry *entries = xcalloc(n + 1, sizeof(*entries));
	double *rates = xcalloc(n + 1, sizeof(*rates)), sum = 0;
	size_t *wins = xcalloc(n + 1, sizeof(*wins));
	struct dice dice = {1};

	for (size_t i = 0; i < n; i++)
		entries[i] = (struct winrate_entry){
		    .score = dice_between(&dice, 1, 1000000) / 1e6,
		    .block = dice_between(&dice, 0, 1000000)};
	for (long i = 0; i < times; i++) {
		winrate_compute(&rule, entries, n, wins, rates);
		sum += rates[i % n];
	}
	free(entries);
	free(rates);
	free(wins);
	return sum < 0;
}

/* -- rounds ------------------------------------------------------------- */

static void
add_miners(struct run *run)
{
	for (int i = 0; i < MINERS; i++) {
		struct run_miner m = {.uid = i,
		    .alpha = i + 0.125,
		    .block = 4000000 + i,
		    .since_us = INT64_MIN,
		    .serves = true};

		snprintf(m.hotkey, sizeof(m.hotkey), "5Miner%042d", i);
		run_add_miner(run, &m);
	}
}

static void
add_events(struct run *run, long n)
{
	static const char *const kinds[] = {
	    "audio.transcribe", "audio.speak", "image.edit", "text.translate"};
	struct dice dice = {2};

	for (long i = 0; i < n; i++) {
		struct run_event e = {.miner = (size_t)(i * MINERS / n),
		    .kind = run_kind(run, kinds[dice_between(&dice, 0, 3)]),
		    .source = POLICY_CLIENT,
		    .success = dice_between(&dice, 0, 19) > 0,
		    .at_us = 1795910400000000 + i * 86400,
		    .ms = dice_between(&dice, 50000, 20000000) / 1000.0,
		    .accuracy = dice_between(&dice, 0, 1000) / 1000.0 / 3};

		snprintf(e.attempt, sizeof(e.attempt),
		    "01890000-0000-7000-8000-%012ld", i);
		run_add_event(run, &e);
	}
}

static int
print_round(long events)
{
	static const struct run_round round = {.netuid = 11,
	    .epoch = 1,
	    .block = 4500000,
	    .from_us = 1795910400000000,
	    .at_us = 1795996800000000};
	char *policy = config_read_file("deploy/policies/sn11-timed.ini", NULL);
	struct run *run = run_new(policy, NULL);
	struct buf text = {0};

	run_set_round(run, &round);
	add_miners(run);
	add_events(run, events);
	run_text_write(run, &text);
	fwrite(text.data, 1, text.len, stdout);
	free(policy);
	buf_free(&text);
	run_free(run);
	return 0;
}

/* -- the floor ---------------------------------------------------------- */

static int
copy(long times)
{
	struct buf text = {0};
	uint8_t *to;
	size_t n;

	while ((n = fread(buf_reserve(&text, CHUNK), 1, CHUNK, stdin)) > 0)
		text.len += n;
	to = xmalloc(text.len + 1);
	for (long i = 0; i < times; i++)
		memcpy(to, text.data, text.len);
	fprintf(stderr, "%zu bytes\n", text.len);
	n = times > 0 && to[text.len / 2] == 0;
	free(to);
	buf_free(&text);
	return (int)n;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "rate") == 0 && argc == 5)
		return rate(strtoul(argv[2], NULL, 10), argv[3],
		    strtol(argv[4], NULL, 10));
	if (strcmp(what, "round") == 0 && argc == 3)
		return print_round(strtol(argv[2], NULL, 10));
	if (strcmp(what, "copy") == 0 && argc == 3)
		return copy(strtol(argv[2], NULL, 10));
	fputs("usage: scoring rate MINERS none|flat TIMES | round EVENTS | "
	      "copy TIMES\n",
	    stderr);
	return 64;
}

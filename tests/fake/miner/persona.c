/* Flags to a persona. */
#include "tests/fake/miner/persona.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

enum flag {
	FLAG_SURI = 256,
	FLAG_LISTEN,
	FLAG_ALLOWED,
	FLAG_CAPACITY,
	FLAG_OFFER,
	FLAG_DELAY,
	FLAG_LATE,
	FLAG_FAIL,
	FLAG_TRUNCATE,
	FLAG_VOICE,
	FLAG_SILENT,
	FLAG_MUTE,
	FLAG_CLAIM,
	FLAG_ANSWERS,
	FLAG_COPY,
	FLAG_EARLY,
	FLAG_TWICE,
	FLAG_SECRET,
	FLAG_HELP,
};

static const struct option options[] = {
    {"suri", required_argument, NULL, FLAG_SURI},
    {"listen", required_argument, NULL, FLAG_LISTEN},
    {"allowed-sender", required_argument, NULL, FLAG_ALLOWED},
    {"capacity", required_argument, NULL, FLAG_CAPACITY},
    {"offer", required_argument, NULL, FLAG_OFFER},
    {"delay-ms", required_argument, NULL, FLAG_DELAY},
    {"late-ms", required_argument, NULL, FLAG_LATE},
    {"fail-every", required_argument, NULL, FLAG_FAIL},
    {"truncate", required_argument, NULL, FLAG_TRUNCATE},
    {"voice", required_argument, NULL, FLAG_VOICE},
    {"silent", no_argument, NULL, FLAG_SILENT},
    {"mute", no_argument, NULL, FLAG_MUTE},
    {"claim", no_argument, NULL, FLAG_CLAIM},
    {"answers", required_argument, NULL, FLAG_ANSWERS},
    {"copy", no_argument, NULL, FLAG_COPY},
    {"call-back-early", no_argument, NULL, FLAG_EARLY},
    {"call-back-twice", no_argument, NULL, FLAG_TWICE},
    {"wrong-secret", no_argument, NULL, FLAG_SECRET},
    {"help", no_argument, NULL, FLAG_HELP},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "usage: miner [flags]\n\n"
    "  --suri //Miner1         its hotkey\n"
    "  --listen ADDRESS        where it serves (127.0.0.1:0)\n"
    "  --allowed-sender SS58   whose requests it takes (anybody's)\n"
    "  --capacity N            jobs of one kind at a time (2)\n"
    "  --offer NAME,NAME       says so of these names, too\n"
    "  --delay-ms N            slow: so much later\n"
    "  --late-ms N             calls back so long after the deadline\n"
    "  --fail-every N          every Nth job fails\n"
    "  --truncate FRACTION     loses that much of the end\n"
    "  --voice flite|espeak    of English (flite)\n"
    "  --silent                accepts and never answers\n"
    "  --mute                  answers that say nothing\n"
    "  --claim                 says that it was quick and right\n"
    "  --answers FOLDER        leaves its answers there\n"
    "  --copy                  takes another's from there instead of work\n"
    "  --call-back-early       before it answers the dispatch\n"
    "  --call-back-twice\n"
    "  --wrong-secret\n";

static int
read_long(
    const char *name, const char *text, long min, long *out, struct err *err)
{
	char *end;

	*out = strtol(text, &end, 10);
	if (end == text || *end != '\0' || *out < min)
		return err_set(err,
		    "--%s: \"%s\" is not a number of %ld or "
		    "more",
		    name, text, min);
	return 0;
}

static int
read_fraction(const char *text, double *out, struct err *err)
{
	char *end;

	*out = strtod(text, &end);
	if (end == text || *end != '\0' || !(*out >= 0 && *out <= 1))
		return err_set(
		    err, "--truncate: \"%s\" is not between 0 and 1", text);
	return 0;
}

static int
read_voice(struct persona *p, const char *text, struct err *err)
{
	p->speaks_by_espeak = strcmp(text, "espeak") == 0;
	if (p->speaks_by_espeak || strcmp(text, "flite") == 0)
		return 0;
	return err_set(err, "--voice: \"%s\" is not flite or espeak", text);
}

static int
take(struct persona *p, int flag, const char *text, struct err *err)
{
	switch ((enum flag)flag) {
	case FLAG_SURI:
		p->suri = text;
		return 0;
	case FLAG_LISTEN:
		p->listen = text;
		return 0;
	case FLAG_ALLOWED:
		p->allowed = text;
		return 0;
	case FLAG_CAPACITY:
		return read_long("capacity", text, 0, &p->capacity, err);
	case FLAG_OFFER:
		p->offer = text;
		return 0;
	case FLAG_DELAY:
		return read_long("delay-ms", text, 0, &p->delay_ms, err);
	case FLAG_LATE:
		return read_long("late-ms", text, 0, &p->late_ms, err);
	case FLAG_FAIL:
		return read_long("fail-every", text, 1, &p->fail_every, err);
	case FLAG_TRUNCATE:
		return read_fraction(text, &p->truncate, err);
	case FLAG_VOICE:
		return read_voice(p, text, err);
	case FLAG_SILENT:
		p->is_silent = true;
		return 0;
	case FLAG_MUTE:
		p->is_mute = true;
		return 0;
	case FLAG_CLAIM:
		p->claims = true;
		return 0;
	case FLAG_ANSWERS:
		p->answers = text;
		return 0;
	case FLAG_COPY:
		p->copies = true;
		return 0;
	case FLAG_EARLY:
		p->calls_back_early = true;
		return 0;
	case FLAG_TWICE:
		p->calls_back_twice = true;
		return 0;
	case FLAG_SECRET:
		p->has_wrong_secret = true;
		return 0;
	case FLAG_HELP:
		fputs(help, stdout);
		return 1;
	}
	return err_set(err, "see --help");
}

int
persona_parse(struct persona *p, int argc, char **argv, struct err *err)
{
	int flag, result = 0;

	*p = (struct persona){.suri = "//Miner1",
	    .listen = "127.0.0.1:0",
	    .capacity = 2,
	    .late_ms = -1};
	while (result == 0 &&
	       (flag = getopt_long(argc, argv, "", options, NULL)) != -1)
		result = take(p, flag, optarg, err);
	if (result == 0 && optind < argc)
		return err_set(err, "unexpected argument %s", argv[optind]);
	return result;
}

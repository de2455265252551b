/*
 * Recordings for challenges, made in a child process (challenge_child.h): new
 * sentences spoken by flite or espeak-ng with noise under them, or somebody's
 * recording, in the form that a client's file has.
 */
#ifndef VALIDATOR_CHALLENGE_SPEECH_H
#define VALIDATOR_CHALLENGE_SPEECH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "validator/challenge_dice.h"

struct blobs;
struct err;

/* A client's file, to be looked at. */
struct challenge_look {
	struct blobs *blobs;
	const char *id, *sha256;
	const char *probe; /* path of subnetd-probe */
};

/*
 * What it is like: {"seconds", "rate", "channels", "bits" (a sample, of PCM),
 * "kbps", "codec" ("opus", "vorbis" or "": the usual one), "tagged" (the
 * encoder has left its name), "id3", "xing", "moov_first"}. A
 * challenge_child_work.
 */
json_t *challenge_speech_look(
    const void *look, const char *folder, struct err *);

struct challenge_speech {
	const char *language;
	const char *type;      /* "audio/mpeg" */
	const json_t *like;    /* what challenge_speech_look said */
	const char *recording; /* a file; NULL: make one */
	bool as_it_is;	       /* the recording, byte for byte */
	struct challenge_dice dice;
	struct blobs *blobs;
	const char *id; /* the file is to be kept under */
};

/* {"sha256", "bytes"} and, if it was made, "expect": {"text", "voice",
 * "snr_db", "noise"}. A challenge_child_work. */
json_t *challenge_speech_make(
    const void *speech, const char *folder, struct err *);

/* Whether the programs are here: for English, for the other languages, and
 * for any file. */
bool challenge_speech_has(const char *language);

/* Whether files of that type can be made. */
bool challenge_speech_writes(const char *type);

#endif

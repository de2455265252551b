/*
 * Speech in the form a client asked for, made of a WAV by ffmpeg: each in a
 * child process of its own (subnetd-convert, which locks itself in before it
 * becomes ffmpeg), a few at a time, with a deadline and a folder of its own
 * that is gone when the answer is there. What a process that was killed has
 * left goes when the next one starts, after an hour.
 */
#ifndef ORCHESTRATOR_CONVERT_H
#define ORCHESTRATOR_CONVERT_H

#include <stdint.h>

struct event_base;
struct converts;

/* program: path of subnetd-convert. */
struct converts *converts_new(struct event_base *, const char *program);
void converts_free(struct converts *); /* calls nobody back; NULL is fine */

enum convert_outcome {
	CONVERT_DONE,
	CONVERT_BAD,	/* ffmpeg cannot make it of this file */
	CONVERT_BROKEN, /* no child could be run as it must be: our trouble */
	CONVERT_LATE,	/* it took too long */
};

/* Once, later. fd is the callee's to close, at its
 * beginning; -1 unless CONVERT_DONE. */
typedef void convert_on_done(
    enum convert_outcome, int fd, uint64_t bytes, void *arg);

/* fd is a WAV that we have looked at, and is taken. format: one of
 * mp3, opus, aac, flac, wav, pcm. speed: 1 is as it is. */
void convert_start(struct converts *, int fd, const char *format, double speed,
    convert_on_done *, void *arg);

#endif

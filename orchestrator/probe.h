/*
 * Measuring a file's media by its bytes: each in a child process of its own
 * (subnetd-probe, sandboxed), a few at a time, with a deadline.
 *
 * All: {"bytes", "type"}. Sound: "container", "codec" (libavformat's names),
 * "duration_s", "rate", "channels", "rms_db", "peak_db", "voiced", "silence"
 * (1 - voiced: the share of frames that are not louder than SOUND_VOICED_DB),
 * "uneven", "clipped", "lead_s", "trail_s", "gap_s", "offset", as
 * scorer/sound.h has them; rate and channels are the first frame's, and a
 * recording ends for us where they change. Of what is longer than an hour or
 * so the rest is not decoded: "measured_s" says how much was.
 * Pictures: "container", "codec", "width", "height", "phash", "dhash",
 * "blank", as scorer/picture.h has them, hashes as 16 hex digits; the last
 * three are not there if a side is longer than 65,535 or the colours are of no
 * known form. Video: the same without hashes, "duration_s" if it is said.
 *
 * Of a broken file: "fault", a code of probe_verdict.h, "why", the
 * particulars in English, "type" if it is known all the same, and whatever
 * was measured; of one that is truncated "says_s", if the container does.
 */
#ifndef ORCHESTRATOR_PROBE_H
#define ORCHESTRATOR_PROBE_H

#include <jansson.h>
#include <stdbool.h>

struct event_base;
struct probes;

/* program: path of subnetd-probe. */
struct probes *probes_new(struct event_base *, const char *program);
void probes_free(struct probes *); /* calls nobody back; NULL is fine */

/* Is any file waiting or being looked at? */
bool probes_are_busy(const struct probes *);

enum probe_outcome {
	PROBE_MEASURED,
	PROBE_BAD,    /* the file is broken */
	PROBE_BROKEN, /* no child could be run as it must be: our trouble */
};

/* Of the job or attempt whose file it is. fd is taken. measured is borrowed; of
 * PROBE_BAD it says why, or is NULL, of PROBE_BROKEN it is NULL. */
void probe_start(struct probes *, const char *id, int fd,
    void (*on_done)(enum probe_outcome, const json_t *measured, void *arg),
    void *arg);

/* Whether a file of that id waits or is being looked at. */
bool probes_has(const struct probes *, const char *id);

#endif

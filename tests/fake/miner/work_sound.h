/*
 * Recordings looked into and made better, by ffmpeg.
 */
#ifndef MINER_WORK_SOUND_H
#define MINER_WORK_SOUND_H

struct job;

/* Less noise, even loudness: a WAV of the same length. */
void work_enhance(struct job *);

/* {"duration_s", "sample_rate", "channels", "codec", "rms_db", "peak_db"} */
void work_analyze(struct job *);

#endif

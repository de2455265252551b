/*
 * The work that programs do: recognising and speaking. Each ends, later, in
 * job_worked() or work_fail().
 */
#ifndef MINER_WORK_SPEECH_H
#define MINER_WORK_SPEECH_H

struct job;

void work_transcribe(struct job *); /* its input is there */
void work_speak(struct job *);

#endif

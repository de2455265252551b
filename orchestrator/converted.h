/*
 * What convert.c and its child, subnetd-convert, agree on.
 */
#ifndef ORCHESTRATOR_CONVERTED_H
#define ORCHESTRATOR_CONVERTED_H

/* The file that the child leaves in its folder. */
#define CONVERTED_NAME "made"

/* Exits; ffmpeg has others. */
enum {
	CONVERTED_USAGE = 64,
	CONVERTED_NO_FFMPEG = 65,
	CONVERTED_NO_CAGE = 66,
};

#endif

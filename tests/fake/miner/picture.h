/*
 * A stand-in for a picture of a prompt: shapes and colours that follow from
 * the seed bytes alone, with STAND-IN written across. Pure.
 */
#ifndef MINER_PICTURE_H
#define MINER_PICTURE_H

#include <stddef.h>
#include <stdint.h>

struct buf;

enum { PICTURE_MIN = 64, PICTURE_MAX = 2048 };

/* A PNG; the same arguments give the same bytes. 0, or -1. */
int picture_render(
    const uint8_t seed[32], unsigned width, unsigned height, struct buf *png);

#endif

/*
 * Pictures, drawn from prompt, seed and input alone: a stand-in for a model.
 */
#ifndef MINER_WORK_PICTURE_H
#define MINER_WORK_PICTURE_H

#include <jansson.h>

struct job;

/* NULL, or what is wrong with the request. */
const char *work_check_picture(const json_t *body);
const char *work_check_edit(const json_t *body);

void work_picture(struct job *);

#endif

/*
 * Completion in bash, made of the tables of commands and keys, so that it knows
 * all of them. deploy/completion/subnetctl is what this prints.
 */
#ifndef SUBNETCTL_COMPLETION_H
#define SUBNETCTL_COMPLETION_H

#include <stdio.h>

struct commands;

void completion_print(FILE *, const struct commands *);

#endif

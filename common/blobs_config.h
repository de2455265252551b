/*
 * Where files are kept, from the configuration: the keys orchestrator.store
 * and orchestrator.store_*, which several programs read.
 */
#ifndef COMMON_BLOBS_CONFIG_H
#define COMMON_BLOBS_CONFIG_H

struct blobs_options;
struct config;

/* The texts are the configuration's. */
void blobs_config(const struct config *, struct blobs_options *);

#endif

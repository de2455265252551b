/*
 * Where things are: the build the running test belongs to, its programs, and
 * places for files.
 */
#ifndef TESTS_PATHS_H
#define TESTS_PATHS_H

#include <stdbool.h>

/* A Unix socket's path has 107 characters, and its name takes some. */
enum { PATHS_MAX_DIR = 80 };

/* The build directory of the running program; the caller frees. It stands in
 * front of the last "/tests/" of its path. */
char *paths_build(void);

/* "bin/signerd" in that build; the caller frees. */
char *paths_program(const char *name);

/* A new directory parent/name-pid, or one in TMPDIR where that would be too
 * long for sockets. The caller frees; NULL, with a line on stderr. */
char *paths_make_dir(const char *parent, const char *name);
char *paths_make_tmp(void);

/* May every user go through all the folders of this path? */
bool paths_is_open(const char *path);

/* mkdir -p. 0, or -1. */
int paths_mkdir(const char *path);

/* rm -rf, by a program of its own. */
void paths_remove(const char *path);

#endif

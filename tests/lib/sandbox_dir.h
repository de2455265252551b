/*
 * What is left in a sandbox's directory: the logs, read for what a test does
 * not look at. Private to the sandbox.
 */
#ifndef TESTS_SANDBOX_DIR_H
#define TESTS_SANDBOX_DIR_H

/* Do the logs in it tell of a crash, or of what a sanitizer found? 0, or -1
 * with the lines on stderr. */
int sandbox_dir_audit(const char *dir);

/* Remove all but the logs. */
void sandbox_dir_clear(const char *dir);

#endif

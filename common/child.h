/*
 * A child of ours that reads a file and says what it found: started with the
 * file as its input and a pipe as its output, and ended for good.
 */
#ifndef COMMON_CHILD_H
#define COMMON_CHILD_H

#include <sys/types.h>

/*
 * argv[0] is the program's path. input is its standard input, and stays the
 * caller's. *out is what it writes to us, non-blocking, the caller's to close.
 * Its pid, or -1 and errno.
 */
pid_t child_start(char *const argv[], char *const env[], int input, int *out);

/* Kill it and wait for its end. The status, as waitpid has it; of one that was
 * ending already, its own. */
int child_reap(pid_t);

#endif

/*
 * A file's text with some of it otherwise: shipped files as tests want them.
 */
#ifndef TESTS_EDIT_H
#define TESTS_EDIT_H

/* edits are pairs of what is there and what is put for its first occurrence,
 * ended by NULL; NULL for none. Fails the test if it is not there. The caller
 * frees. */
char *edit_file(const char *path, const char *const *edits);
char *edit_text(const char *text, const char *was, const char *is);

#endif

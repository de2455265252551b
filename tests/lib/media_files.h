/*
 * The files that tests/media/make.py makes: what is good in the form of each
 * type a kind may take, and what is broken, with what is to be found of it.
 */
#ifndef TESTS_MEDIA_FILES_H
#define TESTS_MEDIA_FILES_H

#include <stdbool.h>

struct media_good {
	const char *name, *type;
	const char *container, *codec; /* NULL: it is no media */
	double seconds;		       /* 0: it has no length */
};

/* Of what sort of kind it would be a file. */
enum media_sort {
	MEDIA_SOUND,
	MEDIA_PICTURE,
	MEDIA_FILM,
	MEDIA_DOCUMENT,
	MEDIA_ARCHIVE,
	N_MEDIA_SORTS,
};

struct media_broken {
	const char *name;
	enum media_sort sort;
	const char *says;  /* the type that is claimed for it */
	const char *fault; /* NULL: whole */
	const char *words; /* of the reason; or its type, of which it is */
	bool is_other;	   /* than its sort's kinds take and give */
};

/* Each ends with a NULL name. */
extern const struct media_good media_good[];
extern const struct media_broken media_broken[];

#endif

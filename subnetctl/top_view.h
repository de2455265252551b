/*
 * What `subnetctl top` shows: rows in, text out, for a screen of that size.
 * Pure: no terminal, clock or database.
 */
#ifndef SUBNETCTL_TOP_VIEW_H
#define SUBNETCTL_TOP_VIEW_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct buf;

struct top {
	const PGresult *now;	  /* ctl_top_now.sql; NULL: not read yet */
	const PGresult *programs; /* ctl_top_programs.sql */
	const PGresult *setters;  /* ctl_top_setters.sql */
	const PGresult *kinds;	  /* ctl_top_kinds.sql */
	const PGresult *miners;	  /* ctl_top_miners.sql */
	const char *netuid;
	const char *at;	  /* "12:34:56Z", when they were read */
	int64_t every_ms; /* until they are again; 0: never */
	bool is_paused;
	const char *trouble; /* why they could not be; NULL */
};

/* No line is wider, and there are no more lines; height 0: as many as it
 * takes. color: with escape sequences for bold and colours. */
struct top_screen {
	int width, height;
	bool color;
};

/* Appends lines, each with its newline. */
void top_view(const struct top *, const struct top_screen *, struct buf *out);

/* "812 ms", "2.4 s", "3.1 min", "5.0 h"; "-" of NaN. */
void top_duration(double ms, char *out, size_t size);
/* "812", "12.3k", "4.5M". */
void top_count(double n, char *out, size_t size);

#endif

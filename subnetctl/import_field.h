/*
 * Fields of another system's records, whichever way they came: a dump and a
 * CSV file have texts, JSON has values, mongoexport has values in wrappers.
 *
 * Pure. Getters take a text for the value it says: "12", "t", a JSON object as
 * text. What is missing and what is null is the same.
 */
#ifndef SUBNETCTL_IMPORT_FIELD_H
#define SUBNETCTL_IMPORT_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "subnetctl/import.h"

/* NULL if it is no text. Borrowed. */
const char *import_text(const json_t *record, const char *name);
/* False, and *out as it was, if it is none. */
bool import_int(const json_t *record, const char *name, int64_t *out);
bool import_real(const json_t *record, const char *name, double *out);
bool import_bool(const json_t *record, const char *name, bool *out);
/* Microseconds since 1970: ISO 8601, or as PostgreSQL prints it; without a
 * zone it is UTC. Of 2000 to 2100. */
bool import_time(const json_t *record, const char *name, int64_t *out_us);
bool import_time_of(const char *text, int64_t *out_us);

/* In small letters, without spaces around; cut at size. "" if there is none. */
void import_word(
    const json_t *record, const char *name, char *out, size_t size);

/* What must be there: a refusal that names the field if it is not. */
enum import_outcome import_need_text(const json_t *record, const char *name,
    size_t max, const char **out, struct import_why *);
enum import_outcome import_need_uuid(const json_t *record, const char *name,
    const char **out, struct import_why *);
enum import_outcome import_need_hotkey(const json_t *record, const char *name,
    const char **out, struct import_why *);
/* *out is as it was if there is none; refused if it is there and is neither. */
enum import_outcome import_bool_or_not(
    const json_t *record, const char *name, bool *out, struct import_why *);
/* An object or a list, as JSON or as a text of it; the caller's to json_decref.
 * NULL: there is none. Refused if it is there and is something else. */
enum import_outcome import_json(const json_t *record, const char *name,
    json_type, json_t **out, struct import_why *);
enum import_outcome import_need_json(const json_t *record, const char *name,
    json_type, json_t **out, struct import_why *);
enum import_outcome import_need_time(const json_t *record, const char *name,
    int64_t *out_us, struct import_why *);

/* Times and numbers that may be unknown: null where they are 0 or NaN. */
json_t *import_us_or_null(int64_t us);
json_t *import_real_or_null(double);

/* Without mongoexport's wrappers ({"$oid": ..}, {"$date": ..},
 * {"$numberLong": ..}); a new value. */
json_t *import_unwrapped(const json_t *);

#endif

/*
 * The forms of what a runtime's APIs answer, by its metadata; where that is
 * version 14, which names no API, those we know of the two methods we cannot
 * do without: get_neurons_lite and validate_transaction.
 *
 * Pure. Both are of one form since long before spec 293. Bytes of another do
 * not decode to the end, or number the neurons wrongly, and who decodes them
 * notices.
 */
#ifndef WEIGHTSETTER_APIS_H
#define WEIGHTSETTER_APIS_H

struct metadata;

/* The metadata to find methods and their types in: the runtime's own, or one
 * that has these two alone. Borrowed; lives as long as the former. */
const struct metadata *apis_of(const struct metadata *);

#endif

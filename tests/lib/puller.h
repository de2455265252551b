/*
 * One of Violet's miners, played by hand: it asks for its tasks and brings what
 * it made of them, each request signed by the hotkey of one of the suite's
 * miners; or wrongly, or not at all, as the test says.
 *
 * Give that miner port -1 in the suite's options: it serves nowhere.
 */
#ifndef TESTS_PULLER_H
#define TESTS_PULLER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fetch_answer;
struct puller;
struct suite;

/* Of the suite's miner so-many, from 0, or of its validator, -1, whose uid is
 * 0. NULL, having said why. Waits until it is registered. */
struct puller *puller_new(struct suite *, int miner);
/* Of a hotkey that is not registered, and says that it is that uid. */
struct puller *puller_stranger(struct suite *, int uid);
void puller_free(struct puller *); /* NULL is fine */
int puller_uid(const struct puller *);
const char *puller_hotkey(const struct puller *);

struct puller_call {
	const char *path; /* and query */
	const char *type; /* of the body; NULL: there is none, a GET */
	const void *body;
	size_t len;
	/* What is wrong with it; 0 and NULL: nothing. */
	bool is_unsigned, is_changed; /* the body, behind the signature */
	int64_t age_ms;
	const char *uuid, *signed_for;
};
/* The HTTP status; clear the answer. */
int puller_ask(
    const struct puller *, const struct puller_call *, struct fetch_answer *);

/* What is in order: a GET, a form as name=value&.., and one with a file as its
 * part audio_file. */
int puller_get(const struct puller *, const char *path, struct fetch_answer *);
int puller_form(const struct puller *, const char *path, const char *form,
    struct fetch_answer *);
int puller_upload(const struct puller *, const char *path,
    const char *const fields[], const void *file, size_t len,
    struct fetch_answer *);

/* Ask for tasks once; the list, which is the caller's. NULL, having said why.
 * query: "" or "&capacity=3". */
json_t *puller_poll(const struct puller *, const char *query);
/* Until that task is in the list; it, which is the caller's. */
json_t *puller_await(const struct puller *, const char *task_id);

#endif

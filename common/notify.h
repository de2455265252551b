/*
 * What a service manager that started us is told: that we are ready, what we
 * wait for, that our loop still turns, that we read our configuration again,
 * that we stop. One datagram each to the socket that $NOTIFY_SOCKET names, as
 * sd_notify(3) has it; where nobody asked there is nothing to tell.
 *
 * A sign of life is sent by a timer of the loop: a loop that does not turn
 * sends none. What the manager had no room for is said again at the next turn
 * of the timer.
 */
#ifndef COMMON_NOTIFY_H
#define COMMON_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

struct buf;
struct err;
struct event_base;
struct notify;

struct notify_setup {
	struct event_base *base;
	/* Adds what is missing, a line each; NULL: nothing ever is. */
	void (*add_missing)(struct buf *missing, void *arg);
	void *arg;
};

/*
 * Reads and removes $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, so that
 * no child has them. NULL if nobody asked, with an empty err, or if there is
 * no way to tell. All the others do nothing with NULL.
 */
struct notify *notify_new(const struct notify_setup *, struct err *);
void notify_free(struct notify *);

/* Now, and from the loop on how it goes. */
void notify_ready(struct notify *);
void notify_reloading(struct notify *, int64_t mono_us);
void notify_reloaded(struct notify *);
void notify_stopping(struct notify *);

/* -- for its test -------------------------------------------------------- */

/* The address of a path, or of "@name"; -1 if it is neither. Pure. */
int notify_address(
    const char *text, struct sockaddr_un *, socklen_t *, struct err *);

/* How long the manager waits for a sign of life; 0: it expects none of us.
 * Pure. */
int64_t notify_watchdog_us(const char *usec, const char *pid, pid_t self);

#endif

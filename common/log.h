/*
 * One line an event on stderr: "info orchestratord job.step id=.. from=SENT".
 *
 * debug; info: a state changed; warn: we recovered; error: a person must
 * look; fatal: start-up failed. Event names are stable: tests wait for them
 * and operators alert on them. Control characters in values become '?', so
 * that nobody outside can forge a line. Warnings and errors of one name
 * beyond LOG_BURST a second are counted, not written. Where stderr is systemd's
 * journal, "<4>" and its like in front of a line are the priority it gets
 * there. Keys, tokens and bodies are never given to this file.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_FATAL };

enum { LOG_BURST = 20 };

void log_init(const char *program, enum log_level lowest);
void log_set_level(enum log_level lowest);
bool log_level_parse(const char *, enum log_level *);
/* Events of that level since the start, those not written among them. */
unsigned long log_count(enum log_level);

void log_event(enum log_level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(...) log_event(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_event(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_event(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR, __VA_ARGS__)
#define log_fatal(...) log_event(LOG_FATAL, __VA_ARGS__)

#endif

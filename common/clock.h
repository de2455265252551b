/*
 * The only place that reads a clock. Everything else is given the time.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>

int64_t clock_mono_us(void); /* never goes back; for durations */
int64_t clock_wall_us(void); /* since 1970; for rows and signatures */
int64_t clock_wall_ms(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling a thread to stop, wherever it waits: a flag that stays, and a descriptor for poll(2).
 *
 * Once raised it never goes down. A thread that waits in poll() has stop_fd() among its descriptors;
 * one that waits in a queue is woken by queue_wake(), called after stop_raise(); one that waits in a
 * library asks stop_raised() from the library's callback. */
#ifndef MINGPIAN_DAEMON_STOP_H
#define MINGPIAN_DAEMON_STOP_H

#include "config/err.h"

#include <stdbool.h>
#include <stdint.h>

struct stop;

/* False (ERR_OS): no descriptor is left. Free with stop_free(), after the threads that use it ended. */
bool stop_new(struct stop **s_r, struct err *e);
void stop_free(struct stop *s); /* NULL is fine */

void stop_raise(struct stop *s); /* from any thread, and from a signal handler */
bool stop_raised(const struct stop *s);
int stop_fd(const struct stop *s); /* readable once raised; -1 for NULL, which poll(2) ignores */

/* Wait until deadline_ms (monotonic; -1 never comes) or until told to stop. False: told to stop. */
bool stop_sleep(const struct stop *s, int64_t deadline_ms);

#endif

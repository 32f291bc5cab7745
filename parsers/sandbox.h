/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cage around everything that looks into a mail. Entered once, after libraries are set up and the
 * form file and the converters are read, before the mail's first byte is.
 *
 * What is left: the descriptors that are open; reading files under a few directories of the system
 * (fonts, CMaps: poppler loads them for each document); memory and CPU up to the limits. What is gone:
 * writing or making files, sockets, new processes and programs, looking at others, core dumps. */
#ifndef MINGPIAN_PARSERS_SANDBOX_H
#define MINGPIAN_PARSERS_SANDBOX_H

#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>

struct sandbox_limits {
	size_t memory_mb;        /* address space; 0: not limited */
	unsigned cpu_seconds;    /* 0: not limited */
	const char *const *dirs; /* may be read; NULL-terminated; one that does not exist is passed over */
};

/* Read-only directories that the libraries need. */
extern const char *const sandbox_dirs[];

/* Close the cage. False (ERR_OS): it does not hold, do not go on. A kernel without Landlock is none:
 * the system call filter refuses writing by itself, and only reading is then wider. */
bool sandbox_enter(const struct sandbox_limits *limits, struct err *e);

/* The same for the server (serve.h), which reads no mail: it may fork, wait, and take and give messages on
 * standard input, beside what its children may; files are shut for both, memory and CPU are not limited.
 * New programs are gone. */
bool sandbox_enter_server(const struct sandbox_limits *limits, struct err *e);

/* The rest of the way, in a child of the server: what sandbox_enter() leaves is left. */
bool sandbox_enter_child(const struct sandbox_limits *limits, struct err *e);

/* The limit of processor time alone, for who cannot live in the cage, or may not. */
bool sandbox_only_time(const struct sandbox_limits *limits, struct err *e);

/* Can this build live in it? A sanitizer's run time cannot. */
bool sandbox_possible(void);

#endif

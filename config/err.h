/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: a code that a program decides by, and one sentence that a person can act on.
 *
 * A function that can fail returns bool and takes `struct err *e` last; false means that e is set.
 * The sentence says what, which and why, and where it helps what to do; no trailing newline, no
 * value of a stranger's that was not escaped, never a password. */
#ifndef MINGPIAN_CONFIG_ERR_H
#define MINGPIAN_CONFIG_ERR_H

#include <stdbool.h>

enum err_code {
	ERR_NONE,
	ERR_USAGE,       /* the command line */
	ERR_CONFIG,      /* the configuration, a form file, a template, a credential */
	ERR_INPUT,       /* a file that was named and cannot be read */
	ERR_NOT_MAIL,    /* the input is no message */
	ERR_OS,          /* the system refused: no process, no descriptor, no sandbox */
	ERR_DISK,        /* writing failed: full, read-only, broken */
	ERR_SPOOL,       /* the spool contradicts itself; do not go on */
	ERR_BUSY,        /* another process holds it */
	ERR_AGAIN,       /* a server not reached or not willing now: try again later */
	ERR_AUTH,        /* a server refused name and password */
	ERR_TLS,         /* no secure connection: certificate, name, protocol */
	ERR_PROTOCOL,    /* a server, or the worker, said what it must not say */
	ERR_REFUSED,     /* a server said a final no */
	ERR_UNKNOWN,     /* cannot be known whether it was done (RFC 1047) */
	ERR_NOT_FOUND,   /* no such receipt, message, key */
	ERR_INTERRUPTED, /* told to stop */
	/* why a file could not be read: `unread` in the parser's answer */
	ERR_ENCRYPTED,
	ERR_DAMAGED,
	ERR_UNSUPPORTED,
	ERR_TOO_LARGE,
	ERR_TIMEOUT,
	ERR_CODES
};

struct err {
	enum err_code code;
	char text[480];
};

/* Set e and return false, so that `return err_set(e, …)` is a whole failure. e may be NULL. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same with ": " and the system's word for errnum behind. */
bool err_sys(struct err *e, enum err_code code, int errnum, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));

/* Put "context: " before the sentence that stands there. */
bool err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The exit status of sysexits(3) for a code. */
int err_exit(enum err_code code);

/* The word for a code: "encrypted", "damaged", … for the last group, else e.g. "config". */
const char *err_name(enum err_code code);

#endif

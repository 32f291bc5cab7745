/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct {
	const char *name;
	int exit;
} codes[] = {
        [ERR_NONE] = {"none", EX_OK},
        [ERR_USAGE] = {"usage", EX_USAGE},
        [ERR_CONFIG] = {"config", EX_CONFIG},
        [ERR_INPUT] = {"input", EX_NOINPUT},
        [ERR_NOT_MAIL] = {"not_mail", EX_DATAERR},
        [ERR_OS] = {"os", EX_OSERR},
        [ERR_DISK] = {"disk", EX_IOERR},
        [ERR_SPOOL] = {"spool", EX_SOFTWARE},
        [ERR_BUSY] = {"busy", EX_TEMPFAIL},
        [ERR_AGAIN] = {"again", EX_TEMPFAIL},
        [ERR_AUTH] = {"auth", EX_NOPERM},
        [ERR_TLS] = {"tls", EX_UNAVAILABLE},
        [ERR_PROTOCOL] = {"protocol", EX_PROTOCOL},
        [ERR_REFUSED] = {"refused", EX_UNAVAILABLE},
        [ERR_UNKNOWN] = {"unknown", EX_TEMPFAIL},
        [ERR_NOT_FOUND] = {"not_found", EX_DATAERR},
        [ERR_INTERRUPTED] = {"interrupted", EX_TEMPFAIL},
        [ERR_ENCRYPTED] = {"encrypted", EX_DATAERR},
        [ERR_DAMAGED] = {"damaged", EX_DATAERR},
        [ERR_UNSUPPORTED] = {"unsupported", EX_DATAERR},
        [ERR_TOO_LARGE] = {"too_large", EX_DATAERR},
        [ERR_TIMEOUT] = {"timeout", EX_DATAERR},
};
_Static_assert(sizeof codes / sizeof *codes == ERR_CODES, "a row for each code");

static void
format(struct err *e, enum err_code code, const char *fmt, va_list ap)
{
	e->code = code;
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): each caller has started it */
	(void)vsnprintf(e->text, sizeof e->text, fmt, ap);
}

bool
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e) {
		va_start(ap, fmt);
		format(e, code, fmt, ap);
		va_end(ap);
	}
	return false;
}

bool
err_sys(struct err *e, enum err_code code, int errnum, const char *fmt, ...)
{
	char room[128];
	va_list ap;
	size_t n;

	if (!e)
		return false;
	va_start(ap, fmt);
	format(e, code, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	/* GNU's strerror_r: the word may lie elsewhere than in the room it is given */
	(void)snprintf(e->text + n, sizeof e->text - n, ": %s", strerror_r(errnum, room, sizeof room));
	return false;
}

bool
err_wrap(struct err *e, const char *fmt, ...)
{
	char was[sizeof e->text];
	va_list ap;
	size_t n;

	if (!e)
		return false;
	memcpy(was, e->text, sizeof was);
	va_start(ap, fmt);
	format(e, e->code, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	(void)snprintf(e->text + n, sizeof e->text - n, ": %s", was);
	return false;
}

int
err_exit(enum err_code code)
{
	return codes[code].exit;
}

const char *
err_name(enum err_code code)
{
	return codes[code].name;
}

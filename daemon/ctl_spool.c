/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/ctl_spool.h"

#include "config/clock.h"
#include "config/fd.h"
#include "config/mem.h"
#include "daemon/own_mail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
ctl_spool_open(const struct ctl *c, enum spool_mode mode, struct spool **s_r, struct err *e)
{
	struct spool_options o = {.dir = c->config->spool.dir,
	                          .program = "mingpianctl",
	                          .mode = mode,
	                          .reply_head = own_mail_head,
	                          .told = own_mail_told};

	return spool_open(s_r, &o, e);
}

void
ctl_json(const struct ctl *c, json_t *o)
{
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

	if (!text)
		mem_die("printing JSON");
	(void)fprintf(c->term.out, "%s\n", text);
	free(text);
	json_decref(o);
}

json_t *
ctl_json_time(time_t t)
{
	char when[CLOCK_RFC3339_MAX];

	return t ? json_string(clock_rfc3339(t, when)) : json_null();
}

json_t *
ctl_json_text(const char *s)
{
	return s ? json_string(s) : json_null();
}

const char *
ctl_short_time(time_t t, char *out)
{
	struct tm tm;

	out[0] = '\0';
	if (t && localtime_r(&t, &tm))
		(void)strftime(out, 24, "%m-%d %H:%M", &tm);
	return out;
}

enum term_style
ctl_style(const char *state)
{
	static const struct {
		const char *state;
		enum term_style style;
	} styles[] = {
	        {"accepted", TERM_GOOD}, {"sent", TERM_GOOD},       {"correction", TERM_WARN},
	        {"withheld", TERM_WARN}, {"deferred", TERM_WARN},   {"unknown", TERM_WARN},
	        {"conflict", TERM_BAD},  {"failed", TERM_BAD},      {"bounced", TERM_BAD},
	        {"no_form", TERM_WARN},  {"unreadable", TERM_WARN}, {"other", TERM_DIM},
	        {"ignored", TERM_DIM},
	};

	for (size_t i = 0; state && i < sizeof styles / sizeof *styles; i++)
		if (strcmp(styles[i].state, state) == 0)
			return styles[i].style;
	return TERM_PLAIN;
}

bool
ctl_write_file(const char *file, struct bytes content, struct err *e)
{
	struct buf aside = BUF_INIT(8192);
	bool ok;
	int fd;

	buf_fmt(&aside, "%s.XXXXXX", file);
	fd = aside.over ? -1 : mkostemp(aside.at, O_CLOEXEC);
	ok = fd >= 0 && fd_write_all(fd, content) && fsync(fd) == 0 && rename(aside.at, file) == 0;
	if (!ok)
		err_sys(e, ERR_DISK, errno,
		        "%s: cannot be written; name a file in a folder that you may write", file);
	if (!ok && fd >= 0)
		(void)unlink(aside.at);
	if (fd >= 0)
		(void)close(fd);
	buf_free(&aside);
	return ok;
}

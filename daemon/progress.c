/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/progress.h"

#include "config/clock.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	QUIET_MS = 1000, /* shorter work needs no bar */
	REDRAW_MS = 200, /* on a terminal */
	LINE_MS = 60000, /* elsewhere */
	BAR_COLUMNS = 24,
	LINE_MAX_BYTES = 400,
};

struct progress
progress_begin(FILE *out, const char *what, const char *unit)
{
	struct progress p = {.out = out, .what = what, .unit = unit, .columns = 80};
	struct winsize w;
	int fd = fileno(out);

	p.terminal = fd >= 0 && isatty(fd);
	if (p.terminal && ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
		p.columns = w.ws_col;
	p.begin_ms = clock_mono_ms();
	return p;
}

/* "1:02:03", "2:03" */
static void
duration(int64_t seconds, char *out, size_t size)
{
	if (seconds >= 3600)
		(void)snprintf(out, size, "%lld:%02d:%02d", (long long)(seconds / 3600),
		               (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		(void)snprintf(out, size, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

void
progress_line(const struct progress *p, int64_t ms, char *out, size_t size)
{
	double rate = ms > 0 ? (double)p->done * 1000 / (double)ms : 0;
	char left[32] = "", bar[BAR_COLUMNS + 3] = "", gone[32];
	size_t full;

	duration(ms / 1000, gone, sizeof gone);
	if (!p->of) {
		(void)snprintf(out, size, "%s: %zu %s, %.0f/s, %s so far", p->what, p->done, p->unit, rate,
		               gone);
		return;
	}
	if (rate > 0)
		duration((int64_t)((double)(p->of - p->done) / rate + 0.5), left, sizeof left);
	full = p->done * BAR_COLUMNS / p->of;
	if (p->terminal) {
		bar[0] = '[';
		memset(bar + 1, '#', full);
		memset(bar + 1 + full, '.', BAR_COLUMNS - full);
		memcpy(bar + 1 + BAR_COLUMNS, "]", 2);
	}
	(void)snprintf(out, size, "%s%s%s: %zu of %zu %s (%zu%%), %.0f/s%s%s%s", p->what,
	               p->terminal ? " " : "", bar, p->done, p->of, p->unit, p->done * 100 / p->of, rate,
	               *left ? ", " : "", left, *left ? " left" : "");
}

void
progress_at(struct progress *p, size_t done, size_t of)
{
	char line[LINE_MAX_BYTES];
	int64_t now;

	if (!p)
		return;
	now = clock_mono_ms();
	p->of = of;
	p->done = of && done > of ? of : done;
	if (now - p->begin_ms < QUIET_MS || now - p->shown_ms < (p->terminal ? REDRAW_MS : LINE_MS) ||
	    (!p->terminal && now - p->begin_ms < LINE_MS))
		return;
	p->shown_ms = now;
	progress_line(p, now - p->begin_ms, line, sizeof line);
	if (p->terminal)
		(void)fprintf(p->out, "\r%.*s\033[K", p->columns - 1, line);
	else
		(void)fprintf(p->out, "%s\n", line);
	(void)fflush(p->out);
	p->drawn = p->terminal;
}

void
progress_step(void *context, size_t done, size_t of)
{
	progress_at(context, done, of);
}

void
progress_end(struct progress *p)
{
	if (!p || !p->drawn)
		return;
	(void)fputs("\r\033[K", p->out);
	(void)fflush(p->out);
	p->drawn = false;
}

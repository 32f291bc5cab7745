/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/term.h"

#include "config/buf.h"
#include "config/mem.h"
#include "config/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 20 };

static const char *const styles[TERM_STYLES] = {
        [TERM_PLAIN] = "",        [TERM_BOLD] = "\033[1m",  [TERM_DIM] = "\033[2m",
        [TERM_GOOD] = "\033[32m", [TERM_WARN] = "\033[33m", [TERM_BAD] = "\033[31m",
};

struct term
term_open(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	struct term t = {out, false, 80};
	struct winsize w;
	int fd = fileno(out);

	if (fd >= 0 && isatty(fd)) {
		t.colour = !(no && *no);
		if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
			t.columns = w.ws_col;
	}
	return t;
}

void
term_put(const struct term *t, enum term_style style, const char *s)
{
	bool dress = t->colour && style != TERM_PLAIN;

	(void)fprintf(t->out, "%s%s%s", dress ? styles[style] : "", s, dress ? "\033[0m" : "");
}

/* Returns the columns that it took. */
static int
put_cut(const struct term *t, enum term_style style, const char *s, int columns)
{
	struct buf b = BUF_INIT(LINE_MAX_BYTES);
	int have;

	text_plain(&b, s ? s : "-", columns > 0 ? (size_t)columns : 0);
	buf_str(&b, "");
	term_put(t, style, b.at);
	have = (int)text_columns(b.at);
	buf_free(&b);
	return have;
}

void
term_cut(const struct term *t, enum term_style style, const char *s, int columns)
{
	(void)put_cut(t, style, s, columns);
}

void
term_text(const struct term *t, enum term_style style, const char *s, int columns)
{
	int have = put_cut(t, style, s, columns);

	if (have < columns)
		(void)fprintf(t->out, "%*s", columns - have, "");
}

void
term_lines(const struct term *t, const char *indent, const char *s)
{
	while (s && *s) {
		size_t n = strcspn(s, "\n");
		char *line = mem_dup0(s, n);

		(void)fputs(indent, t->out);
		term_text(t, TERM_PLAIN, line, 0);
		(void)fputc('\n', t->out);
		free(line);
		s += n + (s[n] == '\n');
	}
}

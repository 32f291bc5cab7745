/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/csv.h"

#include "parsers/charset.h"
#include "parsers/plain.h"

#include <string.h>

enum { LOOK_AT = 1 << 16, LINES_ENOUGH = 2 };

static bool
is_named(const struct source *s)
{
	const char *dot = strrchr(s->name, '.');

	return strcmp(s->type, "text/csv") == 0 || strcmp(s->type, "text/tab-separated-values") == 0 ||
	       (dot && (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".tsv") == 0));
}

/* Is the text lines with the same number of tabs in each? A value in quotes may go on over lines, as
 * in Excel's "Unicode text". */
static bool
has_columns(const char *text)
{
	int tabs, want = 0, lines = 0;
	const char *s = text;
	bool quoted;

	while (*s) {
		for (tabs = 0, quoted = false; *s && (quoted || *s != '\n'); s++) {
			tabs += !quoted && *s == '\t';
			if (*s == '"' && (quoted || s == text || s[-1] == '\t' || s[-1] == '\n'))
				quoted = !quoted;
		}
		s += *s == '\n';
		if (!tabs || (want && tabs != want))
			return false;
		want = tabs;
		lines++;
	}
	return lines >= LINES_ENOUGH;
}

static bool
csv_is(const struct source *s)
{
	struct bytes head = BYTES(s->data.at, s->data.len < LOOK_AT ? s->data.len : LOOK_AT);
	struct buf text = BUF_INIT((size_t)LOOK_AT * 4);
	bool is;

	if (!plain_is_text(s->data, s->charset))
		return false;
	if (is_named(s))
		return true;
	if (!*s->name || s->data.len > LOOK_AT)
		return false;
	(void)charset_decode(&text, head, s->charset);
	is = text.at && has_columns(text.at);
	buf_free(&text);
	return is;
}

/* What parts the values: of the three the one that the first line has most of. */
static char
separator_of(const char *text)
{
	static const char separators[] = ",;\t";
	int count[sizeof separators] = {0}, best = 0, i;
	bool quoted = false;
	const char *s, *at;

	for (s = text; *s && (quoted || *s != '\n'); s++) {
		quoted ^= *s == '"';
		at = quoted ? NULL : strchr(separators, *s);
		if (at)
			count[at - separators]++;
	}
	for (i = 1; separators[i]; i++)
		if (count[i] && count[i] >= count[best]) /* commas stand in text, too */
			best = i;
	return separators[best];
}

/* ="0512-…": so that Excel takes it for text. The quotes themselves may have been quoted. */
static struct bytes
without_formula(struct bytes b)
{
	if (b.len >= 3 && bytes_begin(b, "=\"") && b.at[b.len - 1] == '"')
		return BYTES(b.at + 2, b.len - 3);
	return b;
}

/* One value, pushed as the cell that it is in a sheet; returns what stands behind it. */
static const char *
push_value(struct document *d, const char *s, char separator, int row, int column)
{
	struct buf value = BUF_INIT(DOC_TEXT_MAX);
	struct bytes shown;
	bool formula = s[0] == '=' && s[1] == '"', quoted = formula || *s == '"';

	for (s += formula + quoted; *s; s++) {
		if (quoted && *s == '"') {
			if (s[1] != '"') {
				quoted = false;
				continue;
			}
			s++;
		} else if (!quoted && (*s == separator || *s == '\n' || *s == '\r')) {
			break;
		}
		buf_ch(&value, *s);
	}
	shown = without_formula(buf_bytes(&value));
	doc_begin_cell(d, 1, 1, DOC_MERGE_NONE);
	doc_cell_in_sheet(d, row, column);
	doc_text(d, (const char *)shown.at, shown.len);
	doc_end_cell(d);
	buf_free(&value);
	return s;
}

static const char *
push_row(struct document *d, const char *s, char separator, int row)
{
	int column = 1;

	doc_begin_row(d);
	s = push_value(d, s, separator, row, column);
	while (*s == separator)
		s = push_value(d, s + 1, separator, row, ++column);
	doc_end_row(d);
	return s;
}

/* Behind the end of a line: CR LF, LF or CR. */
static const char *
next_line(const char *s)
{
	if (*s == '\r')
		s++;
	return *s == '\n' ? s + 1 : s;
}

static void
push_rows(struct document *d, const char *s)
{
	char separator = separator_of(s);

	/* what Excel writes and takes as its first line, and shows as no row: sep=; */
	if (strncmp(s, "sep=", 4) == 0 && s[4] && s[4] != '\n') {
		separator = s[4];
		s = next_line(s + strcspn(s, "\r\n"));
	}
	doc_begin_table(d, NULL);
	for (int row = 1; *s; row++, s = next_line(s))
		if (*s != '\r' && *s != '\n') /* an empty line is a row of the sheet, and none of the table */
			s = push_row(d, s, separator, row);
	doc_end_table(d);
}

static bool
csv_read(const struct source *s, struct document *d, struct err *e)
{
	struct buf text = BUF_INIT(DOC_TEXT_MAX);
	bool ok = true;

	(void)charset_decode(&text, s->data, s->charset);
	if (text.len)
		push_rows(d, text.at);
	if (text.over)
		ok = err_set(e, ERR_TOO_LARGE, "the table is larger than %d bytes", DOC_TEXT_MAX);
	buf_free(&text);
	return ok;
}

const struct reader csv_reader = {
        .name = "csv",
        .extension = "csv",
        .is = csv_is,
        .read = csv_read,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/letter_docx.h"

#include "config/mem.h"
#include "config/text.h"
#include "daemon/zip_package.h"

#include <string.h>

enum { LINES_MAX = 2000, LETTER_MAX = 4 << 20 };

#define HEAD       "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define NS_W       "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define NS_PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define NS_OFFICE  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const char content_types[] = HEAD
        "<Types xmlns=\"" NS_PACKAGE "/content-types\">"
        "<Default Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Override PartName=\"/word/document.xml\" "
        "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
        "</Types>";

static const char relations[] =
        HEAD "<Relationships xmlns=\"" NS_PACKAGE "/relationships\"><Relationship Id=\"rId1\" "
             "Type=\"" NS_OFFICE "/officeDocument\" Target=\"word/document.xml\"/></Relationships>";

/* How a line stands: its paragraph's properties, its font and size in half points. */
struct look {
	const char *paragraph, *font;
	int size;
};

static const struct look title = {"<w:spacing w:before=\"600\" w:after=\"600\"/><w:jc w:val=\"center\"/>",
                                  "方正小标宋简体", 44};
static const struct look addressee = {"", "仿宋", 32};
static const struct look running = {"<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>", "仿宋", 32};
static const struct look signature = {"<w:spacing w:before=\"0\"/><w:jc w:val=\"right\"/>", "仿宋", 32};

static void
put_line(struct buf *b, const struct look *look, const char *line)
{
	buf_fmt(b,
	        "<w:p><w:pPr>%s</w:pPr><w:r><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New "
	        "Roman\" "
	        "w:eastAsia=\"%s\"/><w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/></w:rPr>"
	        "<w:t xml:space=\"preserve\">",
	        look->paragraph, look->font, look->size, look->size);
	text_xml(b, line);
	buf_str(b, "</w:t></w:r></w:p>");
}

/* The lines that are not blank. */
static size_t
split(struct arena *a, const char *text, const char **lines)
{
	size_t n = 0;

	while (*text && n < LINES_MAX) {
		size_t len = strcspn(text, "\n");

		if (len)
			lines[n++] = arena_dup0(a, text, len);
		text += len + (text[len] == '\n');
	}
	return n;
}

static void
put_body(struct arena *a, const char *text, struct buf *b)
{
	const char **lines = arena_alloc(a, LINES_MAX, sizeof *lines);
	const size_t n = split(a, text, lines);

	buf_str(b, HEAD "<w:document xmlns:w=\"" NS_W "\"><w:body>");
	for (size_t i = 0; i < n; i++)
		put_line(b,
		         i == 0       ? &title
		         : i == 1     ? &addressee
		         : i + 2 >= n ? &signature
		                      : &running,
		         lines[i]);
	/* A4; margins as for official letters: 37, 35, 28, 26 mm */
	buf_str(b, "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" "
	           "w:bottom=\"1984\" w:left=\"1588\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/>"
	           "</w:sectPr></w:body></w:document>");
}

bool
letter_docx(const char *text, struct buf *docx_r, struct err *e)
{
	struct arena *a = arena_new();
	struct buf body = BUF_INIT(LETTER_MAX);
	bool ok;

	buf_clear(docx_r);
	put_body(a, text, &body);
	if (body.over) {
		ok = err_set(e, ERR_TOO_LARGE, "a letter of more than %d MiB", LETTER_MAX >> 20);
	} else {
		const struct zip_part parts[] = {{"[Content_Types].xml", bytes_str(content_types)},
		                                 {"_rels/.rels", bytes_str(relations)},
		                                 {"word/document.xml", buf_bytes(&body)}};

		ok = zip_package(parts, sizeof parts / sizeof *parts, docx_r, e);
	}
	if (!ok)
		buf_clear(docx_r);
	buf_free(&body);
	arena_free(a);
	return ok;
}

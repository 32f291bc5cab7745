/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/form_docx.h"

#include "config/clock.h"
#include "config/text.h"
#include "daemon/zip_package.h"

#include <string.h>

/* Measures in twentieths of a point; A4 with margins of 26 mm leaves 8960. */
enum {
	PAGE_WIDTH = 11906,
	PAGE_HEIGHT = 16838,
	MARGIN = 1473,
	LABEL_WIDTH = 1720,
	VALUE_WIDTH = 2760,
	ROW_HEIGHT = 1000,
	PROFILE_HEIGHT = 5200,
};

#define HEAD       "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define NS_W       "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define NS_R       "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define NS_PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define WORD_TYPE  "application/vnd.openxmlformats-officedocument.wordprocessingml"

/* ---- the parts that are always the same ---- */

static const char content_types[] =
        HEAD "<Types xmlns=\"" NS_PACKAGE "/content-types\">"
             "<Default Extension=\"rels\" "
             "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
             "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
             "<Override PartName=\"/word/document.xml\" ContentType=\"" WORD_TYPE ".document.main+xml\"/>"
             "<Override PartName=\"/word/styles.xml\" ContentType=\"" WORD_TYPE ".styles+xml\"/>"
             "<Override PartName=\"/word/settings.xml\" ContentType=\"" WORD_TYPE ".settings+xml\"/>"
             "<Override PartName=\"/word/fontTable.xml\" ContentType=\"" WORD_TYPE ".fontTable+xml\"/>"
             "<Override PartName=\"/word/header1.xml\" ContentType=\"" WORD_TYPE ".header+xml\"/>"
             "<Override PartName=\"/word/comments.xml\" ContentType=\"" WORD_TYPE ".comments+xml\"/>"
             "</Types>";

static const char package_rels[] =
        HEAD "<Relationships xmlns=\"" NS_PACKAGE "/relationships\">"
             "<Relationship Id=\"rId1\" Type=\"" NS_R "/officeDocument\" Target=\"word/document.xml\"/>"
             "</Relationships>";

static const char document_rels[] =
        HEAD "<Relationships xmlns=\"" NS_PACKAGE "/relationships\">"
             "<Relationship Id=\"rId1\" Type=\"" NS_R "/styles\" Target=\"styles.xml\"/>"
             "<Relationship Id=\"rId2\" Type=\"" NS_R "/settings\" Target=\"settings.xml\"/>"
             "<Relationship Id=\"rId3\" Type=\"" NS_R "/fontTable\" Target=\"fontTable.xml\"/>"
             "<Relationship Id=\"rId4\" Type=\"" NS_R "/header\" Target=\"header1.xml\"/>"
             "<Relationship Id=\"rId5\" Type=\"" NS_R "/comments\" Target=\"comments.xml\"/>"
             "</Relationships>";

#define PARAGRAPH_STYLE(id, name, paragraph, run)                                         \
	"<w:style w:type=\"paragraph\" w:styleId=\"" id "\"><w:name w:val=\"" name "\"/>" \
	"<w:basedOn w:val=\"Normal\"/><w:pPr>" paragraph "</w:pPr><w:rPr>" run "</w:rPr></w:style>"
#define SONG "<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"宋体\"/>"

static const char styles[] = HEAD
        "<w:styles xmlns:w=\"" NS_W "\"><w:docDefaults><w:rPrDefault><w:rPr>"
        "<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"仿宋\"/>"
        "<w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/>"
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name "
        "w:val=\"Normal\"/></w:style>" PARAGRAPH_STYLE(
                "FormTitle", "Form Title",
                "<w:spacing w:before=\"120\" w:after=\"320\"/><w:jc w:val=\"center\"/>",
                SONG "<w:b/><w:sz w:val=\"36\"/><w:szCs w:val=\"36\"/>")
                PARAGRAPH_STYLE("FormLabel", "Form Label", "<w:jc w:val=\"center\"/>", SONG "<w:b/>")
                        PARAGRAPH_STYLE("FormValue", "Form Value",
                                        "<w:spacing w:line=\"360\" w:lineRule=\"auto\"/>",
                                        "") PARAGRAPH_STYLE("FormHint", "Form Hint", "",
                                                            "<w:color w:val=\"595959\"/><w:sz w:val=\"21\"/>")
                                PARAGRAPH_STYLE("FormFoot", "Form Foot", "<w:spacing w:before=\"200\"/>",
                                                "<w:sz w:val=\"21\"/>")
                                        PARAGRAPH_STYLE("header", "header", "<w:jc w:val=\"right\"/>",
                                                        "<w:sz w:val=\"18\"/>")
                                                PARAGRAPH_STYLE("annotationtext", "annotation text", "",
                                                                "<w:sz w:val=\"21\"/>") "</w:styles>";

static const char settings[] =
        HEAD "<w:settings xmlns:w=\"" NS_W "\"><w:zoom w:percent=\"100\"/>"
             "<w:defaultTabStop w:val=\"420\"/><w:characterSpacingControl w:val=\"compressPunctuation\"/>"
             "<w:compat><w:compatSetting w:name=\"compatibilityMode\" "
             "w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>"
             "</w:settings>";

static const char font_table[] = HEAD
        "<w:fonts xmlns:w=\"" NS_W "\">"
        "<w:font w:name=\"仿宋\"><w:altName w:val=\"FangSong\"/><w:charset w:val=\"86\"/><w:family "
        "w:val=\"modern\"/></w:font>"
        "<w:font w:name=\"宋体\"><w:altName w:val=\"SimSun\"/><w:charset w:val=\"86\"/><w:family "
        "w:val=\"auto\"/></w:font>"
        "<w:font w:name=\"Times New Roman\"><w:charset w:val=\"00\"/><w:family w:val=\"roman\"/></w:font>"
        "</w:fonts>";

/* ---- what differs ---- */

struct docx {
	const struct form *form;
	const char *mailbox, *receipt; /* receipt: NULL in the blank form */
	const struct form_docx_field *fields;
	size_t count;
	struct buf body, comments, header;
	int comment_count;
};

static const struct form_docx_field *
filled(const struct docx *d, const char *key)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->fields[i].key, key) == 0)
			return &d->fields[i];
	return NULL;
}

static bool
has_text(const char *s)
{
	return s && *s;
}

/* One line of text as a run. */
static void
put_run(struct buf *b, const char *text, size_t len)
{
	struct buf line = BUF_INIT(FORM_DOCX_MAX);

	buf_add(&line, text, len);
	buf_str(b, "<w:r><w:t xml:space=\"preserve\">");
	text_xml(b, line.at ? line.at : "");
	buf_str(b, "</w:t></w:r>");
	b->over = b->over || line.over;
	buf_free(&line);
}

static void
put_paragraph(struct buf *b, const char *style, const char *text)
{
	buf_fmt(b, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr>", style);
	put_run(b, text, strlen(text));
	buf_str(b, "</w:p>");
}

/* Word shows a comment beside the text, and no reader takes it for text. It bears no date, so that
 * the same form has the same bytes. */
static int
comment_add(struct docx *d, const char *note)
{
	int id = d->comment_count++;

	buf_fmt(&d->comments, "<w:comment w:id=\"%d\" w:author=\"登记系统\" w:initials=\"登记\">", id);
	buf_str(&d->comments, "<w:p><w:pPr><w:pStyle w:val=\"annotationtext\"/></w:pPr><w:r><w:t>〔需补正：");
	text_xml(&d->comments, note);
	buf_str(&d->comments, "〕</w:t></w:r></w:p></w:comment>");
	return id;
}

/* Paragraphs of a cell; the comment, if any, spans them all. */
static void
put_paragraphs(struct docx *d, const char *style, const char *text, int comment)
{
	size_t len;

	for (bool first = true; first || *text; first = false) {
		len = strcspn(text, "\n");
		buf_fmt(&d->body, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr>", style);
		if (first && comment >= 0)
			buf_fmt(&d->body, "<w:commentRangeStart w:id=\"%d\"/>", comment);
		put_run(&d->body, text, len);
		text += len + (text[len] == '\n');
		if (!*text && comment >= 0)
			buf_fmt(&d->body,
			        "<w:commentRangeEnd w:id=\"%d\"/><w:r><w:commentReference "
			        "w:id=\"%d\"/></w:r>",
			        comment, comment);
		buf_str(&d->body, "</w:p>");
	}
}

static void
put_cell(struct docx *d, int width, int span, bool marked)
{
	buf_fmt(&d->body, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>", width);
	if (span > 1)
		buf_fmt(&d->body, "<w:gridSpan w:val=\"%d\"/>", span);
	if (marked)
		buf_str(&d->body, "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"FFF2CC\"/>");
	buf_str(&d->body, "<w:vAlign w:val=\"center\"/></w:tcPr>");
}

/* Label and value of one field; span: columns of the value. */
static void
put_field(struct docx *d, const struct form_field *field, int span)
{
	const struct form_docx_field *own = filled(d, field->key);
	const char *note = own ? own->note : NULL;
	int comment = note ? comment_add(d, note) : -1;
	struct buf hint = BUF_INIT(4096);

	put_cell(d, LABEL_WIDTH, 1, false);
	put_paragraph(&d->body, "FormLabel", field->label);
	buf_str(&d->body, "</w:tc>");
	put_cell(d, span == 1 ? VALUE_WIDTH : LABEL_WIDTH + 2 * VALUE_WIDTH, span, note != NULL);
	if (own && has_text(own->value)) {
		put_paragraphs(d, "FormValue", own->value, comment);
	} else {
		if (has_text(field->hint))
			buf_fmt(&hint, "【%s】", field->hint);
		put_paragraphs(d, "FormHint", hint.at ? hint.at : "", comment);
	}
	buf_str(&d->body, "</w:tc>");
	buf_free(&hint);
}

static void
put_row_begin(struct docx *d, int height)
{
	buf_fmt(&d->body, "<w:tr><w:trPr><w:trHeight w:val=\"%d\" w:hRule=\"atLeast\"/></w:trPr>", height);
}

/* Fields two by two; a profile, and one left over, across the table. */
static void
put_rows(struct docx *d)
{
	const struct form *f = d->form;

	for (size_t i = 0; i < f->field_count; i++) {
		bool tall = f->fields[i].kind == FORM_PROFILE;
		bool pair = !tall && i + 1 < f->field_count && f->fields[i + 1].kind != FORM_PROFILE;

		put_row_begin(d, tall ? PROFILE_HEIGHT : ROW_HEIGHT);
		put_field(d, &f->fields[i], pair ? 1 : 3);
		if (pair)
			put_field(d, &f->fields[++i], 1);
		buf_str(&d->body, "</w:tr>");
	}
}

static void
put_table(struct docx *d)
{
	static const char *const edges[] = {"top", "left", "bottom", "right", "insideH", "insideV"};

	buf_fmt(&d->body,
	        "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>",
	        2 * (LABEL_WIDTH + VALUE_WIDTH));
	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++)
		buf_fmt(&d->body, "<w:%s w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/>",
		        edges[i]);
	buf_str(&d->body, "</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>");
	for (int i = 0; i < 4; i++)
		buf_fmt(&d->body, "<w:gridCol w:w=\"%d\"/>", i % 2 ? VALUE_WIDTH : LABEL_WIDTH);
	buf_str(&d->body, "</w:tblGrid>");
	put_rows(d);
	buf_str(&d->body, "</w:tbl>");
}

static void
put_body(struct docx *d)
{
	char day[CLOCK_CHINESE_MAX];
	struct buf foot = BUF_INIT(1024);

	buf_str(&d->body, HEAD "<w:document xmlns:w=\"" NS_W "\" xmlns:r=\"" NS_R "\"><w:body>");
	put_paragraph(&d->body, "Normal", "附件2");
	put_paragraph(&d->body, "FormTitle", d->form->title);
	put_table(d);
	buf_fmt(&foot, "申请区域（城市）请于%s以前，将该表发送至%s",
	        clock_chinese_day(d->form->deadline_end - 1, day), d->mailbox);
	put_paragraph(&d->body, "FormFoot", foot.at);
	buf_fmt(&d->body,
	        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId4\"/><w:pgSz w:w=\"%d\" "
	        "w:h=\"%d\"/>"
	        "<w:pgMar w:top=\"%d\" w:right=\"%d\" w:bottom=\"%d\" w:left=\"%d\" w:header=\"850\" "
	        "w:footer=\"850\" "
	        "w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
	        PAGE_WIDTH, PAGE_HEIGHT, MARGIN, MARGIN, MARGIN, MARGIN);
	buf_free(&foot);
}

static void
put_header(struct docx *d)
{
	struct buf line = BUF_INIT(1024);

	if (d->receipt)
		buf_fmt(&line, "登记编号%s　底色栏目需补正，意见见批注；补正后请以附件回复原邮件",
		        d->receipt);
	buf_str(&d->header, HEAD "<w:hdr xmlns:w=\"" NS_W "\">");
	put_paragraph(&d->header, "header", line.at ? line.at : "");
	buf_str(&d->header, "</w:hdr>");
	buf_free(&line);
}

/* ---- the whole ---- */

static bool
docx_write(struct docx *d, struct buf *out, struct err *e)
{
	bool ok = false;

	d->body = d->comments = d->header = BUF_INIT(FORM_DOCX_MAX);
	buf_clear(out);
	buf_str(&d->comments, HEAD "<w:comments xmlns:w=\"" NS_W "\">");
	put_body(d);
	put_header(d);
	buf_str(&d->comments, "</w:comments>");
	const struct zip_part parts[] = {
	        {"[Content_Types].xml", bytes_str(content_types)},
	        {"_rels/.rels", bytes_str(package_rels)},
	        {"word/document.xml", buf_bytes(&d->body)},
	        {"word/_rels/document.xml.rels", bytes_str(document_rels)},
	        {"word/styles.xml", bytes_str(styles)},
	        {"word/settings.xml", bytes_str(settings)},
	        {"word/fontTable.xml", bytes_str(font_table)},
	        {"word/header1.xml", buf_bytes(&d->header)},
	        {"word/comments.xml", buf_bytes(&d->comments)},
	};
	if (d->body.over || d->comments.over || d->header.over)
		err_set(e, ERR_TOO_LARGE, "the values of a form have more than %d bytes", (int)FORM_DOCX_MAX);
	else
		ok = zip_package(parts, sizeof(parts) / sizeof(*parts), out, e);
	if (!ok)
		buf_clear(out);
	buf_free(&d->body);
	buf_free(&d->comments);
	buf_free(&d->header);
	return ok;
}

bool
form_docx_blank(const struct form *f, const char *mailbox, struct buf *docx_r, struct err *e)
{
	return docx_write(&(struct docx){.form = f, .mailbox = mailbox}, docx_r, e);
}

bool
form_docx_return(const struct form *f, const char *mailbox, const char *receipt,
                 const struct form_docx_field *fields, size_t count, struct buf *docx_r, struct err *e)
{
	return docx_write(
	        &(struct docx){
	                .form = f, .mailbox = mailbox, .receipt = receipt, .fields = fields, .count = count},
	        docx_r, e);
}

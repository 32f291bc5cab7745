/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: whatever the layout, each value is found under its label; what is no form gives none.
 *
 * A document is written as lines: "{" and "}" around a table, in it a line for each row with its cells
 * between "|"; a cell may begin with "<CxR>" (spans) or be "^" (merged with the one above); "\\" ends
 * a paragraph in a cell; ">" begins quoted text, "<" ends it; "=" a page; "%" what
 * follows was read from a picture, and there is a doubt about what begins with "~"; all else is a paragraph.
 */
#include "parsers/recognise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

enum { ENDS_SECONDS = 10 };

#define REGION  "江苏省苏州市昆山市"
#define UNIT    "昆山市工业和信息化局"
#define LEAD    "电子信息、装备制造"
#define SPECIAL "传感器"
#define PROFILE "昆山市地处江苏省东南部，2021年地区生产总值4748亿元。"
#define CONTACT "沈志远 产业科科长"
#define PHONE   "0512-57310086"
#define FULL    REGION "#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE "\n"
#define FULL2   "江苏省苏州市太仓市#太仓市工信局#汽车#航空#太仓简介。#王芳 科员#13912345678\n"
#define TITLE   "区域（城市）产业名片打造登记表\n"
#define OFFICIAL                                                                                \
	"{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL \
	"\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n"
#define OFFICIAL2                                                                                                                            \
	"{\n申请区域（城市）|江苏省苏州市太仓市|牵头单位|太仓市工信局\n主导产业|汽车|特色产业|航空\n" \
	"申请区域简介|<3x1>太仓简介。\n联系人及职务|王芳 科员|联系电话|13912345678\n}\n"

struct row {
	const char *name, *doc, *want;
};

static bool from_picture; /* the document at hand: "%" is its first line */

static void
text(struct document *d, const char *s, size_t len)
{
	struct doc_evidence ev = {.method = DOC_OCR, .confidence = 0.9};

	if (from_picture && *s == '~') {
		ev.doubtful = true;
		s++;
		len--;
	}
	if (from_picture && !len)
		doc_cell_evidence(d, ev);
	else if (from_picture)
		doc_text_evidence(d, s, len, ev);
	else
		doc_text(d, s, len);
}

static void
paragraphs(struct document *d, const char *s, size_t len)
{
	while (len) {
		const char *end = memchr(s, '\\', len);
		size_t n = end ? (size_t)(end - s) : len;

		text(d, s, n);
		doc_end_paragraph(d);
		s += n + (end != NULL);
		len -= n + (end != NULL);
	}
}

static void
cell(struct document *d, const char *s, size_t len)
{
	int columns = 1;
	int rows = 1;
	char *end;

	if (*s == '<' && s[1] >= '1' && s[1] <= '9') { /* "<2x1>": spans */
		columns = (int)strtol(s + 1, &end, 10);
		rows = (int)strtol(end + 1, &end, 10);
		len -= (size_t)(end + 1 - s);
		s = end + 1;
	}
	doc_begin_cell(d, columns, rows, len == 1 && *s == '^' ? DOC_MERGE_MORE : DOC_MERGE_NONE);
	if (!(len == 1 && *s == '^'))
		paragraphs(d, s, len);
	doc_end_cell(d);
}

static void
table_row(struct document *d, const char *s, size_t len)
{
	doc_begin_row(d);
	for (;;) {
		const char *end = memchr(s, '|', len);
		size_t n = end ? (size_t)(end - s) : len;

		cell(d, s, n);
		if (!end)
			break;
		s += n + 1;
		len -= n + 1;
	}
	doc_end_row(d);
}

/* "{" within a table: a nested one, in a cell of its own row. */
static void
build(struct document *d, const char *s)
{
	int depth = 0;
	int page = 0;

	from_picture = false;
	while (*s) {
		size_t len = strcspn(s, "\n");

		if (len == 1 && *s == '{') {
			if (depth++) {
				doc_begin_row(d);
				doc_begin_cell(d, 1, 1, DOC_MERGE_NONE);
			}
			doc_begin_table(d, NULL);
		} else if (len == 1 && *s == '}') {
			doc_end_table(d);
			if (--depth) {
				doc_end_cell(d);
				doc_end_row(d);
			}
		} else if (depth) {
			table_row(d, s, len);
		} else if (len == 1 && (*s == '>' || *s == '<')) {
			doc_set_quoted(d, *s == '>');
		} else if (len == 1 && *s == '%') {
			from_picture = true;
		} else if (len == 1 && *s == '=') {
			doc_begin_page(d, ++page, "");
		} else {
			text(d, s, len);
			doc_end_paragraph(d);
		}
		s += len + (s[len] == '\n');
	}
	doc_end(d);
}

/* The forms as lines: values parted by #; ? a placeholder, - an empty field, ~ a label not seen; ! behind
 * what is doubtful. */
static char *
told(const struct found_form *x)
{
	struct buf b = BUF_INIT(1 << 20);

	for (; x; x = x->next) {
		if (x->quoted)
			buf_str(&b, "quoted ");
		if (x->blank)
			buf_str(&b, "blank ");
		for (size_t i = 0; i < form->field_count; i++) {
			const struct found_value *v = &x->values[i];

			buf_str(&b, i ? "#" : "");
			buf_str(&b, v->text ? v->text : v->hint ? "?" : v->seen ? "-" : "~");
			buf_str(&b, v->evidence.doubtful ? "!" : "");
		}
		buf_str(&b, "\n");
	}
	return buf_take(&b);
}

static int
run(const struct row *rows, size_t count,
    struct found_form *(*what)(const struct form *f, const struct document *d))
{
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		char *got = NULL;

		build(d, rows[i].doc);
		got = told(what(form, d));
		if (strcmp(got, rows[i].want) != 0) {
			print_error("%s:\n  got  %s\n  want %s\n", rows[i].name, got, rows[i].want);
			failed++;
		}
		free(got);
		arena_free(a);
	}
	return failed;
}

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static void
test_tables(void **state)
{
	static const struct row rows[] = {
	        {"official", TITLE OFFICIAL, FULL},
	        {"official without title", OFFICIAL, FULL},
	        {"two columns with colons",
	         "{\n申请区域（城市）：|" REGION "\n牵头单位：|" UNIT "\n主导产业：|" LEAD
	         "\n特色产业：|" SPECIAL "\n申请区域简介：|" PROFILE "\n联系人及职务：|" CONTACT
	         "\n联系电话：|" PHONE "\n}\n",
	         FULL},
	        {"spaced and broken labels",
	         "{\n申 请 区 域\\（城 市）|" REGION "|牵 头 单 位|" UNIT "\n主 导 产 业|" LEAD
	         "|特　色　产　业|" SPECIAL "\n申 请 区 域\\简 介|<3x1>" PROFILE
	         "\n联 系 人\\及 职 务|" CONTACT "|联 系 电 话|" PHONE "\n}\n",
	         FULL},
	        {"required marks and numbering",
	         "{\n1.申请区域（城市）（必填）|" REGION "|2.牵头单位*|" UNIT "\n（3）主导产业（必填）|" LEAD
	         "|(4)特色产业|" SPECIAL "\n五、申请区域简介|<3x1>" PROFILE "\n*联系人及职务|" CONTACT
	         "|★联系电话|" PHONE "\n}\n",
	         FULL},
	        {"hint in the label's cell",
	         "{\n申请区域（城市）\\【请填写 XX 省 XX 市 XX 区、县（市）或 XX 园区等】|" REGION
	         "|牵头单位|" UNIT "\n主导产业（填写不多于3个）|" LEAD
	         "|特色产业\\请填写区域特色产业名称|" SPECIAL "\n申请区域简介（不超过300字）|<3x1>" PROFILE
	         "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"label and value in one cell",
	         "{\n申请区域（城市）：" REGION "|牵头单位：" UNIT "\n主导产业：" LEAD "|特色产业：" SPECIAL
	         "\n<2x1>申请区域简介：\\" PROFILE "\n联系人及职务：" CONTACT "|联系电话：" PHONE "\n}\n",
	         FULL},
	        {"all in one cell",
	         "{\n申请区域（城市）：" REGION "\\牵头单位：" UNIT "\\主导产业：" LEAD "\\特色产业：" SPECIAL
	         "\\申请区域简介：" PROFILE "\\联系人及职务：" CONTACT "\\联系电话：" PHONE "\n}\n",
	         FULL},
	        {"label row over value row",
	         "{\n申请区域（城市）|牵头单位\n" REGION "|" UNIT "\n主导产业|特色产业\n" LEAD "|" SPECIAL
	         "\n<2x1>申请区域简介\n<2x1>" PROFILE "\n联系人及职务|联系电话\n" CONTACT "|" PHONE "\n}\n",
	         FULL},
	        {"profile under its label, rest beside",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n<4x1>申请区域简介\n<4x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"group headings, merged",
	         "{\n<1x2>基本信息|申请区域（城市）|" REGION "\n牵头单位|" UNIT
	         "\n<1x3>产业情况|主导产业|" LEAD "\n特色产业|" SPECIAL "\n申请区域简介|" PROFILE
	         "\n<1x2>联系方式|联系人及职务|" CONTACT "\n联系电话|" PHONE "\n}\n",
	         FULL},
	        {"group headings, not merged",
	         "{\n基本信息|申请区域（城市）|" REGION "\n|牵头单位|" UNIT "\n产业情况|主导产业|" LEAD
	         "\n|特色产业|" SPECIAL "\n|申请区域简介|" PROFILE "\n联系方式|联系人及职务|" CONTACT
	         "\n|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"nested table in a frame",
	         "{\n{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n}\n",
	         FULL},
	        {"title in the table",
	         "{\n<4x1>区域（城市）产业名片打造登记表\n申请区域（城市）|" REGION "|牵头单位|" UNIT
	         "\n主导产业|" LEAD "|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"cover page with another contact",
	         "昆山市工业和信息化局\n关于报送产业名片打造计划登记表的函\n请予支持。联系人：曹文；联系电话"
	         "：0798-8560000。\n"
	         "附件：区域（城市）产业名片打造登记表\n联系人：李四\n联系电话：0512-1\n" TITLE OFFICIAL,
	         FULL},
	        {"several forms under titles", TITLE OFFICIAL TITLE OFFICIAL2, FULL FULL2},
	        {"several forms parted by nothing", OFFICIAL OFFICIAL2, FULL FULL2},
	        {"several forms in one table",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE
	         "\n申请区域（城市）|江苏省苏州市太仓市|牵头单位|太仓市工信局\n主导产业|汽车|特色产业|航空\n"
	         "申请区域简介|<3x1>太仓简介。\n联系人及职务|王芳 科员|联系电话|13912345678\n}\n",
	         FULL FULL2},
	        {"one form over two tables",
	         "=\n{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n}\n=\n{\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"renamed labels",
	         "{\n申报区域|" REGION "|牵头部门（单位）|" UNIT "\n主导产业名称|" LEAD
	         "|特色产业名称|" SPECIAL "\n区域简介|<3x1>" PROFILE "\n联系人、职务|" CONTACT
	         "|联系方式|" PHONE "\n}\n",
	         FULL},
	        {"contact and phone in one cell",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及联系电话|<3x1>" CONTACT " " PHONE "\n}\n",
	         FULL},
	        {"name, position, phone apart",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人|沈志远|职务|产业科科长\n办公电话|" PHONE
	         "|传真|0512-57310000\n}\n",
	         FULL},
	        {"office phone and mobile",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|<3x1>" CONTACT "\n联系电话|" PHONE
	         "|手机|13912345678\n}\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE " 13912345678\n"},
	        {"other labels between",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE
	         "\n电子邮箱|a@b.cn|传真|0512-1\n备注|<3x1>无\n}\n",
	         FULL},
	        {"profile of two paragraphs, with a label's word in it",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>一段。\\主导产业：电子。\\特色产业为传感器。\n联系人及职务|" CONTACT
	         "|联系电话|" PHONE "\n}\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#一段。\n主导产业：电子。\n特色产业为传感器。#" CONTACT
	                "#" PHONE "\n"},
	        {"profile going on in a row of its own",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>一段。\n|<3x1>二段。\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#一段。\n二段。#" CONTACT "#" PHONE "\n"},
	        {"value wrapped over lines",
	         "{\n申请区域（城市）|江苏省苏州\\市昆山市|牵头单位|昆山市工业和\\信息化局\n主导产业|"
	         "电子信息、装\\备制造|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|沈志远\\产业科科长|联系电话|0512-5731\\0086\n}\n",
	         FULL},
	        {"two numbers on two lines",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT
	         "\n主导产业|电子信息\\装备制造|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|" CONTACT "|联系电话|0512-57310086\\13912345678\n}\n",
	         REGION "#" UNIT "#电子信息\n装备制造#" SPECIAL "#" PROFILE "#" CONTACT
	                "#0512-57310086 13912345678\n"},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

#define HINTS                                                                                                                           \
	"{\n申请区域（城市）|【请填写 XX 省 XX 市 XX 区、县（市）或 XX 园区等】|牵头单位|【请填写 XX " \
	"市/区/县（市）XX 局，或 XX 园区管委会等】\n"                                                                   \
	"主导产业|【请填写区域主导产业名称，填写不多于 3 "                                                        \
	"个】|特色产业|【请填写区域特色产业名称】\n申请区域简介|<3x1>【不超过 300 字】\n"                \
	"联系人及职务||联系电话|\n}\n"

static void
test_hints_and_blanks(void **state)
{
	static const struct row rows[] = {
	        {"blank with hints", TITLE HINTS, "blank ?#?#?#?#?#-#-\n"},
	        {"blank without hints",
	         "{\n申请区域（城市）||牵头单位|\n主导产业||特色产业|\n申请区域简介|<3x1>\n联系人及职务||"
	         "联系电话|\n}\n",
	         "blank -#-#-#-#-#-#-\n"},
	        {"only the region",
	         "{\n申请区域（城市）|" REGION
	         "|牵头单位|\n主导产业||特色产业|\n申请区域简介|<3x1>\n联系人及职务||联系电话|\n}\n",
	         REGION "#-#-#-#-#-#-\n"},
	        {"hints beside values",
	         "{\n申请区域（城市）|" REGION
	         "\\【请填写 XX 省 XX 市 XX 区、县（市）或 XX 园区等】|牵头单位|【请填写 XX 市/区/县（市）XX "
	         "局，或 XX 园区管委会等】" UNIT "\n主导产业|" LEAD
	         "【请填写区域主导产业名称，填写不多于 3 个】|特色产业|【请填写区域特色产业名称】\\" SPECIAL
	         "\n申请区域简介|<3x1>【不超过 300 字】\\" PROFILE "\n联系人及职务|" CONTACT
	         "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"hint without brackets, in round ones",
	         "{\n申请区域（城市）|请填写XX省XX市XX区、县(市)或XX园区等|牵头单位|" UNIT
	         "（请填写XX市/区/县（市）XX局，或XX园区管委会等）\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>（不超过300字）" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE
	         "\n}\n",
	         "?#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE "\n"},
	        {"XX left",
	         "{\n申请区域（城市）|XX省昆山市|牵头单位|XX市XX局\n主导产业|××|特色产业|某某\n申请区域简介|<"
	         "3x1>" PROFILE "\n联系人及职务|XXX|联系电话|XXXXXXXXXXX\n}\n",
	         "XX省昆山市#?#?#?#" PROFILE "#?#?\n"},
	        {"filled in inside the hint's brackets, blanks in the place of XX",
	         "{\n申请区域（城市）|【请填写 江苏省 苏州市 "
	         "昆山市】|牵头单位|（请填写昆山市工业和信息化局）\n"
	         "主导产业|" LEAD "|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|" CONTACT "|联系电话|" PHONE
	         "\n}\n{\n申请区域（城市）|  省   市   区、县（市）|牵头单位|" UNIT "\n主导产业|" LEAD
	         "|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT
	         "|联系电话|" PHONE "\n}\n",
	         "【请填写 江苏省 苏州市 昆山市】#（请填写昆山市工业和信息化局）#" LEAD "#" SPECIAL
	         "#" PROFILE "#" CONTACT "#" PHONE "\n?#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT
	         "#" PHONE "\n"},
	        {"hints of other words",
	         "{\n申请区域（城市）|【请填写所在地区，如江苏省昆山市】|牵头单位|"
	         "（填写示例：昆山市工业和信息化局）\n"
	         "主导产业|" LEAD "|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         "?#?#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE "\n"},
	        {"brackets of the value's own stay",
	         "{\n申请区域（城市）|国家新型工业化产业示范基地（装备制造·江苏徐州经开区）|牵头单位|" UNIT
	         "\n主导产业|稀土（轻、重）|特色产业|榨菜【地理标志】\n"
	         "申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|么立新（工业科科长）|联系电话|（022）27391130\n}\n",
	         "国家新型工业化产业示范基地（装备制造·江苏徐州经开区）#" UNIT
	         "#稀土（轻、重）#榨菜【地理标志】#" PROFILE "#么立新（工业科科长）#（022）27391130\n"},
	        {"filled over quoted blank", OFFICIAL ">\n" HINTS, FULL "quoted blank ?#?#?#?#?#-#-\n"},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

#define LINES                                                                                      \
	"申请区域（城市）：" REGION "\n牵头单位：" UNIT "\n主导产业：" LEAD "\n特色产业：" SPECIAL \
	"\n申请区域简介：" PROFILE "\n联系人及职务：" CONTACT "\n联系电话：" PHONE "\n"

static void
test_running_text(void **state)
{
	static const struct row rows[] = {
	        {"lines", "马老师好，登记信息如下：\n" LINES, FULL},
	        {"a table pasted as text",
	         "申请区域（城市）\t" REGION "\t牵头单位\t" UNIT "\n主导产业\t" LEAD "\t特色产业\t" SPECIAL
	         "\n申请区域简介\t" PROFILE "\n联系人及职务\t" CONTACT "\t联系电话\t" PHONE "\n",
	         FULL},
	        {"lines, then a signature", LINES "\n昆山市工信局\n电话：0512-1\n2022年6月1日\n", FULL},
	        {"lines, then a signature at once", LINES "昆山市工信局\n", FULL},
	        {"lines, then thanks", LINES "以上信息请查收，谢谢！\n联系人：别人\n", FULL},
	        {"numbered lines",
	         "1、申请区域（城市）：" REGION "\n2、牵头单位：" UNIT "\n3、主导产业：" LEAD
	         "\n4、特色产业：" SPECIAL "\n5、申请区域简介：" PROFILE "\n6、联系人及职务：" CONTACT
	         "\n7、联系电话：" PHONE "\n",
	         FULL},
	        {"labels in brackets over values",
	         "【申请区域（城市）】\n" REGION "\n\n【牵头单位】\n" UNIT "\n\n【主导产业】\n" LEAD
	         "\n\n【特色产业】\n" SPECIAL "\n\n【申请区域简介】\n" PROFILE
	         "\n\n【联系人及职务】\n" CONTACT "\n\n【联系电话】\n" PHONE "\n\n昆山市工信局\n",
	         FULL},
	        {"brackets, value on the line",
	         "【申请区域（城市）】" REGION "\n【牵头单位】" UNIT "\n【主导产业】" LEAD
	         "\n【特色产业】" SPECIAL "\n【申请区域简介】" PROFILE "\n【联系人及职务】" CONTACT
	         "\n【联系电话】" PHONE "\n",
	         FULL},
	        {"flattened table, blank lines between",
	         "登记表如下。\n\n申请区域（城市）\n\n" REGION "\n\n牵头单位\n\n" UNIT "\n\n主导产业\n\n" LEAD
	         "\n\n特色产业\n\n" SPECIAL "\n\n申请区域简介\n\n" PROFILE "\n\n联系人及职务\n\n" CONTACT
	         "\n\n联系电话\n\n" PHONE "\n\n昆山市工信局 规划科\n",
	         FULL},
	        {"flattened table, no blank lines",
	         "申请区域（城市）\n" REGION "\n牵头单位\n" UNIT "\n主导产业\n" LEAD "\n特色产业\n" SPECIAL
	         "\n申请区域简介\n" PROFILE "\n联系人及职务\n" CONTACT "\n联系电话\n" PHONE "\n",
	         FULL},
	        {"values over several lines",
	         "申请区域（城市）：江苏省苏州市\n昆山市\n牵头单位：" UNIT
	         "\n主导产业：电子信息、\n装备制造\n特色产业：" SPECIAL
	         "\n申请区域简介：一段。\n\n二段。\n联系人及职务：" CONTACT
	         "\n联系电话：0512-57310086\n13912345678\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#一段。\n二段。#" CONTACT
	                "#0512-57310086 13912345678\n"},
	        {"two labels on a line",
	         "申请区域（城市）：" REGION "；牵头单位：" UNIT "\n主导产业：" LEAD "  特色产业：" SPECIAL
	         "\n申请区域简介：" PROFILE "\n联系人及职务：" CONTACT "，联系电话：" PHONE "\n",
	         FULL},
	        {"labels in a bracket behind a value",
	         "申请区域（城市）：" REGION "\n牵头单位：" UNIT "（联系人及职务：" CONTACT
	         "，联系电话：" PHONE "）\n主导产业：" LEAD "\n特色产业：" SPECIAL "\n申请区域简介：" PROFILE
	         "\n",
	         FULL},
	        {"in a bracket, and in lines of their own",
	         "申请区域（城市）：" REGION "\n牵头单位：" UNIT
	         "（联系人：王芳，联系电话：13912345678）\n主导产业：" LEAD "\n特色产业：" SPECIAL
	         "\n申请区域简介：" PROFILE "\n联系人及职务：" CONTACT "\n联系电话：" PHONE "\n",
	         FULL},
	        {"labels in brackets of their own behind a value",
	         "申请区域（城市）：" REGION "\n牵头单位：" UNIT " (联系人及职务：" CONTACT
	         ") (联系电话：" PHONE ")\n主导产业：" LEAD "\n特色产业：" SPECIAL "\n申请区域简介：" PROFILE
	         "\n",
	         FULL},
	        {"a label behind a bracket that nothing closes",
	         "申请区域（城市）：" REGION "\n牵头单位：" UNIT "，（联系人及职务：" CONTACT
	         "，联系电话：" PHONE "\n主导产业：" LEAD "\n特色产业：" SPECIAL "\n申请区域简介：" PROFILE
	         "\n",
	         FULL},
	        {"two empty ones, a signature below",
	         TITLE "申请区域（城市）：" REGION "\n牵头单位：" UNIT "\n主导产业：" LEAD
	               "\n特色产业：\n申请区域简介：" PROFILE "\n联系人及职务：" CONTACT
	               "\n联系电话：\n\n昆山市工信局\n",
	         REGION "#" UNIT "#" LEAD "#-#" PROFILE "#" CONTACT "#-\n"},
	        {"two forms typed one after the other",
	         "一、昆山\n" LINES "\n二、太仓\n申请区域（城市）：江苏省苏州市太仓市\n牵头单位：太仓市工信局"
	         "\n主导产业：汽车\n特色产业：航空\n"
	         "申请区域简介：太仓简介。\n联系人及职务：王芳 科员\n联系电话：13912345678\n",
	         FULL FULL2},
	        {"tabs between label and value",
	         "申请区域（城市）\t" REGION "\n牵头单位\t" UNIT "\n主导产业\t" LEAD "\n特色产业\t" SPECIAL
	         "\n申请区域简介\t" PROFILE "\n联系人及职务\t" CONTACT "\n联系电话\t" PHONE "\n",
	         FULL},
	        {"the text in quoted mail", ">\n" LINES, "quoted " FULL},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

#define HEADINGS "序号|申请区域（城市）|牵头单位|主导产业|特色产业|申请区域简介|联系人及职务|联系电话\n"
#define ROW1     REGION "|" UNIT "|" LEAD "|" SPECIAL "|" PROFILE "|" CONTACT "|" PHONE "\n"
#define ROW2     "江苏省苏州市太仓市|太仓市工信局|汽车|航空|太仓简介。|王芳 科员|13912345678\n"

static void
test_rows(void **state)
{
	static const struct row rows[] = {
	        {"a row for each", "{\n" HEADINGS "1|" ROW1 "2|" ROW2 "}\n", FULL FULL2},
	        {"title above, remarks below",
	         "{\n<8x1>产业名片打造计划登记汇总表\n" HEADINGS "1|" ROW1 "2|" ROW2
	         "|||||||\n<8x1>备注：以上均已审核。\n填表说明|一份一行||||||\n}\n",
	         FULL FULL2},
	        {"headings repeated on the next page", "{\n" HEADINGS "1|" ROW1 HEADINGS "2|" ROW2 "}\n",
	         FULL FULL2},
	        {"headings of two rows",
	         "{\n<1x2>序号|<1x2>申请区域|<1x2>牵头单位|<2x1>产业情况|<1x2>区域简介|<2x1>"
	         "联系人信息\n主导产业|特色产业|联系人及职务|联系电话\n1|" ROW1 "2|" ROW2 "}\n",
	         FULL FULL2},
	        {"one unit for all rows",
	         "{\n" HEADINGS "1|" REGION "|<1x2>" UNIT "|" LEAD "|" SPECIAL "|" PROFILE "|" CONTACT
	         "|" PHONE "\n2|江苏省苏州市太仓市|汽车|航空|太仓简介。|王芳 科员|13912345678\n}\n",
	         FULL "江苏省苏州市太仓市#" UNIT "#汽车#航空#太仓简介。#王芳 科员#13912345678\n"},
	        {"an empty cell, a column more",
	         "{\n县市区|牵头单位|主导产业|特色产业|企业数量|区域简介|联系人|职务|手机\n" REGION "|" UNIT
	         "|" LEAD "||12|" PROFILE "|沈志远|产业科科长|13912345678\n}\n",
	         REGION "#" UNIT "#" LEAD "#-#" PROFILE "#沈志远 产业科科长#13912345678\n"},
	        {"headings and nothing below", "{\n" HEADINGS "|||||||\n}\n", "blank -#-#-#-#-#-#-\n"},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

/* What county offices do to a form. Invented after the rules were written, to see whether they hold. */
static void
test_county_offices(void **state)
{
	static const struct row rows[] = {
	        {"a column for each form",
	         "{\n栏目|昆山市|太仓市\n申请区域（城市）|" REGION "|江苏省苏州市太仓市\n牵头单位|" UNIT
	         "|太仓市工信局\n主导产业|" LEAD "|汽车\n特色产业|" SPECIAL "|航空\n申请区域简介|" PROFILE
	         "|太仓简介。\n联系人及职务|" CONTACT "|王芳 科员\n联系电话|" PHONE "|13912345678\n}\n",
	         FULL FULL2},
	        {"region in three cells",
	         "{\n申请区域（城市）|江苏省|苏州市|昆山市\n牵头单位|<3x1>" UNIT "\n主导产业|<3x1>" LEAD
	         "\n特色产业|<3x1>" SPECIAL "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|<3x1>" CONTACT
	         "\n联系电话|<3x1>" PHONE "\n}\n",
	         FULL},
	        {"the colon in a cell of its own",
	         "{\n申请区域（城市）|：|" REGION "\n牵头单位|：|" UNIT "\n主导产业|：|" LEAD
	         "\n特色产业|：|" SPECIAL "\n申请区域简介|：|" PROFILE "\n联系人及职务|：|" CONTACT
	         "\n联系电话|：|" PHONE "\n}\n",
	         FULL},
	        {"numbers before the labels, headings above",
	         "{\n序号|项目|内容\n1|申请区域（城市）|" REGION "\n2|牵头单位|" UNIT "\n3|主导产业|" LEAD
	         "\n4|特色产业|" SPECIAL "\n5|申请区域简介|" PROFILE "\n6|联系人及职务|" CONTACT
	         "\n7|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"a column of remarks",
	         "{\n栏目|填报内容|备注\n申请区域（城市）|" REGION "|已核\n牵头单位|" UNIT "|\n主导产业|" LEAD
	         "|不超过3个\n特色产业|" SPECIAL "|\n申请区域简介|" PROFILE
	         "|300字以内\n联系人及职务|" CONTACT "|\n联系电话|" PHONE "|手机亦可\n}\n",
	         FULL},
	        {"labels with a wrong character",
	         "{\n申请区域（城市）|" REGION "|牵头单们|" UNIT "\n主导产业|" LEAD "|特色产亚|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"all our labels under another title", "昆山市先进制造业集群申报书\n" OFFICIAL, FULL},
	        {"another person's number first",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE
	         "\n分管领导|赵六 局长|联系电话|0512-57319999\n联系人及职务|" CONTACT "|联系电话|" PHONE
	         "\n}\n",
	         FULL},
	        {"bullets before the lines",
	         "- 申请区域（城市）：" REGION "\n- 牵头单位：" UNIT "\n- 主导产业：" LEAD
	         "\n- 特色产业：" SPECIAL "\n- 申请区域简介：" PROFILE "\n- 联系人及职务：" CONTACT
	         "\n- 联系电话：" PHONE "\n",
	         FULL},
	        {"pipes, as some programs flatten tables",
	         "| 申请区域（城市） | " REGION " |\n| 牵头单位 | " UNIT " |\n| 主导产业 | " LEAD
	         " |\n| 特色产业 | " SPECIAL " |\n| 申请区域简介 | " PROFILE " |\n| 联系人及职务 | " CONTACT
	         " |\n| 联系电话 | " PHONE " |\n",
	         FULL},
	        {"labels misread from a picture",
	         "%\n{\n申清区域（城市）|" REGION "|牵头单伦|" UNIT "\n主导产亚|" LEAD "|持色产业|" SPECIAL
	         "\n申请区域筒介|<3x1>" PROFILE "\n联系人及职努|" CONTACT "|联系电活|" PHONE "\n}\n",
	         FULL},
	        {"who filled it in, above and below",
	         "填报单位（盖章）：别的局　　填报日期：2022年6月1日\n" OFFICIAL
	         "填表人：张三　联系电话：0512-57319999\n",
	         FULL},
	        {"who filled it in, in the table",
	         "{\n<2x1>填报单位（盖章）：别的局|<2x1>填报日期：2022年6月1日\n申请区域（城市）|" REGION
	         "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL "\n申请区域简介|<3x1>" PROFILE
	         "\n联系人及职务|" CONTACT "|联系电话|" PHONE
	         "\n<4x1>单位意见（盖章）：\\同意报送。\\2022年6月1日\n}\n",
	         FULL},
	        {"contact and phone as a line in one wide cell",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n<4x1>联系人及职务：" CONTACT "    联系电话：" PHONE
	         "\n}\n",
	         FULL},
	        {"contact, position and phone under one label",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系人及职务、联系电话|<3x1>沈志远/产业科科长/" PHONE
	         "\n}\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#沈志远/产业科科长#" PHONE "\n"},
	        {"contact, phone under a heading, in one cell",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n联系方式|<3x1>联系人：" CONTACT "\\电话：" PHONE "\n}\n",
	         FULL},
	        {"labels with words more",
	         "{\n申请区域（城市）名称|" REGION "|牵头单位全称（盖章）|" UNIT "\n主要主导产业|" LEAD
	         "|本地特色产业|" SPECIAL
	         "\n申请区域（城市）简介（包括区位、产业基础、特色优势等，不超过300字）|<3x1>" PROFILE
	         "\n具体联系人及职务|" CONTACT "|联系电话（办公/手机）|" PHONE "\n}\n",
	         FULL},
	        {"numbered headings, values below",
	         "一、申请区域（城市）\n" REGION "\n二、牵头单位\n" UNIT "\n三、主导产业\n" LEAD
	         "\n四、特色产业\n" SPECIAL "\n五、申请区域简介\n" PROFILE "\n六、联系人及职务\n" CONTACT
	         "\n七、联系电话\n" PHONE "\n",
	         FULL},
	        {"labels written downwards",
	         "{\n申\\请\\区\\域|" REGION "|牵\\头\\单\\位|" UNIT "\n主导\\产业|" LEAD
	         "|特色\\产业|" SPECIAL "\n区\\域\\简\\介|<3x1>" PROFILE "\n联系人\\及职务|" CONTACT
	         "|联系\\电话|" PHONE "\n}\n",
	         FULL},
	        {"title again over the second half",
	         TITLE "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	               "\n}\n=\n区域（城市）产业名片打造登记表（续）\n{\n申请区域简介|<3x1>" PROFILE
	               "\n联系人及职务|" CONTACT "|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"an empty column between label and value",
	         "{\n|||\n|申请区域（城市）||" REGION "\n|牵头单位||" UNIT "\n|主导产业||" LEAD
	         "\n|特色产业||" SPECIAL "\n|申请区域简介||" PROFILE "\n|联系人及职务||" CONTACT
	         "\n|联系电话||" PHONE "\n}\n",
	         FULL},
	        {"traditional characters",
	         "{\n申請區域（城市）|" REGION "|牽頭單位|" UNIT "\n主導產業|" LEAD "|特色產業|" SPECIAL
	         "\n申請區域簡介|<3x1>" PROFILE "\n聯繫人及職務|" CONTACT "|聯繫電話|" PHONE "\n}\n",
	         FULL},
	        {"person in six cells",
	         "{\n申请区域（城市）|<2x1>" REGION "|牵头单位|<2x1>" UNIT "\n主导产业|<2x1>" LEAD
	         "|特色产业|<2x1>" SPECIAL "\n申请区域简介|<5x1>" PROFILE
	         "\n联系人|沈志远|职务|产业科科长|联系电话|" PHONE "\n}\n",
	         FULL},
	        {"person under a heading",
	         "{\n申请区域（城市）|<2x1>" REGION "|牵头单位|<2x1>" UNIT "\n主导产业|<2x1>" LEAD
	         "|特色产业|<2x1>" SPECIAL "\n申请区域简介|<5x1>" PROFILE
	         "\n联系人|姓名|沈志远|职务|产业科科长|\n|电话|<4x1>" PHONE "\n}\n",
	         FULL},
	        {"rows grouped by prefecture, a total below",
	         "{\n" HEADINGS "<8x1>苏州市（2个）\n1|" ROW1 "2|" ROW2
	         "<8x1>南通市（0个）\n合计|2个||||||\n填表人：张三|||||||\n}\n",
	         FULL FULL2},
	        {"prefecture and county in columns",
	         "{\n序号|设区市|县（市、区）|牵头单位|主导产业|特色产业|简介|联系人及职务|联系电话\n1|<1x2>"
	         "苏州市|" ROW1 "2|" ROW2 "}\n",
	         FULL FULL2},
	        {"one heading over the region's levels, one over each industry",
	         "{\n<1x2>序号|<3x1>申请区域（城市）|<1x2>牵头单位|<2x2>主导产业|<1x2>特色产业|<1x2>"
	         "申请区域简介|"
	         "<1x2>联系人及职务|<1x2>联系电话\n省|市|区县\n1|江苏省|苏州市|昆山市|" UNIT
	         "|电子信息|装备制造|" SPECIAL "|" PROFILE "|" CONTACT "|" PHONE "\n2|江苏省||太仓市|" UNIT
	         "||装备制造|" SPECIAL "|" PROFILE "|" CONTACT "|" PHONE "\n}\n",
	         "江苏省苏州市昆山市#" UNIT "#电子信息、装备制造#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE
	         "\n江苏省太仓市#" UNIT "#装备制造#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE "\n"},
	        {"a heading over a value and something else",
	         "{\n<1x2>申请区域（城市）|<1x2>牵头单位|<2x1>主导产业|<1x2>特色产业|<1x2>申请区域简介|<1x2>"
	         "联系人及职务|<1x2>联系电话\n名称|编号\n" REGION "|" UNIT "|" LEAD "|12|" SPECIAL "|" PROFILE
	         "|" CONTACT "|" PHONE "\n}\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE "\n"},
	        {"hints under the headings",
	         "{\n序号|申请区域（城市）\\【请填写 XX 省 XX 市 XX 区、县（市）或 XX "
	         "园区等】|牵头单位|主导产业\\（不多于3个）|特色产业|申请区域简介\\（不超过300字）|"
	         "联系人及职务|联系电话\n1|" ROW1 "2|" ROW2 "}\n",
	         FULL FULL2},
	        {"a row with only the region", "{\n" HEADINGS "1|" ROW1 "2|江苏省苏州市太仓市||||||\n}\n",
	         FULL "江苏省苏州市太仓市#-#-#-#-#-#-\n"},
	        {"value below, each label over the whole width",
	         "{\n申请区域（城市）\n" REGION "\n牵头单位\n" UNIT "\n主导产业\n" LEAD "\n特色产业\n" SPECIAL
	         "\n申请区域简介\n" PROFILE "\n联系人及职务\n" CONTACT "\n联系电话\n" PHONE "\n}\n",
	         FULL},
	        {"one table for each field",
	         "{\n申请区域（城市）|" REGION "\n}\n{\n牵头单位|" UNIT "\n}\n{\n主导产业|" LEAD
	         "\n}\n{\n特色产业|" SPECIAL "\n}\n{\n申请区域简介|" PROFILE "\n}\n{\n联系人及职务|" CONTACT
	         "\n}\n{\n联系电话|" PHONE "\n}\n",
	         FULL},
	        {"form in a table, person in text below",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n}\n联系人及职务：" CONTACT "\n联系电话：" PHONE "\n",
	         FULL},
	        {"words of a sentence in the label",
	         "{\n申请参与的区域（城市）|" REGION "|牵头负责单位|" UNIT "\n区域的主导产业|" LEAD
	         "|区域的特色产业|" SPECIAL "\n申请区域的简介|<3x1>" PROFILE "\n联系人姓名和职务|" CONTACT
	         "|联系电话或手机|" PHONE "\n}\n",
	         FULL},
	        {"lines with the hint behind the label",
	         "申请区域（城市）【请填写 XX 省 XX 市 XX 区、县（市）或 XX 园区等】：" REGION
	         "\n牵头单位（必填）：" UNIT "\n主导产业（不多于3个）：" LEAD "\n特色产业：" SPECIAL
	         "\n申请区域简介（不超过300字）：\n" PROFILE "\n联系人及职务：" CONTACT "\n联系电话：" PHONE
	         "\n",
	         FULL},
	        {"the form and then a summary of it", OFFICIAL "{\n" HEADINGS "1|" ROW1 "2|" ROW2 "}\n",
	         FULL FULL FULL2},
	        {"labels in brackets in a table",
	         "{\n【申请区域（城市）】|" REGION "|【牵头单位】|" UNIT "\n【主导产业】|" LEAD
	         "|【特色产业】|" SPECIAL "\n【申请区域简介】|<3x1>" PROFILE "\n【联系人及职务】|" CONTACT
	         "|【联系电话】|" PHONE "\n}\n",
	         FULL},
	        {"the position before the name's label",
	         "{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL
	         "\n申请区域简介|<3x1>" PROFILE "\n职务|产业科科长|联系人|沈志远\n联系电话|<3x1>" PHONE
	         "\n}\n",
	         REGION "#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#沈志远 产业科科长#" PHONE "\n"},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

static void
test_no_forms(void **state)
{
	static const struct row rows[] = {
	        {"nothing", "", ""},
	        {"an invitation", "会议通知\n联系人：李明\n联系电话：010-68200000\n", ""},
	        {"a cover letter",
	         "关于报送产业名片打造计划登记表的函\n现将登记表报送。\n附件：区域（城市）产业名片打造登记表"
	         "\n联系人：曹文，联系电话：0798-8560000\n",
	         ""},
	        {"another programme's table",
	         "{\n项目名称|智能工厂\n牵头单位|昆山某厂\n联系人|李四|联系电话|0512-1\n单位地址|昆山\n}\n",
	         ""},
	        {"a price list", "{\n序号|名称|地区|电话\n1|螺丝|昆山|123\n2|螺母|太仓|456\n}\n", ""},
	        {"a clusters' table",
	         "{\n集群名称|昆山传感器集群\n主导产业|传感器\n所在区县|昆山\n联系人|张三|电话|123\n}\n", ""},
	        {"another programme's title, half our labels",
	         "中小企业特色产业集群申报书\n{\n申报单位|" UNIT "|所在区域|" REGION "\n主导产业|" LEAD
	         "|集群简介|好\n联系人|张三|联系电话|0512-57310086\n}\n",
	         ""},
	        {"that title in the table",
	         "{\n<2x1>国家新型工业化产业示范基地申报表\n申报区域|" REGION "\n主导产业|" LEAD
	         "\n申报单位|" UNIT "\n联系人|张三\n联系电话|0512-57310086\n}\n",
	         ""},
	        {"prose about it",
	         "申请区域应说明主导产业和特色产业，牵头单位负责填写申请区域简介。\n主导产业为电子信息。\n",
	         ""},
	        {"our reply's words", "请补正以下内容：\n主导产业不超过3个。\n联系电话缺少区号。\n", ""},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

/* FORMS_MAX forms are read of a document, and the last says that more were left. */
static void
test_too_many_forms(void **state)
{
	static const char *const labels[] = {"申请区域", "牵头单位", "主导产业", "特色产业"};

	(void)state;
	for (int more = 0; more < 2; more++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct found_form *x = NULL;
		size_t count = 0;

		for (int i = 0; i < FORMS_MAX + more; i++)
			for (size_t k = 0; k < COUNT(labels); k++) {
				const char *line = arena_fmt(a, "%s：值%d", labels[k], i);

				doc_text(d, line, strlen(line));
				doc_end_paragraph(d);
			}
		doc_end(d);
		for (x = recognise(form, d); x; x = x->next) {
			count++;
			assert_int_equal(x->cut, more && !x->next);
		}
		assert_int_equal(count, FORMS_MAX);
		arena_free(a);
	}
}

static void
test_values(void **state)
{
	static const struct row rows[] = {
	        {"a number", "老师好，更正如下：\n联系电话：0512-57310086\n谢谢\n",
	         "~#~#~#~#~#~#0512-57310086\n"},
	        {"quoted only", "已改。\n>\n联系电话：0512-57310086\n", ""},
	        {"two fields", "特色产业：传感器\n联系人及职务：张三 科长\n", "~#~#~#传感器#~#张三 科长#~\n"},
	        {"no field", "请查收附件。\n", ""},
	        {"a sentence", "您好，联系电话更正为0512-57310086，请查收。\n",
	         "~#~#~#~#~#~#0512-57310086\n"},
	        {"a sentence beside a label", "联系人：张三 科长；联系电话改为0512-57310086。\n",
	         "~#~#~#~#~#张三 科长#0512-57310086\n"},
	        {"a label before a sentence", "联系电话：0512-57310086\n原联系电话改为13800138000\n",
	         "~#~#~#~#~#~#0512-57310086\n"},
	        {"a sentence of the profile", "申请区域简介：昆山是名城。联系电话改为0512-57310086。\n",
	         "~#~#~#~#昆山是名城。联系电话改为0512-57310086。#~#~\n"},
	        {"a sentence that is quoted", "已改。\n>\n联系电话改为0512-57310086\n", ""},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise_values), 0);
}

#define FIRST6 REGION "#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#"
#define TOP                                                                                     \
	"{\n申请区域（城市）|" REGION "|牵头单位|" UNIT "\n主导产业|" LEAD "|特色产业|" SPECIAL \
	"\n申请区域简介|<3x1>" PROFILE "\n"

/* A doubt about one part of a value is one about the value. */
static void
test_doubts(void **state)
{
	static const struct row rows[] = {
	        {"a part in a cell of its own",
	         "%\n" TOP "联系人|沈志远|职务|~科长\n联系电话|<3x1>" PHONE "\n}\n",
	         FIRST6 "沈志远 科长!#" PHONE "\n"},
	        {"a part, and no name was read", "%\n" TOP "联系人|~|职务|科长\n联系电话|<3x1>" PHONE "\n}\n",
	         FIRST6 "科长!#" PHONE "\n"},
	        {"a part, then no name was read",
	         "%\n" TOP "职务|科长|联系人|~\n联系电话|<3x1>" PHONE "\n}\n", FIRST6 "科长!#" PHONE "\n"},
	        {"a region in two columns",
	         "%\n{\n地区|县（市、区）|牵头单位|主导产业|特色产业|区域简介|联系人及职务|联系电话\n"
	         "江苏省苏州市|~昆山市|" UNIT "|" LEAD "|" SPECIAL "|" PROFILE "|" CONTACT "|" PHONE "\n}\n",
	         REGION "!#" UNIT "#" LEAD "#" SPECIAL "#" PROFILE "#" CONTACT "#" PHONE "\n"},
	        {"a cell of the value that was not read",
	         "%\n{\n申请区域（城市）|" REGION "\n牵头单位|" UNIT
	         "\n主导产业|电子信息|~\n特色产业|~|传感器\n申请区域简介|" PROFILE "\n联系人及职务|" CONTACT
	         "\n联系电话|" PHONE "\n}\n",
	         REGION "#" UNIT "#电子信息!#传感器!#" PROFILE "#" CONTACT "#" PHONE "\n"},
	        {"a column of the value that was not read",
	         "%\n{\n申请区域|牵头单位|<2x1>主导产业|<2x1>特色产业|区域简介|联系人及职务|联系电话\n" REGION
	         "|" UNIT "|电子信息|~|~|传感器|" PROFILE "|" CONTACT "|" PHONE "\n}\n",
	         REGION "#" UNIT "#电子信息!#传感器!#" PROFILE "#" CONTACT "#" PHONE "\n"},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

/* Nothing that stands at a label is lost to another's. */
static void
test_lost(void **state)
{
	static const struct row rows[] = {
	        {"another's label first in its cell",
	         TOP "<4x1>单位地址：前进中路1号\\联系人及职务：" CONTACT "\\联系电话：" PHONE "\n}\n", FULL},
	        {"position and number in one", TOP "联系人|沈志远|职务及电话|产业科科长 " PHONE "\n}\n",
	         FULL},
	        {"position and number in one, under their labels",
	         TOP "联系人|职务及电话\n沈志远|产业科科长 " PHONE "\n}\n", FULL},
	        {"further persons below, position and number in one",
	         TOP "联系人|<2x1>职务及电话|传真\n沈志远|<2x1>产业科科长 " PHONE
	             "|\n王芳|<2x1>科员 13912345678|\n}\n",
	         FIRST6 "沈志远 产业科科长 王芳 科员#" PHONE " 13912345678\n"},
	        {"the number before the person", TOP "联系电话及联系人|<3x1>" PHONE " " CONTACT "\n}\n",
	         FULL},
	        {"the number before the person, whatever the label",
	         TOP "联系人及联系电话|<3x1>" PHONE "，" CONTACT "\n}\n", FULL},
	        {"two numbers behind the person",
	         TOP "联系人及联系电话|<3x1>" CONTACT " " PHONE "、13912345678\n}\n",
	         FIRST6 CONTACT "#" PHONE "、13912345678\n"},
	        {"a letter's person and number above, a signature's below",
	         "联系人：曹文\n联系电话：0798-8560000\n申请区域：" REGION "\n牵头单位：" UNIT
	         "\n主导产业：" LEAD "\n特色产业：" SPECIAL "\n申请区域简介：" PROFILE "\n联系人：" CONTACT
	         "\n联系电话：" PHONE "\n电话：0512-57310000\n",
	         FULL},
	};

	(void)state;
	assert_int_equal(run(rows, COUNT(rows), recognise), 0);
}

/* Nothing that a text repeats keeps the recogniser at it. */
static void
test_ends(void **state)
{
	static const char *const repeated[][2] = {{"联系人：a；联系电话：", "))))))))"},
	                                          {"联系人：a；", "联系电话：1；"},
	                                          {"联系人：a\n", "电话：1\n"}};
	struct rlimit was, little;
	struct rusage used;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CPU, &was), 0);
	for (size_t i = 0; i < COUNT(repeated); i++) {
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct buf repeat = BUF_INIT(DOC_TEXT_MAX);

		buf_str(&repeat, repeated[i][0]);
		while (repeat.len < 2 << 20)
			buf_str(&repeat, repeated[i][1]);
		doc_text(d, repeat.at, repeat.len);
		doc_end_paragraph(d);
		doc_end(d);
		assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
		little = was;
		little.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + ENDS_SECONDS;
		assert_int_equal(setrlimit(RLIMIT_CPU, &little), 0);
		(void)recognise(form, d);
		buf_free(&repeat);
		arena_free(a);
	}
	assert_int_equal(setrlimit(RLIMIT_CPU, &was), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_tables),       cmocka_unit_test(test_hints_and_blanks),
	        cmocka_unit_test(test_running_text), cmocka_unit_test(test_rows),
	        cmocka_unit_test(test_no_forms),     cmocka_unit_test(test_county_offices),
	        cmocka_unit_test(test_values),       cmocka_unit_test(test_too_many_forms),
	        cmocka_unit_test(test_doubts),       cmocka_unit_test(test_lost),
	        cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}

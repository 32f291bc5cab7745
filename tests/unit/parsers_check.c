/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: each rule of the form finds what breaks it, and nothing else. */
#include "parsers/check.h"

#include "config/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static void
test_word_count(void **state)
{
	static const struct {
		const char *s;
		int want;
	} rows[] = {
	        {"", 0},           {" \n　\t", 0}, {"昆山", 2},         {"昆山市。", 4},
	        {"2021年", 2},     {"6.2%", 1},    {"GDP 4748亿元", 4}, {"R&D经费", 3},
	        {"R & D", 3},      {"R＆D", 3},    {"a,b c", 2},        {"1,234.5万", 2},
	        {"“中国鞋都”", 6}, {"等等……", 4},  {"东——西", 4},       {"２０２１年", 5},
	        {"昆 山", 2},      {"昆\n山", 2},  {"abc\ndef", 2},     {"第1、2、3名", 7},
	        {"（2022）", 3},   {"(2022)", 1},  {"A\u200BB", 2},     {"朱镕堃䶮", 4},
	        {"𠮷", 1},         {"〇", 1},      {"カタ", 2},         {"5G+工业互联网", 6},
	        {"5G＋工业", 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (check_word_count(rows[i].s) != rows[i].want)
			fail_msg("%s: %d, want %d", rows[i].s, check_word_count(rows[i].s), rows[i].want);
}

static void
test_names(void **state)
{
	static const struct {
		const char *s, *want; /* names parted by # */
	} rows[] = {
	        {"电子信息", "电子信息"},
	        {"电子信息、装备制造", "电子信息#装备制造"},
	        {"电子信息，装备制造,汽车", "电子信息#装备制造#汽车"},
	        {"电子信息；装备制造;汽车", "电子信息#装备制造#汽车"},
	        {"电子信息/装备制造", "电子信息#装备制造"},
	        {"电子信息\n装备制造", "电子信息#装备制造"},
	        {"特种纸 高端装备　矿山装备  新材料", "特种纸#高端装备#矿山装备#新材料"},
	        {"电子信息 、 装备制造", "电子信息#装备制造"},
	        {"电子 信息、装备制造", "电子 信息#装备制造"},
	        {"1.电子信息 2.装备制造", "电子信息#装备制造"},
	        {"1、电子信息；2、装备制造", "电子信息#装备制造"},
	        {"1.电子信息2.装备制造3.汽车", "电子信息#装备制造#汽车"},
	        {"（1）电子信息（2）装备制造", "电子信息#装备制造"},
	        {"①电子信息②装备制造", "电子信息#装备制造"},
	        {"⑴电子信息⑵装备制造", "电子信息#装备制造"},
	        {"⒈电子信息 ⒉装备制造", "电子信息#装备制造"},
	        {"㈠电子信息㈡装备制造", "电子信息#装备制造"},
	        {"1、电子信息 2、装备制造 3、汽车", "电子信息#装备制造#汽车"},
	        {"- 电子信息\n- 装备制造", "电子信息#装备制造"},
	        {"●电子信息；●装备制造", "电子信息#装备制造"},
	        {"• 电子信息\n• 装备制造", "电子信息#装备制造"},
	        {"电子信息、装备制造、汽车、等。", "电子信息#装备制造#汽车"},
	        {"电子信息、装备制造等", "电子信息#装备制造等"},
	        {"——", "——"},
	        {"一、电子信息　二、装备制造", "电子信息#装备制造"},
	        {"（一）电子信息 （二）装备制造、汽车", "电子信息#装备制造#汽车"},
	        {"工业 4.0、2.5 代面板", "工业 4.0#2.5 代面板"},
	        {"一、电子信息\n二、装备制造", "电子信息#装备制造"},
	        {"稀土（轻稀土、重稀土）、钢铁", "稀土（轻稀土、重稀土）#钢铁"},
	        {"钛及新材料、汽车及零部件", "钛及新材料#汽车及零部件"},
	        {"电子信息、装备制造。", "电子信息#装备制造"},
	        {"5G 通信", "5G 通信"},
	        {"3D打印、5G", "3D打印#5G"},
	        {"食品 / 饮料", "食品#饮料"},
	        {"", ""},
	        {"、、", ""},
	        {"电子信息、", "电子信息"},
	        {"“专精特新”（一、二）产业", "“专精特新”（一、二）产业"},
	        {"未闭合（电子、信息", "未闭合（电子、信息"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		const char *const *names = check_split_names(a, rows[i].s);
		struct buf b = BUF_INIT(4096);

		for (size_t n = 0; names[n]; n++)
			buf_fmt(&b, "%s%s", n ? "#" : "", names[n]);
		if (strcmp(b.at ? b.at : "", rows[i].want) != 0)
			fail_msg("%s: %s, want %s", rows[i].s, b.at, rows[i].want);
		buf_free(&b);
		arena_free(a);
	}
}

static const char *const good_phones[] = {
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "1391234 5678",
        "+8613912345678",
        "+86 139 1234 5678",
        "+86-13912345678",
        "008613912345678",
        "0086-139-1234-5678",
        "8613912345678",
        "86 13912345678",
        "86-13912345678",
        "(+86)13912345678",
        "（+86）13912345678",
        "013912345678",
        "１３９１２３４５６７８",
        "19212345678",
        "16612345678",
        "17012345678",
        "0512-57310086",
        "051257310086",
        "0512 57310086",
        "（0512）57310086",
        "(0512) 57310086",
        "(0512)5731-0086",
        "0512－57310086",
        "0512—57310086",
        "0512–57310086",
        "0512--57310086",
        "０５１２－５７３１００８６",
        "+86-512-57310086",
        "+86 512 57310086",
        "+86 0512 57310086",
        "+86 (0)512 57310086",
        "0086-512-57310086",
        "86-512-57310086",
        "010-68205123",
        "01068205123",
        "(010)68205123",
        "+86 10 68205123",
        "021-21236891",
        "029-21554390",
        "0816-2683331",
        "08162683331",
        "0816 268 3331",
        "0395-4758313",
        "0512-57310086-8001",
        "0512-57310086转8001",
        "0512-57310086 转 8001",
        "0512-57310086转分机8001",
        "0512-57310086 ext 8001",
        "0512-57310086ext.8001",
        "0512-57310086*801",
        "0512-57310086分机12",
        "0558-6450678转8012",
        "0512-57310086(8001)",
        "0512-57310086（转8001）",
        "0512-57310086,分机8001",
        "400-791-4864",
        "4007914864",
        "400 791 4864",
        "400-7914-864",
        "800-820-1234",
        "8008201234",
        "400-791-4864转1",
        "0512-57310086、13912345678",
        "0512-57310086/13912345678",
        "0512-57310086，13912345678",
        "0512-57310086；13912345678",
        "0512-57310086;13912345678",
        "0512-57310086 13912345678",
        "0512-57310086  13912345678",
        "13912345678 0512-57310086",
        "13912345678,0512-57310086",
        "13912345678 13812345678",
        "0532-28180513  13852127144",
        "0512-57300001/57300002",
        "0512-57300001、57300002",
        "0512-57300001、02",
        "0512-57300001 57300002",
        "0512-57300001/02/03",
        "0512-57300001-57300002",
        "0728-4690303 +86 189 1203 1082",
        "（022）27391130  400-791-4864",
        "0798-5576980（传真同号）",
        "办公：0512-57310086 手机：13912345678",
        "0512-57310086（办）13912345678（手机）",
        "电话0512-57310086",
        "手机:13912345678",
        "13912345678（微信同号）",
        "13912345678(5楼)",
        "0472-5451627/19904770646",
        "0512-57310086\n13912345678",
        "0512_57310086",
        "0512.57310086",
        "0512·57310086",
        "0378-23456789",
        "0731-85510123",
        "0851-78664274",
        "0906-3276818",
        "0979-7212345",
        "0992-3212345",
        "+86 400 791 4864",
        "(86)0512-57310086",
        "86(0512)57310086",
        "0512-5731 0086",
        "0512-573 10086",
        "0512/57310086",
        "0512：57310086",
        "【0512】57310086",
        "区号0512，电话57310086",
        "区号 010 电话 6820 5123",
        "13912345678 123456789@qq.com",
        "13912345678　123456@qq.com",
        "13912345678，邮箱zs_19880101@126.com",
        "13912345678 QQ号382912345",
        "13912345678（QQ：382912345）",
        "13912345678（微信：zs1391234）",
        "0512-57310086，邮编215300",
        "手机13912345678（短号661234）",
};

static const char *const bad_phones[] = {
        "",
        "无",
        "见名片",
        "1390459123",
        "139045912345",
        "1876402315",
        "12345678901",
        "2660123",
        "57310086",
        "0318-752123",
        "0512-5731008",
        "0512-573100866",
        "0512-07310086",
        "0512-17310086",
        "0512",
        "0000-1234567",
        "0999999-12",
        "026-12345678",
        "010-6820512",
        "020-1234567",
        "12345",
        "110",
        "95588",
        "96123",
        "+852 23456789",
        "+85223456789",
        "+1 202 555 0100",
        "1064812345678",
        "1440123456789",
        "400-791-486",
        "400-791-48645",
        "800-8201",
        "8001",
        "0512-",
        "-",
        "1391234567八",
        "0300-1234567",
        "99999999999",
        "20912345678",
        "+86 57310086",
        "0512-57310",
        "057310086",
        "0512/5731008",
        "5731/57310086",
        "123456789@qq.com",
        "QQ：382912345",
};

#define EIGHT(s) s s s s s s s s

static void
test_phones(void **state)
{
	static const struct {
		const char *s, *bad;
	} rows[] = {
	        {"0593-8464191、1380593772", "1380593772"},
	        {"1380593772/0593-8464191", "1380593772"},
	        {"0318-752123 13912345678", "0318-752123"},
	        {"13912345678 0318-752123", "0318-752123"},
	        {"13912345678、2331000", "2331000"},
	        {EIGHT(EIGHT("13912345678、")) "2331000", "2331000"},
	        {"13912345678（微信同号）2331000", "2331000"},
	        {"2331000 123456@qq.com 13912345678", "2331000 123456"},
	        {"13912345678/661234", "661234"},
	        {"2331000，13912345678", "2331000"},
	        {"13912345678；138123；0512-573", "138123、0512-573"},
	        {"0512-57310086、+852 23456789", "+852 23456789"},
	        {"０５９３－８４６４１９１、１３８０５９３７７２", "1380593772"},
	};
	struct arena *a = arena_new();
	const char *bad = NULL;
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good_phones); i++)
		if (check_phone(a, good_phones[i], &bad) != PHONE_GOOD && ++failed)
			print_error("good: %s: bad %s\n", good_phones[i], bad);
	for (size_t i = 0; i < COUNT(bad_phones); i++)
		if (check_phone(a, bad_phones[i], NULL) != PHONE_BAD && ++failed)
			print_error("bad: %s: was taken\n", bad_phones[i]);
	for (size_t i = 0; i < COUNT(rows); i++)
		if ((check_phone(a, rows[i].s, &bad) != PHONE_PARTLY_BAD || strcmp(bad, rows[i].bad) != 0) &&
		    ++failed)
			print_error("partly: %s: bad %s, want %s\n", rows[i].s, bad, rows[i].bad);
	assert_int_equal(failed, 0);
	assert_int_equal(check_phone_from(a, "68205123", true, NULL), PHONE_GOOD);
	assert_int_equal(check_phone_from(a, "6820 5123", true, NULL), PHONE_GOOD);
	assert_int_equal(check_phone_from(a, "6820512", true, NULL), PHONE_BAD);
	assert_int_equal(check_phone_from(a, "68205123", false, NULL), PHONE_BAD);
	arena_free(a);
}

static void
test_positions(void **state)
{
	static const char *const with[] = {
	        "沈志远 产业科科长",
	        "张雅琴/四级调研员",
	        "蒋玉芬（办公室主任）",
	        "黎 明 总工程师",
	        "单文静，消费品科副科长",
	        "许荣辉 党组成员、副局长",
	        "何子健 四级主任科员",
	        "邴建国 总经理",
	        "税 海 涛  科长",
	        "逯亚飞 招商部部长",
	        "余 明 规划科负责人",
	        "韦立新/科员",
	        "窦庆丰局长",
	        "科长：王伟",
	        "王芳（科 员）",
	        "李四 二级巡视员",
	        "周敏 工作人员",
	        "张三 产业发展部干事",
	        "王书记",
	        "赵六 园区管委会副主任",
	        "钱七 工业股股 长",
	        "孙八 总工",
	        "管理委员会委员 周九",
	        "吴十 督查室主任",
	        "郑一 县委常委",
	};
	static const char *const without[] = {
	        "应伟东",
	        "王 伟",
	        "门振华",
	        "席敏",
	        "左文静",
	        "毛敏捷",
	        "王长青",
	        "师建国",
	        "张科",
	        "李处厚",
	        "股宏",
	        "欧阳长河",
	        "张三 13912345678",
	        "张三、李四",
	        "沈志远 产业科",
	        "Smith",
	        "沈志远（经开区管理委员会）",
	        "沈志远 秘书科",
	        "沈志远 县总工会",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(with); i++)
		if (!check_has_position(form, with[i]))
			fail_msg("%s: no position was seen", with[i]);
	for (size_t i = 0; i < COUNT(without); i++)
		if (check_has_position(form, without[i]))
			fail_msg("%s: a position was seen", without[i]);
}

/* ---- a whole form ---- */

enum { REGION, UNIT, LEAD, SPECIAL, PROFILE, CONTACT, PHONE, FIELDS };

static const char *const good_form[FIELDS] = {
        "江苏省苏州市昆山市", "昆山市工业和信息化局", "电子信息、装备制造", "传感器",
        "昆山简介。",         "沈志远 科长",          "0512-57310086",
};

static struct checked_form *
check_with(struct arena *a, int field, const char *text, bool hint)
{
	struct found_form *x = arena_alloc(a, 1, sizeof *x);

	for (int i = 0; i < FIELDS; i++)
		x->values[i] = (struct found_value){.seen = true,
		                                    .text = good_form[i],
		                                    .evidence = {.method = DOC_TEXT, .confidence = 1}};
	if (field < FIELDS) {
		x->values[field].text = text;
		x->values[field].hint = hint;
		x->values[field].evidence =
		        (struct doc_evidence){.method = DOC_OCR, .confidence = 0.5, .doubtful = true};
	}
	return check_form(a, form, x, NULL);
}

static void
test_defects(void **state)
{
	static char long_profile[301 * 3 + 1];
	static const struct {
		int field;
		const char *text;
		bool hint;
		const char *code;
		bool error;
		const char *detail;
	} rows[] = {
	        {REGION, NULL, false, "missing", true, ""},
	        {REGION, NULL, true, "placeholder", true, ""},
	        {UNIT, "", false, "missing", true, ""},
	        {UNIT, " \n ", false, "missing", true, ""},
	        {LEAD, "甲、乙、丙、丁", false, "too_many", true, "4"},
	        {LEAD, "/", false, "missing", true, ""},
	        {REGION, "——", false, "unknown_region", false, ""},
	        {PROFILE, long_profile, false, "too_long", true, "301"},
	        {CONTACT, "沈志远", false, "no_position", false, ""},
	        {PHONE, "2331000", false, "bad_phone", true, "2331000"},
	        {PHONE, "２３３１０００", false, "bad_phone", true, "2331000"},
	        {PHONE, "13912345678、2331000", false, "phone_partly_bad", false, "2331000"},
	        {PHONE, NULL, true, "placeholder", true, ""},
	};

	(void)state;
	for (size_t i = 0; i + 3 < sizeof long_profile; i += 3) /* the last byte stays NUL */
		memcpy(long_profile + i, "字", 3); /* NOLINT(bugprone-not-null-terminated-result) */
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct checked_form *c = check_with(a, rows[i].field, rows[i].text, rows[i].hint);

		if (c->defect_count != 1 || strcmp(defect_name(c->defects[0].code), rows[i].code) != 0 ||
		    c->defects[0].field != &form->fields[rows[i].field] || c->has_error != rows[i].error ||
		    defect_is_error(c->defects[0].code) != rows[i].error ||
		    strcmp(c->defects[0].detail, rows[i].detail) != 0)
			fail_msg("row %zu: %zu defects, the first %s, %s", i, c->defect_count,
			         c->defect_count ? defect_name(c->defects[0].code) : "",
			         c->defects[0].detail);
		assert_true(c->confidence > 0.4 && c->confidence < 0.6);
		arena_free(a);
	}
}

static void
test_good_form(void **state)
{
	struct arena *a = arena_new();
	struct checked_form *c = check_with(a, FIELDS, NULL, false);

	(void)state;
	assert_int_equal(c->defect_count, 0);
	assert_false(c->has_error);
	assert_string_equal(c->values[LEAD].names[1], "装备制造");
	assert_null(c->values[LEAD].names[2]);
	assert_null(c->values[UNIT].names);
	assert_true(c->confidence > 0.99);
	c = check_with(a, PHONE, "　０５１２－５７３１００８６ ", false);
	assert_string_equal(c->values[PHONE].text, "0512-57310086");
	c = check_with(a, REGION, "甘肃省", false);
	assert_int_equal(c->defect_count, 1);
	assert_string_equal(defect_name(c->defects[0].code), "not_eligible");
	assert_true(*c->defects[0].detail);
	c = check_with(a, REGION, "松鹤省金桂市", false);
	assert_int_equal(c->defect_count, 1);
	assert_string_equal(defect_name(c->defects[0].code), "unknown_region");
	assert_false(c->has_error);
	arena_free(a);
}

/* A picture of a form on which a field cannot be found at all was not read well: no fault of the sender's. */
static void
test_not_shown(void **state)
{
	static const struct doc_evidence methods[] = {{.method = DOC_TEXT, .confidence = 1},
	                                              {.method = DOC_OCR, .confidence = 0.95}};
	struct arena *a = arena_new();

	(void)state;
	for (size_t m = 0; m < COUNT(methods); m++) {
		struct found_form *x = arena_alloc(a, 1, sizeof *x);
		const struct checked_form *c;
		bool ocr = methods[m].method == DOC_OCR;

		for (int i = 0; i < PHONE; i++)
			x->values[i] = (struct found_value){
			        .seen = true, .text = good_form[i], .evidence = methods[m]};
		c = check_form(a, form, x, NULL);
		assert_int_equal(c->defect_count, 1);
		assert_int_equal(c->values[PHONE].found.evidence.doubtful, ocr);
		assert_int_equal(c->values[UNIT].found.evidence.doubtful, false);
		assert_true(ocr ? c->confidence < 0.9 : c->confidence > 0.99);
	}
	arena_free(a);
}

/* Values that a misreading explains are doubtful where a picture gave them, and nowhere else. */
static void
test_misread(void **state)
{
	static const struct {
		int field;
		const char *text;
		bool doubtful;
	} values[] = {
	        {REGION, "山东省烟台市莱山冈", true},
	        {REGION, "山东省烟台市莱山区", false},
	        {REGION, "陕西省西安市鄂邑区", true}, /* 鄠邑区: the engine has no 鄠 */
	        {REGION, "陕西省西安市鄠邑区", false},
	        {REGION, "江芬省苏州市昆山市", true},
	        {REGION, "江苏省徐州市昆山市", true}, /* names that do not fit */
	        {REGION, "昆山经开区", false},
	        {UNIT, "昆仙市工业和信息化局", true},
	        {UNIT, "昆山市工业和信息化局", false},
	        {UNIT, "金山市工业和信息化局", true},
	        {UNIT, "苏州市工业和信息化局", false},
	        {PHONE, "0470-404055815827194849", true},
	        {PHONE, "0470-4040558、15827194849", false},
	        {PHONE, "0470-404055", false},
	};
	static const struct doc_evidence methods[] = {{.method = DOC_TEXT, .confidence = 1},
	                                              {.method = DOC_OCR, .confidence = 0.95}};
	struct arena *a = arena_new();

	(void)state;
	for (size_t v = 0; v < COUNT(values); v++) {
		for (size_t m = 0; m < COUNT(methods); m++) {
			bool doubtful = values[v].doubtful && methods[m].method == DOC_OCR;
			struct found_form *x = arena_alloc(a, 1, sizeof *x);
			const struct checked_form *c;

			for (int i = 0; i < FIELDS; i++)
				x->values[i] = (struct found_value){
				        .seen = true,
				        .text = i == values[v].field ? values[v].text : good_form[i],
				        .evidence = methods[m]};
			c = check_form(a, form, x, NULL);
			if (c->values[values[v].field].found.evidence.doubtful != doubtful)
				fail_msg("%s: doubtful is not %d", values[v].text, doubtful);
			assert_true(doubtful ? c->confidence < 0.9 : c->confidence > 0.9);
		}
	}
	arena_free(a);
}

/* A good form whose values were all read with this evidence. */
static struct found_form *
read_with(struct arena *a, struct doc_evidence ev)
{
	struct found_form *x = arena_alloc(a, 1, sizeof *x);

	for (int k = 0; k < FIELDS; k++)
		x->values[k] = (struct found_value){.seen = true, .text = good_form[k], .evidence = ev};
	return x;
}

/* The same as a text's own characters, or as a picture is read. */
static struct found_form *
read_by(struct arena *a, bool ocr)
{
	return read_with(
	        a, (struct doc_evidence){.method = ocr ? DOC_OCR : DOC_TEXT, .confidence = ocr ? 0.95 : 1});
}

/* A name that no table holds is kept as it was read, and doubtful where a picture gave it, in every field;
 * what the table has there is told by the code alone. Only what the engine cannot read at all is mended
 * (parsers_region.c: region_misread), and no engine is open here. */
static void
test_kept(void **state)
{
	static const struct {
		const char *region, *unit, *code;
		bool unit_doubtful;
	} rows[] = {
	        {"安徽省芜湖市湾淀区", "湾淀区商务局", "340210", true},
	        {"云南省迪庆藏族自治州维西族自治县", "维西族自治县商务局", "", false},
	        {"江苏省苏州市昆区", "昆区商务局", "", false}, /* which one, nobody knows */
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int ocr = 0; ocr < 2; ocr++) {
			struct found_form *x = read_by(a, ocr);
			const struct checked_form *c;

			x->values[REGION].text = rows[i].region;
			x->values[UNIT].text = rows[i].unit;
			c = check_form(a, form, x, NULL);
			assert_string_equal(c->values[REGION].text, rows[i].region);
			assert_string_equal(c->values[UNIT].text, rows[i].unit);
			assert_string_equal(c->region.code, rows[i].code);
			assert_int_equal(c->values[REGION].found.evidence.doubtful, ocr);
			assert_int_equal(c->values[UNIT].found.evidence.doubtful,
			                 ocr && rows[i].unit_doubtful);
		}
	}
	arena_free(a);
}

/* An industry that stands in another field but for one character was misread there, or in its own field. */
static void
test_near_industries(void **state)
{
	static const struct {
		const char *lead, *special, *profile;
		bool doubtful[FIELDS];
	} rows[] = {
	        {"木材加工、锂电池",
	         "羊绒",
	         "工业以木材加工、锂电池为主，本材加工产业突破千亿。",
	         {[PROFILE] = true}},
	        {"木材加工、锂电池", "羊绒", "本材加工产业突破千亿。", {[LEAD] = true, [PROFILE] = true}},
	        {"本材加工", "羊绒", "以木材加工为主", {[LEAD] = true, [PROFILE] = true}},
	        {"锂电池", "木材加工", "以木材加土为主", {[SPECIAL] = true, [PROFILE] = true}},
	        {"木材加工", "本材加工", "昆山简介。", {[LEAD] = true, [SPECIAL] = true}},
	        {"木材加工", "石材加工", "以石材加工、木材加工为主。", {[LEAD] = true, [SPECIAL] = true}},
	        {"木材加工、石材加工", "羊绒", "以石材加工、木材加工为主。", {false}},
	        {"木材加工、石材加工", "石材加工", "以石材加工为主。", {false}},
	        {"新材料", "锂电池", "以原材料、锤电池为主。", {false}}, /* too short to tell */
	        {"木材加工", "羊绒", "以木材加", {false}},
	        {"木材加工", "羊绒", "以竹材加土为主。", {false}},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int ocr = 0; ocr < 2; ocr++) {
			struct found_form *x = read_by(a, ocr);
			const struct checked_form *c;

			x->values[LEAD].text = rows[i].lead;
			x->values[SPECIAL].text = rows[i].special;
			x->values[PROFILE].text = rows[i].profile;
			c = check_form(a, form, x, NULL);
			for (int k = 0; k < FIELDS; k++)
				if (c->values[k].found.evidence.doubtful != (ocr && rows[i].doubtful[k]))
					fail_msg("row %zu, by ocr %d, field %d: doubtful is %d", i, ocr, k,
					         c->values[k].found.evidence.doubtful);
		}
	}
	arena_free(a);
}

/* A number that lacks a digit is doubtful where the picture does not say that it shows no more of them: the
 * applicant's own slip, plainly read, is his. */
static void
test_short_numbers(void **state)
{
	static const struct {
		const char *text;
		bool lacks;
	} rows[] = {
	        {"1876402315", true},     {"18764023151", false}, {"0470-404055", true},
	        {"0470-4040", false},     {"0512-5731008", true}, {"021-5731008", true},
	        {"400812345", true},      {"87640231", false},    {"13912345678、1391234567", true},
	        {"+86 1391234567", true}, {"转8001", false},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int hesitant = 0; hesitant < 2; hesitant++) {
			const struct doc_evidence ev = {
			        .method = DOC_OCR, .confidence = 0.95, .hesitant = hesitant};
			struct found_form *x = read_with(a, ev);
			const struct checked_form *c;

			x->values[PHONE].text = rows[i].text;
			x->values[UNIT].evidence.hesitant = false;
			c = check_form(a, form, x, NULL);
			if (c->values[PHONE].found.evidence.doubtful != (hesitant && rows[i].lacks))
				fail_msg("%s, hesitant %d: doubtful is %d", rows[i].text, hesitant,
				         c->values[PHONE].found.evidence.doubtful);
			/* and what else was not read at first sight is then doubtful as well */
			assert_int_equal(c->values[CONTACT].found.evidence.doubtful,
			                 hesitant && rows[i].lacks);
			assert_false(c->values[UNIT].found.evidence.doubtful);
		}
	}
	arena_free(a);
}

/* But where the picture itself was doubtful, the only name that can be meant is taken, in every field. (What
 * the engine cannot read at all is mended as well: parsers_region.c, tests/mail-ocr.) */
static void
test_mended(void **state)
{
	static const struct {
		const char *region, *unit, *want_region, *want_unit, *code;
	} rows[] = {
	        {"安徽省芜湖市湾淀区", "湾淀区商务局", "安徽省芜湖市湾沚区", "湾沚区商务局", "340210"},
	        {"云南省迪庆藏族自治州维西族自治县", "维西族自治县商务局",
	         "云南省迪庆藏族自治州维西傈僳族自治县", "维西傈僳族自治县商务局", "533423"},
	        {"河南省三门峡市池县", "池县商务局", "河南省三门峡市渑池县", "渑池县商务局", "411221"},
	        {"江苏省徐州市邳市", "邳市商务局", "江苏省徐州市邳州市", "邳州市商务局", "320382"},
	        {"江苏省苏州市昆区", "昆区商务局", "江苏省苏州市昆区", "昆区商务局", ""},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct found_form *x = read_by(a, true);
		const struct checked_form *c;

		x->values[REGION].text = rows[i].region;
		x->values[REGION].evidence.confidence = 0.5;
		x->values[REGION].evidence.doubtful = true;
		x->values[UNIT].text = rows[i].unit;
		c = check_form(a, form, x, NULL);
		assert_string_equal(c->values[REGION].text, rows[i].want_region);
		assert_string_equal(c->values[UNIT].text, rows[i].want_unit);
		assert_string_equal(c->region.code, rows[i].code);
		assert_true(c->values[REGION].found.evidence.doubtful);
		assert_int_equal(c->values[UNIT].found.evidence.doubtful, *rows[i].code != '\0');
		assert_false(c->values[CONTACT].found.evidence.doubtful);
	}
	arena_free(a);
}

/* Two cells whose rule was not found run together: in a picture all values are doubtful then, for the table
 * was not found as it is. And so is a telephone beside a person, alone, and so is a list whose marks differ,
 * and a name that nobody bears. */
static void
test_run_together(void **state)
{
	static const struct {
		int field;
		const char *text;
		bool strange, all;
	} rows[] = {
	        {CONTACT, "王伟 科长 联系电话 0512-57310081", true, true},
	        {CONTACT, "王伟 科长 13912345678", true, false},
	        {CONTACT, "王伟 科长 联 系 电 话", true, true},
	        {CONTACT, "王伟 产业科科长", false, false},
	        {CONTACT, "叶哗鹏，一级主任科员", true, false}, /* 晔 */
	        {CONTACT, "于文睛 科长", true, false},
	        {CONTACT, "王伟，停车管理科", false, false},
	        {CONTACT, "欧阳晔 吵架调解员", false, false},
	        {CONTACT, "王伟 科长 转8001", false, false},
	        {PHONE, "0930-8062099-18221497520", true, false},
	        {PHONE, "0930-8062099-8001", false, false},
	        {PHONE, "0930-8062099、18221497520", false, false},
	        {PHONE, "86-18221497520", false, false},
	        {UNIT, "昆山市工业和信息化局 主导产业", true, true},
	        {UNIT, "昆山市工业和信息化局", false, false},
	        {LEAD, "电子信息、装备制造，新材料", true, false},
	        {LEAD, "电子信息、装备制造,新材料", true, false},
	        {LEAD, "电子信息，装备制造", false, false},
	        {LEAD, "电子信息、装备制造", false, false},
	        {PROFILE, "昆山市主导产业为电子信息、装备制造，联系电话13912345678。", false, false},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int ocr = 0; ocr < 2; ocr++) {
			struct found_form *x = read_by(a, ocr);
			const struct checked_form *c;

			x->values[rows[i].field].text = rows[i].text;
			c = check_form(a, form, x, NULL);
			if (c->values[rows[i].field].found.evidence.doubtful != (ocr && rows[i].strange))
				fail_msg("%s, by ocr %d: doubtful is %d", rows[i].text, ocr,
				         c->values[rows[i].field].found.evidence.doubtful);
			assert_int_equal(c->confidence < 0.9, ocr && rows[i].strange);
			for (int k = 0; k < FIELDS; k++)
				if (k != rows[i].field)
					assert_int_equal(c->values[k].found.evidence.doubtful,
					                 ocr && rows[i].all);
		}
	}
	arena_free(a);
}

/* A rare character in a place's name is read so by each look and for sure by none: the table, which holds the
 * whole name, says that it is right, there and where the name stands in another field. */
static void
test_confirmed(void **state)
{
	static const struct {
		const char *name, *region, *unit, *region_weak, *unit_weak;
		bool region_doubtful, unit_doubtful;
	} rows[] = {
	        {"both", "河南省商丘市睢阳区", "睢阳区工信局", "睢", "睢", false, false},
	        {"at the end of a word", "河南省商丘市睢阳区", "商丘睢阳工信局", "睢", "阳", false, false},
	        {"for more than that", "河南省商丘市睢阳区", "睢阳区工信局", "", "", true, true},
	        {"another character as well", "河南省商丘市睢阳区", "睢阳区工信局", "睢", "睢信", false,
	         true},
	        {"not in the name", "河南省商丘市睢阳区", "睢阳区大阳镇", "睢", "阳", false, true},
	        {"it does not stand there", "河南省商丘市睢阳区", "睢阳区工信局", "睢", "鲅", false, true},
	        {"not the whole name", "商丘市睢阳区", "睢阳区工信局", "睢", "睢", true, true},
	        {"no such place", "河南省商丘市雎阳区", "雎阳区工信局", "雎", "雎", true, true},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct found_form *x = arena_alloc(a, 1, sizeof *x);
		const struct checked_form *c;

		for (int k = 0; k < FIELDS; k++)
			x->values[k] = (struct found_value){
			        .seen = true,
			        .text = k == REGION ? rows[i].region
			                : k == UNIT ? rows[i].unit
			                            : good_form[k],
			        .evidence = {.method = DOC_OCR, .confidence = 0.95, .without = 0.95}};
		for (int k = REGION; k <= UNIT; k++) {
			x->values[k].evidence.doubtful = true;
			x->values[k].evidence.confidence = 0.5;
			doc_add_weak(x->values[k].evidence.weak,
			             k == REGION ? rows[i].region_weak : rows[i].unit_weak);
		}
		c = check_form(a, form, x, NULL);
		if (c->values[REGION].found.evidence.doubtful != rows[i].region_doubtful ||
		    c->values[UNIT].found.evidence.doubtful != rows[i].unit_doubtful)
			fail_msg("%s: doubtful are %d, %d", rows[i].name,
			         c->values[REGION].found.evidence.doubtful,
			         c->values[UNIT].found.evidence.doubtful);
		assert_int_equal(c->confidence < 0.9, rows[i].region_doubtful || rows[i].unit_doubtful);
	}
	arena_free(a);
}

static void
test_order(void **state)
{
	struct arena *a = arena_new();
	struct found_form *x = arena_alloc(a, 1, sizeof *x);
	struct checked_form *c = check_form(a, form, x, NULL);

	(void)state;
	assert_int_equal(c->defect_count, FIELDS);
	for (int i = 0; i < FIELDS; i++)
		assert_ptr_equal(c->defects[i].field, &form->fields[i]);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_word_count),    cmocka_unit_test(test_names),
	        cmocka_unit_test(test_phones),        cmocka_unit_test(test_positions),
	        cmocka_unit_test(test_defects),       cmocka_unit_test(test_good_form),
	        cmocka_unit_test(test_not_shown),     cmocka_unit_test(test_kept),
	        cmocka_unit_test(test_mended),        cmocka_unit_test(test_misread),
	        cmocka_unit_test(test_run_together),  cmocka_unit_test(test_confirmed),
	        cmocka_unit_test(test_order),         cmocka_unit_test(test_near_industries),
	        cmocka_unit_test(test_short_numbers),
	};

	return cmocka_run_group_tests(tests, load_form, drop_form);
}

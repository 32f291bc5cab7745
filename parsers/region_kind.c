/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_kind.h"

#include "parsers/region_text.h"

#include <stddef.h>
#include <string.h>

enum { ENDS_MAX = 48 };

/* The first row that fits counts: 街道办事处 before 办事处, 镇政府 before 政府. */
static const struct {
	enum region_kind kind;
	const char *ends[ENDS_MAX];
} kinds[] = {
        {KIND_COMPANY,
         {"公司",   "集团",   "厂",   "合作社", "研究院", "研究所", "协会",   "商会",     "大学", "学院",
          "学校",   "中学",   "医院", "银行",   "事务所", "基金会", "促进会", "产业联盟", "中心", "个体户",
          "经营部", "工作室", "商行", "农场主", "学会",   "联合会", "招待所", "技术联盟", NULL}},
        {KIND_VILLAGE, {"村民委员会", "村委会", "居民委员会", "居委会", "社区", "嘎查", "村", "屯", NULL}},
        {KIND_STREET, {"街道办事处", "街道办", "街道", "办事处", NULL}},
        {KIND_TOWN,
         {"镇人民政府", "乡人民政府", "镇政府", "乡政府", "镇", "乡", "苏木", "团场", "农场", "林场", "牧场",
          NULL}},
        {KIND_ADDRESS, {"路", "号", "室",   "楼",   "大道", "街", "弄", "巷", "胡同", "层", "栋",
                        "幢", "座", "大厦", "广场", "院",   "口", "侧", "段", "里",   NULL}},
        {KIND_OFFICE,
         {"政府", "局", "厅", "委员会", "委", "办公室", "办", "科", "部", "处", "科技园办", NULL}},
        {KIND_WIDE, {"全域", "全市",   "全县",   "全区", "全境",     "全州", "市域", "县域", "区域", "境内",
                     "辖区", "本级",   "主城区", "城区", "市区",     "城市", "等",   "等地", "地区", "产业",
                     "行业", "制造业", "制造",   "名片", "产业名片", "加工", "工业", "域",   NULL}},
};

/* 143团, 一四三团; not 蔡家组团. */
static bool
is_regiment(const char *text)
{
	static const char *const numbers[] = {"零团", "〇团", "一团", "二团", "三团", "四团", "五团",
	                                      "六团", "七团", "八团", "九团", "十团", NULL};
	size_t len = strlen(text);

	return word_ends_any(text, numbers) != NULL ||
	       (len > strlen("团") && word_ends(text, "团") && text[len - strlen("团") - 1] >= '0' &&
	        text[len - strlen("团") - 1] <= '9');
}

static bool
ends_in_digit(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && text[len - 1] >= '0' && text[len - 1] <= '9';
}

enum region_kind
region_kind_of(const char *text)
{
	if (strcmp(text, "区") == 0 || strcmp(text, "市") == 0 || strcmp(text, "县") == 0)
		return KIND_WIDE; /* 昆山市区 */
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (word_ends_any(text, kinds[i].ends) != NULL)
			return kinds[i].kind;
	if (strstr(text, "有限公司") != NULL || strstr(text, "有限责任公司") != NULL ||
	    strstr(text, "股份公司") != NULL)
		return KIND_COMPANY;
	if (is_regiment(text))
		return KIND_TOWN;
	return ends_in_digit(text) ? KIND_ADDRESS : KIND_OTHER;
}

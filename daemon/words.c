/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/words.h"

#include <stddef.h>
#include <string.h>

struct word {
	const char *token, *chinese;
};

static const struct word categories[] = {
        {"sub_provincial", "副省级（省会）城市"},
        {"prefecture", "地级市"},
        {"county", "区、县（市）"},
        {"cluster", "产业集聚区"},
};

static const struct word defects[] = {
        {"missing", "未填写"},
        {"placeholder", "仍为填写提示"},
        {"too_many", "数量超出"},
        {"too_long", "字数超出"},
        {"bad_phone", "号码无法拨通"},
        {"not_eligible", "不属征集对象"},
        {"no_position", "未注明职务"},
        {"unknown_region", "区域未能核对"},
        {"phone_partly_bad", "部分号码待核"},
};

static const struct word states[] = {
        {"accepted", "已登记"},  {"correction", "待补正"}, {"conflict", "待核实"},
        {"withdrawn", "已撤回"}, {"joined", "已并入"},
};

static const struct word dispositions[] = {
        {"accepted", "登记"},      {"correction", "请补正"}, {"unreadable", "附件未能打开"},
        {"no_form", "未见登记表"}, {"other", "与登记无关"},  {"ignored", "自动邮件"},
};

static const struct word reasons[] = {
        {"shadow", "试运行，不发答复"},
        {"automatic", "疑为自动邮件"},
        {"own_domain", "中心内部来件"},
        {"doubtful", "图片识读存疑"},
        {"authentication", "来件未通过发件验证"},
        {"old", "启用前的来件"},
        {"answered", "已由人工答复"},
        {"relooked", "重新查看时发现"},
        {"closed", "征集已结束"},
        {"withdrawal", "来件要求撤回"},
        {"values_unplaced", "补充内容不知属于哪份登记"},
        {"values_region", "补充内容指向另一区域"},
        {"values_unchecked", "补充内容未能核对"},
};

#define FIND(table, token) find((table), sizeof(table) / sizeof(*(table)), (token))

static const char *
find(const struct word *table, size_t count, const char *token)
{
	if (!token)
		return "";
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].token, token) == 0)
			return table[i].chinese;
	return token;
}

const char *
words_category(const char *category)
{
	return FIND(categories, category);
}

const char *
words_defect(const char *code)
{
	return FIND(defects, code);
}

const char *
words_state(const char *state)
{
	return FIND(states, state);
}

const char *
words_disposition(const char *disposition)
{
	return FIND(dispositions, disposition);
}

const char *
words_withheld(const char *why)
{
	return FIND(reasons, why);
}

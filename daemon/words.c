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
        {"told", "相同内容已告知过"},
        {"unanswerable", "无法自动答复"},
        {"closed", "征集已结束"},
        {"withdrawal", "来件要求撤回"},
        {"values_unplaced", "补充内容不知属于哪份登记"},
        {"values_region", "补充内容指向另一区域"},
        {"values_unchecked", "补充内容未能核对"},
        {"restored", "由备份恢复"},
        {"cap_thread", "同一往来答复过多"},
        {"cap_hour", "一小时内答复过多"},
        {"cap_address", "对同一地址答复过多"},
        {"refused", "对方服务器拒收"},
        {"deferred", "多次投递未成"},
        {"unknown", "是否送达不明"},
        {"auth", "邮箱账号或授权码未通过"},
        {"tls", "加密连接未建立"},
        {"sender", "发件人不在工作人员之列"},
        {"machine", "非人工来信"},
        {"foreign", "验证码属另一期日报"},
};

static const struct word items[] = {
        {"withheld", "回复待放行"},     {"failed", "回复未能送达"},
        {"bounced", "回复被退回"},      {"conflict", "同一区域另有单位登记，内容不同"},
        {"unreadable", "附件未能打开"}, {"undecided", "来信需人工判断"},
};

static const struct word anomalies[] = {{"withheld", "回复暂缓发出"},
                                        {"failed", "回复未能送达"},
                                        {"bounced", "退信"},
                                        {"unknown", "回复是否送达不明"}};

static const struct word unread_reasons[] = {
        {"encrypted", "加密"},     {"damaged", "文件损坏"}, {"unsupported", "格式不支持或无法辨认"},
        {"too_large", "文件过大"}, {"timeout", "处理超时"},
};

static const struct word alarms[] = {
        {"imap_credential", "收信账号未通过"}, {"smtp_credential", "发信账号未通过"},
        {"imap_tls", "收信加密连接异常"},      {"smtp_tls", "发信加密连接异常"},
        {"imap_away", "收信服务器未能连接"},   {"smtp_away", "发信服务器未能连接"},
};

static const struct word kinds[] = {
        {"accepted", "登记回执"},
        {"correction", "补正通知"},
        {"no_form", "请补登记表"},
        {"unreadable", "附件未能打开"},
        {"repeated", "已收悉（重复报送）"},
        {"revised", "更正回执"},
        {"digest", "日报"},
        {"order", "处理结果"},
};

static const struct word replies[] = {
        {"due", "待发"},    {"sending", "发送中"}, {"unknown", "送达不明"}, {"deferred", "待再发"},
        {"sent", "已发出"}, {"failed", "未送达"},  {"bounced", "被退回"},   {"withheld", "暂缓"},
};

static const struct word events[] = {
        {"started", "启动"},         {"stopped", "停止"},
        {"received", "收到来信"},    {"recorded", "登记"},
        {"left", "留在邮箱"},        {"queued", "拟好回复"},
        {"sending", "开始发送"},     {"sent", "发出"},
        {"unknown", "送达不明"},     {"deferred", "待再发"},
        {"failed", "未能送达"},      {"bounced", "被退回"},
        {"reviewed", "人工处理"},    {"held", "暂未能解析"},
        {"checkpoint", "检查点"},    {"digested", "日报"},
        {"ordered", "日报回复办理"}, {"cut", "修复断尾"},
        {"swept", "清理无主文件"},   {"restored", "由备份恢复"},
        {"redacted", "依法清除"},    {"relooked", "重新查看"},
        {"alarm", "报警"},           {"compared", "与邮箱比对"},
        {"reloaded", "重读配置"},
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

const char *
words_item(const char *what)
{
	return FIND(items, what);
}

const char *
words_anomaly(const char *state)
{
	const char *word = FIND(anomalies, state);

	return word == state ? NULL : word;
}

const char *
words_unread(const char *reason)
{
	return FIND(unread_reasons, reason);
}

const char *
words_alarm(const char *alarm)
{
	return FIND(alarms, alarm);
}

const char *
words_kind(const char *kind)
{
	return FIND(kinds, kind);
}

const char *
words_reply(const char *state)
{
	return FIND(replies, state);
}

const char *
words_event(const char *event)
{
	return FIND(events, event);
}

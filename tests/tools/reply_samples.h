/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts of one reply of each kind, and of those that are hard: for the unit test, and for
 * reply_sample, which writes them out to be looked at. The people are invented. */
#ifndef MINGPIAN_TESTS_REPLY_SAMPLES_H
#define MINGPIAN_TESTS_REPLY_SAMPLES_H

#include "daemon/reply.h"

#define SAMPLE_SHA "3f5a9c0e7d21b4866f0c9f2f8f0d6f7f1b2c3d4e5f60718293a4b5c6d7e8f901"
#define SAMPLE_PROFILE                                                                                                                                       \
	"昆山市地处江苏省东南部，2021年完成地区生产总值4748亿元。全市以电子信息、装备制造为主导，集聚规上工"    \
	"业企业2600余家，"                                                                                                                             \
	"连续多年位居全国百强县前列。\n近年来，昆山大力发展传感器产业，建成专业园区，形成从设计、制造到封装" \
	"测试的完整链条。"

static const struct reply_value sample_good[] = {
        {"region", "江苏省苏州市昆山市", false},
        {"lead_unit", "昆山市工业和信息化局", false},
        {"leading_industries", "电子信息、装备制造", false},
        {"special_industry", "传感器", false},
        {"profile", SAMPLE_PROFILE, false},
        {"contact", "沈志远 产业科科长", false},
        {"phone", "0512-55484407", true},
};
static const struct reply_value sample_faulty[] = {
        {"region", "湖北省荆门市掇刀区", false},
        {"lead_unit", "荆门市掇刀区科技和经济信息化局", false},
        {"leading_industries", "化工、装备制造、食品加工、电子信息", false},
        {"special_industry", NULL, false},
        {"profile", SAMPLE_PROFILE, false},
        {"contact", "李文静", false},
        {"phone", "2331000", false},
};
static const struct reply_defect sample_defects[] = {
        {"phone", "bad_phone", "2331000", "0724-2331000", true},
        {"contact", "no_position", NULL, NULL, false},
        {"leading_industries", "too_many", "4", NULL, true},
        {"special_industry", "missing", NULL, NULL, true},
};
static const struct reply_change sample_changes[] = {
        {"phone", "55484407", "0512-55484407"},
        {"special_industry", NULL, "传感器"},
};
static const struct reply_form sample_accepted[] = {
        {.receipt = "CYMP-2022-0042",
         .revision = 1,
         .source = "区域（城市）产业名片打造登记表.docx",
         .category = "county",
         .values = sample_good,
         .value_count = 7},
};
static const struct reply_form sample_correction[] = {
        {.receipt = "CYMP-2022-0043",
         .revision = 1,
         .source = "登记表.doc",
         .category = "county",
         .values = sample_faulty,
         .value_count = 7,
         .defects = sample_defects,
         .defect_count = 4},
};
static const struct reply_form sample_revised[] = {
        {.receipt = "CYMP-2022-0042",
         .revision = 2,
         .source = "body",
         .category = "county",
         .values = sample_good,
         .value_count = 7,
         .changes = sample_changes,
         .change_count = 2},
};
static const struct reply_form sample_bundle[] = {
        {.receipt = "CYMP-2022-0051",
         .revision = 1,
         .source = "材料.zip/昆山/登记表.doc",
         .category = "county",
         .late = true,
         .values = sample_good,
         .value_count = 7},
        {.receipt = "CYMP-2022-0052",
         .revision = 1,
         .source = "材料.zip/掇刀/登记表.doc",
         .category = "county",
         .late = true,
         .values = sample_faulty,
         .value_count = 7,
         .defects = sample_defects,
         .defect_count = 4},
};
static const struct reply_unread sample_unread[] = {
        {"材料.zip/太仓市登记表.doc", "encrypted"},
        {"扫描件.wpt", "damaged"},
};
static const char *const sample_links[] = {"登记表及推荐函.zip", NULL};
static const char *const sample_references[] = {"<first@ks.gov.cn>", "<second@ks.gov.cn>", NULL};

enum { SAMPLES = 11 };

/* The i-th sample; name_r gets a word for it. */
static inline struct reply_facts
sample(size_t i, const char **name_r)
{
	static const char *const names[SAMPLES] = {
	        "accepted", "correction",    "no_form", "links",        "unreadable",     "repeated",
	        "revised",  "bundle-partly", "large",   "late-no_form", "repeated-faulty"};
	static struct reply_form large[45];
	struct reply_facts f = {
	        .id = "CYMP-2022-0042",
	        .number = 1,
	        .own_name = "工业和信息化部工业文化发展中心",
	        .own_addr = "maruijuan@miit-icdc.org",
	        .own_domain = "miit-icdc.org",
	        .own_contact = "联系人：马老师，电话：010-68200000",
	        .to_addr = "gxj@ks.gov.cn",
	        .to_name = "沈志远",
	        .subject = "Re: 回复：昆山市产业名片打造计划登记表",
	        .message_id = "<third@ks.gov.cn>",
	        .references = sample_references,
	        .received_at = 1654826700, /* 2022-06-10 10:05 +08:00 */
	        .now = 1654826760,
	        .mail_sha256 = SAMPLE_SHA,
	        .log_seq = 128,
	        .log_hash = SAMPLE_SHA,
	        .forms = sample_accepted,
	        .form_count = 1,
	};

	*name_r = names[i];
	switch (i) {
	case 1:
		f.kind = REPLY_CORRECTION;
		f.forms = sample_correction;
		f.id = "CYMP-2022-0043";
		break;
	case 3: f.links = sample_links; __attribute__((fallthrough));
	case 2:
	case 9:
		f.kind = REPLY_NO_FORM;
		f.form_count = 0;
		f.id = "M-3f5a9c0e7d";
		break;
	case 4:
		f.kind = REPLY_UNREADABLE;
		f.form_count = 0;
		f.id = "M-3f5a9c0e7d";
		f.unread = sample_unread;
		f.unread_count = 2;
		break;
	case 5: f.kind = REPLY_REPEATED; break;
	case 6:
		f.kind = REPLY_REVISED;
		f.forms = sample_revised;
		f.number = 2;
		break;
	case 7:
		f.kind = REPLY_CORRECTION;
		f.forms = sample_bundle;
		f.form_count = 2;
		f.id = "CYMP-2022-0051";
		f.unread = sample_unread;
		f.unread_count = 2;
		f.links = sample_links;
		f.received_at = 1656640800; /* 2022-07-01 10:00 +08:00 */
		f.now = 1656640860;
		break;
	case 8:
		f.kind = REPLY_CORRECTION;
		for (size_t k = 0; k < 45; k++)
			large[k] = k % 10 == 9 ? sample_correction[0] : sample_accepted[0];
		f.forms = large;
		f.form_count = 45;
		break;
	case 10:
		f.kind = REPLY_REPEATED;
		f.forms = sample_correction;
		break;
	default: break;
	}
	if (i == 9)
		f.received_at = f.now = 1656640800;
	return f;
}

#endif

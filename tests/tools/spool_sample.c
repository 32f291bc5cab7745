/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spool as a campaign leaves it, made without a server: mails from all provinces, written here, read by the
 * real parser, and put through decide, record, answer and act as the daemon puts them. The same seed gives
 * the same mails.
 *   spool_sample DIR [COUNT [SEED [UNTIL]]]     COUNT registrations (400), the last before UNTIL (2022-07-02)
 * Two of the 37 departments stay silent (西藏自治区, 厦门市). Run it in the repository's top folder. */
#include "config/clock.h"
#include "config/form.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/act.h"
#include "daemon/own_mail.h"
#include "daemon/record.h"
#include "spool/query.h"
#include "tests/lib/sample_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { ROUND = 8, MAIL_MAX = 1 << 20, COUNT_MAX = 2500, STORIES_MAX = 4000 };

#define BEGIN "2022-05-23T09:00:00+08:00"

/* ---- chance, the same for the same seed ---- */

static uint64_t chance_state;

static unsigned
chance(unsigned n)
{
	chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
	return n ? (unsigned)(chance_state >> 33) % n : 0;
}

#define PICK(list) ((list)[chance(sizeof(list) / sizeof *(list))])

/* ---- words ---- */

static const char *const industries[] = {
        "电子信息", "装备制造", "新材料",     "生物医药", "汽车零部件",   "纺织服装",
        "绿色食品", "智能家电", "精细化工",   "航空航天", "光伏新能源",   "家居建材",
        "陶瓷",     "现代物流", "工业机器人", "集成电路", "轨道交通装备", "船舶海工",
        "有色金属", "酒类酿造", "眼镜",       "五金工具", "医疗器械",     "锂电池",
};
static const char *const specials[] = {
        "特色小提琴制造", "竹木工艺", "羊绒制品", "石墨烯材料", "中药饮片", "珍珠饰品", "花炮", "紫砂陶",
        "袜业",           "打火机",   "木雕家具", "茶叶加工",   "枸杞制品", "坚果炒货", "藤铁", "水晶工艺",
};
static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄",
                                       "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
                                       "何", "郭", "马", "罗", "梁", "宋", "郑", "谢"};
static const char *const given[] = {"志远", "建国", "晓东", "丽华", "文斌", "秀英", "海涛", "雪梅",
                                    "永强", "思齐", "嘉怡", "国栋", "一鸣", "静",   "伟",   "敏"};
static const char *const positions[] = {"产业科科长", "规划科副科长", "局长",
                                        "副局长",     "办公室主任",   "四级主任科员"};
static const char *const profile_parts[] = {
        "地处交通要道，工业门类齐全，产业链条完整。",
        "规模以上工业企业126家，2021年实现产值480亿元，同比增长12.6%。",
        "拥有国家级高新技术企业58家、省级以上研发平台31个。",
        "连续三年入选全国工业百强，获评国家新型工业化产业示范基地。",
        "特色产业集聚度高，主导产品国内市场占有率超过30%。",
        "出台人才、土地、金融等扶持政策，营商环境持续优化。",
        "形成了“龙头企业+配套园区+公共服务平台”的发展格局。",
        "境内有铁路、高速公路和港口，物流便利。",
};
/* What a spreadsheet must never take for a formula. */
static const char *const nasty[] = {"=HYPERLINK(\"http://example.org\",\"点此\")",
                                    "+8613800000000的加工",
                                    "@SUM(1+1)*cmd|' /C calc'!A0",
                                    "-2+3+cmd|' /C calc'!A0",
                                    "=1+1",
                                    "<b>“竹编”</b>&amp;"};

/* ---- one story: a form on its way, and what comes of it ---- */

enum fault { FAULT_NONE, FAULT_PHONE, FAULT_MISSING, FAULT_MANY, FAULT_LONG, FAULT_TOWN, FAULTS };

struct form_values {
	char *region, *unit, *industries, *special, *profile, *contact, *phone;
};

struct sender {
	char address[64], name[200];
};

enum what {
	WHAT_FORM,      /* a form, or a bundle of them */
	WHAT_CORRECTED, /* the same, mended, in answer to us */
	WHAT_AGAIN,     /* the same once more */
	WHAT_COPY,      /* the same mail in the other mailbox */
	WHAT_RIVAL,     /* another sender, other values */
	WHAT_NO_FORM,
	WHAT_UNREADABLE,
	WHAT_BOUNCE,  /* of the reply to story `of` */
	WHAT_PRIVATE, /* left to its owner */
	WHAT_WITHDRAWAL
};

struct story {
	enum what what;
	time_t at;
	size_t of; /* the story that it follows; itself */
	size_t place;
	int forms; /* 1: typed into the text; more: a file each */
	enum fault fault;
	bool automatic, unauthentic, fails;
	const char *nasty;
	/* once told: */
	struct hash message;
	char id[100];
	struct buf mail;
	struct form_values values[12];
	struct sender sender;
};

struct place {
	size_t row;
	unsigned code;
	int level;
	bool cluster;
	char *name;
	unsigned dial;
	int digits;
};

struct sample {
	struct form *form;
	struct reply_kit *kit;
	struct spool *spool;
	struct writer_config config;
	struct writer_mailbox mailboxes[2];
	struct place *places;
	size_t place_count, place_next;
	struct story *stories;
	size_t story_count;
	unsigned uid;
	time_t until;
	int staged;
};

/* ---- places: each province in turn, so that all are there ---- */

static bool
silent(unsigned code)
{
	return code / 10000 == 54 || code / 100 == 3502 || code / 10000 > 66;
}

static int
by_mix(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->code > y->code) - (x->code < y->code);
}

/* How often each province stands in the row: the large ones more often. */
static unsigned
weight(unsigned code)
{
	static const unsigned weights[] = {11, 2,  12, 2,  13, 12, 14, 9,  15, 5,  21, 10, 22, 5,  23,
	                                   6,  31, 3,  32, 26, 33, 24, 34, 16, 35, 13, 36, 14, 37, 25,
	                                   41, 19, 42, 15, 43, 16, 44, 24, 45, 10, 46, 2,  50, 7,  51,
	                                   20, 52, 9,  53, 10, 61, 11, 62, 7,  63, 3,  64, 4,  65, 9};

	for (size_t i = 0; i + 1 < sizeof weights / sizeof *weights; i += 2)
		if (weights[i] == code / 10000)
			return weights[i + 1];
	return 4;
}

static void
shuffle(struct place *p, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = chance((unsigned)i);
		struct place t = p[i - 1];

		p[i - 1] = p[k];
		p[k] = t;
	}
}

/* count places: of every province some, of 新疆 also the 兵团's cities. */
static void
find_places(struct sample *s, size_t count)
{
	struct place *all = mem_alloc(sample_division_count(), sizeof *all);
	size_t n = 0, out = 0;

	for (size_t row = 0; row < sample_division_count(); row++) {
		struct sample_division d;

		if (sample_division(row, &d) && d.level > 0 && !silent(d.code))
			all[n++] = (struct place){.row = row, .code = d.code, .level = d.level};
	}
	shuffle(all, n);
	s->places = mem_alloc(count, sizeof *s->places);
	/* rounds: in round r a province with weight w has had w*r/10 places */
	for (unsigned round = 1; out < count && round < 400; round++)
		for (unsigned p = 11; p < 66 && out < count; p++) {
			unsigned had = 0;

			for (size_t i = 0; i < out; i++)
				had += s->places[i].code / 10000 == p;
			for (size_t i = 0; i < n && out < count && had < weight(p * 10000) * round / 12 + 1;
			     i++)
				if (all[i].code / 10000 == p) {
					had++;
					all[i].cluster = all[i].level == 2 && chance(5) == 0;
					s->places[out++] = all[i];
					all[i].code = 0;
				}
		}
	/* one of each separately planned city and of the 兵团 for sure, whatever chance says */
	for (unsigned want = 0; want < 5 && out == count; want++) {
		static const unsigned heads[] = {2102, 3302, 3702, 4403, 6590};
		size_t i, k = count - 1 - want;

		for (i = 0; i < n; i++)
			if (all[i].code / 100 == heads[want])
				break;
		if (i < n) {
			s->places[k] = all[i];
			all[i].code = 0;
		}
	}
	free(all);
	qsort(s->places, out, sizeof *s->places, by_mix);
	shuffle(s->places, out);
	s->place_count = out;
	for (size_t i = 0; i < out; i++)
		s->places[i].name =
		        sample_division_name(s->places[i].row, &s->places[i].dial, &s->places[i].digits);
}

/* ---- values ---- */

static char *
joined(const char *const *list, size_t size, unsigned n)
{
	struct buf b = BUF_INIT(1000);
	unsigned first = chance((unsigned)size);

	for (unsigned i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i ? "、" : "", list[(first + i * 5) % size]);
	return buf_take(&b);
}

static const char *
last_name(const char *full)
{
	const char *best = full;
	static const char *const ends[] = {"省", "市", "自治区", "自治州", "盟", "地区"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		for (const char *p = strstr(full, ends[i]); p; p = strstr(p + 1, ends[i]))
			if (p[strlen(ends[i])] && p + strlen(ends[i]) > best)
				best = p + strlen(ends[i]);
	return best;
}

static char *
profile(const char *name, bool too_long)
{
	struct buf b = BUF_INIT(8000);
	unsigned n = too_long ? 18 : 2 + chance(5), first = chance(8);

	buf_fmt(&b, "%s", last_name(name));
	for (unsigned i = 0; i < n; i++)
		buf_str(&b, profile_parts[(first + i) % (sizeof profile_parts / sizeof *profile_parts)]);
	return buf_take(&b);
}

static char *
phone(const struct place *p, enum fault fault)
{
	struct buf b = BUF_INIT(200);

	if (fault == FAULT_PHONE)
		buf_fmt(&b, "%u", 2331000 + chance(9000));
	else if (p->dial && chance(2))
		buf_fmt(&b, "0%u-%u", p->dial, (p->digits == 7 ? 5500000 : 65500000) + chance(400000));
	else
		buf_fmt(&b, "13%u%08u", chance(10), 10000000 + chance(80000000));
	return buf_take(&b);
}

static void
fill(const struct place *p, enum fault fault, const char *bad, struct form_values *v)
{
	struct buf region = BUF_INIT(500), unit = BUF_INIT(500), contact = BUF_INIT(200);

	buf_str(&region, p->name);
	if (p->cluster)
		buf_fmt(&region, "%s", "经济开发区");
	if (fault == FAULT_TOWN)
		buf_str(&region, "城关镇");
	buf_fmt(&unit, p->cluster ? "%s经济开发区管委会" : "%s工业和信息化局", last_name(p->name));
	buf_fmt(&contact, "%s%s", PICK(surnames), PICK(given));
	if (chance(12))
		buf_fmt(&contact, " %s", PICK(positions));
	*v = (struct form_values){
	        .region = buf_take(&region),
	        .unit = buf_take(&unit),
	        .industries = joined(industries, sizeof industries / sizeof *industries,
	                             fault == FAULT_MANY ? 4 : 1 + chance(3)),
	        .special = mem_str(bad                      ? bad
	                           : fault == FAULT_MISSING ? ""
	                                                    : PICK(specials)),
	        .profile = profile(p->name, fault == FAULT_LONG),
	        .contact = buf_take(&contact),
	        .phone = phone(p, fault),
	};
}

static void
values_free(struct form_values *v)
{
	free(v->region);
	free(v->unit);
	free(v->industries);
	free(v->special);
	free(v->profile);
	free(v->contact);
	free(v->phone);
	*v = (struct form_values){0};
}

/* ---- mails ---- */

static void
put_head(const struct sample *s, struct story *t, const char *subject, const char *answers, struct buf *b)
{
	char date[48];

	buf_fmt(b, "From: ");
	text_header(b, t->sender.name, 6);
	buf_fmt(b, " <%s>\r\nTo: %s\r\nSubject: ", t->sender.address, s->mailboxes[0].address);
	text_header(b, subject, 9);
	buf_fmt(b, "\r\nDate: %s\r\nMessage-ID: %s\r\nMIME-Version: 1.0\r\n", clock_rfc5322(t->at - 20, date),
	        t->id);
	if (answers)
		buf_fmt(b, "In-Reply-To: %s\r\nReferences: %s\r\n", answers, answers);
	if (t->automatic)
		buf_fmt(b, "Precedence: bulk\r\nX-Auto-Response-Suppress: All\r\n");
	if (t->unauthentic)
		buf_fmt(b,
		        "Authentication-Results: mx.miit-icdc.org; spf=fail; dmarc=fail header.from=%s\r\n",
		        strchr(t->sender.address, '@') + 1);
}

static void
put_form_text(const struct form_values *v, struct buf *b)
{
	buf_fmt(b,
	        "申请区域（城市）：%s\r\n牵头单位：%s\r\n主导产业：%s\r\n特色产业：%s\r\n申请区域简介：%s\r\n"
	        "联系人及职务：%s\r\n联系电话：%s\r\n",
	        v->region, v->unit, v->industries, v->special, v->profile, v->contact, v->phone);
}

static void
put_form_html(const struct form *f, const struct form_values *v, struct buf *b)
{
	const char *values[] = {v->region,  v->unit,    v->industries, v->special,
	                        v->profile, v->contact, v->phone};

	buf_fmt(b, "<html><head><meta charset=\"utf-8\"></head><body><h2>%s</h2><table border=\"1\">",
	        f->title);
	for (size_t i = 0; i < 7; i++) {
		buf_fmt(b, "<tr><td>%s</td><td>", f->fields[i].label);
		text_html(b, values[i]);
		buf_str(b, "</td></tr>\r\n");
	}
	buf_str(b, "</table></body></html>\r\n");
}

#define TEXT_PART "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"

static void
put_bundle(const struct sample *s, const struct story *t, struct buf *b)
{
	buf_str(b, "Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\n" TEXT_PART
	           "现报送我省登记表，请查收附件。\r\n");
	for (int i = 0; i < t->forms; i++) {
		buf_fmt(b,
		        "--part\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: "
		        "8bit\r\n"
		        "Content-Disposition: attachment; filename=\"form-%d.html\"\r\n\r\n",
		        i + 1);
		put_form_html(s->form, &t->values[i], b);
	}
	buf_str(b, "--part--\r\n");
}

/* The reply that a story got, as Message-ID; NULL: none. */
static const char *
reply_of(const struct sample *s, struct arena *a, const struct story *t, struct err *e)
{
	struct query_reply *list = NULL;
	size_t n = 0;

	return query_replies_to(spool_index(s->spool), a, t->message.hex, &list, &n, e) && n
	               ? list[0].message_id
	               : NULL;
}

static void
put_bounce(const struct story *of, const char *message_id, struct buf *b)
{
	buf_fmt(b,
	        "Auto-Submitted: auto-replied\r\n"
	        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"part\"\r\n\r\n"
	        "--part\r\n" TEXT_PART "Undelivered mail.\r\n"
	        "--part\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; "
	        "mx.example.org\r\n\r\n"
	        "Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n"
	        "--part\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n--part--\r\n",
	        of->sender.address, message_id ? message_id : "<none@example.org>");
}

static void
write_mail(struct sample *s, struct story *t, struct arena *a, struct err *e)
{
	struct story *of = &s->stories[t->of];
	struct buf *b = &t->mail;

	*b = BUF_INIT(MAIL_MAX);
	(void)snprintf(t->id, sizeof t->id, "<%zu.%lld@sample.example.org>", (size_t)(t - s->stories),
	               (long long)t->at);
	if (t->what == WHAT_COPY) {
		buf_add(b, of->mail.at, of->mail.len);
		return;
	}
	if (t->what == WHAT_BOUNCE) {
		(void)snprintf(t->sender.address, sizeof t->sender.address, "mailer-daemon@mx.example.org");
		(void)snprintf(t->sender.name, sizeof t->sender.name, "Mail Delivery System");
	}
	put_head(s, t, t->what == WHAT_PRIVATE ? "周末聚餐" : "产业名片打造登记表",
	         t->what == WHAT_CORRECTED || t->what == WHAT_WITHDRAWAL ? reply_of(s, a, of, e) : NULL, b);
	switch (t->what) {
	case WHAT_BOUNCE: put_bounce(of, reply_of(s, a, of, e), b); return;
	case WHAT_NO_FORM: buf_str(b, TEXT_PART "登记表请查收附件。\r\n"); return;
	case WHAT_PRIVATE: buf_str(b, TEXT_PART "老师，周末有空吗？\r\n"); return;
	case WHAT_WITHDRAWAL: buf_str(b, TEXT_PART "我单位申请撤回登记表，请予作废。\r\n"); return;
	case WHAT_UNREADABLE:
		buf_str(b,
		        "Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\n" TEXT_PART
		        "登记表请查收附件。\r\n--part\r\nContent-Type: application/pdf\r\n"
		        "Content-Disposition: attachment; filename=\"form.pdf\"\r\n\r\n%PDF-1.5\r\nbroken\r\n"
		        "--part--\r\n");
		return;
	default: break;
	}
	if (t->forms > 1) {
		put_bundle(s, t, b);
		return;
	}
	buf_str(b, TEXT_PART);
	put_form_text(&t->values[0], b);
}

/* Who writes: the region's own office, or its province's department for a bundle. */
static void
set_sender(const struct sample *s, struct story *t)
{
	const struct place *p = &s->places[t->place];

	if (t->what == WHAT_CORRECTED || t->what == WHAT_AGAIN || t->what == WHAT_WITHDRAWAL) {
		t->sender = s->stories[t->of].sender;
		return;
	}
	(void)snprintf(t->sender.name, sizeof t->sender.name, "%s工信局", last_name(p->name));
	if (t->what == WHAT_RIVAL || t->what == WHAT_PRIVATE || chance(6) == 0)
		(void)snprintf(t->sender.address, sizeof t->sender.address, "g%06zu@qq.com",
		               (size_t)(t - s->stories));
	else
		(void)snprintf(t->sender.address, sizeof t->sender.address, "gxj@d%06u.example.org", p->code);
}

/* The same again; or mended. */
static void
set_from(const struct sample *s, const struct story *of, struct story *t)
{
	const struct form_values *v = &of->values[0];
	struct form_values made = {0};

	if (t->what == WHAT_AGAIN) {
		t->values[0] = (struct form_values){
		        mem_str(v->region),  mem_str(v->unit),    mem_str(v->industries), mem_str(v->special),
		        mem_str(v->profile), mem_str(v->contact), mem_str(v->phone)};
		return;
	}
	fill(&s->places[t->place], FAULT_NONE, NULL, &made);
	t->values[0] = made;
}

static void
set_values(struct sample *s, struct story *t)
{
	if (t->what == WHAT_CORRECTED || t->what == WHAT_AGAIN)
		set_from(s, &s->stories[t->of], t);
	if (t->what != WHAT_FORM && t->what != WHAT_RIVAL)
		return;
	for (int i = 0; i < t->forms; i++)
		fill(&s->places[t->place + (size_t)i], i ? FAULT_NONE : t->fault, i ? NULL : t->nasty,
		     &t->values[i]);
}

/* ---- the plot ---- */

static struct story *
add(struct sample *s, enum what what, time_t at, size_t of)
{
	struct story *t = &s->stories[s->story_count];

	if (at > s->until) /* follow what they may, all is told before that */
		at = s->until - (time_t)chance(600);
	*t = (struct story){.what = what, .at = at, .of = of, .place = s->stories[of].place, .forms = 1};
	if (of == s->story_count)
		t->of = s->story_count;
	s->story_count++;
	return t;
}

/* Office hours, and more of them towards the deadline. */
static time_t
moment(const struct sample *s)
{
	time_t begin = 0, day;
	double x = (double)chance(10000) / 10000;

	(void)clock_parse(BEGIN, &begin);
	x = 1 - (1 - x) * (1 - x) * 0.45 - (1 - x) * 0.55; /* towards 1 */
	day = begin + (time_t)(x * (double)(s->until - begin) / 86400) * 86400;
	return day + (time_t)chance(8 * 3600);
}

static void
follow(struct sample *s, size_t first, size_t nth)
{
	struct story *t = &s->stories[first];
	time_t at = t->at;

	if (t->fault != FAULT_NONE && t->fault != FAULT_TOWN && t->forms == 1 && chance(2))
		(void)add(s, WHAT_CORRECTED, at + 86400 + (time_t)chance(86400), first);
	else if (nth % 23 == 5)
		(void)add(s, WHAT_COPY, at + 60, first);
	else if (nth % 29 == 7 && t->forms == 1)
		(void)add(s, WHAT_AGAIN, at + 90000, first);
	else if (nth % 67 == 11)
		(void)add(s, WHAT_RIVAL, at + 100000, first);
	else if (nth % 71 == 13)
		(void)add(s, WHAT_BOUNCE, at + 600, first);
	else if (nth % 97 == 17)
		(void)add(s, WHAT_WITHDRAWAL, at + 200000, first);
}

static int
by_time(const void *a, const void *b)
{
	const struct story *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static void
plot(struct sample *s)
{
	size_t nth = 0;

	s->stories = mem_alloc(STORIES_MAX, sizeof *s->stories);
	for (size_t place = 0; place < s->place_count; nth++) {
		size_t first = s->story_count;
		struct story *t = add(s, WHAT_FORM, moment(s), first);

		t->place = place;
		t->forms = nth % 17 == 3 ? 2 + (int)chance(7) : 1;
		if (place + (size_t)t->forms > s->place_count)
			t->forms = (int)(s->place_count - place);
		place += (size_t)t->forms;
		t->fault = chance(5) == 0 ? (enum fault)(1 + chance(FAULTS - 1)) : FAULT_NONE;
		t->automatic = nth % 41 == 9;
		t->unauthentic = nth % 59 == 21;
		t->fails = nth % 83 == 31;
		t->nasty = nth % 37 == 19 && t->fault == FAULT_NONE ? nasty[nth / 37 % 6] : NULL;
		follow(s, first, nth);
		if (nth % 33 == 14)
			(void)add(s, WHAT_NO_FORM, moment(s), first);
		if (nth % 61 == 25)
			(void)add(s, WHAT_UNREADABLE, moment(s), first);
		if (nth % 19 == 2)
			(void)add(s, WHAT_PRIVATE, moment(s), first);
	}
}

/* In order of time; what a story follows moves with it. */
static void
sort_stories(struct sample *s)
{
	struct story *was = mem_alloc(s->story_count + 1, sizeof *was);

	memcpy(was, s->stories, s->story_count * sizeof *was);
	for (size_t i = 0; i < s->story_count; i++)
		s->stories[i].id[0] = '\0',
		(void)snprintf(s->stories[i].id, sizeof s->stories[i].id, "%zu", i);
	qsort(s->stories, s->story_count, sizeof *s->stories, by_time);
	for (size_t i = 0; i < s->story_count; i++) {
		size_t old = strtoul(s->stories[i].id, NULL, 10), of = was[old].of;

		for (size_t k = 0; k < s->story_count; k++)
			if (strtoul(s->stories[k].id, NULL, 10) == of) {
				s->stories[i].of = k;
				break;
			}
	}
	free(was);
}

/* ---- telling it to the spool ---- */

static void
set_now(time_t t)
{
	char when[CLOCK_RFC3339_MAX];

	(void)setenv("MINGPIAN_NOW", clock_rfc3339(t, when), 1);
}

static bool
commit(struct sample *s, struct err *e)
{
	s->staged = 0;
	return spool_commit(s->spool, e);
}

/* The replies to a mail go out, as far as they may. */
static bool
deliver(struct sample *s, struct arena *a, const struct story *t, struct err *e)
{
	struct query_reply *list = NULL;
	size_t n = 0;
	bool ok = query_replies_to(spool_index(s->spool), a, t->message.hex, &list, &n, e);

	for (size_t i = 0; ok && i < n; i++) {
		if (strcmp(list[i].state, "due") != 0)
			continue;
		ok = spool_line(s->spool,
		                json_pack("{s:s, s:s, s:i}", "event", "sending", "reply", list[i].reply,
		                          "attempt", 1),
		                NULL, e) &&
		     spool_line(s->spool,
		                t->fails ? json_pack("{s:s, s:s, s:i, s:i, s:s}", "event", "failed", "reply",
		                                     list[i].reply, "attempt", 1, "code", 550, "why",
		                                     "refused")
		                         : json_pack("{s:s, s:s, s:i, s:i}", "event", "sent", "reply",
		                                     list[i].reply, "attempt", 1, "code", 250),
		                NULL, e);
	}
	return ok;
}

static bool
tell(struct sample *s, struct story *t, struct err *e)
{
	struct arena *a = arena_new();
	struct arrival v = {.mailbox = mem_str(s->mailboxes[t->what == WHAT_COPY || chance(3) == 0].address),
	                    .folder = mem_str("INBOX"),
	                    .uidvalidity = 1,
	                    .uid = ++s->uid,
	                    .internaldate = t->at};
	struct parsed p = {.ok = true, .arrival = &v};
	enum record_fate fate;
	char *answer = NULL;
	bool ok = false;

	set_sender(s, t);
	set_values(s, t);
	write_mail(s, t, a, e);
	v.bytes = (unsigned char *)t->mail.at;
	v.len = v.size = t->mail.len;
	t->message = hash_of(buf_bytes(&t->mail));
	set_now(t->at + 20);
	answer = sample_parse(s->form, buf_bytes(&t->mail), t->at, e);
	if (!answer || !reading_open(&p.reading, s->form, answer, e))
		goto out;
	ok = record_parsed(&s->config, s->spool, &p, &fate, e) && deliver(s, a, t, e) &&
	     (++s->staged % ROUND || commit(s, e));
	reading_close(&p.reading);
out:
	free(answer);
	free(v.mailbox);
	free(v.folder);
	arena_free(a);
	return ok;
}

/* A person works through some of what waits. */
static bool
review(struct sample *s, struct err *e)
{
	struct arena *a = arena_new();
	struct query_item *items = NULL;
	struct buf said = BUF_INIT(1000);
	size_t n = 0;
	bool ok = commit(s, e) && query_items(spool_index(s->spool), a, &items, &n, e);

	for (size_t i = 0; ok && i < n; i += 3) {
		bool reply = strcmp(items[i].what, "withheld") == 0;
		json_t *request =
		        json_pack("{s:s, s:s, s:s}", "act", reply ? "release" : "dismiss", "item",
		                  items[i].item, "why", reply ? "已电话核实来信单位" : "已另行处理");

		if (reply || strcmp(items[i].what, "conflict") != 0)
			ok = act_perform(s->form, NULL, s->spool, request, "maruijuan (uid 1000)", &said, e);
		json_decref(request);
	}
	ok = ok && commit(s, e);
	buf_free(&said);
	arena_free(a);
	return ok;
}

static bool
start(struct sample *s, struct err *e)
{
	time_t begin = 0;

	(void)clock_parse(BEGIN, &begin);
	set_now(begin - 3600);
	return spool_line(s->spool,
	                  json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "event", "started", "version", VERSION,
	                            "parser", VERSION, "form", s->form->version, "replies_since",
	                            "2022-05-23T00:00:00+08:00", "shadow", 0),
	                  NULL, e) &&
	       commit(s, e);
}

static bool
run(struct sample *s, struct err *e)
{
	bool ok = start(s, e), reviewed = false;

	for (size_t i = 0; ok && i < s->story_count; i++) {
		if (i > s->story_count * 3 / 4 && !reviewed)
			reviewed = ok = review(s, e);
		ok = ok && tell(s, &s->stories[i], e);
	}
	return ok && commit(s, e);
}

/* ---- the program ---- */

static bool
prepare(struct sample *s, const char *dir, struct err *e)
{
	struct spool_options o = {
	        .dir = dir, .program = "spool_sample", .mode = SPOOL_WRITE, .reply_head = own_mail_head};

	s->mailboxes[0] = (struct writer_mailbox){.address = "maruijuan@miit-icdc.org",
	                                          .contact = "联系人：马瑞娟，电话：010-00000000"};
	s->mailboxes[1] = (struct writer_mailbox){.address = "dongwenyan@miit-icdc.org",
	                                          .contact = "联系人：董文燕，电话：010-00000000"};
	if (!form_load(&s->form, "config/form.cfg", e) ||
	    !reply_kit_load(&s->kit, "config/templates", s->form, e) || !spool_open(&s->spool, &o, e))
		return false;
	s->config = (struct writer_config){.form = s->form,
	                                   .kit = s->kit,
	                                   .rules = {.form = s->form, .receipt_prefix = "CYMP-2022-"},
	                                   .own_name = "工业和信息化部工业文化发展中心",
	                                   .own_domain = "miit-icdc.org",
	                                   .mailboxes = s->mailboxes,
	                                   .mailbox_count = 2};
	return true;
}

static void
sample_free(struct sample *s)
{
	for (size_t i = 0; i < s->story_count; i++) {
		buf_free(&s->stories[i].mail);
		for (int k = 0; k < 12; k++)
			values_free(&s->stories[i].values[k]);
	}
	for (size_t i = 0; i < s->place_count; i++)
		free(s->places[i].name);
	free(s->stories);
	free(s->places);
	spool_close(s->spool);
	reply_kit_free(s->kit);
	form_free(s->form);
}

int
main(int argc, char **argv)
{
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 400;
	struct sample s = {0};
	struct err e = {0};
	bool ok;

	if (argc < 2 || argc > 5 || count < 1 || count > COUNT_MAX || !clock_zone("Asia/Shanghai", &e) ||
	    !clock_parse_day(argc > 4 ? argv[4] : "2022-07-02", 0, &s.until)) {
		(void)fputs("usage: spool_sample DIR [COUNT [SEED [UNTIL]]]\n", stderr);
		return EX_USAGE;
	}
	chance_state = argc > 3 ? strtoull(argv[3], NULL, 10) : 2022;
	ok = prepare(&s, argv[1], &e);
	if (ok) {
		sample_parse_init();
		find_places(&s, count);
		plot(&s);
		sort_stories(&s);
		ok = run(&s, &e);
	}
	if (!ok)
		(void)fprintf(stderr, "spool_sample: %s\n", e.text);
	sample_free(&s);
	return ok ? EX_OK : err_exit(e.code);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: who owns which registration. Each story is a sequence of mails as the parser reads them, put
 * through decide, record and answer into a real spool; each mail wants a line in the log: what its form
 * counts as, under which receipt and revision, and what becomes of its reply. */
#include "daemon/record.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/form.h"
#include "config/mem.h"
#include "daemon/act.h"
#include "daemon/life.h"
#include "daemon/own_mail.h"
#include "daemon/worker.h"
#include "spool/holdings.h"
#include "spool/query.h"

#include <ftw.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A mail: what matters of it. */
struct mail {
	const char *from;
	const char *key;        /* region_key; NULL: the region is missing */
	const char *phone;      /* the value that differs; NULL: there is no form */
	const char *answers;    /* Message-ID in In-Reply-To, or NULL */
	const char *extra;      /* further members of the answer, beginning with a comma; or NULL */
	const char *message_id; /* NULL: a new one */
	bool answered;
	const char *want; /* "as receipt rREVISION kind state why", parts of it */
};

struct story {
	const char *name;
	struct mail mails[8]; /* ends with from NULL */
};

#define R1 "<mingpian.CYMP-2022-0001.1@miit-icdc.org>"

#define BAD       "2331000" /* a phone that is its form's fault */
#define VALUES(v) ",\"values\":{" v "}"
#define PHONE(n)  VALUES("\"phone\":\"" n "\"")
#define REGION(r) VALUES("\"region\":\"" r "\"")

/* Forms of a mail that has several, for `extra`; of the row's own form only whether it has an error counts
 * then. */
#define FORM(key, phone, defects)                                                                                \
	"{\"source\":\"x\",\"region\":null,\"lead_unit\":\"昆山市工信局\",\"leading_industries\":[\"a\"]," \
	"\"special_industry\":\"b\",\"profile\":\"c\",\"contact\":\"沈志远 科长\",\"phone\":\"" phone            \
	"\",\"region_code\":null,\"region_key\":" key ",\"defects\":[" defects                                   \
	"],\"category\":null,\"confidence\":1.0}"
#define NO_REGION   "{\"field\":\"region\",\"code\":\"missing\",\"severity\":\"error\"}"
#define FORMS(x, y) ",\"forms\":[" x "," y "]"

static const struct story stories[] = {
        {"two forms of one answer, the second without its region: it is no second revision",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320583", BAD, R1, FORMS(FORM("\"320583\"", "2", ""), FORM("null", "3", NO_REGION)),
           NULL, false, "revision CYMP-2022-0001 r2, new CYMP-2022-0002 r1"}}},
        {"the same, the one without its region first: what names the region comes last",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320583", BAD, R1, FORMS(FORM("null", "3", NO_REGION), FORM("\"320583\"", "2", "")),
           NULL, false, "revision CYMP-2022-0001 r2, revision CYMP-2022-0001 r3"}}},
        {"two regions answer the one that was missing: the first is meant",
         {{"a@qq.com", NULL, "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320583", "2", R1, FORMS(FORM("\"320583\"", "2", ""), FORM("\"320582\"", "3", "")),
           NULL, false, "revision CYMP-2022-0001 r2, new CYMP-2022-0002 r1"}}},
        {"a value in an answer's text mends the form; the same again says so",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "revision CYMP-2022-0001 r2 revised due"},
          {"b@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "same CYMP-2022-0001 r2 repeated due"},
          {"b@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "same CYMP-2022-0001 r2 repeated withheld told"},
          {"b@ks.gov.cn", NULL, NULL, R1, VALUES("\"leading_industries\":[\"甲\",\"乙\"]"), NULL, false,
           "revision CYMP-2022-0001 r3 revised due"}}},
        {"the whole is checked again: what is still wrong is asked for",
         {{"a@ks.gov.cn", "320583", "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("2331"), NULL, false,
           "revision CYMP-2022-0001 r2 correction due"}}},
        {"values in another's thread go to staff, and are not answered",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false, "values_unplaced - -"}}},
        {"values that two registrations fit go to staff",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320582", "1", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false, "values_unplaced - -"}}},
        {"of two, the one with just this fault is meant",
         {{"a@qq.com", "320583", "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 accepted"},
          {"a@qq.com", "320582", BAD, R1, NULL, NULL, false, "new CYMP-2022-0002 r1 correction"},
          {"a@qq.com", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false,
           "revision CYMP-2022-0002 r2 revised due"}}},
        {"a region in the text that is registered already goes to staff",
         {{"a@qq.com", NULL, "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 correction"},
          {"a@qq.com", "320583", "1", R1, NULL, NULL, false, "revision CYMP-2022-0001 r2"},
          {"b@qq.com", NULL, "0512-57310086", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1 correction"},
          {"b@qq.com", NULL, NULL, "<mingpian.CYMP-2022-0002.1@miit-icdc.org>", REGION("江苏省苏州市昆山市"),
           NULL, false, "values_region - -"}}},
        {"a region that was no fault is not changed by a line of text",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, REGION("江苏省苏州市常熟市"), NULL, false, "values_region - -"}}},
        {"values that answer nothing of ours are no form",
         {{"a@ks.gov.cn", NULL, NULL, NULL, PHONE("0512-57310086"), NULL, false, "no_form due"}}},
        {"a late value makes a late revision",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, PHONE("0512-57310086"), NULL, false, "late"}}},
        {"a withdrawal waits for a person, whoever asks",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", NULL, NULL, NULL, ",\"values\":{},\"withdraw\":\"CYMP-2022-0001\"", NULL, false,
           "withdrawal of CYMP-2022-0001 - -"}}},
        {"a withdrawal that names nothing is of the sender's own in the thread",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", NULL, NULL, R1, ",\"withdraw\":\"\"", NULL, false, "withdrawal - -"},
          {"b@ks.gov.cn", NULL, NULL, R1, ",\"withdraw\":\"\"", NULL, false,
           "withdrawal of CYMP-2022-0001 - -"}}},
        {"a withdrawal that names what is not there, or might be of two",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320582", "1", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"},
          {"a@ks.gov.cn", NULL, NULL, R1, ",\"withdraw\":\"\"", NULL, false, "withdrawal - -"},
          {"a@ks.gov.cn", NULL, NULL, R1, ",\"withdraw\":\"CYMP-2022-0009\"", NULL, false,
           "withdrawal - -"}}},
        {"that it had come already is said once to an address, and again after a revision",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 accepted due"},
          {"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1 repeated due"},
          {"A@QQ.com", "320583", "1", NULL, NULL, NULL, false,
           "same CYMP-2022-0001 r1 repeated withheld told"},
          {"a@qq.com", "320583", "1", NULL, NULL, NULL, false,
           "same CYMP-2022-0001 r1 repeated withheld told"},
          {"a@qq.com", "320583", "2", NULL, NULL, NULL, false, "revision CYMP-2022-0001 r2 revised due"},
          {"a@qq.com", "320583", "2", NULL, NULL, NULL, false, "same CYMP-2022-0001 r2 repeated due"}}},
        {"first, again, revised",
         {{"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 accepted due"},
          {"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1 repeated due"},
          {"b@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1 repeated due"},
          {"b@ks.gov.cn", "320583", "2", NULL, NULL, NULL, false, "revision CYMP-2022-0001 r2 revised due"}}},
        {"full-width and spaces are no difference",
         {{"a@ks.gov.cn", "320583", "0512-1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320583", "０５１２ - 1", NULL, NULL, NULL, false, "same CYMP-2022-0001 r1"}}},
        {"another sender, same values, then other values of his own",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", "320583", "1", NULL, NULL, NULL, false, "sender CYMP-2022-0001 r1 accepted due"}}},
        {"another sender, other values: a conflict of his own, which he revises",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", "320583", "2", NULL, NULL, NULL, false, "conflict CYMP-2022-0002 r1 accepted due"},
          {"b@qq.com", "320583", "3", NULL, NULL, NULL, false, "revision CYMP-2022-0002 r2"},
          {"a@qq.com", "320583", "4", NULL, NULL, NULL, false, "revision CYMP-2022-0001 r2"}}},
        {"two zones of one host are two",
         {{"a@ks.gov.cn", "320583 昆山经开区", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@ks.gov.cn", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1"}}},
        {"a missing region is mended in the thread",
         {{"a@qq.com", NULL, "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 correction due"},
          {"a@qq.com", "320583", "1", R1, NULL, NULL, false, "revision CYMP-2022-0001 r2 revised due"}}},
        {"a thread decides nothing where the region is sure",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"a@qq.com", "320582", "1", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"}}},
        {"another's thread gives no registration",
         {{"a@qq.com", NULL, "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
          {"b@qq.com", "320583", "2", R1, NULL, NULL, false, "new CYMP-2022-0002 r1"}}},
        {"one submission in two mailboxes",
         {{"a@qq.com", "320583", "1", NULL, NULL, "<1@qq.com>", false, "new CYMP-2022-0001 r1 accepted due"},
          {"a@qq.com", "320583", "1", NULL, NULL, "<1@qq.com>", false, "copy - - -"}}},
        {"withheld: authentication failed",
         {{"a@qq.com", "320583", "1", NULL, ",\"auth\":{\"spf\":\"pass\",\"dmarc\":\"fail\"}", NULL, false,
           "new CYMP-2022-0001 r1 accepted withheld authentication"}}},
        {"withheld: spf failed, and no dmarc pass",
         {{"a@qq.com", "320583", "1", NULL, ",\"auth\":{\"spf\":\"fail\"}", NULL, false,
           "withheld authentication"}}},
        {"not withheld: spf failed by forwarding, dmarc passed",
         {{"a@qq.com", "320583", "1", NULL, ",\"auth\":{\"spf\":\"fail\",\"dmarc\":\"pass\"}", NULL, false,
           "accepted due"}}},
        {"withheld: answered by hand already",
         {{"a@qq.com", "320583", "1", NULL, NULL, NULL, true, "accepted withheld answered"}}},
        {"withheld: the parser says so",
         {{"a@qq.com", "320583", "1", NULL, ",\"withheld\":true,\"withheld_why\":\"automatic\"", NULL, false,
           "accepted withheld automatic"}}},
        {"no reply to ourselves",
         {{"maruijuan@miit-icdc.org", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1 - -"}}},
        {"an address that no mail can go to: recorded, and a person is told",
         {{"a@qq.com.", "320583", "1", NULL, NULL, NULL, false, "unanswerable new CYMP-2022-0001 r1 - -"},
          {"a b@qq.com", NULL, NULL, NULL, NULL, NULL, false, "unanswerable - -"},
          {"a@qq.com", "320582", "1", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1 accepted due"}}},
        {"a Reply-To that no mail can go to: the sender is answered",
         {{"a@qq.com", "320583", "1", NULL, ",\"reply_to\":\"x@y.\"", NULL, false,
           "new CYMP-2022-0001 r1 accepted due"}}},
        {"what comes from nobody is recorded, and not answered: a person is told",
         {{"", "320583", "1", NULL, NULL, NULL, false, "unanswerable new CYMP-2022-0001 r1 - -"},
          {"", NULL, NULL, NULL, NULL, NULL, false, "unanswerable - -"}}},
        {"a Reply-To that is ours: the same",
         {{"a@qq.com", "320583", "1", NULL, ",\"reply_to\":\"maruijuan@miit-icdc.org\"", NULL, false,
           "unanswerable new CYMP-2022-0001 r1 - -"}}},
};

struct room {
	char dir[64];
	struct form *form;
	struct reply_kit *kit;
	struct spool *spool;
	struct writer_mailbox mailbox;
	struct worker worker;
	char program[256];
	struct writer_config config;
	unsigned uid;
};

static char own_address[] = "maruijuan@miit-icdc.org", own_folder[] = "INBOX";

static bool
faulty(const struct mail *m)
{
	return m->phone && (!m->key || strcmp(m->phone, BAD) == 0);
}

/* Its form, as the parser prints it. */
static void
put_form(const struct mail *m, struct buf *b)
{
	buf_fmt(b,
	        "\"forms\":[{\"source\":\"登记表.docx\",\"region\":%s,\"lead_unit\":\"昆山市工信局\","
	        "\"leading_industries\":[\"a\"],\"special_industry\":\"b\",\"profile\":\"c\","
	        "\"contact\":\"沈志远 科长\",\"phone\":\"%s\",\"region_code\":null,",
	        !m->key                         ? "null"
	        : strcmp(m->key, "320582") == 0 ? "\"江苏省苏州市张家港市\""
	                                        : "\"江苏省苏州市昆山市\"",
	        m->phone);
	buf_fmt(b, m->key ? "\"region_key\":\"%s\"," : "\"region_key\":null,", m->key);
	buf_fmt(b,
	        faulty(m) ? "\"defects\":[{\"field\":\"%s\",\"code\":\"missing\",\"severity\":\"error\"}],"
	                  : "\"defects\":[],",
	        m->key ? "phone" : "region");
	buf_str(b, "\"category\":null,\"confidence\":1.0}],");
}

static char *
answer_of(const struct mail *m, const char *message_id)
{
	struct buf b = BUF_INIT(1 << 16);

	buf_fmt(&b,
	        "{\"message_id\":\"%s\",\"subject\":\"登记表\",\"from\":\"\",\"from_addr\":\"%s\",\"from_"
	        "name\":\"\","
	        "\"date\":\"2022-06-10T10:00:00+08:00\",\"in_reply_to\":\"%s\","
	        "\"references\":[],"
	        "\"content_sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
	        "\"machine\":null,"
	        "\"bounce\":null,\"disposition\":\"%s\",\"late\":false,\"marked\":true,",
	        message_id, m->from, m->answers ? m->answers : "",
	        !m->phone   ? "no_form"
	        : faulty(m) ? "correction"
	                    : "accepted");
	if (!m->extra || !strstr(m->extra, "\"forms\"")) {
		if (m->phone)
			put_form(m, &b);
		else
			buf_str(&b, "\"forms\":[],");
	}
	buf_str(&b, "\"unread\":[],\"supplementary\":[],\"links\":[],\"parser\":\"0\"");
	if (!m->extra || !strstr(m->extra, "\"values\""))
		buf_str(&b, ",\"values\":{}");
	if (!m->extra || !strstr(m->extra, "\"reply_to\""))
		buf_str(&b, ",\"reply_to\":\"\"");
	if (!m->extra || !strstr(m->extra, "\"auth\""))
		buf_str(&b, ",\"auth\":{}");
	buf_str(&b, m->extra);
	buf_ch(&b, '}');
	return buf_take(&b);
}

/* The line that the row wants, from the log: "as receipt rN kind state why". */
static char *
fate_of(struct room *room, const char *message)
{
	struct arena *a = arena_new();
	struct query_form *forms = NULL;
	struct query_reply *replies = NULL;
	struct query_message *m = NULL;
	struct buf b = BUF_INIT(4096);
	struct err e = {0};
	size_t nf = 0, nr = 0;

	if (!query_message(spool_index(room->spool), a, message, &m, &e) || !m ||
	    !query_forms(spool_index(room->spool), a, message, &forms, &nf, &e) ||
	    !query_replies_to(spool_index(room->spool), a, message, &replies, &nr, &e))
		fail_msg("asking: %s", e.text);
	if (!m)
		return buf_take(&b); /* not reached; the analyzer cannot know */
	if (m->copy_of)
		buf_str(&b, "copy -");
	else if (nf)
		buf_fmt(&b, "%s%s", nr || !m->withheld ? "" : "unanswerable ", m->late ? "late " : "");
	for (size_t i = 0; i < nf && !m->copy_of; i++)
		buf_fmt(&b, "%s%s %s r%d", i ? ", " : "", forms[i].as, forms[i].receipt, forms[i].revision);
	if (!m->copy_of && !nf)
		buf_fmt(&b, m->concerns ? "%s of %s" : "%s", m->withheld, m->concerns);
	if (nr)
		buf_fmt(&b, " %s %s%s%s", replies[0].kind, replies[0].state, replies[0].why ? " " : "",
		        replies[0].why ? replies[0].why : "");
	else
		buf_str(&b, " - -");
	arena_free(a);
	return buf_take(&b);
}

static void
tell(struct room *room, const char *story, const struct mail *m)
{
	struct parsed p = {.ok = true};
	struct arrival v = {.mailbox = own_address, .folder = own_folder, .uidvalidity = 1};
	enum record_fate fate;
	struct err e = {0};
	char bytes[64], id[64], *answer, *got;
	struct hash hash;

	v.uid = ++room->uid;
	assert_true(clock_parse(strstr(m->want, "late") ? "2022-07-01T10:05:00+08:00"
	                                                : "2022-06-10T10:05:00+08:00",
	                        &v.internaldate));
	(void)snprintf(bytes, sizeof bytes, "From: a@b\r\n\r\n%u", v.uid);
	(void)snprintf(id, sizeof id, "<%u@x>", v.uid);
	v.bytes = (unsigned char *)bytes;
	v.len = v.size = strlen(bytes);
	v.answered = m->answered;
	p.arrival = &v;
	answer = answer_of(m, m->message_id ? m->message_id : id);
	if (!reading_open(&p.reading, room->form, answer, &e) ||
	    !record_parsed(&room->config, room->spool, &p, &fate, &e) || !spool_commit(room->spool, &e))
		fail_msg("%s: %s", story, e.text);
	hash = hash_of(BYTES(v.bytes, v.len));
	got = fate_of(room, hash.hex);
	if (!strstr(got, m->want))
		fail_msg("%s, mail %u: '%s', should be '%s'", story, v.uid, got, m->want);
	/* the same arrival once more is nothing */
	assert_true(record_parsed(&room->config, room->spool, &p, &fate, &e));
	assert_int_equal(fate, RECORD_KNOWN);
	reading_close(&p.reading);
	free(answer);
	free(got);
}

static void
room_open(struct room *room)
{
	struct spool_options o = {.program = "test", .mode = SPOOL_WRITE, .reply_head = own_mail_head};
	struct err e = {0};

	(void)snprintf(room->dir, sizeof room->dir, "/tmp/mingpian-record-XXXXXX");
	assert_non_null(mkdtemp(room->dir));
	o.dir = room->dir;
	if (!form_load(&room->form, "config/form.cfg", &e) ||
	    !reply_kit_load(&room->kit, "config/templates", room->form, &e) ||
	    !spool_open(&room->spool, &o, &e))
		fail_msg("%s", e.text);
	(void)snprintf(room->program, sizeof room->program, "%s/mingpian-parse",
	               getenv("BUILD") ? getenv("BUILD") : "build");
	room->worker = (struct worker){.program = room->program,
	                               .form = "config/form.cfg",
	                               .seconds = 20,
	                               .memory_mb = 768,
	                               .sandbox = true};
	room->mailbox = (struct writer_mailbox){"maruijuan@miit-icdc.org", "电话：010-1", 0};
	room->config = (struct writer_config){
	        .form = room->form,
	        .kit = room->kit,
	        .rules = {.form = room->form, .worker = &room->worker, .receipt_prefix = "CYMP-2022-"},
	        .own_name = "中心",
	        .own_domain = "miit-icdc.org",
	        .mailboxes = &room->mailbox,
	        .mailbox_count = 1};
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
room_close(struct room *room)
{
	spool_close(room->spool);
	reply_kit_free(room->kit);
	form_free(room->form);
	(void)nftw(room->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
all_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
		struct room room = {.uid = 0};

		room_open(&room);
		for (const struct mail *m = stories[i].mails; m->from; m++)
			tell(&room, stories[i].name, m);
		room_close(&room);
	}
}

static enum err_code
act(struct room *room, const char *verb, const char *item, const char *into)
{
	json_t *request = json_pack("{s:s, s:s, s:s}", "act", verb, "item", item, "why", "test");
	struct buf said = BUF_INIT(1000);
	struct err e = {0};
	bool ok;

	if (into)
		json_object_set_new(request, "into", json_string(into));
	ok = act_perform(room->form, room->spool, request, "test", &said, &e);
	if (ok)
		assert_true(spool_commit(room->spool, &e));
	json_decref(request);
	buf_free(&said);
	return ok ? ERR_NONE : e.code;
}

/* What staff joined goes on as one, whatever region either of them names. */
static void
joined_ones_go_on(void **state)
{
	static const struct mail mails[] = {
	        {"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
	        {"b@qq.com", "320583 昆山经开区", "2", NULL, NULL, NULL, false, "new CYMP-2022-0002 r1"},
	        {"b@qq.com", "320583 昆山经开区", "3", NULL, NULL, NULL, false,
	         "revision CYMP-2022-0001 r3"}};
	struct room room = {.uid = 0};

	(void)state;
	room_open(&room);
	tell(&room, "joined", &mails[0]);
	tell(&room, "joined", &mails[1]);
	assert_int_equal(act(&room, "join", "CYMP-2022-0002", "CYMP-2022-0001"), ERR_NONE);
	tell(&room, "joined", &mails[2]);
	/* both would be joined then, and neither would count */
	assert_int_equal(act(&room, "join", "CYMP-2022-0001", "CYMP-2022-0002"), ERR_INPUT);
	room_close(&room);
}

/* Values that are joined bring their faults along: the registration asks for a correction. */
static void
joined_values_are_judged(void **state)
{
	static const struct mail mails[] = {
	        {"a@qq.com", "320583", "1", NULL, NULL, NULL, false, "new CYMP-2022-0001 r1"},
	        {"b@qq.com", "320583", BAD, NULL, NULL, NULL, false, "conflict CYMP-2022-0002 r1"}};
	struct query_registration *r = NULL;
	struct arena *a = arena_new();
	struct room room = {.uid = 0};
	struct err e = {0};

	(void)state;
	room_open(&room);
	tell(&room, "joined", &mails[0]);
	tell(&room, "joined", &mails[1]);
	assert_int_equal(act(&room, "join", "CYMP-2022-0002", "CYMP-2022-0001"), ERR_NONE);
	assert_true(query_registration(spool_index(room.spool), a, "CYMP-2022-0001", &r, &e));
	assert_int_equal(r->revision, 2);
	assert_int_equal(r->errors, 1);
	assert_string_equal(r->state, "correction");
	arena_free(a);
	room_close(&room);
}

/* What waits for a person because nobody could be answered is settled without taking the form back. */
static void
undecided_ones_are_settled(void **state)
{
	static const struct mail mail = {
	        "a@qq.com.", "320583", BAD,   NULL,
	        NULL,        NULL,     false, "unanswerable new CYMP-2022-0001 r1 - -"};
	struct query_registration *r = NULL;
	struct query_item *items = NULL;
	struct arena *a = arena_new();
	struct room room = {.uid = 0};
	struct holdings held;
	json_t *life = NULL, *event;
	struct err e = {0};
	bool told = false;
	size_t n = 0;

	(void)state;
	room_open(&room);
	tell(&room, "undecided", &mail);
	assert_true(query_items(spool_index(room.spool), a, &items, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(act(&room, "dismiss", items[0].item, NULL), ERR_NONE);
	assert_true(query_items(spool_index(room.spool), a, &items, &n, &e));
	assert_int_equal(n, 0);
	assert_true(query_registration(spool_index(room.spool), a, "CYMP-2022-0001", &r, &e));
	assert_string_equal(r->state, "correction");
	/* and who did it, and why, is told of the registration and goes with it */
	assert_true(life_tell(room.form, room.spool, "CYMP-2022-0001", NULL, &life, &e));
	json_array_foreach(json_object_get(life, "timeline"), n,
	                   event) if (strcmp(json_string_value(json_object_get(event, "event")),
	                                     "reviewed") == 0) told = true;
	assert_true(told);
	json_decref(life);
	assert_true(holdings_find(spool_index(room.spool), a, "CYMP-2022-0001", &held, &e));
	assert_int_equal(held.at[held.count - 1].what, HOLDING_DECISION);
	arena_free(a);
	room_close(&room);
}

/* What the configuration withholds is recorded all the same; the earliest reason is told. */
static void
withheld_by_rule(void **state)
{
	static const struct {
		time_t replies_since, closes;
		const char *want;
		bool shadow;
	} rows[] = {
	        {0, 0, "accepted due", false},
	        {0, 0, "accepted withheld shadow", true},
	        {1654826700, 0, "accepted due",
	         false}, /* the very second that it came in, 2022-06-10 10:05 */
	        {1654826701, 0, "accepted withheld old", false},
	        {0, 1654826701, "accepted due", false},
	        {0, 1654826700, "accepted withheld closed", false},
	        {1654826701, 0, "accepted withheld shadow", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mail m = {"a@qq.com", "320583", "1", NULL, NULL, NULL, false, rows[i].want};
		struct room room = {.uid = 0};

		room_open(&room);
		room.config.rules.replies_since = rows[i].replies_since;
		room.config.rules.closes = rows[i].closes;
		room.config.rules.shadow = rows[i].shadow;
		tell(&room, "by rule", &m);
		room_close(&room);
	}
}

/* Each mail answers the newest reply, as a machine does that answers ours: it is one thread, however long. */
static void
a_thread_is_capped(void **state)
{
	struct room room = {.uid = 0};
	char id[80] = "", bytes[64];

	(void)state;
	room_open(&room);
	room.config.per_thread_per_day = 3;
	for (int n = 0; n < 5; n++) {
		struct mail m = {.from = "a@qq.com",
		                 .answers = n ? id : NULL,
		                 .want = n < 3 ? "no_form due" : "no_form withheld cap_thread"};

		tell(&room, "a loop", &m);
		(void)snprintf(bytes, sizeof bytes, "From: a@b\r\n\r\n%u", room.uid);
		(void)snprintf(id, sizeof id, "<mingpian.M-%.10s.1@miit-icdc.org>",
		               hash_of(bytes_str(bytes)).hex);
	}
	room_close(&room);
}

/* The mail with its base64 lines decoded where they stand: what a reader would see, roughly. */
static void
decoded(struct bytes mail, struct buf *out)
{
	while (mail.len) {
		size_t n = bytes_find(mail, "\r\n");
		unsigned char piece[64];
		int got = n && n <= 76 && n % 4 == 0 ? EVP_DecodeBlock(piece, mail.at, (int)n) : -1;

		if (got > 0)
			buf_add(out, piece, (size_t)got);
		else
			buf_add(out, mail.at, n);
		n = n + 2 > mail.len ? mail.len : n + 2;
		mail = BYTES(mail.at + n, mail.len - n);
	}
}

/* Nobody learns another's values: what goes to the second sender of a conflict holds only his own. */
static void
tells_no_secrets(void **state)
{
	struct mail first = {"a@qq.com", "320583", "010-SECRET", NULL, NULL, NULL, false, "new"};
	struct mail second = {"b@qq.com", "320583", "010-OWN", NULL, NULL, NULL, false, "conflict"};
	struct room room = {.uid = 0};
	struct query_reply *reply = NULL;
	struct arena *a = arena_new();
	struct buf mail = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
	struct hash id;
	struct err e;

	(void)state;
	room_open(&room);
	tell(&room, "conflict", &first);
	tell(&room, "conflict", &second);
	assert_true(query_reply(spool_index(room.spool), a, "CYMP-2022-0002.1", &reply, &e));
	assert_non_null(reply);
	assert_string_equal(reply->recipient, "b@qq.com");
	assert_true(hash_read(&id, reply->message) && spool_mail(room.spool, &id, &mail, &e));
	decoded(buf_bytes(&mail), &text);
	assert_true(bytes_find(buf_bytes(&text), "010-OWN") < text.len);
	assert_int_equal(bytes_find(buf_bytes(&text), "SECRET"), text.len);
	assert_int_equal(bytes_find(buf_bytes(&text), "CYMP-2022-0001"), text.len);
	buf_free(&text);
	buf_free(&mail);
	arena_free(a);
	room_close(&room);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_stories),
	                                   cmocka_unit_test(joined_ones_go_on),
	                                   cmocka_unit_test(undecided_ones_are_settled),
	                                   cmocka_unit_test(joined_values_are_judged),
	                                   cmocka_unit_test(withheld_by_rule),
	                                   cmocka_unit_test(a_thread_is_capped),
	                                   cmocka_unit_test(tells_no_secrets)};
	struct err e;

	return clock_zone("Asia/Shanghai", &e) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}

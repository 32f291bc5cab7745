/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real spool, and what puts mails into it as the parser would have read them, through decide, record and
 * answer; and a person's acts. */
#ifndef MINGPIAN_TESTS_MAILROOM_H
#define MINGPIAN_TESTS_MAILROOM_H

#include "config/buf.h"
#include "config/clock.h"
#include "config/form.h"
#include "config/mem.h"
#include "daemon/act.h"
#include "daemon/own_mail.h"
#include "daemon/record.h"
#include "daemon/worker.h"
#include "spool/query.h"

#include <ftw.h>
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

#define BAD "2331000" /* a phone that is its form's fault */

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

static inline bool
faulty(const struct mail *m)
{
	return m->phone && (!m->key || strcmp(m->phone, BAD) == 0);
}

/* Its form, as the parser prints it. */
static inline void
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

static inline char *
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
	        "\"bounce\":null,\"disposition\":\"%s\",\"late\":%s,\"marked\":true,",
	        message_id, m->from, m->answers ? m->answers : "",
	        !m->phone   ? "no_form"
	        : faulty(m) ? "correction"
	                    : "accepted",
	        strstr(m->want, "late") ? "true" : "false");
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
static inline char *
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

static inline void
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

static inline void
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

static inline int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
room_close(struct room *room)
{
	spool_close(room->spool);
	reply_kit_free(room->kit);
	form_free(room->form);
	(void)nftw(room->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
/* A person's act, and what came of it; set: {KEY: VALUE}, stolen, or NULL. */
static inline enum err_code
act_with(struct room *room, const char *verb, const char *item, const char *into, json_t *set)
{
	json_t *request = json_pack("{s:s, s:s, s:s, s:o*, s:s*}", "act", verb, "item", item, "why", "test",
	                            "set", set, "into", into);
	struct buf said = BUF_INIT(1000);
	struct err e = {0};
	bool ok = act_perform(room->form, &room->worker, room->spool, request, "test", &said, &e);

	if (ok)
		assert_true(spool_commit(room->spool, &e));
	else
		spool_rollback(room->spool);
	json_decref(request);
	buf_free(&said);
	return ok ? ERR_NONE : e.code;
}

static inline enum err_code
act(struct room *room, const char *verb, const char *item, const char *into)
{
	return act_with(room, verb, item, into, NULL);
}

#endif

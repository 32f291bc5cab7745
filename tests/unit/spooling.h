/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spool in a directory of its own, and facts to put into it. Every test of the room begins so. */
#ifndef MINGPIAN_TESTS_SPOOLING_H
#define MINGPIAN_TESTS_SPOOLING_H

#include "config/buf.h"
#include "config/clock.h"
#include "config/err.h"
#include "config/mem.h"
#include "spool/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fails the test with the sentence of the error. */
#define assert_ok(call, e)                                   \
	do {                                                 \
		if (!(call))                                 \
			fail_msg("%s: %s", #call, (e).text); \
	} while (0)

static inline int
spooling_remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static inline void
spooling_remove(const char *dir)
{
	(void)nftw(dir, spooling_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* cmocka fixtures: *state is the directory's path. */
static inline int
spooling_setup(void **state)
{
	/* memory, where there is some: thousands of fsyncs */
	char *dir = mem_str(access("/dev/shm", W_OK) == 0 ? "/dev/shm/mingpian-spool-XXXXXX"
	                                                  : "/tmp/mingpian-spool-XXXXXX");
	struct err e = {0};

	if (!mkdtemp(dir) || !clock_zone("Asia/Shanghai", &e))
		return -1;
	(void)setenv("MINGPIAN_NOW", "2022-06-10T10:05:00+08:00", 1);
	*state = dir;
	return 0;
}

static inline int
spooling_teardown(void **state)
{
	spooling_remove(*state);
	free(*state);
	return 0;
}

/* "To: ADDRESS\nMessage-ID: <…>\n" is all the mail that these tests know. */
static inline void
spooling_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id)
{
	char a[200] = "", m[200] = "";
	char *text = mem_dup0((const char *)mail.at, mail.len);

	(void)context;
	if (sscanf(text, "To: %199[^\n]\nMessage-ID: %199[^\n]", a, m) >= 1) {
		buf_str(address, a);
		buf_str(message_id, m);
	}
	free(text);
}

static inline struct spool_options
spooling_options(const char *dir, enum spool_mode mode)
{
	return (struct spool_options){
	        .dir = dir, .program = "test", .mode = mode, .reply_head = spooling_head};
}

static inline struct spool *
spooling_open(const char *dir, enum spool_mode mode)
{
	struct spool_options o = spooling_options(dir, mode);
	struct spool *s = NULL;
	struct err e = {0};

	assert_ok(spool_open(&s, &o, &e), e);
	return s;
}

/* A whole file as a string; free() it. */
static inline char *
spooling_read(const char *dir, const char *name)
{
	struct buf b = BUF_INIT(1 << 28), path = BUF_INIT(4096);
	struct err e = {0};

	buf_fmt(&path, "%s/%s", dir, name);
	assert_ok(durable_read(AT_FDCWD, path.at, &b, &e), e);
	buf_free(&path);
	return buf_take(&b);
}

static inline void
spooling_write(const char *dir, const char *name, const char *data, size_t len)
{
	struct buf path = BUF_INIT(4096);
	int fd;

	buf_fmt(&path, "%s/%s", dir, name);
	fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	(void)close(fd);
	buf_free(&path);
}

static inline bool
spooling_exists(const char *dir, const char *name)
{
	struct buf path = BUF_INIT(4096);
	struct stat st;
	bool there;

	buf_fmt(&path, "%s/%s", dir, name);
	there = lstat(path.at, &st) == 0;
	buf_free(&path);
	return there;
}

static inline void
spooling_line(struct spool *s, json_t *line)
{
	struct err e = {0};

	assert_non_null(line);
	assert_ok(spool_line(s, line, NULL, &e), e);
}

static inline void
spooling_commit(struct spool *s)
{
	struct err e = {0};

	assert_ok(spool_commit(s, &e), e);
}

static inline struct hash
spooling_mail(struct spool *s, const char *text)
{
	struct hash id;
	struct err e = {0};

	assert_ok(spool_put_mail(s, bytes_str(text), &id, &e), e);
	return id;
}

/* One mail with one form, as a test wants it; "" or 0 for what does not matter. */
struct spooling_form {
	const char *bytes;   /* the mail; its hash is its name */
	const char *from;    /* address */
	const char *id;      /* Message-ID; NULL: made of bytes */
	const char *date;    /* NULL: that of the day */
	const char *receipt; /* NULL: no form */
	const char *as;
	const char *key, *lead;
	const char *disposition;
	const char *thread, *copy_of, *withheld;
	const char *folder;
	int revision, errors, uid;
	bool late;
};

/* Stage what the daemon stages for it: bytes, reading, received, recorded. The mail's hash. */
static inline struct hash
spooling_record(struct spool *s, const struct spooling_form *f)
{
	struct hash mail = spooling_mail(s, f->bytes), reading;
	json_t *forms = json_array(), *refs = json_array(), *doc;
	struct buf id = BUF_INIT(500);
	char name[16];
	struct err e = {0};

	(void)snprintf(name, sizeof name, "M-%.10s", mail.hex);
	if (f->id)
		buf_str(&id, f->id);
	else
		buf_fmt(&id, "<%.12s@test>", mail.hex);
	if (f->receipt) {
		json_array_append_new(forms,
		                      json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}]}", "region", f->key,
		                                "lead_unit", f->lead ? f->lead : "局", "defects", "field",
		                                "phone", "code", "bad_phone", "severity", "error"));
		json_array_append_new(
		        refs, json_pack("{s:i, s:s, s:i, s:s, s:s, s:s, s:s, s:[s], s:i, s:[s]}", "n", 1,
		                        "receipt", f->receipt, "revision", f->revision, "as", f->as,
		                        "region_key", f->key, "region_code", "320583", "category", "county",
		                        "defects", "bad_phone", "errors", f->errors, "changed", "phone"));
	}
	doc = json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:{}}}", "kind", "reading",
	                "message", mail.hex, "parsed", "message_id", id.at, "subject", "登记表", "from_addr",
	                f->from, "from_name", "王某", "date", f->date ? f->date : "2022-06-10T09:00:00+08:00",
	                "content_sha256", mail.hex, "forms", forms, "values");
	assert_non_null(doc);
	assert_ok(spool_put_reading(s, doc, &reading, &e), e);
	json_decref(doc);
	spooling_line(s,
	              json_pack("{s:s, s:s, s:i, s:s, s:s, s:i, s:i, s:s, s:s, s:b}", "event", "received",
	                        "message", mail.hex, "size", (int)strlen(f->bytes), "mailbox", "a@own.test",
	                        "folder", f->folder ? f->folder : "INBOX", "uidvalidity", 7, "uid", f->uid,
	                        "received_at", "2022-06-10T10:00:00+08:00", "way", "imap", "answered", 0));
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s?, s:s?, s:s?, s:o}", "event",
	                           "recorded", "message", mail.hex, "reading", reading.hex, "id",
	                           f->receipt ? f->receipt : name, "disposition",
	                           f->disposition ? f->disposition : "accepted", "late", f->late, "withheld",
	                           f->withheld, "copy_of", f->copy_of, "thread", f->thread, "forms", refs));
	buf_free(&id);
	return mail;
}

/* A reply, queued. */
static inline struct hash
spooling_reply(struct spool *s, const char *reply, const char *to, const char *address, const char *state)
{
	struct buf b = BUF_INIT(1000);
	struct hash mail;

	buf_fmt(&b, "To: %s\nMessage-ID: <mingpian.%s@own.test>\n", address, reply);
	mail = spooling_mail(s, b.at);
	buf_free(&b);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?}", "event", "queued", "reply",
	                           reply, "message", mail.hex, "to_message", to, "kind", "accepted",
	                           "mailbox", "a@own.test", "state", state, "why",
	                           strcmp(state, "withheld") == 0 ? "answered" : NULL));
	return mail;
}

static inline void
spooling_event(struct spool *s, const char *event, const char *reply, int attempt)
{
	spooling_line(s, json_pack("{s:s, s:s, s:i, s:i}", "event", event, "reply", reply, "attempt", attempt,
	                           "code", 250));
}

#endif

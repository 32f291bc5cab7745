/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what an outline says of a mail, without a file of it being opened: a disposition that follows the
 * rules of the whole, never a form, and each file that may be a document by its name. */
#include "parsers/job.h"

#include "parsers/charset.h"
#include "parsers/mail.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

enum { OUTLINE_SECONDS = 10 };

#define FROM    "From: a@b.cn\nMIME-Version: 1.0\n"
#define MIXED   "Content-Type: multipart/mixed; boundary=b\n\n"
#define TEXT(t) "--b\nContent-Type: text/plain; charset=utf-8\n\n" t "\n"
#define FILE_OF(type, name) \
	"--b\nContent-Type: " type "\nContent-Disposition: attachment; filename=\"" name "\"\n\nx\n"
#define END "--b--\n"
#define WHOLE                                                                                                                                          \
	"申请区域（城市）：江苏省苏州市昆山市\n牵头单位：昆山市工信局\n主导产业：电子\n特色产业：传感器\n" \
	"申请区域简介：好\n联系人及职务：沈 科长\n联系电话：0512-55480000\n"

static const struct {
	const char *name, *mail, *disposition;
	const char *unread; /* its sources, each with a bar behind it */
	size_t supplementary;
} rows[] = {
        {"marked by its text",
         FROM "Subject: x\n" MIXED TEXT("报送登记表") FILE_OF("application/zip", "a.zip") END, "unreadable",
         "a.zip|", 0},
        {"marked by a file's name",
         FROM "Subject: x\n" MIXED TEXT("x") FILE_OF("application/zip", "登记表.zip") END, "unreadable",
         "登记表.zip|", 0},
        {"marked by its subject, in HTML only", FROM "Subject: 登记表\nContent-Type: text/html\n\n<p>x</p>",
         "unreadable", "登记表.eml|", 0},
        {"marked within HTML",
         FROM "Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p>报送<b>登记表</b></p>", "unreadable",
         "x.eml|", 0},
        {"not by an attribute",
         FROM "Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p title='登记表'>x</p>", "other",
         "x.eml|", 0},
        {"a form in the text is none",
         FROM "Subject: 登记表\nContent-Type: text/plain; charset=utf-8\n\n" WHOLE, "unreadable",
         "登记表.eml|", 0},
        {"not marked", FROM "Subject: x\n" MIXED TEXT("照片") FILE_OF("application/zip", "a.zip") END,
         "other", "a.zip|", 0},
        {"not by what it quotes",
         FROM "Subject: x\nContent-Type: text/plain; charset=utf-8\n\n好的\n> 报送登记表\n", "other",
         "x.eml|", 0},
        {"a logo is no document",
         FROM "Subject: 登记表\n" MIXED TEXT("x") FILE_OF("image/png", "logo.png")
                 FILE_OF("application/pdf", "a.pdf") END,
         "unreadable", "a.pdf|", 1},
        {"a file without a name",
         FROM "Subject: 登记表\n" MIXED TEXT("x") "--b\nContent-Type: application/pdf\n\n%PDF\n" END,
         "unreadable", "附件1.bin|", 0},
        {"a message in it",
         FROM "Subject: 登记表\n" MIXED TEXT("x") "--b\nContent-Type: message/rfc822\n\n" FROM
                                                  "Subject: y\n" MIXED FILE_OF("application/zip", "a.zip")
                                                          END END,
         "unreadable", "y.eml/a.zip|", 0},
        {"a colleague's", "From: b@miit-icdc.org\nSubject: 登记表\n\nx", "other", "登记表.eml|", 0},
        {"a bounce", "Return-Path: <>\nFrom: postmaster@163.com\nSubject: 系统退信\n\n登记表", "ignored",
         "系统退信.eml|", 0},
};

static json_t *
outline(struct bytes mail)
{
	const struct job j = {.form = form, .closed = ERR_TIMEOUT};
	struct buf out = BUF_INIT(1 << 20);
	struct err e = {0};
	json_t *o;

	if (!job_answer(&j, mail, &out, &e))
		fail_msg("%s", e.text);
	o = json_loads(out.at, 0, NULL);
	assert_non_null(o);
	assert_int_equal(json_array_size(json_object_get(o, "forms")), 0);
	buf_free(&out);
	return o;
}

static char *
sources(const json_t *o)
{
	struct buf b = BUF_INIT(1 << 16);
	size_t i;
	const json_t *u;

	buf_str(&b, "");
	json_array_foreach(json_object_get(o, "unread"), i, u)
	{
		assert_string_equal(json_string_value(json_object_get(u, "reason")), "timeout");
		buf_fmt(&b, "%s|", json_string_value(json_object_get(u, "source")));
	}
	return buf_take(&b);
}

static void
says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *o = outline(bytes_str(rows[i].mail));
		const char *disposition = json_string_value(json_object_get(o, "disposition"));
		char *unread = sources(o);

		if (strcmp(disposition, rows[i].disposition) != 0 || strcmp(unread, rows[i].unread) != 0 ||
		    json_array_size(json_object_get(o, "supplementary")) != rows[i].supplementary)
			fail_msg("%s: %s, unread %s", rows[i].name, disposition, unread);
		free(unread);
		json_decref(o);
	}
}

/* Behind the first MiB nothing is looked for; the hash is that of the whole. */
static void
first_mib(void **state)
{
	struct buf mail = BUF_INIT(4 << 20);
	json_t *one, *other;
	char *unread;

	(void)state;
	buf_str(&mail, FROM
	        "Subject: 登记表\n" MIXED TEXT("x") "--b\nContent-Type: application/zip; name=a.zip\n\n");
	for (int i = 0; i < 1 << 15; i++)
		buf_str(&mail, "01234567890123456789012345678901234567890\n");
	buf_str(&mail, FILE_OF("application/zip", "b.zip") END);
	one = outline(buf_bytes(&mail));
	unread = sources(one);
	assert_string_equal(unread, "a.zip|");
	buf_str(&mail, "more\n");
	other = outline(buf_bytes(&mail));
	assert_string_not_equal(json_string_value(json_object_get(one, "content_sha256")),
	                        json_string_value(json_object_get(other, "content_sha256")));
	free(unread);
	json_decref(one);
	json_decref(other);
	buf_free(&mail);
}

/* Nothing that a mail repeats keeps the outline at it: it is the last word that can be had of a mail, and the
 * daemon gives it so many seconds of processor time. */
static void
ends(void **state)
{
	static const struct {
		const char *name, *head, *piece;
	} repeated[] = {
	        {"tags that never end", FROM "Subject: 登记表\nContent-Type: text/html\n\n", "<<<<<<<<\n"},
	        {"links of one name", FROM "Subject: 登记表\nContent-Type: text/html\n\n",
	         "<a href='https://pan.baidu.com/@'>x.zip\n"},
	        {"encoded words without an end", FROM "Subject: 登记表\nPrecedence: ", "=?x?b?a"},
	        {"ids that never end", "Return-Path: <>\nFrom: postmaster@163.com\nSubject: 系统退信\n\n",
	         "<<<<<<<<"},
	};
	struct rlimit was, little;
	struct rusage used;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CPU, &was), 0);
	for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
		bool header = !strstr(repeated[i].head, "\n\n");
		size_t most = header ? MAIL_HEADER_MAX - 1000 : MAIL_OUTLINE_MAX;
		struct buf mail = BUF_INIT(2 << 20);

		buf_str(&mail, repeated[i].head);
		for (unsigned n = 0; mail.len < most; n++) {
			const char *at = strchr(repeated[i].piece, '@');

			if (at)
				buf_fmt(&mail, "%.*s%u%s", (int)(at - repeated[i].piece), repeated[i].piece,
				        n, at + 1);
			else
				buf_str(&mail, repeated[i].piece);
		}
		buf_str(&mail, header ? "\n\nx\n" : "");
		assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
		little = was;
		little.rlim_cur =
		        (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + OUTLINE_SECONDS;
		assert_int_equal(setrlimit(RLIMIT_CPU, &little), 0);
		json_decref(outline(buf_bytes(&mail)));
		assert_int_equal(setrlimit(RLIMIT_CPU, &was), 0);
		buf_free(&mail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(says), cmocka_unit_test(first_mib),
	                                   cmocka_unit_test(ends)};

	charset_preload();
	mail_init();
	return cmocka_run_group_tests(tests, load_form, drop_form);
}

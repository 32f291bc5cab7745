/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what of a mail's own text, or of the pictures in a text, is not looked at is told as unread; so is
 * what an answer has no room for, and the daemon takes each answer. */
#include "parsers/job.h"

#include "daemon/reading.h"
#include "parsers/charset.h"
#include "parsers/document.h"
#include "parsers/mail.h"
#include "parsers/patience.h"
#include "parsers/walk.h"
#include "tests/unit/zipping.h"

#include <glib.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

#define FROM "From: a@b.cn\nMIME-Version: 1.0\nSubject: x\n"

enum { PICTURE_LEN = 15 << 10 }; /* what is smaller is no page */

/* What is unread in the mail: "source reason|" of each. */
static char *
unread_in(const struct buf *mail)
{
	const struct job j = {.form = form};
	struct buf out = BUF_INIT(32 << 20), told = BUF_INIT(1 << 20);
	struct reading reading;
	struct err e = {0};
	json_t *o;
	size_t i;
	const json_t *u;

	if (!job_answer(&j, buf_bytes(mail), &out, &e))
		fail_msg("%s", e.text);
	if (!reading_open(&reading, form, out.at, &e)) /* the daemon takes each answer */
		fail_msg("%s", e.text);
	reading_close(&reading);
	o = json_loads(out.at, 0, NULL);
	buf_str(&told, "");
	json_array_foreach(json_object_get(o, "unread"), i, u)
	{
		buf_fmt(&told, "%s %s|", json_string_value(json_object_get(u, "source")),
		        json_string_value(json_object_get(u, "reason")));
	}
	json_decref(o);
	buf_free(&out);
	return buf_take(&told);
}

/* The text is longer than is read, in both of its twins: told once. */
static void
long_text(void **state)
{
	struct buf mail = BUF_INIT(32 << 20);
	char *told;

	(void)state;
	buf_str(&mail, FROM "Content-Type: multipart/alternative; boundary=b\n\n");
	for (int twin = 0; twin < 2; twin++) {
		buf_fmt(&mail, "--b\nContent-Type: text/%s\n\n", twin ? "html" : "plain");
		for (size_t n = 0; n <= DOC_TEXT_MAX; n += 64)
			buf_str(&mail, "012345678901234567890123456789012345678901234567890123456789 12\n");
	}
	buf_str(&mail, "--b--\n");
	told = unread_in(&mail);
	assert_string_equal(told, "body too_large|");
	free(told);
	buf_free(&mail);
}

/* Parts that a program shows nobody are files where their bytes are a document's; and an attached message
 * that is empty is told as an empty file is. */
static void
unseen_parts(void **state)
{
	struct buf mail = BUF_INIT(1 << 16);
	char *told;

	(void)state;
	buf_str(&mail, FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n");
	buf_str(&mail, "--b\nContent-Type: application/pgp-signature; name=s.asc\n\n-----BEGIN PGP "
	               "SIGNATURE-----\n");
	buf_str(&mail, "--b\nContent-Type: application/pkcs7-signature; name=a.p7s\n\n%PDF-1.4 cut\n");
	buf_str(&mail, "--b\nContent-Type: application/pgp-encrypted\n\n%PDF-1.4 cut\n");
	buf_str(&mail, "--b\nContent-Type: message/rfc822; name=m.eml\n\n");
	buf_str(&mail, "--b\nContent-Type: message/rfc822\n\n--b--\n");
	told = unread_in(&mail);
	assert_string_equal(told, "a.p7s damaged|附件1.pdf damaged|m.eml damaged|附件2.eml damaged|");
	free(told);
	buf_free(&mail);
}

/* A text of PICTURE_LEN as a picture that lies in a page: it is read as what it is, without an engine. */
static void
add_picture(struct buf *mail)
{
	char plain[PICTURE_LEN], *packed;

	memset(plain, 'x', sizeof plain);
	packed = g_base64_encode((const guchar *)plain, sizeof plain);
	buf_fmt(mail, "<img src=\"data:image/png;base64,%s\">\n", packed);
	g_free(packed);
}

/* Of the pictures that lie in the mail's text so many are looked at. */
static void
many_pictures(void **state)
{
	struct buf mail = BUF_INIT(8 << 20);
	char *told;

	(void)state;
	buf_str(&mail, FROM "Content-Type: text/html\n\n");
	for (int i = 0; i < WALK_PICTURES_MAX; i++)
		add_picture(&mail);
	told = unread_in(&mail);
	assert_string_equal(told, "");
	free(told);
	add_picture(&mail);
	told = unread_in(&mail);
	assert_string_equal(told, "body too_large|");
	free(told);
	buf_free(&mail);
}

/* The process that looked at the n-th file was ended for its time; this one is to pass it over. */
static bool
end_at(unsigned n)
{
	const struct rusage used = {0};
	pid_t child;

	patience_new();
	child = fork();
	if (child == 0) {
		struct patience_mark was;

		while (n--)
			(void)patience_begin(n == 0, &was);
		_exit(0);
	}
	return waitpid(child, NULL, 0) == child && patience_again(SIGXCPU, &used);
}

/* One picture of a page was read, the other is passed over: that is told, whatever the first one showed. In a
 * process of its own, for there is no end to patience, once begun. */
static void
passed_over(void **state)
{
	struct buf mail = BUF_INIT(1 << 20);
	struct err e = {0};
	int status = -1;
	pid_t child;

	(void)state;
	buf_str(&mail, FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n"
	                    "--b\nContent-Type: text/html; name=a.html\n\n<html>\n");
	add_picture(&mail);
	add_picture(&mail);
	buf_str(&mail, "--b--\n");
	child = fork();
	if (child == 0) {
		bool told = false;

		if (patience_init(&e) && end_at(3)) { /* the page, its first picture, its second */
			char *s = unread_in(&mail);

			told = strcmp(s, "a.html timeout|") == 0;
			free(s);
		}
		_exit(told ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	buf_free(&mail);
}

static void
add_rows(struct buf *mail, const char *name, int first, int count, bool one_region)
{
	buf_fmt(mail,
	        "--b\nContent-Type: text/csv; charset=utf-8; name=%s\n\n"
	        "申请区域（城市）,牵头单位,主导产业,特色产业,申请区域简介,联系人及职务,联系电话\n",
	        name);
	for (int i = first; i < first + count; i++)
		buf_fmt(mail, "%s%d号区,某局%d,电子%d,传感%d,简介%d,张三%d 科长,0512-5731%04d\n", "某地",
		        one_region ? 0 : i, i, i, i, i, i, i);
}

/* Files that hold more forms together, or more that differs, than an answer has room for: what came first
 * stands, and the rest is told. */
static void
long_answer(void **state)
{
	struct buf mail = BUF_INIT(8 << 20);
	char *told;

	(void)state;
	buf_str(&mail, FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n");
	add_rows(&mail, "a.csv", 0, WALK_FORMS_MAX / 2, false);
	add_rows(&mail, "b.csv", WALK_FORMS_MAX / 2, WALK_FORMS_MAX / 2, false);
	add_rows(&mail, "c.csv", WALK_FORMS_MAX, 10, false);
	told = unread_in(&mail);
	assert_string_equal(told, "c.csv too_large|");
	free(told);
	buf_clear(&mail);
	buf_str(&mail, FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n");
	add_rows(&mail, "a.csv", 0, WALK_CONFLICTS_MAX / 6, true);
	add_rows(&mail, "b.csv", WALK_CONFLICTS_MAX / 6, 10, true);
	told = unread_in(&mail);
	assert_string_equal(told, "b.csv too_large|");
	free(told);
	buf_free(&mail);
}

/* Forms that name no region, twice in a mail: what is the same is one, however many there are. */
static void
no_region(void **state)
{
	struct buf mail = BUF_INIT(8 << 20);
	char *told;

	(void)state;
	buf_str(&mail, FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n登记表\n");
	for (int file = 0; file < 3; file++) {
		int extra = file == 2; /* one form more than an answer holds */

		buf_fmt(&mail,
		        "--b\nContent-Type: text/csv; charset=utf-8; name=%c.csv\n\n"
		        "牵头单位,主导产业,特色产业,申请区域简介,联系人及职务,联系电话\n",
		        'a' + file);
		for (int i = extra ? WALK_FORMS_MAX : 0; i < WALK_FORMS_MAX + extra; i++)
			buf_fmt(&mail, "某局%d,电子%d,传感%d,简介%d,张三%d 科长,0512-5731%04d\n", i, i, i, i,
			        i, i);
	}
	told = unread_in(&mail);
	assert_string_equal(told, "c.csv too_large|");
	free(told);
	buf_free(&mail);
}

/* A text with as many objects as are looked at, each of them lost. The caller frees at. */
static struct bytes
lost_objects(void)
{
	struct buf xml = BUF_INIT(1 << 20);
	struct zip_part parts[] = {
	        {.name = "mimetype", .text = "application/vnd.oasis.opendocument.text", .stored = true},
	        {.name = "content.xml"},
	        {0},
	};
	struct bytes zip;

	buf_str(&xml, "<document-content xmlns=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
	              " xmlns:d=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\""
	              " xmlns:x=\"http://www.w3.org/1999/xlink\"><body><text>");
	for (int i = 0; i < DOC_FILES_MAX; i++)
		buf_fmt(&xml, "<d:object-ole x:href=\"Object %d\"/>", i);
	buf_str(&xml, "</text></body></document-content>");
	parts[1].text = xml.at;
	zip = zip_of(parts);
	buf_free(&xml);
	return zip;
}

/* More unread files than an answer has room for: the first stand in it. */
static void
many_unread(void **state)
{
	struct bytes odt = lost_objects();
	char *packed = g_base64_encode(odt.at, odt.len), *told;
	struct buf mail = BUF_INIT(8 << 20);
	size_t count = 0;

	(void)state;
	buf_str(&mail, FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n");
	for (int i = 0; i <= WALK_UNREAD_MAX / DOC_FILES_MAX; i++)
		buf_fmt(&mail,
		        "--b\nContent-Type: application/octet-stream; name=%d.odt\n"
		        "Content-Transfer-Encoding: base64\n\n%s\n",
		        i, packed);
	buf_str(&mail, "--b--\n");
	told = unread_in(&mail);
	for (const char *at = told; (at = strchr(at, '|')); at++)
		count++;
	assert_int_equal(count, WALK_UNREAD_MAX);
	assert_memory_equal(told, "0.odt/附件1 damaged|", strlen("0.odt/附件1 damaged|"));
	free(told);
	g_free(packed);
	free((void *)(uintptr_t)odt.at);
	buf_free(&mail);
}

int
main(void)
{
	/* passed_over() first: files are counted from the process's begin on */
	const struct CMUnitTest tests[] = {cmocka_unit_test(passed_over),  cmocka_unit_test(long_text),
	                                   cmocka_unit_test(unseen_parts), cmocka_unit_test(many_pictures),
	                                   cmocka_unit_test(long_answer),  cmocka_unit_test(no_region),
	                                   cmocka_unit_test(many_unread)};

	charset_preload();
	mail_init();
	return cmocka_run_group_tests(tests, load_form, drop_form);
}

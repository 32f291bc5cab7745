/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: whatever a mail program writes, names, texts and parts come out as its reader sees them; and no
 * bytes, cut or nested as they may be, take the parser down. */
#include "parsers/charset.h"
#include "parsers/mail.h"
#include "parsers/mail_guard.h"
#include "parsers/unwrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *raw, *want;
} texts[] = {
        {"plain", " Hello", "Hello"},
        {"folded", " one\r\n two", "one two"},
        {"base64 word", "=?UTF-8?B?55m76K6w6KGo?=", "登记表"},
        {"quoted word", "=?utf-8?Q?a_=E8=A1=A8?=", "a 表"},
        {"gb2312 word", "=?gb2312?B?tce8x7Ht?=", "登记表"},
        {"words joined", "=?UTF-8?B?55m7?=\r\n =?UTF-8?B?6K6w?=", "登记"},
        {"a character parted", "=?UTF-8?B?55m76A==?= =?utf-8?B?rrA=?=", "登记"},
        {"parted, base64 and quoted", "=?UTF-8?B?55m76A==?= =?UTF-8?Q?=AE=B0?=", "登记"},
        {"word and text", "Re: =?UTF-8?B?55m7?= x", "Re: 登 x"},
        {"raw gbk", "\xb5\xc7\xbc\xc7\xb1\xed", "登记表"},
        {"a language", "=?utf-8*zh?B?55m7?=", "登"},
        {"no end", "=?UTF-8?B?55m7", "=?UTF-8?B?55m7"},
        {"no charset", "=??B?55m7?=", "=??B?55m7?="},
        {"control characters", "a\x01\tb", "a b"},
        {"unknown encoding", "=?UTF-8?X?abc?=", "=?UTF-8?X?abc?="},
};

static const struct {
	const char *name, *raw, *want;
} params[] = {
        {"none", "attachment", NULL},
        {"token", "attachment; filename=a.doc; size=1", "a.doc"},
        {"quoted", "attachment; filename=\"a \\\"b\\\".doc\"", "a \"b\".doc"},
        {"unquoted with a space", "attachment; filename=a b.doc", "a b.doc"},
        {"encoded word in quotes", "x; filename=\"=?gb2312?B?tce8x7HtLmRvYw==?=\"", "登记表.doc"},
        {"rfc 2231", "x; filename*=utf-8''%E7%99%BB.doc", "登.doc"},
        {"rfc 2231, gbk", "x; filename*=GBK'zh'%B5%C7.doc", "登.doc"},
        {"rfc 2231 in pieces", "x; filename*1*=%AE%B0.doc; filename*0*=utf-8''%E7%99%BB%E8", "登记.doc"},
        {"pieces, plain", "x; filename*0=\"a\"; filename*1=\"b.doc\"", "ab.doc"},
        {"both: the numbered", "x; filename=\"?.doc\"; filename*=utf-8''%E7%99%BB.doc", "登.doc"},
        {"raw gbk with a backslash", "x; filename=\"\xd5\x5c.doc\"", "誠.doc"},
        {"a semicolon in quotes", "x; a=\"b;filename=c\"; filename=d", "d"},
        {"nothing behind it", "x; filename=", ""},
};

static void
test_headers(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *got = header_text(a, bytes_str(texts[i].raw));

		if (strcmp(got, texts[i].want) != 0)
			fail_msg("%s: '%s', should be '%s'", texts[i].name, got, texts[i].want);
	}
	for (size_t i = 0; i < sizeof params / sizeof *params; i++) {
		const char *got = header_param(a, bytes_str(params[i].raw), "filename");
		const char *want = params[i].want;

		if (!want != !got || (want && strcmp(got, want) != 0))
			fail_msg("%s: '%s', should be '%s'", params[i].name, got ? got : "(none)", want);
	}
	arena_free(a);
}

/* Of a name in pieces a hundred are taken: no name is longer, and who sends more means something else. */
static void
test_pieces_ceiling(void **state)
{
	struct arena *a = arena_new();
	struct buf raw = BUF_INIT(10000);

	(void)state;
	buf_str(&raw, "x");
	for (int i = 0; i < 250; i++)
		buf_fmt(&raw, "; filename*%d=z", i);
	assert_int_equal(strlen(header_param(a, buf_bytes(&raw), "filename")), 100);
	buf_free(&raw);
	arena_free(a);
}

static const struct {
	const char *raw, *name, *addr;
	size_t count;
} lists[] = {
        {"a@B.Example", "", "a@b.example", 1},
        {"\"Li, Ming\" <Li@x.cn>", "Li, Ming", "Li@x.cn", 1},
        {"=?gb2312?B?tce8x7Ht?= <a@x.cn>, b@x.cn", "登记表", "a@x.cn", 2},
        {"a@x.cn (Li Ming)", "Li Ming", "a@x.cn", 1},
        {"undisclosed-recipients:;", "", "", 0},
        {"group: a@x.cn, b@x.cn;", "", "a@x.cn", 2},
        {"<>", "", "", 1},
        {"\xb5\xc7 <a@x.cn>", "登", "a@x.cn", 1},
        {"\"no end", "no end", "", 1},
        {"<a@x.cn", "", "a@x.cn", 1},
        {"", "", "", 0},
};

static void
test_addresses(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct mail_address one = {"", ""};
		size_t n = header_addresses(a, bytes_str(lists[i].raw), &one, 1);

		assert_int_equal(n, lists[i].count);
		assert_string_equal(one.name, lists[i].name);
		assert_string_equal(one.addr, lists[i].addr);
	}
	arena_free(a);
}

static void
test_ids(void **state)
{
	struct arena *a = arena_new();
	const char *out[3] = {NULL};

	(void)state;
	assert_int_equal(header_ids(a, bytes_str(" <a@b>\r\n <c@d> <e@f> <g@h>"), out, 3), 3);
	assert_string_equal(out[1], "<c@d>");
	assert_int_equal(header_ids(a, bytes_str("bare@id rest"), out, 3), 1);
	assert_string_equal(out[0], "<bare@id>");
	assert_int_equal(header_ids(a, bytes_str("> <a"), out, 3), 0);
	assert_int_equal(header_ids(a, bytes_str(""), out, 3), 0);
	arena_free(a);
}

/* A mail of all that makes parts hard: twins, an unnamed file, a message in it, uuencode, no end. */
static const char sample[] =
        "Return-Path: <>\r\nFrom: =?gb2312?B?tce8x7Ht?= <a@X.cn>\r\nSubject: =?UTF-8?B?55m76A==?=\r\n"
        " =?UTF-8?B?rrA=?=\r\nMessage-ID: <1@x.cn>\r\nReferences: <r1@x> <r2@x>\r\n"
        "Date: Fri, 10 Jun 2022 09:59:51 +0800\r\nReply-To: b@x.cn\r\n"
        "Content-Type: multipart/mixed; boundary=\"=_o\"\r\n\r\npreamble\r\n"
        "--=_o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
        "--i\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\r\none \r\ntwo\r\n"
        "begin 644 u.txt\r\n#8V%T\r\n`\r\nend\r\n"
        "--i\r\nContent-Type: text/html\r\n\r\n<p>one two</p>\r\n--i--\r\n"
        "--=_o\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n"
        "--=_o\r\nContent-Type: message/rfc822\r\n\r\nSubject: in/ner\r\nMessage-ID: <2@x.cn>\r\n"
        "Content-Type: text/plain; name=\"f.txt\"\r\n\r\nhello\r\n"
        "--=_o\r\nContent-Type: text/plain; name=\"last.txt\"\r\nContent-Disposition: inline\r\n\r\nend";

static const struct {
	enum mail_role role;
	const char *path, *data;
	int number, depth;
} wanted[] = {
        {MAIL_BODY, "body", "one two\n", 0, 0},
        {MAIL_ATTACHMENT, "u.txt", "cat", 1, 0},
        {MAIL_BODY_TWIN, "body", "<p>one two</p>", 0, 0},
        {MAIL_ATTACHMENT, "", "PK\x03\x04", 2, 0},
        {MAIL_ATTACHMENT, "in_ner.eml/f.txt", "hello", 1, 1},
        {MAIL_ATTACHMENT, "last.txt", "end", 4, 0},
};

static void
test_parts(void **state)
{
	struct arena *a = arena_new();
	struct mail *m = NULL;
	struct err e = {0};
	const struct mail_part *p;
	size_t i = 0;

	(void)state;
	assert_true(mail_open(&m, a, bytes_str(sample), &e));
	assert_string_equal(m->subject, "登记");
	assert_string_equal(m->from.addr, "a@x.cn");
	assert_string_equal(m->return_path.addr, "<>");
	assert_string_equal(m->reply_to.addr, "b@x.cn");
	assert_string_equal(m->message_id, "<1@x.cn>");
	assert_string_equal(m->references[1], "<r2@x>");
	assert_null(m->references[2]);
	assert_string_equal(m->inner_ids[0], "<2@x.cn>");
	assert_int_equal(strlen(m->content_sha256), 64);
	for (p = m->parts; p; p = p->next, i++) {
		assert_true(i < sizeof wanted / sizeof *wanted);
		assert_int_equal(p->role, wanted[i].role);
		assert_string_equal(p->path, wanted[i].path);
		assert_int_equal(p->number, wanted[i].number);
		assert_int_equal(p->depth, wanted[i].depth);
		assert_true(bytes_begin(p->data, wanted[i].data));
	}
	assert_int_equal(i, sizeof wanted / sizeof *wanted);
	arena_free(a);
}

/* Repeat a piece until len bytes stand behind the head. */
static char *
monster(const char *head, const char *piece, size_t times)
{
	struct buf b = BUF_INIT(64 << 20);

	buf_str(&b, head);
	for (size_t i = 0; i < times; i++)
		buf_str(&b, piece);
	return buf_take(&b);
}

/* The parts of a mail: their roles and paths, a bar behind each. */
static char *
parts_of(const char *mail)
{
	struct arena *a = arena_new();
	struct mail *m = NULL;
	struct err e = {0};
	struct buf b = BUF_INIT(1 << 20);

	assert_true(mail_open(&m, a, bytes_str(mail), &e));
	buf_str(&b, m->too_large ? "too large|" : "");
	for (const struct mail_part *p = m->parts; p; p = p->next)
		buf_fmt(&b, "%s%s|", p->role == MAIL_BODY_TWIN ? "twin " : "", p->path);
	arena_free(a);
	return buf_take(&b);
}

/* A text is a twin only where there is another text that it could be read for. */
static void
test_twins(void **state)
{
	static const char alternative[] = "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n";
	static const struct {
		const char *parts, *want;
	} rows[] = {
	        {"--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\n", "body|twin body|"},
	        {"--b\nContent-Type: text/plain; name=a.txt\n\none\n--b\nContent-Type: "
	         "text/html\n\ntwo\n--b--\n",
	         "a.txt|body|"},
	        {"--b\nContent-Type: message/rfc822; name=a.eml\n\nSubject: y\n\none\n"
	         "--b\nContent-Type: text/html\n\ntwo\n--b--\n",
	         "a.eml/body|body|"},
	        {"--b\nContent-Type: text/calendar\n\none\n--b\nContent-Type: text/html\n\ntwo\n"
	         "--b\n\nthree\n--b--\n",
	         "|body|twin body|"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *mail = monster(alternative, rows[i].parts, 1), *got = parts_of(mail);

		assert_string_equal(got, rows[i].want);
		free(got);
		free(mail);
	}
}

/* Files in uuencode behind an empty one; and more of them than are looked at are told. */
static void
test_uuencoded(void **state)
{
	char *many = monster("Subject: x\n\n", "begin 644 u.txt\n#8V%T\n`\nend\n", MAIL_PARTS_MAX), *got;

	(void)state;
	got = parts_of("Subject: x\n\nbegin 644 a.txt\n`\nend\nbegin 644 b.txt\n#8V%T\n`\nend\n");
	assert_string_equal(got, "body|a.txt|b.txt|");
	free(got);
	got = parts_of(many);
	assert_true(bytes_begin(bytes_str(got), "too large|body|u.txt|"));
	free(got);
	free(many);
}

/* Lines before the first field are passed over for the parts, too. */
static void
test_lines_before(void **state)
{
	char *got = parts_of(">From a@b.cn Wed Jun 15 09:10:00 2022\nSubject: x\n"
	                     "Content-Type: multipart/mixed; boundary=b\n\n"
	                     "--b\nContent-Type: text/plain; name=a.txt\n\none\n--b--\n");

	(void)state;
	assert_string_equal(got, "a.txt|");
	free(got);
}

/* Cut anywhere: never a crash, and twice the same answer. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof sample; len++) {
		char hash[2][65] = {"", ""};
		size_t count[2] = {0, 0};
		char *copy = mem_dup0(sample, len); /* no byte behind it that might help */

		for (int round = 0; round < 2; round++) {
			struct arena *a = arena_new();
			struct mail *m = NULL;
			struct err e = {0};

			if (mail_open(&m, a, BYTES(copy, len), &e)) {
				memcpy(hash[round], m->content_sha256, sizeof hash[round]);
				for (const struct mail_part *p = m->parts; p; p = p->next)
					count[round]++;
			} else {
				assert_int_equal(e.code, ERR_NOT_MAIL);
				assert_null(m);
			}
			arena_free(a);
		}
		assert_string_equal(hash[0], hash[1]);
		assert_int_equal(count[0], count[1]);
		free(copy);
	}
}

static void
test_no_mail(void **state)
{
	static const char *const rows[] = {
	        "", "\n", "hello\n", "致：各单位\n", "%PDF-1.4\n%: x\n", "key: value\n\nx"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct mail *m = NULL;
		struct err e = {0};

		assert_false(mail_open(&m, a, bytes_str(rows[i]), &e));
		assert_int_equal(e.code, ERR_NOT_MAIL);
		arena_free(a);
	}
}

/* What made gmime overflow its stack or take gigabytes is an answer: too_large. */
static void
test_ceilings(void **state)
{
	static const struct {
		const char *name, *head, *piece;
		size_t times;
	} rows[] = {
	        {"groups in groups", "Subject: x\nTo: ", "a:", 60000},
	        {"a header without end", "Subject: x\n", "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
	         9000},
	        {"a part's header without end",
	         "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
	         "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 9000},
	        {"and folded", "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nX-A: a\n",
	         " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 9000},
	        {"that of a message within", "Subject: x\nContent-Type: message/rfc822\n\n",
	         "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 9000},
	        {"a million parts", "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\n",
	         200000},
	        {"deep", "Subject: x\n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 30000},
	        {"somewhat deep", "Subject: x\n", "Content-Type: message/rfc822\n\n", 40},
	        {"somewhat many", "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n",
	         3000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		char *s = monster(rows[i].head, rows[i].piece, rows[i].times);
		struct mail *m = NULL;
		struct err e = {0};

		if (!mail_open(&m, a, bytes_str(s), &e) || !m->too_large || !m->too_large_why)
			fail_msg("%s: not too large", rows[i].name);
		assert_string_equal(m->subject, "x");
		free(s);
		arena_free(a);
	}
}

/* A file is a mail where it begins with a mail's header, whole: not a letter, not a quoted header. */
static void
test_mail_as_file(void **state)
{
	static const struct {
		const char *name, *text;
		bool want;
	} rows[] = {
	        {"a mail", "From: a@b.cn\nDate: x\nSubject: y\n\ntext\n", true},
	        {"from a mailbox's file",
	         "From a@b.cn Wed Jun 15 09:10:00 2022\nFrom: a@b.cn\nDate: x\nTo: y\n\nt", true},
	        {"a letter", "From now on\nthe form is another.\n", false},
	        {"with folded lines", "Received: from x\n\tby y\nFrom: a@b.cn\nTo: c@d.cn\n\n", true},
	        {"no sender", "Date: x\nSubject: y\n\n", false},
	        {"only a sender", "From: a@b.cn\n\n", false},
	        {"a line before it", "Hello\nFrom: a@b.cn\nDate: x\nSubject: y\n\n", false},
	        {"a web archive", "MIME-Version: 1.0\nContent-Type: multipart/related\n\n", false},
	        {"a form", "申请区域：江苏省\n", false},
	        {"nothing", "", false},
	};
	struct arena *a = arena_new();
	struct mail *m = NULL;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (mail_is_file(bytes_str(rows[i].text)) != rows[i].want)
			fail_msg("%s: should be %d", rows[i].name, rows[i].want);
	assert_true(mail_open_file(&m, a, bytes_str(rows[0].text), "材料.zip/x.eml", &e));
	assert_string_equal(m->parts->path, "材料.zip/x.eml/body");
	assert_int_equal(m->parts->depth, 1);
	assert_false(mail_open_file(&m, a, bytes_str("no mail"), "x.eml", &e));
	assert_int_equal(e.code, ERR_NOT_MAIL);
	arena_free(a);
}

/* Encoded words side by side, each padded: blanks between them are none, charsets may differ. */
static void
test_words_side_by_side(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
	        {"Subject: =?UTF-8?B?5piG5bGxYQ==?= =?UTF-8?B?5biCYQ==?=\n\n", "昆山a市a"},
	        {"Subject: =?UTF-8?B?5piG5bGxYQ==?=\n =?gb2312?Q?=B8=BD=BC=FE?=\n\n", "昆山a附件"},
	        {"Subject: =?UTF-8?B?5piG5bGxYQ==?= x =?UTF-8?B?5biC?=\n\n", "昆山a x 市"},
	        {"Subject: =?UTF-8?B?5piG5bGxYQ==?==?UTF-8?B?5biC?=\n\n", "昆山a市"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct mail *m = NULL;
		struct err e = {0};

		assert_true(mail_open(&m, a, bytes_str(rows[i].raw), &e));
		assert_string_equal(m->subject, rows[i].want);
		arena_free(a);
	}
}

static void
test_unwrap(void **state)
{
	static const struct {
		const char *text, *want;
		bool delsp;
	} flowed[] = {
	        {"a \nb\n", "a b\n", false},
	        {"a \nb\n", "ab\n", true},
	        {"> a \n> b\nc\n", ">a b\nc\n", false},
	        {"a \n-- \nb\n", "a \n-- \nb\n", false},
	        {" >x\n", ">x\n", false},
	        {"> a \nb\n", ">a \nb\n", false},
	};
	struct buf out = BUF_INIT(1000);
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof flowed / sizeof *flowed; i++) {
		buf_clear(&out);
		unwrap_flowed(bytes_str(flowed[i].text), flowed[i].delsp, &out);
		assert_string_equal(out.at, flowed[i].want);
	}
	assert_false(unwrap_cms(bytes_str("no der"), &out, &e));
	assert_int_equal(e.code, ERR_DAMAGED);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_headers),
	        cmocka_unit_test(test_pieces_ceiling),
	        cmocka_unit_test(test_addresses),
	        cmocka_unit_test(test_ids),
	        cmocka_unit_test(test_parts),
	        cmocka_unit_test(test_cut),
	        cmocka_unit_test(test_no_mail),
	        cmocka_unit_test(test_ceilings),
	        cmocka_unit_test(test_unwrap),
	        cmocka_unit_test(test_mail_as_file),
	        cmocka_unit_test(test_words_side_by_side),
	        cmocka_unit_test(test_twins),
	        cmocka_unit_test(test_uuencoded),
	        cmocka_unit_test(test_lines_before),
	};

	charset_preload();
	mail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what is written is a mail that another reader (gmime) understands, and no byte of input
 * makes a header, an address, a part or a boundary of its own. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/mime.h"
#include "daemon/own_mail.h"

#include <gmime/gmime.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const to_one[] = {"gxj@ks.gov.cn", NULL};

static struct mime_mail
plain_mail(void)
{
	return (struct mime_mail){
	        .from_name = "工业和信息化部工业文化发展中心",
	        .from_addr = "maruijuan@miit-icdc.org",
	        .to = to_one,
	        .subject = "【已登记 CYMP-2022-0042】回复：登记表",
	        .date = 1654826700, /* 2022-06-10 10:05 +08:00 */
	        .message_id = "<mingpian.CYMP-2022-0042.1@miit-icdc.org>",
	        .in_reply_to = "<a1@ks.gov.cn>",
	        .text = "昆山市工业和信息化局：\n收悉。\n",
	        .html = "<p>收悉。</p>",
	};
}

static GMimeMessage *
parse(const struct buf *mail)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail->at, mail->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *m = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	assert_non_null(m);
	return m;
}

/* 7-bit, CRLF and nothing else, no line over 78 octets but those of a long identifier. */
static void
assert_wire(const struct buf *mail)
{
	size_t line = 0;

	for (size_t i = 0; i < mail->len; i++) {
		unsigned char c = (unsigned char)mail->at[i];

		assert_true((c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n');
		assert_true(c != '\n' || (i > 0 && mail->at[i - 1] == '\r'));
		assert_true(c != '\r' || mail->at[i + 1] == '\n');
		line = c == '\n' ? 0 : line + 1;
		assert_true(line <= 300);
	}
	assert_true(bytes_end(buf_bytes(mail), "\r\n"));
}

static size_t
count(const struct buf *mail, const char *needle)
{
	size_t n = 0;

	for (const char *p = mail->at; (p = strstr(p, needle)); p++)
		n++;
	return n;
}

static void
whole_mail(void **state)
{
	static const unsigned char zip[] = {'P', 'K', 3, 4, 0, 0xFF, '\r', '\n', '-', '-'};
	const struct mime_attachment files[] = {
	        {"登记表（请补正）CYMP-2022-0042，昆山经济技术开发区.docx",
	         "application/zip",
	         {zip, sizeof(zip)}},
	        {"a.txt", "text/plain", {zip, 0}},
	};
	const struct mime_header headers[] = {{"Auto-Submitted", "auto-replied"}};
	struct mime_mail m = plain_mail();
	struct buf out = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
	struct err e = {0};
	GMimeMessage *msg;
	GMimeMultipart *top, *alt;
	GMimeObject *part;
	GMimeStream *content;
	GMimeDataWrapper *data;
	char *text;
	(void)state;

	m.attachments = files;
	m.attachment_count = 2;
	m.headers = headers;
	m.header_count = 1;
	assert_true(mime_write(&m, &out, &e));
	assert_wire(&out);
	assert_true(mime_write(&m, &again, &e));
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&again)));

	msg = parse(&out);
	assert_string_equal(g_mime_message_get_subject(msg), m.subject);
	assert_string_equal(g_mime_message_get_message_id(msg), "mingpian.CYMP-2022-0042.1@miit-icdc.org");
	assert_string_equal(g_mime_object_get_header(GMIME_OBJECT(msg), "Date"),
	                    "Fri, 10 Jun 2022 10:05:00 +0800");
	assert_string_equal(g_mime_object_get_header(GMIME_OBJECT(msg), "Auto-Submitted"), "auto-replied");
	assert_string_equal(g_mime_object_get_header(GMIME_OBJECT(msg), "To"), "<gxj@ks.gov.cn>");
	assert_string_equal(
	        internet_address_get_name(internet_address_list_get_address(g_mime_message_get_from(msg), 0)),
	        m.from_name);

	assert_true(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(msg)));
	top = GMIME_MULTIPART(g_mime_message_get_mime_part(msg));
	assert_int_equal(g_mime_multipart_get_count(top), 3);
	alt = GMIME_MULTIPART(g_mime_multipart_get_part(top, 0));
	assert_int_equal(g_mime_multipart_get_count(alt), 2);
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(g_mime_multipart_get_part(alt, 0)));
	assert_string_equal(text, "昆山市工业和信息化局：\r\n收悉。\r\n");
	g_free(text);
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(g_mime_multipart_get_part(alt, 1)));
	assert_string_equal(text, m.html);
	g_free(text);

	part = g_mime_multipart_get_part(top, 1);
	assert_string_equal(g_mime_part_get_filename(GMIME_PART(part)), files[0].name);
	assert_string_equal(g_mime_object_get_content_disposition(part)->disposition, "attachment");
	content = g_mime_stream_mem_new();
	data = g_mime_part_get_content(GMIME_PART(part));
	assert_true(g_mime_data_wrapper_write_to_stream(data, content) >= 0);
	assert_true(bytes_equal(BYTES(g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(content))->data,
	                              g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(content))->len),
	                        files[0].content));
	g_object_unref(content);
	assert_string_equal(g_mime_part_get_filename(GMIME_PART(g_mime_multipart_get_part(top, 2))), "a.txt");
	g_object_unref(msg);
	buf_free(&out);
	buf_free(&again);
}

/* A comma in a long name of plain ASCII would part two addresses (RFC 5322, 3.4): the name is quoted. */
static void
long_name(void **state)
{
	struct mime_mail m = plain_mail();
	struct buf out = BUF_INIT(1 << 16);
	struct err e = {0};

	(void)state;
	m.from_name =
	        "Ministry of Industry and Information Technology, Industrial Culture Development Center";
	assert_true(mime_write(&m, &out, &e));
	assert_wire(&out);
	assert_int_equal(count(&out, "From: \"Ministry"), 1);
	assert_int_equal(count(&out, " Center\"\r\n <"), 1);
	buf_free(&out);
}

/* Each of these would be a header, a recipient or a part of its own, were it written as it is. */
static const char *const attacks[] = {
        "x\r\nBcc: evil@example.com",
        "x\nBcc: evil@example.com",
        "x\rBcc: evil@example.com",
        "\r\n\r\n--=_m_",
        "\"; name=\"evil.exe",
        "=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
        "\" <evil@example.com>, \"",
        "\\\" <evil@example.com>",
        "\xE2\x80\xAEgpj.exe",
        "x\x01\x7F\xC0\x80\xFF",
        "a, b; c: d (e) <f@g>",
        "",
        "   ",
};

static void
strangers_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		const char *refs[] = {attacks[i], "<ok@a>", NULL};
		const struct mime_attachment file = {attacks[i], "application/pdf", {NULL, 0}};
		const struct mime_header header = {"X-Test", attacks[i]};
		struct mime_mail m = plain_mail();
		struct buf out = BUF_INIT(1 << 16);
		struct err e = {0};
		GMimeMessage *msg;

		m.subject = m.from_name = m.in_reply_to = m.text = m.html = attacks[i];
		m.references = refs;
		m.headers = &header;
		m.header_count = 1;
		m.attachments = &file;
		m.attachment_count = 1;
		assert_true(mime_write(&m, &out, &e));
		assert_wire(&out);
		assert_int_equal(count(&out, "\nBcc"), 0);
		assert_int_equal(count(&out, "\r\n--=_m_"), 3);
		assert_int_equal(count(&out, "\r\n--=_a_"), 3);
		msg = parse(&out);
		assert_int_equal(
		        g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(msg))), 8);
		assert_int_equal(internet_address_list_length(g_mime_message_get_from(msg)), 1);
		assert_string_equal(
		        internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(
		                internet_address_list_get_address(g_mime_message_get_from(msg), 0))),
		        m.from_addr);
		assert_int_equal(
		        g_mime_multipart_get_count(GMIME_MULTIPART(g_mime_message_get_mime_part(msg))), 2);
		assert_string_equal(g_mime_object_get_header(GMIME_OBJECT(msg), "References"), "<ok@a>");
		g_object_unref(msg);
		buf_free(&out);
	}
}

static void
what_cannot_be_escaped(void **state)
{
	static const struct {
		const char *address;
		bool want;
	} addresses[] = {
	        {"a@b", true},
	        {"a.b+c=d@x-y.gov.cn", true},
	        {"", false},
	        {"a", false},
	        {"@b", false},
	        {"a@", false},
	        {"a b@c", false},
	        {"a@b\r\nRCPT TO:<x@y>", false},
	        {"<a@b>", false},
	        {"a@b,c@d", false},
	        {"\"a b\"@c", false},
	        {".a@b", false},
	        {"a..b@c", false},
	        {"a@b.", false},
	        {"a@-b", false},
	        {"张@b.cn", false},
	        {"a@b.cn\xE2\x80\xAE", false},
	};
	static const struct {
		const char *id;
		bool want;
	} ids[] = {
	        {"<a@b>", true},
	        {"<a.b$c[d]@x@y:z>", true},
	        {"<>", false},
	        {"<ab>", false},
	        {"a@b", false},
	        {"<a b@c>", false},
	        {"<a@b>\r\nX: y", false},
	        {"<a@\"b>", false},
	        {"<a@b", false},
	        {"<=?UTF-8?Q?a?=@b>", false},
	        {"<a@b><c@d>", false},
	        {"<张@b>", false},
	};
	char longest[400];
	(void)state;

	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		if (mime_address_ok(addresses[i].address) != addresses[i].want)
			fail_msg("address %s", addresses[i].address);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (mime_id_ok(ids[i].id) != ids[i].want)
			fail_msg("Message-ID %s", ids[i].id);
	memset(longest, 'a', sizeof(longest));
	longest[0] = '<';
	longest[2] = '@';
	longest[MIME_ID_MAX - 1] = '>';
	longest[MIME_ID_MAX] = '\0';
	assert_true(mime_id_ok(longest));
	longest[MIME_ID_MAX - 1] = 'a';
	longest[MIME_ID_MAX] = '>';
	longest[MIME_ID_MAX + 1] = '\0';
	assert_false(mime_id_ok(longest));
	assert_false(mime_address_ok(NULL));
	assert_false(mime_id_ok(NULL));
}

static void
refused(void **state)
{
	const char *bad_to[] = {"gxj@ks.gov.cn", "a@b\r\nBcc: c@d", NULL}, *none[] = {NULL};
	const struct mime_attachment bad_type = {"a", "text/plain; x\r\ny", {NULL, 0}};
	const struct mime_header bad_name = {"X-A: b\r\nX", "c"};
	static unsigned char much[70000];
	const struct mime_attachment large = {"a", "text/plain", {much, sizeof(much)}};
	struct mime_mail rows[7];
	struct buf out = BUF_INIT(80000);
	(void)state;

	for (size_t i = 0; i < 7; i++)
		rows[i] = plain_mail();
	rows[0].to = bad_to;
	rows[1].to = none;
	rows[2].from_addr = "a b@c";
	rows[3].message_id = "mingpian";
	rows[4].attachments = &bad_type;
	rows[4].attachment_count = 1;
	rows[5].headers = &bad_name;
	rows[5].header_count = 1;
	rows[6].attachments = &large;
	rows[6].attachment_count = 1;
	for (size_t i = 0; i < 7; i++) {
		struct err e = {0};

		assert_false(mime_write(&rows[i], &out, &e));
		assert_int_equal(e.code, i == 6 ? ERR_TOO_LARGE : ERR_INPUT);
		assert_int_equal(out.len, 0);
	}
	buf_free(&out);
}

static void
thread(void **state)
{
	char names[60][16];
	const char *refs[61] = {0};
	struct mime_mail m = plain_mail();
	struct buf out = BUF_INIT(1 << 16);
	struct err e = {0};
	GMimeMessage *msg;
	GMimeReferences *r;
	(void)state;

	for (size_t i = 0; i < 60; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "<r%zu@x>", i);
		refs[i] = names[i];
	}
	refs[7] = "no id";
	refs[8] = "<a1@ks.gov.cn>"; /* in_reply_to: stands once, last */
	m.references = refs;
	assert_true(mime_write(&m, &out, &e));
	msg = parse(&out);
	r = g_mime_references_parse(NULL, g_mime_object_get_header(GMIME_OBJECT(msg), "References"));
	assert_int_equal(g_mime_references_length(r), MIME_REFERENCES_MAX);
	assert_string_equal(g_mime_references_get_message_id(r, 0), "r0@x");
	assert_string_equal(g_mime_references_get_message_id(r, 1), "r42@x");
	assert_string_equal(g_mime_references_get_message_id(r, MIME_REFERENCES_MAX - 1), "a1@ks.gov.cn");
	g_mime_references_free(r);
	g_object_unref(msg);
	buf_free(&out);
}

/* Only what we wrote tells of the log; who writes a Message-ID like ours, and a line of the log that never
 * was, is a stranger: his mail came by a server. */
static void
what_a_stranger_says_of_the_log_is_not_told(void **state)
{
	static const char head[] = "Message-ID: <mingpian.T-0001.1@own.test>\r\n"
	                           "Content-Type: text/plain; charset=UTF-8\r\n"
	                           "Content-Transfer-Encoding: base64\r\n\r\n";
	char text[2 + HASH_HEX + 1], coded[128];
	struct buf ours = BUF_INIT(1000), his = BUF_INIT(1000);
	struct log_head told = LOG_START;

	(void)state;
	(void)snprintf(text, sizeof text, "9:%s", HASH_ZERO.hex);
	(void)EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)text, (int)strlen(text));
	buf_fmt(&ours, "%s%s\r\n", head, coded);
	buf_fmt(&his, "Received: from x.test by mx.own.test; Fri, 10 Jun 2022 10:00:00 +0800\r\n%s", ours.at);
	assert_true(own_mail_told(buf_bytes(&ours), &told));
	assert_int_equal(told.seq, 9);
	assert_false(own_mail_told(buf_bytes(&his), &told));
	buf_free(&ours);
	buf_free(&his);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_a_stranger_says_of_the_log_is_not_told),
	        cmocka_unit_test(whole_mail),
	        cmocka_unit_test(long_name),
	        cmocka_unit_test(strangers_words),
	        cmocka_unit_test(what_cannot_be_escaped),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(thread),
	};
	struct err e = {0};

	if (!clock_zone("Asia/Shanghai", &e))
		return 1;
	g_mime_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

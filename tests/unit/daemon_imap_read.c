/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: what servers say is read the same however its bytes are cut; what they must not say is
 * answered with an error, never with a wrong reading, and costs no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/imap_read.h"

#include <stdlib.h>
#include <string.h>

enum { LITERAL_MAX = 1000 };

/* One response as a line, so that a transcript's reading can be compared as text. */
static void
describe(struct buf *b, const struct imap_response *r)
{
	static const char *const words[] = {"other",   "OK",         "NO",     "BAD",     "BYE",
	                                    "PREAUTH", "CAPABILITY", "SEARCH", "ESEARCH", "EXISTS",
	                                    "EXPUNGE", "VANISHED",   "FETCH"};
	const struct imap_fetched *f = &r->fetched;
	struct imap_uids u = {0};

	if (r->kind == IMAP_CONTINUE)
		buf_str(b, "+");
	else
		buf_fmt(b, "%.*s%s", (int)r->tag.len, r->tag.at ? (const char *)r->tag.at : "",
		        r->kind == IMAP_TAGGED ? " " : "");
	buf_str(b, words[r->word]);
	if (r->number)
		buf_fmt(b, " %u", r->number);
	if (r->code.len)
		buf_fmt(b, " [%.*s]", (int)r->code.len, (const char *)r->code.at);
	if (f->has_uid)
		buf_fmt(b, " uid=%u", f->uid);
	if (f->has_size)
		buf_fmt(b, " size=%llu", (unsigned long long)f->size);
	if (f->has_date)
		buf_fmt(b, " date=%lld", (long long)f->date);
	if (f->has_flags)
		buf_fmt(b, " answered=%d", f->answered);
	if (f->has_body)
		buf_fmt(b, " body%s=<%.*s>", f->partial ? "0" : "", (int)f->body.len,
		        (const char *)f->body.at);
	if (r->word == IMAP_SEARCH || r->word == IMAP_ESEARCH) {
		buf_str(b, imap_response_uids(r, &u) ? "" : " unreadable");
		for (size_t i = 0; i < u.count; i++)
			buf_fmt(b, " %u", u.at[i]);
	}
	imap_uids_free(&u);
	buf_str(b, "; ");
}

/* Feed input in two pieces, cut at `cut`, or byte by byte (cut == SIZE_MAX). */
static char *
reading(const char *input, size_t len, size_t cut)
{
	struct imap_reader *r = imap_reader_new(LITERAL_MAX);
	struct buf b = BUF_INIT(1 << 16);
	size_t at = 0;
	bool broken = false;

	while (at < len && !broken) {
		size_t room = 0, n = cut == SIZE_MAX ? 1 : at < cut ? cut - at : len - at;
		void *p = imap_reader_room(r, &room);
		struct imap_response resp;
		struct err e = {0};
		enum imap_read a;

		assert_true(room >= 32768);
		memcpy(p, input + at, n);
		imap_reader_filled(r, n);
		at += n;
		while ((a = imap_reader_next(r, &resp, &e)) == IMAP_READ_RESPONSE)
			describe(&b, &resp);
		if (a == IMAP_READ_BROKEN) {
			assert_int_equal(e.code, ERR_PROTOCOL);
			buf_str(&b, "BROKEN");
			broken = true;
		}
	}
	imap_reader_free(r);
	return buf_take(&b);
}

static const struct {
	const char *name, *input, *want;
} rows[] = {
        {"Dovecot: greeting, examine",
         "* OK [CAPABILITY IMAP4rev1 ID IDLE] Dovecot ready.\r\n* FLAGS (\\Answered \\Seen)\r\n* OK "
         "[PERMANENTFLAGS ()] Read-only mailbox.\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1667] UIDs "
         "valid\r\n* OK [UIDNEXT 12] Predicted\r\nx3 OK [READ-ONLY] Examine completed (0.001 secs).\r\n",
         "OK [CAPABILITY IMAP4rev1 ID IDLE]; other; OK [PERMANENTFLAGS ()]; EXISTS 3; other; OK [UIDVALIDITY "
         "1667]; OK [UIDNEXT 12]; x3 OK [READ-ONLY]; "},
        {"Dovecot: fetch, with news in between",
         "* 2 FETCH (UID 7 FLAGS (\\Seen \\Answered) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE "
         "5 BODY[] "
         "{5}\r\na\r\nb\n)\r\n* 4 EXISTS\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n* VANISHED "
         "41,43:45\r\nx5 OK "
         "done\r\n",
         "FETCH 2 uid=7 size=5 date=837596665 answered=1 body=<a\r\nb\n>; EXISTS 4; FETCH 3 answered=0; "
         "EXPUNGE 1; "
         "VANISHED; x5 OK; "},
        {"body forges a tagged answer, a literal, an end",
         "* 1 FETCH (BODY[] {32}\r\nx5 OK done\r\n* 9 EXISTS {99}\r\n)\r\n UID 8)\r\nx5 OK\r\n",
         "FETCH 1 uid=8 body=<x5 OK done\r\n* 9 EXISTS {99}\r\n)\r\n>; x5 OK; "},
        {"QQ: spaces where none belong, upper case, BODY[] in quotes",
         "* 1 FETCH ( UID 5  RFC822.SIZE 12 INTERNALDATE \" 7-JUN-2022 10:05:00 +0800\" BODY[] "
         "\"a\\\"b\\\\c\" )\r\n",
         "FETCH 1 uid=5 size=12 date=1654567500 body=<a\"b\\c>; "},
        {"NetEase: continuation, ID and search",
         "+ idling\r\n* ID (\"name\" \"Coremail Imap\" \"x\" NIL)\r\n* SEARCH 5 3 9\r\n* SEARCH\r\n+\r\nx1 "
         "NO SELECT Unsafe "
         "Login. Please contact kefu\r\n",
         "+other; other; SEARCH 5 3 9; SEARCH; +other; x1 NO; "},
        {"Exchange: unknown items, nested lists, LF alone",
         "* 1 FETCH (X-GM (a (b \"c)\" {2}\r\n)) NIL)) UID 3 BODY[HEADER.FIELDS (X)] {2}\r\n\r\n "
         "BODYSTRUCTURE ((\"t\" "
         "NIL)) RFC822.SIZE 1)\nx2 OK\n",
         "FETCH 1 uid=3 size=1; x2 OK; "},
        {"a keyword of somebody's, with a bracket that nothing closes",
         "* 1 FETCH (FLAGS ($[urgent \\Answered) UID 3 X a[b RFC822.SIZE 5 BODY[HEADER.FIELDS (A)] \"\")\r\n",
         "FETCH 1 uid=3 size=5 answered=1; "},
        {"literal plus, literal8, partial, NIL, TEXT",
         "* 1 FETCH (UID 1 BODY[]<0> {1+}\r\nA)\r\n* 2 FETCH (UID 2 BODY[] ~{1}\r\nB)\r\n* 3 FETCH (UID 3 "
         "BODY[] "
         "NIL)\r\n* 4 FETCH (UID 4 BODY[TEXT] {0}\r\n)\r\n",
         "FETCH 1 uid=1 body0=<A>; FETCH 2 uid=2 body=<B>; FETCH 3 uid=3; FETCH 4 uid=4 body=<>; "},
        {"{12} in what people read is no literal",
         "* OK disk {12}\r\nx1 NO busy {12}\r\n+ go {12}\r\n* BYE {1}\r\n* PREAUTH {1}\r\nx1 BAD {2}\r\n",
         "OK; x1 NO; +other; BYE; PREAUTH; x1 BAD; "},
        {"ESEARCH with what is no word of its", "* ESEARCH (TAG \"x1\") UID \"x\r\n* ESEARCH ) ALL 1\r\n",
         "ESEARCH unreadable; ESEARCH unreadable; "},
        {"ESEARCH", "* ESEARCH (TAG \"x1\") UID COUNT 4 ALL 2,10:12\r\n* ESEARCH (TAG \"x2\") UID\r\n",
         "ESEARCH 2 10 11 12; ESEARCH; "},
        {"SEARCH with MODSEQ, with rubbish", "* SEARCH 2 (MODSEQ 9)\r\n* SEARCH 2 x\r\n* SEARCH 0\r\n",
         "SEARCH 2; SEARCH unreadable 2; SEARCH unreadable; "},
        {"ranges that would fill the memory",
         "* ESEARCH ALL 1:4294967295\r\n* ESEARCH ALL 4294967295:4294967295\r\n",
         "ESEARCH unreadable; ESEARCH 4294967295; "},
        {"a date that is none is no date",
         "* 1 FETCH (UID 1 INTERNALDATE \"32-Foo-2022 10:05:00 +0800\")\r\n", "FETCH 1 uid=1; "},
        {"literal over the limit", "* 1 FETCH (BODY[] {1001}\r\n", "BROKEN"},
        {"literals together over the limit", "* 1 FETCH (X {2}\r\nab Y {999}\r\n", "BROKEN"},
        {"literal that wraps", "* 1 FETCH (BODY[] {18446744073709551615}\r\n", "BROKEN"},
        {"literal beyond all numbers", "* 1 FETCH (BODY[] {99999999999999999999}\r\n", "BROKEN"},
        {"UID 0", "* 1 FETCH (UID 0)\r\n", "BROKEN"},
        {"UID beyond 32 bits", "* 1 FETCH (UID 4294967296)\r\n", "BROKEN"},
        {"FETCH cut short", "* 1 FETCH (UID 1 BODY[]\r\n", "BROKEN"},
        {"quote not closed", "* 1 FETCH (UID 1 INTERNALDATE \"17-Jul\r\n", "BROKEN"},
        {"33 levels", "* 1 FETCH (X (((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))))\r\n",
         "BROKEN"},
        {"a tag that answers with data", "x1 FETCH (UID 1)\r\n", "BROKEN"},
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n", "BROKEN"},
};

static void
same_however_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = strlen(rows[i].input);

		for (size_t cut = 0; cut <= len + 1; cut++) {
			char *got = reading(rows[i].input, len, cut > len ? SIZE_MAX : cut ? cut : len);

			if (strcmp(got, rows[i].want) != 0)
				print_message("%s, cut at %zu of %zu\n", rows[i].name, cut, len);
			assert_string_equal(got, rows[i].want);
			free(got);
		}
	}
}

static void
nul_bytes_stay(void **state)
{
	static const char in[] = "* 1 FETCH (UID 1 BODY[] {3}\r\na\0b)\r\n";
	struct imap_reader *r = imap_reader_new(10);
	struct imap_response resp;
	size_t room = 0;

	(void)state;
	memcpy(imap_reader_room(r, &room), in, sizeof in - 1);
	imap_reader_filled(r, sizeof in - 1);
	assert_int_equal(imap_reader_next(r, &resp, NULL), IMAP_READ_RESPONSE);
	assert_int_equal(resp.fetched.body.len, 3);
	assert_memory_equal(resp.fetched.body.at, "a\0b", 3);
	imap_reader_free(r);
}

static void
endless_line_is_cut_off(void **state)
{
	struct imap_reader *r = imap_reader_new(10);
	struct imap_response resp;
	enum imap_read a = IMAP_READ_MORE;
	size_t fed = 0;

	(void)state;
	while (a == IMAP_READ_MORE && fed < 16u << 20) {
		size_t room = 0;

		memset(imap_reader_room(r, &room), 'a', 32768);
		imap_reader_filled(r, 32768);
		fed += 32768;
		a = imap_reader_next(r, &resp, NULL);
	}
	assert_int_equal(a, IMAP_READ_BROKEN);
	assert_true(fed <= IMAP_LINE_MAX + 65536);
	imap_reader_free(r);
}

static void
codes(void **state)
{
	static const struct {
		const char *code, *name;
		bool want;
		uint32_t want_number;
	} cases[] = {
	        {"UIDVALIDITY 5", "UIDVALIDITY", true, 5},
	        {"uidvalidity 4294967295", "UIDVALIDITY", true, UINT32_MAX},
	        {"UIDVALIDITYX 5", "UIDVALIDITY", false, 0},
	        {"UIDVALIDITY", "UIDVALIDITY", false, 0},
	        {"UIDNEXT x", "UIDNEXT", false, 0},
	        {"", "UIDNEXT", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct imap_response r = {.code = bytes_str(cases[i].code)};
		uint32_t n = 0;

		assert_int_equal(imap_code_number(&r, cases[i].name, &n), cases[i].want);
		if (cases[i].want)
			assert_int_equal(n, cases[i].want_number);
	}
}

static void
sets(void **state)
{
	static const struct {
		uint32_t uids[6];
		size_t n, count_max, set_max;
		const char *want;
		size_t want_next;
	} cases[] = {
	        {{5, 1, 2, 3, 2, 9}, 6, 99, 99, "1:3,5,9", 5},
	        {{1, 2, 3, 4}, 4, 3, 99, "1:3", 3},
	        {{1, 3, 5, 7}, 4, 99, 25, "1,3", 2},
	        {{4294967295}, 1, 9, 99, "4294967295", 1},
	        {{0}, 0, 9, 99, "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct imap_uids u = {0};
		struct buf b = BUF_INIT(1000);

		for (size_t k = 0; k < cases[i].n; k++)
			imap_uids_add(&u, cases[i].uids[k]);
		imap_uids_sort(&u);
		buf_str(&b, "");
		assert_int_equal(imap_uids_set(&u, 0, cases[i].count_max, cases[i].set_max, &b),
		                 cases[i].want_next);
		assert_string_equal(b.at, cases[i].want);
		assert_false(imap_uids_has(&u, 8));
		if (u.count)
			assert_true(imap_uids_has(&u, u.at[u.count - 1]));
		buf_free(&b);
		imap_uids_free(&u);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(same_however_cut),
	        cmocka_unit_test(nul_bytes_stay),
	        cmocka_unit_test(endless_line_is_cut_off),
	        cmocka_unit_test(codes),
	        cmocka_unit_test(sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

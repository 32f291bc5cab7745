/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: machine mail is known by its headers and a person's never taken for it; a bounce leads back to
 * the reply that it is about; only the trusted server's word on the sender counts. */
#include "parsers/auth.h"
#include "parsers/charset.h"
#include "parsers/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_form.h"

#define PERSON "From: a@x.cn\nSubject: s\n"

static const struct {
	const char *name, *mail;
	enum machine_class class;
	const char *why;
} rows[] = {
        {"a person", PERSON "\nhello", MACHINE_PERSON, NULL},
        {"auto-submitted: no", PERSON "Auto-Submitted: no\n\n", MACHINE_PERSON, NULL},
        {"out of office", PERSON "Auto-Submitted: auto-replied\n\n", MACHINE_LIKELY, "auto-submitted"},
        {"in capitals", PERSON "AUTO-SUBMITTED: Auto-Generated\n\n", MACHINE_LIKELY, "auto-submitted"},
        {"null path", "Return-Path: <>\n" PERSON "\n", MACHINE_LIKELY, "null-return-path"},
        {"report", PERSON "Content-Type: multipart/report; boundary=b\n\n", MACHINE_CERTAIN, "report"},
        {"exchange ndr", PERSON "X-MS-Exchange-Message-Is-Ndr:\n\n", MACHINE_CERTAIN, "bounce"},
        {"list", PERSON "List-Id: <l.x.cn>\nPrecedence: bulk\n\n", MACHINE_LIKELY, "list"},
        {"bulk", PERSON "Precedence: bulk\n\n", MACHINE_LIKELY, "bulk"},
        {"precedence: first-class", PERSON "Precedence: first-class\n\n", MACHINE_PERSON, NULL},
        {"netease", PERSON "X-Autoreply: yes\n\n", MACHINE_LIKELY, "autoreply"},
        {"exchange on a person's", PERSON "X-Auto-Response-Suppress: DR, OOF\n\n", MACHINE_SUPPRESS,
         "suppress"},
        {"suppress, reports only", PERSON "X-Auto-Response-Suppress: DR, RN\n\n", MACHINE_PERSON, NULL},
        {"suppress and more", PERSON "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-replied\n\n",
         MACHINE_LIKELY, "auto-submitted"},
        {"no-reply", "From: No-Reply@x.cn\nSubject: s\n\n", MACHINE_LIKELY, "noreply"},
        {"a name that begins so", "From: noreplyzhang@x.cn\nSubject: s\n\n", MACHINE_LIKELY, "noreply"},
        {"listserv", "From: listserv@x.cn\nSubject: s\n\n", MACHINE_LIKELY, "list"},
        {"qq's bounce", "Return-Path: <>\nFrom: PostMaster@qq.com\nSubject: 系统退信\n\n", MACHINE_CERTAIN,
         "bounce"},
        {"postmaster writes himself", "From: postmaster@x.cn\nSubject: 登记表\n\n", MACHINE_LIKELY,
         "noreply"},
        {"an answer told by its subject", "From: a@qq.com\nSubject: 自动回复：登记表\n\n", MACHINE_LIKELY,
         "subject"},
        {"a person answers one", "From: a@qq.com\nSubject: 回复：自动回复：登记表\n\n", MACHINE_PERSON, NULL},
        {"a person writes of one", "From: a@qq.com\nSubject: 自动回复怎么关\n\n", MACHINE_PERSON, NULL},
        {"a person about a bounce", "From: a@x.cn\nSubject: 系统退信怎么办\n\n", MACHINE_PERSON, NULL},
        {"our loop token", PERSON "X-Mingpian-Loop: 1\n\n", MACHINE_CERTAIN, "own"},
        {"our message-id", PERSON "Message-ID: <mingpian.X.1@miit-icdc.org>\n\n", MACHINE_CERTAIN, "own"},
        {"its pattern elsewhere", PERSON "Message-ID: <mingpian.X.1@x.cn>\n\n", MACHINE_PERSON, NULL},
        {"our automatic mail", "From: maruijuan@miit-icdc.org\nAuto-Submitted: auto-replied\n\n",
         MACHINE_CERTAIN, "own"},
        {"a colleague", "From: maruijuan@miit-icdc.org\nSubject: s\n\n", MACHINE_PERSON, NULL},
        {"in the body", PERSON "\nAuto-Submitted: auto-replied\n", MACHINE_PERSON, NULL},
};

static struct mail *
opened(struct arena *a, const char *text)
{
	struct mail *m = NULL;
	struct err e = {0};

	if (!mail_open(&m, a, bytes_str(text), &e))
		fail_msg("%s", e.text);
	return m;
}

static void
test_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct machine r = machine_judge(form, opened(a, rows[i].mail));
		const char *why = r.why ? r.why : "(none)", *want = rows[i].why ? rows[i].why : "(none)";

		if (r.class != rows[i].class || strcmp(why, want) != 0)
			fail_msg("%s: %d %s, should be %d %s", rows[i].name, (int)r.class, why,
			         (int)rows[i].class, want);
		arena_free(a);
	}
}

#define REPORT "From: a@x.cn\nContent-Type: multipart/report; boundary=b\n"
#define STATUS \
	"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: "

static const struct {
	const char *name, *mail, *of, *receipt, *status;
} bounces[] = {
        {"the whole returned",
         REPORT STATUS "5.2.2\n\n--b\nContent-Type: message/rfc822\n\n"
                       "Message-ID: <mingpian.C.1@miit-icdc.org>\nSubject: x\n\nx\n--b--\n",
         "<mingpian.C.1@miit-icdc.org>", NULL, "5.2.2"},
        {"headers returned",
         REPORT STATUS "4.4.1\n\n--b\nContent-Type: text/rfc822-headers\n\n"
                       "Message-ID: <mingpian.C.2@miit-icdc.org>\nSubject: CYMP-2022-0042\n\n--b--\n",
         "<mingpian.C.2@miit-icdc.org>", "CYMP-2022-0042", "4.4.1"},
        {"in-reply-to", REPORT "In-Reply-To: <mingpian.C.3@miit-icdc.org>\n\n",
         "<mingpian.C.3@miit-icdc.org>", NULL, ""},
        {"references", REPORT "References: <a@b> <mingpian.C.4@miit-icdc.org>\n\n",
         "<mingpian.C.4@miit-icdc.org>", NULL, ""},
        {"prose",
         "Return-Path: <>\nFrom: postmaster@163.com\nSubject: 系统退信\n\n550 5.1.1 No such "
         "user\nCYMP-2022-0007\n",
         NULL, "CYMP-2022-0007", "5.1.1"},
        {"no status in an address",
         "Return-Path: <>\nFrom: postmaster@163.com\nSubject: 退信\n\nhost [ 5.1.1.7]\n", NULL, NULL, ""},
        {"too short a number", "Return-Path: <>\nFrom: postmaster@163.com\nSubject: 退信 CYMP-2022-12\n\n",
         NULL, NULL, ""},
};

static void
same(const char *name, const char *got, const char *want)
{
	if (strcmp(got ? got : "(none)", want ? want : "(none)") != 0)
		fail_msg("%s: %s, should be %s", name, got ? got : "(none)", want ? want : "(none)");
}

/* Reports, and no bounces: nothing failed. */
static const struct {
	const char *name, *mail;
} notices[] = {
        {"late so far", REPORT "\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                               "Action: delayed\nStatus: 4.4.1\n\n--b--\n"},
        {"delivered", REPORT "\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                             "Action: delivered\nStatus: 2.0.0\n\n--b--\n"},
        {"read", REPORT "\n--b\nContent-Type: message/disposition-notification\n\n"
                        "Original-Message-ID: <mingpian.C.1@miit-icdc.org>\n\n--b--\n"},
};

static void
test_notices(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++) {
		struct arena *a = arena_new();
		struct machine r = machine_judge(form, opened(a, notices[i].mail));

		if (r.class != MACHINE_CERTAIN || r.bounce)
			fail_msg("%s: %d %d", notices[i].name, (int)r.class, r.bounce);
		arena_free(a);
	}
}

static void
test_bounces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bounces / sizeof *bounces; i++) {
		struct arena *a = arena_new();
		struct machine r = machine_judge(form, opened(a, bounces[i].mail));

		assert_true(r.bounce);
		same(bounces[i].name, r.of, bounces[i].of);
		same(bounces[i].name, r.receipt, bounces[i].receipt);
		same(bounces[i].name, r.status, bounces[i].status);
		arena_free(a);
	}
}

static const struct {
	const char *name, *mail, *spf, *dkim, *dmarc;
} auths[] = {
        {"none", PERSON "\n", NULL, NULL, NULL},
        {"all three",
         "Authentication-Results: mx.miit-icdc.org; spf=pass smtp.mailfrom=a@x.cn;\n dkim=none; DMARC=Fail "
         "(p=none)\n" PERSON "\n",
         "pass", "none", "fail"},
        {"topmost",
         "Authentication-Results: mx.miit-icdc.org; spf=fail\nAuthentication-Results: mx.miit-icdc.org; "
         "spf=pass\n" PERSON "\n",
         "fail", NULL, NULL},
        {"another's", "Authentication-Results: mx.example.org; spf=pass\n" PERSON "\n", NULL, NULL, NULL},
        {"a longer name", "Authentication-Results: mx.miit-icdc.org.example.org; spf=pass\n" PERSON "\n",
         NULL, NULL, NULL},
        {"with a version", "Authentication-Results: MX.miit-icdc.org 1; spf = softfail\n" PERSON "\n",
         "softfail", NULL, NULL},
        {"in a comment", "Authentication-Results: mx.miit-icdc.org (; dmarc=fail); spf=pass\n" PERSON "\n",
         "pass", NULL, NULL},
        {"nothing done", "Authentication-Results: mx.miit-icdc.org; none\n" PERSON "\n", NULL, NULL, NULL},
};

static void
test_auth(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof auths / sizeof *auths; i++) {
		struct arena *a = arena_new();
		struct auth r = auth_read(form, opened(a, auths[i].mail));

		same(auths[i].name, r.spf, auths[i].spf);
		same(auths[i].name, r.dkim, auths[i].dkim);
		same(auths[i].name, r.dmarc, auths[i].dmarc);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_judge), cmocka_unit_test(test_bounces),
	                                   cmocka_unit_test(test_notices), cmocka_unit_test(test_auth)};

	charset_preload();
	mail_init();
	return cmocka_run_group_tests(tests, load_form, drop_form);
}

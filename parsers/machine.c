/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/machine.h"

#include "config/text.h"
#include "parsers/charset.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SCAN_MAX = 1 << 20, RECEIPT_DIGITS = 4, SUBJECT_HEAD_MAX = 40, ID_MAX = 250 };

/* A header says that no person wrote. `pattern`: words parted by "|", of which the value, in lower
 * case, holds one; "" for any value; "!no" for any but this one. The surest come first, since the
 * first that holds gives the reason. */
static const struct rule {
	const char *header, *pattern;
	enum machine_class class;
	const char *why;
} rules[] = {
        {"Content-Type", "multipart/report", MACHINE_CERTAIN, "report"}, /* RFC 6522 */
        {"X-MS-Exchange-Message-Is-Ndr", "", MACHINE_CERTAIN, "bounce"}, /* Exchange; its value is empty */
        {"X-Failed-Recipients", "", MACHINE_CERTAIN, "bounce"},          /* Exim, Gmail */
        {"Auto-Submitted", "!no", MACHINE_LIKELY, "auto-submitted"},     /* RFC 3834, 5 */
        {"X-Autoreply", "!no", MACHINE_LIKELY, "autoreply"},             /* NetEase, Coremail */
        {"X-Autorespond", "!no", MACHINE_LIKELY, "autoreply"},
        {"X-Auto-Reply", "!no", MACHINE_LIKELY, "autoreply"},
        {"X-QQ-Auto-Reply", "", MACHINE_LIKELY, "autoreply"},
        {"Precedence", "auto_reply|auto-reply", MACHINE_LIKELY, "autoreply"},
        {"List-Id", "", MACHINE_LIKELY, "list"},   /* RFC 2919 */
        {"List-Help", "", MACHINE_LIKELY, "list"}, /* RFC 2369 */
        {"List-Subscribe", "", MACHINE_LIKELY, "list"},
        {"List-Unsubscribe", "", MACHINE_LIKELY, "list"},
        {"List-Post", "", MACHINE_LIKELY, "list"},
        {"List-Owner", "", MACHINE_LIKELY, "list"},
        {"List-Archive", "", MACHINE_LIKELY, "list"},
        {"Precedence", "list", MACHINE_LIKELY, "list"},
        {"Precedence", "bulk|junk", MACHINE_LIKELY, "bulk"},
        {"X-Auto-Response-Suppress", "all|oof|autoreply", MACHINE_SUPPRESS, "suppress"}, /* MS-OXCMAIL */
};

/* Local parts behind which nobody reads: of an address in From. "-request" and "owner-" as RFC 2142
 * and RFC 3834, 2 have them. */
static const struct sender_rule {
	const char *local;
	bool begins, ends; /* only at the begin, only at the end; neither: the whole */
	bool daemon;       /* a mail system's own voice: a bounce where it speaks of one */
	const char *why;
} senders[] = {
        {"mailer-daemon", false, false, true, "noreply"}, {"postmaster", false, false, true, "noreply"},
        {"no-reply", true, false, false, "noreply"},      {"noreply", true, false, false, "noreply"},
        {"donotreply", true, false, false, "noreply"},    {"do-not-reply", true, false, false, "noreply"},
        {"owner-", true, false, false, "list"},           {"-request", false, true, false, "list"},
        {"listserv", false, false, false, "list"},        {"majordomo", false, false, false, "list"},
        {"bounce", true, false, false, "bulk"},
};

static const char *
lowered(struct arena *a, const char *s)
{
	char *out = arena_str(a, s);

	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

static bool
matches(struct arena *a, const char *pattern, const char *value)
{
	const char *v = lowered(a, value);

	if (!*pattern)
		return true;
	if (*pattern == '!')
		return *v && !bytes_begin(bytes_str(v), pattern + 1);
	for (const char *p = pattern; *p;) {
		size_t n = strcspn(p, "|");

		if (memmem(v, strlen(v), p, n))
			return true;
		p += n + (p[n] == '|');
	}
	return false;
}

static void
raise_to(struct machine *r, enum machine_class class, const char *why)
{
	if (class <= r->class)
		return;
	r->class = class;
	r->why = why;
}

static void
judge_headers(struct machine *r, const struct mail *m)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const char *const *v = mail_header(m, rules[i].header);

		for (; *v; v++)
			if (matches(m->arena, rules[i].pattern, *v))
				raise_to(r, rules[i].class, rules[i].why);
	}
	if (strcmp(m->return_path.addr, "<>") == 0)
		raise_to(r, MACHINE_LIKELY, "null-return-path");
}

static const struct sender_rule *
sender_rule(const char *local)
{
	size_t len = strlen(local);

	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
		const struct sender_rule *s = &senders[i];
		size_t n = strlen(s->local);

		if (len < n || (!s->begins && !s->ends && len != n))
			continue;
		if (strncmp(s->ends ? local + len - n : local, s->local, n) == 0)
			return s;
	}
	return NULL;
}

/* A mail system's address, or a null path, and words of returning in the subject: a bounce that is no
 * report, as QQ, NetEase and Coremail send them. */
static void
judge_sender(struct machine *r, const struct form *f, const struct mail *m)
{
	const char *local = lowered(m->arena, m->from.addr);
	const struct sender_rule *s;
	struct buf subject = BUF_INIT(8192);

	local = arena_dup0(m->arena, local, strcspn(local, "@"));
	s = sender_rule(local);
	text_fold(&subject, m->subject);
	if (((s && s->daemon) || strcmp(m->return_path.addr, "<>") == 0) && subject.at &&
	    form_has_word(f->words_bounce, subject.at))
		raise_to(r, MACHINE_CERTAIN, "bounce");
	else if (s)
		raise_to(r, MACHINE_LIKELY, s->why);
	buf_free(&subject);
}

/* 自动回复：…, 已读：…: what stands before the subject's first colon says that a program wrote, as webmail
 * does that sets no header. 回复：自动回复：… is a person's. */
static void
judge_subject(struct machine *r, const struct form *f, const struct mail *m)
{
	struct buf subject = BUF_INIT(8192), head = BUF_INIT(SUBJECT_HEAD_MAX);
	size_t len;

	text_fold(&subject, m->subject);
	len = subject.at ? strcspn(subject.at, ":") : 0;
	buf_add(&head, subject.at, len);
	buf_ch(&head, ':');
	for (form_list w = f->words_auto_subject; *w && len && !head.over; w++) {
		size_t word = strcspn(*w, ":");

		if (word && word <= len && memcmp(head.at + len - word, *w, word) == 0)
			raise_to(r, MACHINE_LIKELY, "subject");
	}
	buf_free(&subject);
	buf_free(&head);
}

/* Our own come back: the loop token, a Message-ID of our pattern, or automatic and from us. */
static void
judge_own(struct machine *r, const struct form *f, const struct mail *m)
{
	bool automatic = r->class >= MACHINE_LIKELY;

	if (*mail_header(m, f->loop_header) || form_own_message_id(f, m->message_id) ||
	    (automatic && form_own_address(f, m->from.addr)))
		if (r->class != MACHINE_CERTAIN)
			raise_to(r, MACHINE_CERTAIN, "own");
}

/* ---- what a bounce is about ---- */

static const char *
own_id_among(const struct form *f, const char *const *ids)
{
	for (; *ids; ids++)
		if (form_own_message_id(f, *ids))
			return *ids;
	return NULL;
}

/* "<mingpian.…>" anywhere in text. */
static const char *
own_id_in(struct arena *a, const struct form *f, const char *text)
{
	for (const char *p = text; (p = strchr(p, '<')); p++) {
		size_t n = 0;
		const char *id;

		while (n < ID_MAX && p[n] && !strchr("> \r\n", p[n]))
			n++;
		id = p[n] == '>' ? arena_dup0(a, p, n + 1) : NULL;

		if (id && form_own_message_id(f, id))
			return id;
	}
	return NULL;
}

/* The receipt's prefix, and four digits or more behind it. */
static const char *
receipt_in(struct arena *a, const struct form *f, const char *text)
{
	size_t n = strlen(f->receipt_prefix);

	for (const char *p = text; n && (p = strstr(p, f->receipt_prefix)); p++) {
		size_t digits = strspn(p + n, "0123456789");

		if (digits >= RECEIPT_DIGITS && digits <= 9)
			return arena_dup0(a, p, n + digits);
	}
	return NULL;
}

/* A status code of RFC 3463 as "Status: 5.1.1", or behind a reply code as "550 5.1.1". */
static const char *
status_in(struct arena *a, const char *text)
{
	for (const char *p = text; (p = strpbrk(p, "245")); p++) {
		char *end;
		long detail, subject;
		bool begins = p == text || p[-1] == ' ' || p[-1] == '-' || p[-1] == '#' || p[-1] == '(';

		if (!begins || p[1] != '.' || !isdigit((unsigned char)p[2]))
			continue;
		subject = strtol(p + 2, &end, 10);
		if (*end != '.' || !isdigit((unsigned char)end[1]))
			continue;
		detail = strtol(end + 1, &end, 10);
		if (*end == '.' || subject > 9 || detail > 999)
			continue; /* an address of IPv4 */
		return arena_dup0(a, p, (size_t)(end - p));
	}
	return "";
}

static bool
is_text(const char *type)
{
	return strncmp(type, "text", 4) == 0 || strncmp(type, "message/", 8) == 0 || !*type;
}

static void
find_origin(struct machine *r, const struct form *f, const struct mail *m)
{
	struct arena *a = m->arena;
	const char *const answered[] = {m->in_reply_to, NULL};

	r->of = own_id_among(f, m->inner_ids);
	if (!r->of)
		r->of = own_id_among(f, answered);
	if (!r->of)
		r->of = own_id_among(f, m->references);
	r->receipt = receipt_in(a, f, m->subject);
	for (const struct mail_part *p = m->parts; p; p = p->next) {
		size_t len = p->data.len < SCAN_MAX ? p->data.len : SCAN_MAX;
		const char *text;

		if (!is_text(p->type))
			continue;
		text = charset_string(a, BYTES(p->data.at, len), p->charset);
		if (!r->of)
			r->of = own_id_in(a, f, text);
		if (!r->receipt)
			r->receipt = receipt_in(a, f, text);
		if (!*r->status || strcmp(p->type, "message/delivery-status") == 0)
			if (*status_in(a, text))
				r->status = status_in(a, text);
	}
}

/* A report of what did not fail: read, delivered, or only late so far (RFC 8098; RFC 3464, 2.3.3). */
static bool
tells_no_failure(const struct mail *m)
{
	bool told = false;

	for (const struct mail_part *p = m->parts; p; p = p->next) {
		size_t len = p->data.len < SCAN_MAX ? p->data.len : SCAN_MAX;
		const char *text;

		if (strcmp(p->type, "message/disposition-notification") == 0)
			told = true;
		if (strcmp(p->type, "message/delivery-status") != 0 || !len)
			continue;
		text = lowered(m->arena, arena_dup0(m->arena, (const char *)p->data.at, len));
		if (strstr(text, "action: failed"))
			return false;
		told = told || strstr(text, "action: ");
	}
	return told;
}

struct machine
machine_judge(const struct form *f, const struct mail *m)
{
	struct machine r = {.class = MACHINE_PERSON, .status = ""};

	judge_headers(&r, m);
	judge_sender(&r, f, m);
	judge_subject(&r, f, m);
	judge_own(&r, f, m);
	r.bounce = r.class == MACHINE_CERTAIN && strcmp(r.why, "own") != 0 && !tells_no_failure(m);
	if (r.bounce)
		find_origin(&r, f, m);
	return r;
}

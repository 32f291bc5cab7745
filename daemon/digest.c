/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/digest.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/alarms.h"
#include "daemon/narrow.h"
#include "daemon/workbook.h"
#include "spool/query_digest.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { A_DAY_MAX = 100 /* digests of one day, by hand */ };

/* ---- when ---- */

/* The set time of the day that now is in, plus days. */
static time_t
set_time(const struct digest_rules *g, time_t now, int days)
{
	struct tm tm;

	if (!localtime_r(&now, &tm))
		return now;
	tm.tm_mday += days;
	tm.tm_hour = g->config->digest.at_minutes / 60;
	tm.tm_min = g->config->digest.at_minutes % 60;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static void
date_of(time_t t, char date[11])
{
	char when[CLOCK_RFC3339_MAX];

	(void)snprintf(date, 11, "%.10s", clock_rfc3339(t, when));
}

bool
digest_next(const struct digest_rules *g, struct spool *s, time_t now, time_t *next_r, char date_r[11],
            struct err *e)
{
	struct arena *a = arena_new();
	struct query_digest *last = NULL, *made = NULL;
	const char *first = NULL;
	time_t at = set_time(g, now, 0), started = 0;
	bool ok = query_last_digest(spool_index(s), a, &last, e) &&
	          query_fact(spool_index(s), a, "first_started_at", &first, e);

	if (at > now)
		at = set_time(g, now, -1);
	date_of(at, date_r);
	/* Was there one for that day, or later? Was there anything to tell? */
	ok = ok && query_digest_from(spool_index(s), a, date_r, &made, e);
	if (ok && (last ? made != NULL : !first || !clock_parse(first, &started) || started > at)) {
		at = set_time(g, now, at == set_time(g, now, 0) ? 1 : 0);
		date_of(at, date_r);
		if (made && strcmp(made->date, date_r) >= 0) { /* that day's went out by hand already */
			at = set_time(g, at, 1);
			date_of(at, date_r);
		}
	}
	*next_r = g->config->digest.to[0] && !g->config->shadow ? at : 0;
	arena_free(a);
	return ok;
}

/* ---- codes ---- */

struct hash
digest_code_hash(const char *digest, const char *code)
{
	char text[DIGEST_ID_MAX + 64];
	size_t n = (size_t)snprintf(text, sizeof text, "%s\n", digest);

	for (; *code && n < sizeof text; code++)
		if (*code != '-' && *code != ' ')
			text[n++] = (char)toupper((unsigned char)*code);
	return hash_of(BYTES(text, n));
}

/* Ten characters that nobody takes for one another, 49 bits. */
static const char *
new_code(struct arena *a)
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
	char code[DIGEST_CODE_CHARS + 2];
	size_t n = 0;

	for (int i = 0; i < DIGEST_CODE_CHARS; i++) {
		if (i == DIGEST_CODE_CHARS / 2)
			code[n++] = '-';
		code[n++] = letters[arc4random_uniform(sizeof letters - 1)];
	}
	code[n] = '\0';
	return arena_str(a, code);
}

/* A code for each item, and what the log says of them. */
static json_t *
give_codes(struct report *r, const char *id)
{
	json_t *list = json_made(json_array());

	for (size_t i = 0; i < r->item_count; i++) {
		struct hash h;

		r->items[i].code = new_code(r->arena);
		h = digest_code_hash(id, r->items[i].code);
		json_array_append_new(
		        list, json_made(json_pack("{s:s, s:s}", "hash", h.hex, "item", r->items[i].q->item)));
	}
	return list;
}

/* ---- names ---- */

bool
digest_of_reply(const char *reply, char out[DIGEST_ID_MAX])
{
	const char *dot = strrchr(reply, '.');
	size_t n = dot ? (size_t)(dot - reply) : 0;

	if (strncmp(reply, "D-", 2) != 0 || !n || n >= DIGEST_ID_MAX)
		return false;
	(void)snprintf(out, DIGEST_ID_MAX, "%.*s", (int)n, reply);
	return true;
}

const char *
digest_workbook_name(const char *date, char *out)
{
	(void)snprintf(out, 64, "登记日报%.4s%.2s%.2s.xlsx", date, date + 5, date + 8);
	return out;
}

/* D-20220610, or for a further one of that day D-20220610-2. */
static bool
new_id(const struct spool *s, struct arena *a, const char *date, char id[DIGEST_ID_MAX], struct err *e)
{
	struct query_reply *there = NULL;

	for (int n = 1; n <= A_DAY_MAX; n++) {
		(void)snprintf(id, DIGEST_ID_MAX, n > 1 ? "D-%.4s%.2s%.2s-%d" : "D-%.4s%.2s%.2s", date,
		               date + 5, date + 8, n);
		if (!query_reply(spool_index(s), a, arena_fmt(a, "%s.1", id), &there, e))
			return false;
		if (!there)
			return true;
	}
	return err_set(e, ERR_USAGE, "there are %d digests for %s already", (int)A_DAY_MAX, date);
}

/* ---- the whole ---- */

/* A digest on its way into the spool. */
struct making {
	const struct digest_rules *g;
	struct spool *s;
	struct report *r;
	const char *date;
	const char *from; /* which of our mailboxes it goes out from */
	char id[DIGEST_ID_MAX];
	struct buf workbook;
	struct digest_text text;
	struct hash first; /* of the first mail */
};

static bool
queue_mail(struct making *m, int number, const char *to, struct err *e)
{
	const struct config *c = m->g->config;
	struct arena *a = m->r->arena;
	const char *reply = arena_fmt(a, "%s.%d", m->id, number);
	char name[64];
	struct buf mail = BUF_INIT(DIGEST_MAIL_MAX);
	struct hash id;
	const struct digest_envelope v = {
	        .own_name = c->own.name,
	        .own_addr = m->from,
	        .to = to,
	        .message_id =
	                arena_fmt(a, "<%s%s@%s>", m->g->form->message_id_prefix, reply, c->own.domains[0]),
	        .loop_header = m->g->form->loop_header,
	        .loop_token = reply,
	        .workbook = &m->workbook,
	        .workbook_name = digest_workbook_name(m->date, name),
	        .date = m->r->now,
	};
	bool ok =
	        digest_mail(&m->text, &v, &mail, e) && spool_put_mail(m->s, buf_bytes(&mail), &id, e) &&
	        spool_line(m->s,
	                   json_made(json_pack("{s:s, s:s, s:s, s:n, s:s, s:s, s:s, s:n}", "event", "queued",
	                                       "reply", reply, "message", id.hex, "to_message", "kind",
	                                       "digest", "mailbox", m->from, "state", "due", "why")),
	                   NULL, e);

	if (ok && number == 1)
		m->first = id;
	buf_free(&mail);
	return ok;
}

static bool
log_digested(const struct making *m, json_t *codes, struct err *e)
{
	struct hash book = hash_of(buf_bytes(&m->workbook));

	return spool_line(m->s,
	                  json_made(json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:o}", "event", "digested",
	                                      "reply", m->id, "message", m->first.hex, "workbook", book.hex,
	                                      "date", m->date, "head_seq", (json_int_t)m->r->head.seq, "head",
	                                      m->r->head.hash.hex, "codes", codes)),
	                  NULL, e);
}

static bool
make(struct making *m, struct buf *said_r, struct err *e)
{
	const char *const *to = m->g->config->digest.to;
	json_t *codes;
	int number = 0;

	if (!report_read(&m->r, m->g->config, m->g->form, m->s, NULL, e) ||
	    !new_id(m->s, m->r->arena, m->date, m->id, e) ||
	    !alarm_digest_from(m->s, m->g->config, &m->from, e))
		return false;
	codes = give_codes(m->r, m->id);
	if (workbook_make(m->r, &m->workbook, e)) {
		digest_render(m->g->kit, m->r, m->id, &m->text);
		while (to[number] && queue_mail(m, number + 1, to[number], e))
			number++;
	}
	if (!number || to[number]) { /* one of them failed: e says which way */
		json_decref(codes);
		return false;
	}
	if (!log_digested(m, codes, e))
		return false;
	buf_fmt(said_r, "digest %s for %s goes out to %d", m->id, m->date, number);
	return true;
}

bool
digest_stage(const struct digest_rules *g, struct spool *s, const char *date, struct buf *said_r,
             struct err *e)
{
	struct making m = {.g = g, .s = s, .date = date, .workbook = BUF_INIT(WORKBOOK_MAX)};
	char today[11];
	time_t day;
	bool ok;

	if (strlen(date) != 10 || !clock_parse_day(date, 0, &day))
		return err_set(e, ERR_USAGE, "a digest is for a day, 2022-06-10");
	date_of(clock_now(), today);
	if (strcmp(date, today) > 0) /* it would stand for all days until then */
		return err_set(e, ERR_USAGE, "%s is not yet: a digest is for today or a day before", date);
	if (g->config->shadow)
		return err_set(e, ERR_USAGE,
		               "shadow = true: nothing is sent; mingpianctl digest --out DIR writes it");
	if (!g->config->digest.to[0])
		return err_set(e, ERR_USAGE, "nobody is to get a digest: name addresses in digest.to");
	ok = make(&m, said_r, e);
	report_free(m.r);
	digest_text_free(&m.text);
	buf_free(&m.workbook);
	/* A workbook of thousands takes tens of megabytes; the allocator would keep them. */
	narrow_give_back();
	return ok;
}

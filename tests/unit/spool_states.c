/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: docs/reliability.md says what the code does: each row of its tables of states, walked through the
 * index, ends where it says; each state of a reply stands there; and docs/log.md names the events that the
 * index knows, no more and no less. */
#include "tests/unit/spooling.h"

#include "spool/index_apply.h"
#include "spool/query.h"

enum { ROWS_MAX = 64, WORD = 64 };

/* ---- the documents ---- */

struct row {
	char from[WORD], event[WORD], to[WORD];
};

/* A cell without its quotes and blanks. */
static const char *
cell(const char *p, char *out)
{
	size_t n = 0;

	for (p++; *p && *p != '|' && *p != '\n'; p++)
		if (*p != '`' && *p != '*' && n + 1 < WORD && !(*p == ' ' && n == 0))
			out[n++] = *p;
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return p;
}

/* The rows of the table behind a mark. */
static size_t
table(const char *text, const char *mark, struct row *rows)
{
	const char *p = strstr(text, mark);
	size_t count = 0;

	assert_non_null(p);
	for (int line = 0; (p = strchr(p, '\n')) && p[1] == '|'; line++) {
		const char *q = p + 1;

		p++;
		if (line < 2) /* its head */
			continue;
		assert_true(count < ROWS_MAX);
		q = cell(q, rows[count].from);
		q = cell(q, rows[count].event);
		(void)cell(q, rows[count].to);
		count++;
	}
	return count;
}

/* ---- replies ---- */

static void
line(struct spool *s, const char *event, const char *reply)
{
	struct hash id;
	json_t *decision;
	struct err e = {0};

	if (strncmp(event, "queued ", 7) == 0) {
		id = spooling_mail(s, "To: x@y.test\nMessage-ID: <1>\n");
		spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event", "queued", "reply",
		                           reply, "message", id.hex, "to_message", "ab", "kind", "accepted",
		                           "mailbox", "a@own.test", "state", event + 7));
	} else if (strcmp(event, "reviewed release") == 0) {
		decision = json_pack("{s:s}", "kind", "decision");
		assert_ok(spool_put_reading(s, decision, &id, &e), e);
		json_decref(decision);
		spooling_line(s, json_pack("{s:s, s:s, s:s, s:s}", "event", "reviewed", "item", reply, "act",
		                           "release", "decision", id.hex));
	} else if (strcmp(event, "restored") == 0) {
		spooling_line(s, json_pack("{s:s, s:i}", "event", "restored", "receipts_from", 9));
	} else {
		spooling_line(s, json_pack("{s:s, s:s, s:i}", "event", event, "reply", reply, "attempt", 1));
	}
}

/* The shortest way to each state. */
static const struct {
	const char *state, *events[4];
} ways[] = {
        {"-", {NULL}},
        {"due", {"queued due", NULL}},
        {"withheld", {"queued withheld", NULL}},
        {"sending", {"queued due", "sending", NULL}},
        {"sent", {"queued due", "sending", "sent", NULL}},
        {"unknown", {"queued due", "sending", "unknown", NULL}},
        {"deferred", {"queued due", "sending", "deferred", NULL}},
        {"failed", {"queued due", "sending", "failed", NULL}},
        {"bounced", {"queued due", "sending", "sent", NULL}},
};

enum { WAYS = sizeof ways / sizeof *ways };

static void
walk_reply(struct spool *s, const struct row *r)
{
	struct arena *a = arena_new();
	struct query_reply *reply = NULL;
	struct err e = {0};
	size_t w = 0;

	while (w < WAYS && strcmp(ways[w].state, r->from) != 0)
		w++;
	if (w == WAYS)
		fail_msg("no way to the state '%s'", r->from);
	for (int i = 0; ways[w].events[i]; i++)
		line(s, ways[w].events[i], "T-1.1");
	line(s, r->event, "T-1.1");
	assert_ok(query_reply(spool_index(s), a, "T-1.1", &reply, &e), e);
	if (!reply || strcmp(reply->state, r->to) != 0)
		fail_msg("%s, %s: %s, not %s", r->from, r->event, reply ? reply->state : "nothing", r->to);
	spool_rollback(s);
	arena_free(a);
}

static void
replies(void **state)
{
	char *text = spooling_read(".", "docs/reliability.md");
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct row rows[ROWS_MAX];
	size_t count = table(text, "<!-- replies -->", rows);

	assert_true(count > 12);
	for (size_t i = 0; i < count; i++)
		walk_reply(s, &rows[i]);
	for (size_t w = 1; w < WAYS; w++) { /* none is left out */
		size_t k = 0;

		while (k < count && strcmp(rows[k].to, ways[w].state) != 0)
			k++;
		if (k == count)
			fail_msg("the document leads nowhere to '%s'", ways[w].state);
	}
	spool_close(s);
	free(text);
}

/* ---- messages ---- */

static void
at_place(struct spool *s, const char *event)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:i, s:b}", "event", event,
	                      "message", HASH_ZERO.hex, "mailbox", "a@own.test", "folder", "INBOX",
	                      "uidvalidity", 7, "uid", 1, "received_at", "2022-06-09T10:00:00+08:00",
	                      "disposition", "other", "why", "timeout", "attempt", 1, "unread", 0);

	spooling_line(s, o);
}

static void
message_event(struct spool *s, const char *event)
{
	if (strcmp(event, "recorded") == 0) {
		spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:[]}", "event", "recorded", "message",
		                           HASH_ZERO.hex, "id", "M-0", "disposition", "no_form", "forms"));
	} else if (strcmp(event, "relooked") == 0) {
		spooling_line(s, json_pack("{s:s, s:s}", "event", "relooked", "since", "2022-01-01"));
	} else {
		at_place(s, event);
	}
}

static void
walk_message(struct spool *s, const struct row *r)
{
	static const char *const names[] = {
	        [QUERY_UID_NEW] = "new", [QUERY_UID_HELD] = "held", [QUERY_UID_KNOWN] = "known"};
	const struct query_place place = {"a@own.test", "INBOX", 7};
	char events[WORD], *rest = events;
	enum query_uid is;
	struct err e = {0};

	if (strcmp(r->from, "held") == 0)
		at_place(s, "held");
	else if (strcmp(r->from, "known") == 0)
		at_place(s, "left");
	(void)snprintf(events, sizeof events, "%s", r->event);
	for (char *one; (one = strsep(&rest, ","));)
		message_event(s, one + strspn(one, " "));
	assert_ok(query_uid(spool_index(s), &place, 1, &is, &e), e);
	if (strcmp(names[is], r->to) != 0)
		fail_msg("%s, %s: %s, not %s", r->from, r->event, names[is], r->to);
	spool_rollback(s);
}

static void
messages(void **state)
{
	char *text = spooling_read(".", "docs/reliability.md");
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct row rows[ROWS_MAX];
	size_t count = table(text, "<!-- messages -->", rows);

	assert_true(count >= 8);
	for (size_t i = 0; i < count; i++)
		walk_message(s, &rows[i]);
	spool_close(s);
	free(text);
}

/* ---- events ---- */

static void
events(void **state)
{
	char *text = spooling_read(".", "docs/log.md"), quoted[WORD];
	struct row rows[ROWS_MAX];
	const char *p = strstr(text, "| event | fields | when |");
	size_t count = 0, k;

	(void)state;
	assert_non_null(p);
	for (int n = 0; (p = strchr(p, '\n')) && p[1] == '|'; n++, p++)
		if (n)
			(void)cell(p + 1, rows[count++].event);
	for (size_t i = 0; i < count; i++) {
		for (k = 0; apply_event(k) && strcmp(apply_event(k), rows[i].event) != 0; k++)
			continue;
		if (!apply_event(k))
			fail_msg("docs/log.md names '%s', and the index does not know it", rows[i].event);
	}
	for (k = 0; apply_event(k); k++) {
		(void)snprintf(quoted, sizeof quoted, "\n| `%s` |", apply_event(k));
		if (!strstr(text, quoted))
			fail_msg("docs/log.md does not name '%s'", apply_event(k));
	}
	free(text);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(replies), T(messages), T(events)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

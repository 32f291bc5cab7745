/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl digest: the daily digest, as of now or as it went out on a day; written to a folder, or sent.
 */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/control.h"
#include "daemon/ctl_spool.h"
#include "daemon/digest.h"
#include "daemon/progress.h"
#include "daemon/workbook.h"
#include "spool/query_digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

static bool
write_file(const char *dir, const char *name, struct bytes b, struct err *e)
{
	struct arena *a = arena_new();
	bool ok = ctl_write_file(arena_fmt(a, "%s/%s", dir, name), b, e);

	arena_free(a);
	return ok;
}

/* ---- as of now ---- */

static bool
write_digest(const struct ctl *c, struct report *r, const char *date, const char *dir, struct err *e)
{
	struct digest_kit *kit = NULL;
	struct digest_text text = {0};
	struct buf book = BUF_INIT(WORKBOOK_MAX);
	char name[64];
	bool ok = false;

	if (!digest_kit_load(&kit, c->config->templates, e))
		return false;
	digest_render(kit, r, "（未发出）", &text);
	if (!dir) {
		(void)fprintf(c->term.out, "%s\n\n%s", text.subject.at, text.text.at ? text.text.at : "");
		ok = true;
	} else {
		ok = workbook_make(r, &book, e) &&
		     write_file(dir, arena_fmt(r->arena, "digest-%s.txt", date), buf_bytes(&text.text), e) &&
		     write_file(dir, arena_fmt(r->arena, "digest-%s.html", date), buf_bytes(&text.html), e) &&
		     write_file(dir, digest_workbook_name(date, name), buf_bytes(&book), e);
		if (ok)
			(void)fprintf(c->term.out, "digest-%s.html, digest-%s.txt and %s in %s\n", date, date,
			              name, dir);
	}
	digest_text_free(&text);
	digest_kit_free(kit);
	buf_free(&book);
	return ok;
}

/* ---- as it went out ---- */

/* The last digest for the day: its mail as it lies in the spool. */
static bool
write_sent(const struct ctl *c, struct spool *s, const struct query_digest *d, const char *dir, struct err *e)
{
	struct buf mail = BUF_INIT(DIGEST_MAIL_MAX), name = BUF_INIT(200);
	struct hash id;
	bool ok = hash_read(&id, d->message) && spool_mail(s, &id, &mail, e);

	buf_fmt(&name, "%s.eml", d->reply);
	if (ok && dir)
		ok = write_file(dir, name.at, buf_bytes(&mail), e);
	if (ok && dir)
		(void)fprintf(c->term.out, "%s in %s, as it went out\n", name.at, dir);
	else if (ok)
		(void)fwrite(mail.at, 1, mail.len, c->term.out);
	buf_free(&mail);
	buf_free(&name);
	return ok;
}

static bool
show(const struct ctl *c, struct spool *s, struct arena *a, const char *date, const char *dir, struct err *e)
{
	struct query_digest *d = NULL;
	struct report *r = NULL;
	struct progress p;
	const struct report_watch watch = {progress_step, &p};
	char today[CLOCK_RFC3339_MAX];
	bool ok;

	(void)clock_rfc3339(clock_now(), today);
	today[10] = '\0';
	if (date && !query_digest_for(spool_index(s), a, date, &d, e))
		return false;
	if (d)
		return write_sent(c, s, d, dir, e);
	if (date && strcmp(date, today) != 0)
		return err_set(
		        e, ERR_NOT_FOUND,
		        "no digest was made for %s; mingpianctl log --event digested shows for which days",
		        date);
	p = progress_begin(stderr, "reading", "registrations");
	ok = report_read(&r, c->config, c->form, s, &watch, e);
	progress_end(&p);
	ok = ok && write_digest(c, r, today, dir, e);
	report_free(r);
	return ok;
}

/* ---- sending ---- */

/* No daemon holds the spool: it is queued here, and goes out with the next run. */
static bool
stage_alone(const struct ctl *c, const char *date, struct buf *said, struct err *e)
{
	struct digest_rules g = {.config = c->config, .form = c->form};
	struct digest_kit *kit = NULL;
	struct spool *s = NULL;
	bool ok = digest_kit_load(&kit, c->config->templates, e) && ctl_spool_open(c, SPOOL_WRITE, &s, e);

	g.kit = kit;
	ok = ok && digest_stage(&g, s, date, said, e) && spool_commit(s, e);
	if (ok)
		buf_str(said, ", with the next run of mingpiand");
	spool_close(s);
	digest_kit_free(kit);
	return ok;
}

static bool
send_now(const struct ctl *c, const char *date, struct err *e)
{
	json_t *request = json_pack("{s:s, s:s}", "act", "digest", "date", date);
	struct buf alone = BUF_INIT(1000);
	char *said = NULL;
	bool answered = false, ok;

	if (!request)
		mem_die("asking for a digest");
	ok = control_ask(c->config->spool.dir, request, -1, &answered, &said, e);
	if (!answered)
		ok = stage_alone(c, date, &alone, e);
	if (ok)
		(void)fprintf(c->term.out, "%s\n", said ? said : alone.at);
	json_decref(request);
	buf_free(&alone);
	free(said);
	return ok;
}

int
ctl_digest(struct ctl *c, int argc, char **argv)
{
	const char *date = NULL, *dir = NULL;
	bool send = false;
	const struct ctl_option options[] = {
	        {"date", NULL, &date}, {"out", NULL, &dir}, {"send", &send, NULL}, {NULL, NULL, NULL}};
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	struct stat st;
	char today[CLOCK_RFC3339_MAX];
	time_t day;
	bool ok;
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("digest", "wants options alone");
	if (date && (strlen(date) != 10 || !clock_parse_day(date, 0, &day)))
		return ctl_usage("digest", "--date wants a day: 2022-06-10");
	if (dir && (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)))
		return ctl_usage("digest", "--out wants a folder that is there");
	if (send) {
		(void)clock_rfc3339(clock_now(), today);
		today[10] = '\0';
		return send_now(c, date ? date : today, &e) ? EX_OK : ctl_fail(&e);
	}
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	ok = show(c, s, a, date, dir, &e);
	arena_free(a);
	spool_close(s);
	return ok ? EX_OK : ctl_fail(&e);
}

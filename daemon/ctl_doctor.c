/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl doctor: looks at all that must be right before the daemon can work, and says of each thing
 * that is not what to do about it. --offline leaves the servers out. */
#include "config/clock.h"
#include "config/credential.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/digest_mail.h"
#include "daemon/doctor.h"
#include "daemon/remind.h"
#include "daemon/reply.h"
#include "daemon/worker.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
	FREE_MIB_LEAST = 512,
	INODES_LEAST = 1000,
	CLOCK_BACK_SECONDS = 300, /* behind the log's last line: more is no drift */
	TOKEN_MAX = 16384,
};

void
doctor_say(struct doctor *d, enum doctor_says says, const char *what, const char *why)
{
	static const struct {
		const char *word, *json;
		enum term_style style;
	} words[] = {
	        {"ok     ", "ok", TERM_GOOD}, {"note   ", "note", TERM_WARN}, {"wrong  ", "wrong", TERM_BAD}};
	const struct term *t = &d->c->term;

	d->wrong += says == DOCTOR_WRONG;
	d->notes += says == DOCTOR_NOTE;
	if (d->json) {
		ctl_json(d->c, json_pack("{s:o, s:s, s:o}", "check", json_sentence(what), "says",
		                         words[says].json, "why", *why ? json_sentence(why) : json_null()));
		return;
	}
	term_put(t, words[says].style, words[says].word);
	term_text(t, TERM_PLAIN, what, 0);
	if (*why) {
		(void)fputs(says == DOCTOR_OK ? " " : ": ", t->out);
		term_text(t, TERM_PLAIN, why, 0);
	}
	(void)fputc('\n', t->out);
}

bool
doctor_verdict(struct doctor *d, bool ok, const char *what, const struct err *e)
{
	doctor_say(d, ok ? DOCTOR_OK : DOCTOR_WRONG, what, ok ? "" : e->text);
	return ok;
}

/* ---- configuration ---- */

/* What stands in two files must be the same in both: the daemon goes by one, the parser by the other. */
static void
check_twice(struct doctor *d)
{
	const struct config_campaign *k = &d->c->config->campaigns[0];
	struct err e = {0};
	bool ok = k->deadline_end == d->c->form->deadline_end;

	if (!ok)
		err_set(&e, ERR_CONFIG, "%s and %s name different days; make them the same",
		        d->c->config_file, k->form);
	(void)doctor_verdict(d, ok, "one deadline in both files", &e);
	ok = strcmp(k->receipt_prefix, d->c->form->receipt_prefix) == 0;
	if (!ok)
		err_set(&e, ERR_CONFIG,
		        "%s says %s, %s says %s: make them the same, or bounces are not known again",
		        d->c->config_file, k->receipt_prefix, k->form, d->c->form->receipt_prefix);
	(void)doctor_verdict(d, ok, "one receipt prefix in both files", &e);
}

static void
check_templates(struct doctor *d)
{
	static const char *const others[] = {"life.html", "audit/check.sh", "audit/README.zh.txt",
	                                     "audit/README.en.txt"};
	struct reply_kit *kit = NULL;
	struct err e = {0};
	struct digest_kit *digest = NULL;
	struct remind_kit *letters = NULL;
	bool ok = reply_kit_load(&kit, d->c->config->templates, d->c->form, &e) &&
	          digest_kit_load(&digest, d->c->config->templates, &e) &&
	          remind_kit_load(&letters, d->c->config->templates, &e);

	digest_kit_free(digest);
	remind_kit_free(letters);
	for (size_t i = 0; ok && i < sizeof others / sizeof *others; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof path, "%s/%s", d->c->config->templates, others[i]);
		ok = access(path, R_OK) == 0 ||
		     err_sys(&e, ERR_CONFIG, errno, "%s: put it back from the package's samples", path);
	}
	(void)doctor_verdict(d, ok, "templates of letters and pages", &e);
	reply_kit_free(kit);
}

/* ---- passwords ---- */

/* An OAuth 2 token that is a JWT (RFC 7519) says when it lapses: "exp" in its second part. 0: it does not. */
static time_t
token_end(const char *token)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *part = strchr(token, '.'), *exp, *at;
	char text[TOKEN_MAX];
	unsigned held = 0;
	int bits = 0;
	size_t n = 0;

	for (part = part ? part + 1 : ""; *part && (at = strchr(digits, *part)) && n < sizeof text - 1;
	     part++) {
		held = held << 6 | (unsigned)(at - digits);
		bits += 6;
		if (bits >= 8)
			text[n++] = (char)(held >> (bits -= 8) & 255);
	}
	text[n] = '\0';
	exp = strstr(text, "\"exp\":");
	return exp ? (time_t)strtoll(exp + strlen("\"exp\":"), NULL, 10) : 0;
}

static void
check_secret(struct doctor *d, const char *address, const char *kind, const struct config_server *s)
{
	char *secret = NULL, what[300], when[CLOCK_RFC3339_MAX];
	struct err e = {0};
	bool ok = !*s->user || credential_load(&secret, d->c->config->dir, s->password_file, &e);
	time_t end = ok && secret && s->oauth2 ? token_end(secret) : 0;

	if (end && end <= clock_now())
		ok = err_set(&e, ERR_AUTH, "%s: the token lapsed at %s: get a new one, and put it there",
		             s->password_file, clock_rfc3339(end, when));
	(void)snprintf(what, sizeof what, "%s: %s for %s", address, s->oauth2 ? "token" : "password", kind);
	(void)doctor_verdict(d, ok, what, &e);
	credential_free(secret);
}

/* ---- the parser ---- */

static void
check_worker(struct doctor *d, const char *path)
{
	const struct config *c = d->c->config;
	static const char mail[] = "From: a@example.org\r\nSubject: test\r\n\r\ntest\r\n";
	char *answer = NULL;
	struct worker w = {.program = path,
	                   .form = c->campaigns[0].form,
	                   .seconds = 20,
	                   .memory_mb = c->limits.parse_memory_mb,
	                   .sandbox = c->sandbox_required};
	struct err e = {0};
	bool ok = worker_run(&w, bytes_str(mail), time(NULL), -1, &answer, &e);

	if (!doctor_verdict(d, ok,
	                    c->sandbox_required ? "the parser answers, in its sandbox" : "the parser answers",
	                    &e))
		doctor_say(d, DOCTOR_NOTE, "sandbox",
		           "where the kernel has no Landlock or seccomp, sandbox = \"off\" runs the parser "
		           "without; mails then meet it unguarded");
	else if (!c->sandbox_required)
		doctor_say(
		        d, DOCTOR_NOTE, "sandbox",
		        "it is off: a mail that takes the parser over has the daemon's rights; set sandbox = "
		        "\"required\"");
	free(answer);
}

/* The first line that a program prints; false where it does not run. */
static bool
first_line(const char *const *argv, char *line, size_t size)
{
	char rest[4096]; /* is read as well: who cannot write on ends by SIGPIPE */
	ssize_t n = 0, got;
	int fds[2], status = 0;
	pid_t pid;

	line[0] = '\0';
	if (pipe(fds) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		if (dup2(fds[1], STDOUT_FILENO) >= 0 && close(fds[0]) == 0)
			(void)execvp(argv[0], (char *const *)argv);
		_exit(EX_UNAVAILABLE);
	}
	(void)close(fds[1]);
	while (pid > 0 && n < (ssize_t)size - 1 && (got = read(fds[0], line + n, size - 1 - (size_t)n)) > 0)
		n += got;
	while (pid > 0 && read(fds[0], rest, sizeof rest) > 0)
		continue;
	(void)close(fds[0]);
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
check_pictures(struct doctor *d, const char *path)
{
	char line[200];
	bool ok = first_line(
	        (const char *const[]){path, "-c", d->c->config->campaigns[0].form, "--engines", NULL}, line,
	        sizeof line);

	if (!ok || !*line)
		doctor_say(d, DOCTOR_WRONG, "models: what reads pictures",
		           "nothing does: install tesseract-ocr-chi-sim, or make ocr for PP-OCRv4; pictures "
		           "go to "
		           "staff till then");
	else if (!strstr(line, "PP-OCR"))
		doctor_say(d, DOCTOR_NOTE, line,
		           "reads pictures; PP-OCRv4 reads them better: make ocr gets it");
	else
		doctor_say(d, DOCTOR_OK, "pictures are read by", line);
}

static void
check_fonts(struct doctor *d)
{
	char line[300];
	struct stat st;

	if (stat("/usr/share/poppler/cMap", &st) != 0)
		doctor_say(d, DOCTOR_WRONG, "fonts: Chinese in PDF",
		           "poppler's tables of Chinese characters are not there: install poppler-data");
	else
		doctor_say(d, DOCTOR_OK, "Chinese in PDF", "");
	if (first_line((const char *const[]){"fc-list", ":lang=zh-cn", "family", NULL}, line, sizeof line) &&
	    *line)
		doctor_say(d, DOCTOR_OK, "fonts: a Chinese one is there", "");
	else
		doctor_say(d, DOCTOR_NOTE, "fonts",
		           "no Chinese font is known here: a PDF page without its own fonts that must be "
		           "read as a "
		           "picture stays blank; install fonts-noto-cjk");
}

/* ---- the machine ---- */

/* What the daemon itself asks before it takes a mail in, of the largest; and on a small disk, more. */
static void
check_room(struct doctor *d, const char *dir)
{
	struct statvfs v;
	struct err e = {0};
	bool ok = spool_room_in(dir, (size_t)d->c->config->limits.message_mb << 20, &e);

	if (!ok || statvfs(dir, &v) != 0) {
		(void)err_wrap(&e, "make room");
	} else if (((unsigned long long)v.f_bavail * v.f_frsize >> 20) < FREE_MIB_LEAST) {
		ok = err_set(&e, ERR_DISK,
		             "%llu MiB are free in %s, less than %d: make room, or mail is not taken in",
		             (unsigned long long)v.f_bavail * v.f_frsize >> 20, dir, FREE_MIB_LEAST);
	} else if (v.f_files && v.f_favail < INODES_LEAST) {
		ok = err_set(&e, ERR_DISK,
		             "%llu inodes are free in %s: each mail needs two; remove small files",
		             (unsigned long long)v.f_favail, dir);
	}
	(void)doctor_verdict(d, ok, "room on the disk", &e);
}

static bool
check_spool(struct doctor *d)
{
	const char *dir = d->c->config->spool.dir;
	struct stat st;
	struct err e = {0};
	bool ok = stat(dir, &st) == 0 && access(dir, W_OK | X_OK) == 0;

	if (!ok)
		err_sys(&e, ERR_DISK, errno,
		        "%s: make it, owned by the service's user (install -d -m 700 -o mingpian)", dir);
	else if (st.st_mode & (S_IWGRP | S_IRWXO)) /* a group may see what lies there */
		ok = err_set(&e, ERR_DISK, "%s is open to others (mode %04o): chmod 750 %s", dir,
		             (unsigned)(st.st_mode & 07777), dir);
	(void)doctor_verdict(d, ok, "the spool's folder can be written", &e);
	return ok;
}

static bool
take_last(void *context, const struct log_line *line, struct err *e)
{
	time_t t = 0;
	const char *at = json_text(line->object, "at");

	(void)e;
	if (at && clock_parse(at, &t))
		*(time_t *)context = t;
	return true;
}

/* Receiving times and the deadline go by this clock, and the log's order. */
static void
check_clock(struct doctor *d)
{
	struct timex t = {.modes = 0};
	struct spool *s = NULL;
	time_t last = 0;
	char why[200], when[CLOCK_RFC3339_MAX];

	if (ctl_spool_open(d->c, SPOOL_READ, &s, NULL)) {
		(void)log_each(spool_log(s), &LOG_START, take_last, &last, NULL);
		spool_close(s);
	}
	if (last - clock_now() > CLOCK_BACK_SECONDS) {
		(void)snprintf(why, sizeof why,
		               "it is behind the log, whose last line is of %s: set it (timedatectl)",
		               clock_rfc3339(last, when));
		doctor_say(d, DOCTOR_WRONG, "clock", why);
	} else if (adjtimex(&t) == TIME_ERROR || (t.status & STA_UNSYNC)) {
		doctor_say(
		        d, DOCTOR_NOTE, "clock",
		        "nobody keeps it in time: timedatectl set-ntp true, or install chrony; the deadline "
		        "goes by it");
	} else {
		doctor_say(d, DOCTOR_OK, "clock", "");
	}
}

int
ctl_doctor(struct ctl *c, int argc, char **argv)
{
	struct doctor d = {.c = c};
	bool offline = false;
	const struct ctl_option options[] = {
	        {"offline", &offline, NULL}, {"json", &d.json, NULL}, {NULL, NULL, NULL}};
	char path[PATH_MAX];
	struct err e = {0};
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("doctor", "takes no argument but --offline and --json");
	doctor_say(&d, DOCTOR_OK, "configuration and form file", "");
	check_twice(&d);
	check_templates(&d);
	doctor_files(&d);
	for (size_t i = 0; i < c->config->mailbox_count; i++) {
		const struct config_mailbox *m = &c->config->mailboxes[i];

		check_secret(&d, m->address, "IMAP", &m->imap);
		check_secret(&d, m->address, "SMTP", &m->smtp);
	}
	doctor_kernel(&d);
	if (worker_find(path, &e)) {
		check_worker(&d, path);
		check_pictures(&d, path);
	} else {
		(void)doctor_verdict(&d, false, "the parser", &e);
	}
	check_fonts(&d);
	if (check_spool(&d))
		check_room(&d, c->config->spool.dir);
	check_clock(&d);
	for (size_t i = 0; !offline && i < c->config->mailbox_count; i++)
		doctor_mailbox(&d, &c->config->mailboxes[i]);
	if (!d.json && d.wrong)
		(void)fprintf(c->term.out, "%d %s wrong\n", d.wrong,
		              d.wrong == 1 ? "thing is" : "things are");
	else if (!d.json)
		(void)fprintf(c->term.out, "nothing is wrong\n");
	return d.wrong ? EX_CONFIG : EX_OK;
}
